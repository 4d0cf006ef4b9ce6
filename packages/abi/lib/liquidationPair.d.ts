// Made by scripts/abi from abi/*.sol: edit those instead.

/**
 * TPDA liquidation pair: the ABI of PoolTogether V5's `TpdaLiquidationPair`.
 * The price is for the lot, whatever part of it is taken, in base units of `tokenIn`. Times are seconds.
 */
export declare const liquidationPairAbi: readonly [
  { readonly type: "error"; readonly name: "InsufficientBalance"; readonly inputs: readonly [{ readonly type: "uint256"; readonly name: "requested" }, { readonly type: "uint256"; readonly name: "available" }] },
  { readonly type: "error"; readonly name: "PriceIsZero"; readonly inputs: readonly [] },
  { readonly type: "error"; readonly name: "ReceiverIsNotAContract"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "receiver" }] },
  { readonly type: "error"; readonly name: "ReceiverIsZero"; readonly inputs: readonly [] },
  { readonly type: "error"; readonly name: "SwapExceedsMax"; readonly inputs: readonly [{ readonly type: "uint256"; readonly name: "amountInMax" }, { readonly type: "uint256"; readonly name: "amountIn" }] },
  { readonly type: "event"; readonly name: "SwappedExactAmountOut"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "sender"; readonly indexed: true }, { readonly type: "address"; readonly name: "receiver"; readonly indexed: true }, { readonly type: "uint256"; readonly name: "amountOut"; readonly indexed: false }, { readonly type: "uint256"; readonly name: "amountInMax"; readonly indexed: false }, { readonly type: "uint256"; readonly name: "amountIn"; readonly indexed: false }, { readonly type: "bytes"; readonly name: "flashSwapData"; readonly indexed: false }]; readonly anonymous: false },
  { readonly type: "function"; readonly name: "computeExactAmountIn"; readonly inputs: readonly [{ readonly type: "uint256"; readonly name: "amountOut" }]; readonly outputs: readonly [{ readonly type: "uint256"; readonly name: "" }]; readonly stateMutability: "view" },
  { readonly type: "function"; readonly name: "computeTimeForPrice"; readonly inputs: readonly [{ readonly type: "uint256"; readonly name: "price" }]; readonly outputs: readonly [{ readonly type: "uint256"; readonly name: "" }]; readonly stateMutability: "view" },
  { readonly type: "function"; readonly name: "lastAuctionAt"; readonly inputs: readonly []; readonly outputs: readonly [{ readonly type: "uint64"; readonly name: "" }]; readonly stateMutability: "view" },
  { readonly type: "function"; readonly name: "lastAuctionPrice"; readonly inputs: readonly []; readonly outputs: readonly [{ readonly type: "uint192"; readonly name: "" }]; readonly stateMutability: "view" },
  { readonly type: "function"; readonly name: "maxAmountOut"; readonly inputs: readonly []; readonly outputs: readonly [{ readonly type: "uint256"; readonly name: "" }]; readonly stateMutability: "nonpayable" },
  { readonly type: "function"; readonly name: "smoothingFactor"; readonly inputs: readonly []; readonly outputs: readonly [{ readonly type: "uint256"; readonly name: "" }]; readonly stateMutability: "view" },
  { readonly type: "function"; readonly name: "source"; readonly inputs: readonly []; readonly outputs: readonly [{ readonly type: "address"; readonly name: "" }]; readonly stateMutability: "view" },
  { readonly type: "function"; readonly name: "swapExactAmountOut"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "receiver" }, { readonly type: "uint256"; readonly name: "amountOut" }, { readonly type: "uint256"; readonly name: "amountInMax" }, { readonly type: "bytes"; readonly name: "flashSwapData" }]; readonly outputs: readonly [{ readonly type: "uint256"; readonly name: "amountIn" }]; readonly stateMutability: "nonpayable" },
  { readonly type: "function"; readonly name: "target"; readonly inputs: readonly []; readonly outputs: readonly [{ readonly type: "address"; readonly name: "" }]; readonly stateMutability: "nonpayable" },
  { readonly type: "function"; readonly name: "targetAuctionPeriod"; readonly inputs: readonly []; readonly outputs: readonly [{ readonly type: "uint256"; readonly name: "" }]; readonly stateMutability: "view" },
  { readonly type: "function"; readonly name: "tokenIn"; readonly inputs: readonly []; readonly outputs: readonly [{ readonly type: "address"; readonly name: "" }]; readonly stateMutability: "view" },
  { readonly type: "function"; readonly name: "tokenOut"; readonly inputs: readonly []; readonly outputs: readonly [{ readonly type: "address"; readonly name: "" }]; readonly stateMutability: "view" }
]
