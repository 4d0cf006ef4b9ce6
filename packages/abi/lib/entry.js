// Made by scripts/abi from abi/*.sol: edit those instead.

/**
 * Errors that Weir's programs share.
 */
export const entryAbi = [
  {"type":"error","name":"AlreadyInitialized","inputs":[]},
  {"type":"error","name":"InvalidAnswer","inputs":[{"type":"address","name":"callee"}]},
  {"type":"error","name":"InvalidCalldata","inputs":[{"type":"uint256","name":"length"}]},
  {"type":"error","name":"ReentrantCall","inputs":[]},
  {"type":"error","name":"UnknownSelector","inputs":[{"type":"bytes4","name":"selector"}]},
  {"type":"error","name":"ValueNotAccepted","inputs":[{"type":"uint256","name":"value"}]}
]
