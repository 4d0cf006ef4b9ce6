// Made by scripts/abi from abi/*.sol: edit those instead.

/**
 * Errors that Weir's programs share.
 */
export declare const entryAbi: readonly [
  { readonly type: "error"; readonly name: "AlreadyInitialized"; readonly inputs: readonly [] },
  { readonly type: "error"; readonly name: "InvalidAnswer"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "callee" }] },
  { readonly type: "error"; readonly name: "InvalidCalldata"; readonly inputs: readonly [{ readonly type: "uint256"; readonly name: "length" }] },
  { readonly type: "error"; readonly name: "ReentrantCall"; readonly inputs: readonly [] },
  { readonly type: "error"; readonly name: "UnknownSelector"; readonly inputs: readonly [{ readonly type: "bytes4"; readonly name: "selector" }] },
  { readonly type: "error"; readonly name: "ValueNotAccepted"; readonly inputs: readonly [{ readonly type: "uint256"; readonly name: "value" }] }
]
