// Made by scripts/abi from abi/*.sol: edit those instead.

/**
 * A contract whose balance liquidation pairs sell (PoolTogether V5).
 */
export const liquidationSourceAbi = [
  {"type":"event","name":"LiquidationPairSet","inputs":[{"type":"address","name":"tokenOut","indexed":true},{"type":"address","name":"liquidationPair","indexed":true}],"anonymous":false},
  {"type":"function","name":"isLiquidationPair","inputs":[{"type":"address","name":"tokenOut"},{"type":"address","name":"liquidationPair"}],"outputs":[{"type":"bool","name":""}],"stateMutability":"nonpayable"},
  {"type":"function","name":"liquidatableBalanceOf","inputs":[{"type":"address","name":"tokenOut"}],"outputs":[{"type":"uint256","name":""}],"stateMutability":"nonpayable"},
  {"type":"function","name":"targetOf","inputs":[{"type":"address","name":"tokenIn"}],"outputs":[{"type":"address","name":""}],"stateMutability":"nonpayable"},
  {"type":"function","name":"transferTokensOut","inputs":[{"type":"address","name":"sender"},{"type":"address","name":"receiver"},{"type":"address","name":"tokenOut"},{"type":"uint256","name":"amountOut"}],"outputs":[{"type":"bytes","name":""}],"stateMutability":"nonpayable"},
  {"type":"function","name":"verifyTokensIn","inputs":[{"type":"address","name":"tokenIn"},{"type":"uint256","name":"amountIn"},{"type":"bytes","name":"transferTokensOutData"}],"outputs":[],"stateMutability":"nonpayable"}
]
