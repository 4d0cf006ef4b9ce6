// Made by scripts/abi from abi/*.sol: edit those instead.

/**
 * A contract whose balance liquidation pairs sell (PoolTogether V5).
 */
export declare const liquidationSourceAbi: readonly [
  { readonly type: "event"; readonly name: "LiquidationPairSet"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "tokenOut"; readonly indexed: true }, { readonly type: "address"; readonly name: "liquidationPair"; readonly indexed: true }]; readonly anonymous: false },
  { readonly type: "function"; readonly name: "isLiquidationPair"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "tokenOut" }, { readonly type: "address"; readonly name: "liquidationPair" }]; readonly outputs: readonly [{ readonly type: "bool"; readonly name: "" }]; readonly stateMutability: "nonpayable" },
  { readonly type: "function"; readonly name: "liquidatableBalanceOf"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "tokenOut" }]; readonly outputs: readonly [{ readonly type: "uint256"; readonly name: "" }]; readonly stateMutability: "nonpayable" },
  { readonly type: "function"; readonly name: "targetOf"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "tokenIn" }]; readonly outputs: readonly [{ readonly type: "address"; readonly name: "" }]; readonly stateMutability: "nonpayable" },
  { readonly type: "function"; readonly name: "transferTokensOut"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "sender" }, { readonly type: "address"; readonly name: "receiver" }, { readonly type: "address"; readonly name: "tokenOut" }, { readonly type: "uint256"; readonly name: "amountOut" }]; readonly outputs: readonly [{ readonly type: "bytes"; readonly name: "" }]; readonly stateMutability: "nonpayable" },
  { readonly type: "function"; readonly name: "verifyTokensIn"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "tokenIn" }, { readonly type: "uint256"; readonly name: "amountIn" }, { readonly type: "bytes"; readonly name: "transferTokensOutData" }]; readonly outputs: readonly []; readonly stateMutability: "nonpayable" }
]
