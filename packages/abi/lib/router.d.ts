// Made by scripts/abi from abi/*.sol: edit those instead.

/**
 * Swaps for accounts that approved it: the ABI of PoolTogether V5's `TpdaLiquidationRouter`.
 * Its `flashSwapCallback` is for the factory's pairs only, in a swap that this router began.
 */
export declare const routerAbi: readonly [
  { readonly type: "constructor"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "liquidationPairFactory" }]; readonly stateMutability: "nonpayable" },
  { readonly type: "error"; readonly name: "AlreadyInitialized"; readonly inputs: readonly [] },
  { readonly type: "error"; readonly name: "InvalidAnswer"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "callee" }] },
  { readonly type: "error"; readonly name: "InvalidCalldata"; readonly inputs: readonly [{ readonly type: "uint256"; readonly name: "length" }] },
  { readonly type: "error"; readonly name: "InvalidSender"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "sender" }] },
  { readonly type: "error"; readonly name: "ReentrantCall"; readonly inputs: readonly [] },
  { readonly type: "error"; readonly name: "SafeERC20FailedOperation"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "token" }] },
  { readonly type: "error"; readonly name: "SwapExpired"; readonly inputs: readonly [{ readonly type: "uint256"; readonly name: "deadline" }] },
  { readonly type: "error"; readonly name: "UndefinedTpdaLiquidationPairFactory"; readonly inputs: readonly [] },
  { readonly type: "error"; readonly name: "UnknownSelector"; readonly inputs: readonly [{ readonly type: "bytes4"; readonly name: "selector" }] },
  { readonly type: "error"; readonly name: "UnknownTpdaLiquidationPair"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "liquidationPair" }] },
  { readonly type: "error"; readonly name: "ValueNotAccepted"; readonly inputs: readonly [{ readonly type: "uint256"; readonly name: "value" }] },
  { readonly type: "event"; readonly name: "LiquidationRouterCreated"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "liquidationPairFactory"; readonly indexed: true }]; readonly anonymous: false },
  { readonly type: "event"; readonly name: "SwappedExactAmountOut"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "liquidationPair"; readonly indexed: true }, { readonly type: "address"; readonly name: "sender"; readonly indexed: true }, { readonly type: "address"; readonly name: "receiver"; readonly indexed: true }, { readonly type: "uint256"; readonly name: "amountOut"; readonly indexed: false }, { readonly type: "uint256"; readonly name: "amountInMax"; readonly indexed: false }, { readonly type: "uint256"; readonly name: "amountIn"; readonly indexed: false }, { readonly type: "uint256"; readonly name: "deadline"; readonly indexed: false }]; readonly anonymous: false },
  { readonly type: "function"; readonly name: "flashSwapCallback"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "sender" }, { readonly type: "uint256"; readonly name: "amountIn" }, { readonly type: "uint256"; readonly name: "amountOut" }, { readonly type: "bytes"; readonly name: "flashSwapData" }]; readonly outputs: readonly []; readonly stateMutability: "nonpayable" },
  { readonly type: "function"; readonly name: "swapExactAmountOut"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "liquidationPair" }, { readonly type: "address"; readonly name: "receiver" }, { readonly type: "uint256"; readonly name: "amountOut" }, { readonly type: "uint256"; readonly name: "amountInMax" }, { readonly type: "uint256"; readonly name: "deadline" }]; readonly outputs: readonly [{ readonly type: "uint256"; readonly name: "amountIn" }]; readonly stateMutability: "nonpayable" }
]
