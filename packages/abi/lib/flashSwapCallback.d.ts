// Made by scripts/abi from abi/*.sol: edit those instead.

/**
 * What a receiver of a flash swap implements (PoolTogether V5).
 */
export declare const flashSwapCallbackAbi: readonly [
  { readonly type: "function"; readonly name: "flashSwapCallback"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "sender" }, { readonly type: "uint256"; readonly name: "amountIn" }, { readonly type: "uint256"; readonly name: "amountOut" }, { readonly type: "bytes"; readonly name: "flashSwapData" }]; readonly outputs: readonly []; readonly stateMutability: "nonpayable" }
]
