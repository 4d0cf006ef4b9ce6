// Made by scripts/abi from abi/*.sol: edit those instead.

/**
 * What a receiver of a flash swap implements (PoolTogether V5).
 */
export const flashSwapCallbackAbi = [
  {"type":"function","name":"flashSwapCallback","inputs":[{"type":"address","name":"sender"},{"type":"uint256","name":"amountIn"},{"type":"uint256","name":"amountOut"},{"type":"bytes","name":"flashSwapData"}],"outputs":[],"stateMutability":"nonpayable"}
]
