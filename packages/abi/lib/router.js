// Made by scripts/abi from abi/*.sol: edit those instead.

/**
 * Swaps for accounts that approved it: the ABI of PoolTogether V5's `TpdaLiquidationRouter`.
 * Its `flashSwapCallback` is for the factory's pairs only, in a swap that this router began.
 */
export const routerAbi = [
  {"type":"constructor","inputs":[{"type":"address","name":"liquidationPairFactory"}],"stateMutability":"nonpayable"},
  {"type":"error","name":"AlreadyInitialized","inputs":[]},
  {"type":"error","name":"InvalidAnswer","inputs":[{"type":"address","name":"callee"}]},
  {"type":"error","name":"InvalidCalldata","inputs":[{"type":"uint256","name":"length"}]},
  {"type":"error","name":"InvalidSender","inputs":[{"type":"address","name":"sender"}]},
  {"type":"error","name":"ReentrantCall","inputs":[]},
  {"type":"error","name":"SafeERC20FailedOperation","inputs":[{"type":"address","name":"token"}]},
  {"type":"error","name":"SwapExpired","inputs":[{"type":"uint256","name":"deadline"}]},
  {"type":"error","name":"UndefinedTpdaLiquidationPairFactory","inputs":[]},
  {"type":"error","name":"UnknownSelector","inputs":[{"type":"bytes4","name":"selector"}]},
  {"type":"error","name":"UnknownTpdaLiquidationPair","inputs":[{"type":"address","name":"liquidationPair"}]},
  {"type":"error","name":"ValueNotAccepted","inputs":[{"type":"uint256","name":"value"}]},
  {"type":"event","name":"LiquidationRouterCreated","inputs":[{"type":"address","name":"liquidationPairFactory","indexed":true}],"anonymous":false},
  {"type":"event","name":"SwappedExactAmountOut","inputs":[{"type":"address","name":"liquidationPair","indexed":true},{"type":"address","name":"sender","indexed":true},{"type":"address","name":"receiver","indexed":true},{"type":"uint256","name":"amountOut","indexed":false},{"type":"uint256","name":"amountInMax","indexed":false},{"type":"uint256","name":"amountIn","indexed":false},{"type":"uint256","name":"deadline","indexed":false}],"anonymous":false},
  {"type":"function","name":"flashSwapCallback","inputs":[{"type":"address","name":"sender"},{"type":"uint256","name":"amountIn"},{"type":"uint256","name":"amountOut"},{"type":"bytes","name":"flashSwapData"}],"outputs":[],"stateMutability":"nonpayable"},
  {"type":"function","name":"swapExactAmountOut","inputs":[{"type":"address","name":"liquidationPair"},{"type":"address","name":"receiver"},{"type":"uint256","name":"amountOut"},{"type":"uint256","name":"amountInMax"},{"type":"uint256","name":"deadline"}],"outputs":[{"type":"uint256","name":"amountIn"}],"stateMutability":"nonpayable"}
]
