// Made by scripts/abi from abi/*.sol: edit those instead.

/**
 * Test token: an ERC-20 that anyone may mint.
 */
export const tokenAbi = [
  {"type":"constructor","inputs":[{"type":"string","name":"name"},{"type":"string","name":"symbol"},{"type":"uint8","name":"decimals"}],"stateMutability":"nonpayable"},
  {"type":"error","name":"AlreadyInitialized","inputs":[]},
  {"type":"error","name":"ERC20InsufficientAllowance","inputs":[{"type":"address","name":"spender"},{"type":"uint256","name":"allowance"},{"type":"uint256","name":"needed"}]},
  {"type":"error","name":"ERC20InsufficientBalance","inputs":[{"type":"address","name":"sender"},{"type":"uint256","name":"balance"},{"type":"uint256","name":"needed"}]},
  {"type":"error","name":"ERC20InvalidReceiver","inputs":[{"type":"address","name":"receiver"}]},
  {"type":"error","name":"ERC20InvalidSender","inputs":[{"type":"address","name":"sender"}]},
  {"type":"error","name":"ERC20InvalidSpender","inputs":[{"type":"address","name":"spender"}]},
  {"type":"error","name":"InvalidCalldata","inputs":[{"type":"uint256","name":"length"}]},
  {"type":"error","name":"ReentrantCall","inputs":[]},
  {"type":"error","name":"SupplyOverflow","inputs":[{"type":"uint256","name":"supply"},{"type":"uint256","name":"minted"}]},
  {"type":"error","name":"UnknownSelector","inputs":[{"type":"bytes4","name":"selector"}]},
  {"type":"error","name":"ValueNotAccepted","inputs":[{"type":"uint256","name":"value"}]},
  {"type":"event","name":"Approval","inputs":[{"type":"address","name":"owner","indexed":true},{"type":"address","name":"spender","indexed":true},{"type":"uint256","name":"value","indexed":false}],"anonymous":false},
  {"type":"event","name":"Transfer","inputs":[{"type":"address","name":"from","indexed":true},{"type":"address","name":"to","indexed":true},{"type":"uint256","name":"value","indexed":false}],"anonymous":false},
  {"type":"function","name":"allowance","inputs":[{"type":"address","name":"owner"},{"type":"address","name":"spender"}],"outputs":[{"type":"uint256","name":""}],"stateMutability":"view"},
  {"type":"function","name":"approve","inputs":[{"type":"address","name":"spender"},{"type":"uint256","name":"value"}],"outputs":[{"type":"bool","name":""}],"stateMutability":"nonpayable"},
  {"type":"function","name":"balanceOf","inputs":[{"type":"address","name":"account"}],"outputs":[{"type":"uint256","name":""}],"stateMutability":"view"},
  {"type":"function","name":"decimals","inputs":[],"outputs":[{"type":"uint8","name":""}],"stateMutability":"view"},
  {"type":"function","name":"mint","inputs":[{"type":"address","name":"to"},{"type":"uint256","name":"value"}],"outputs":[],"stateMutability":"nonpayable"},
  {"type":"function","name":"name","inputs":[],"outputs":[{"type":"string","name":""}],"stateMutability":"view"},
  {"type":"function","name":"symbol","inputs":[],"outputs":[{"type":"string","name":""}],"stateMutability":"view"},
  {"type":"function","name":"totalSupply","inputs":[],"outputs":[{"type":"uint256","name":""}],"stateMutability":"view"},
  {"type":"function","name":"transfer","inputs":[{"type":"address","name":"to"},{"type":"uint256","name":"value"}],"outputs":[{"type":"bool","name":""}],"stateMutability":"nonpayable"},
  {"type":"function","name":"transferFrom","inputs":[{"type":"address","name":"from"},{"type":"address","name":"to"},{"type":"uint256","name":"value"}],"outputs":[{"type":"bool","name":""}],"stateMutability":"nonpayable"}
]
