// Made by scripts/abi from abi/*.sol: edit those instead.

/**
 * Standalone liquidation pair for any ILiquidationSource.
 * The source's revert data is passed on. During a swap every function but another swap may be called.
 */
export const pairAbi = [
  {"type":"error","name":"InsufficientBalance","inputs":[{"type":"uint256","name":"requested"},{"type":"uint256","name":"available"}]},
  {"type":"error","name":"InvalidAnswer","inputs":[{"type":"address","name":"callee"}]},
  {"type":"error","name":"InvalidCalldata","inputs":[{"type":"uint256","name":"length"}]},
  {"type":"error","name":"NotAPair","inputs":[]},
  {"type":"error","name":"PriceIsZero","inputs":[]},
  {"type":"error","name":"ReceiverIsNotAContract","inputs":[{"type":"address","name":"receiver"}]},
  {"type":"error","name":"ReceiverIsZero","inputs":[]},
  {"type":"error","name":"ReentrantCall","inputs":[]},
  {"type":"error","name":"SwapExceedsMax","inputs":[{"type":"uint256","name":"amountInMax"},{"type":"uint256","name":"amountIn"}]},
  {"type":"error","name":"UnknownSelector","inputs":[{"type":"bytes4","name":"selector"}]},
  {"type":"error","name":"ValueNotAccepted","inputs":[{"type":"uint256","name":"value"}]},
  {"type":"event","name":"SwappedExactAmountOut","inputs":[{"type":"address","name":"sender","indexed":true},{"type":"address","name":"receiver","indexed":true},{"type":"uint256","name":"amountOut","indexed":false},{"type":"uint256","name":"amountInMax","indexed":false},{"type":"uint256","name":"amountIn","indexed":false},{"type":"bytes","name":"flashSwapData","indexed":false}],"anonymous":false},
  {"type":"function","name":"computeExactAmountIn","inputs":[{"type":"uint256","name":"amountOut"}],"outputs":[{"type":"uint256","name":""}],"stateMutability":"view"},
  {"type":"function","name":"computeTimeForPrice","inputs":[{"type":"uint256","name":"price"}],"outputs":[{"type":"uint256","name":""}],"stateMutability":"view"},
  {"type":"function","name":"lastAuctionAt","inputs":[],"outputs":[{"type":"uint64","name":""}],"stateMutability":"view"},
  {"type":"function","name":"lastAuctionPrice","inputs":[],"outputs":[{"type":"uint192","name":""}],"stateMutability":"view"},
  {"type":"function","name":"maxAmountOut","inputs":[],"outputs":[{"type":"uint256","name":""}],"stateMutability":"nonpayable"},
  {"type":"function","name":"smoothingFactor","inputs":[],"outputs":[{"type":"uint256","name":""}],"stateMutability":"view"},
  {"type":"function","name":"source","inputs":[],"outputs":[{"type":"address","name":""}],"stateMutability":"view"},
  {"type":"function","name":"swapExactAmountOut","inputs":[{"type":"address","name":"receiver"},{"type":"uint256","name":"amountOut"},{"type":"uint256","name":"amountInMax"},{"type":"bytes","name":"flashSwapData"}],"outputs":[{"type":"uint256","name":"amountIn"}],"stateMutability":"nonpayable"},
  {"type":"function","name":"target","inputs":[],"outputs":[{"type":"address","name":""}],"stateMutability":"nonpayable"},
  {"type":"function","name":"targetAuctionPeriod","inputs":[],"outputs":[{"type":"uint256","name":""}],"stateMutability":"view"},
  {"type":"function","name":"tokenIn","inputs":[],"outputs":[{"type":"address","name":""}],"stateMutability":"view"},
  {"type":"function","name":"tokenOut","inputs":[],"outputs":[{"type":"address","name":""}],"stateMutability":"view"}
]
