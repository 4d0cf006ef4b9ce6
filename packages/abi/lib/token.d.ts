// Made by scripts/abi from abi/*.sol: edit those instead.

/**
 * Test token: an ERC-20 that anyone may mint.
 */
export declare const tokenAbi: readonly [
  { readonly type: "constructor"; readonly inputs: readonly [{ readonly type: "string"; readonly name: "name" }, { readonly type: "string"; readonly name: "symbol" }, { readonly type: "uint8"; readonly name: "decimals" }]; readonly stateMutability: "nonpayable" },
  { readonly type: "error"; readonly name: "AlreadyInitialized"; readonly inputs: readonly [] },
  { readonly type: "error"; readonly name: "ERC20InsufficientAllowance"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "spender" }, { readonly type: "uint256"; readonly name: "allowance" }, { readonly type: "uint256"; readonly name: "needed" }] },
  { readonly type: "error"; readonly name: "ERC20InsufficientBalance"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "sender" }, { readonly type: "uint256"; readonly name: "balance" }, { readonly type: "uint256"; readonly name: "needed" }] },
  { readonly type: "error"; readonly name: "ERC20InvalidReceiver"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "receiver" }] },
  { readonly type: "error"; readonly name: "ERC20InvalidSender"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "sender" }] },
  { readonly type: "error"; readonly name: "ERC20InvalidSpender"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "spender" }] },
  { readonly type: "error"; readonly name: "InvalidCalldata"; readonly inputs: readonly [{ readonly type: "uint256"; readonly name: "length" }] },
  { readonly type: "error"; readonly name: "ReentrantCall"; readonly inputs: readonly [] },
  { readonly type: "error"; readonly name: "SupplyOverflow"; readonly inputs: readonly [{ readonly type: "uint256"; readonly name: "supply" }, { readonly type: "uint256"; readonly name: "minted" }] },
  { readonly type: "error"; readonly name: "UnknownSelector"; readonly inputs: readonly [{ readonly type: "bytes4"; readonly name: "selector" }] },
  { readonly type: "error"; readonly name: "ValueNotAccepted"; readonly inputs: readonly [{ readonly type: "uint256"; readonly name: "value" }] },
  { readonly type: "event"; readonly name: "Approval"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "owner"; readonly indexed: true }, { readonly type: "address"; readonly name: "spender"; readonly indexed: true }, { readonly type: "uint256"; readonly name: "value"; readonly indexed: false }]; readonly anonymous: false },
  { readonly type: "event"; readonly name: "Transfer"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "from"; readonly indexed: true }, { readonly type: "address"; readonly name: "to"; readonly indexed: true }, { readonly type: "uint256"; readonly name: "value"; readonly indexed: false }]; readonly anonymous: false },
  { readonly type: "function"; readonly name: "allowance"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "owner" }, { readonly type: "address"; readonly name: "spender" }]; readonly outputs: readonly [{ readonly type: "uint256"; readonly name: "" }]; readonly stateMutability: "view" },
  { readonly type: "function"; readonly name: "approve"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "spender" }, { readonly type: "uint256"; readonly name: "value" }]; readonly outputs: readonly [{ readonly type: "bool"; readonly name: "" }]; readonly stateMutability: "nonpayable" },
  { readonly type: "function"; readonly name: "balanceOf"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "account" }]; readonly outputs: readonly [{ readonly type: "uint256"; readonly name: "" }]; readonly stateMutability: "view" },
  { readonly type: "function"; readonly name: "decimals"; readonly inputs: readonly []; readonly outputs: readonly [{ readonly type: "uint8"; readonly name: "" }]; readonly stateMutability: "view" },
  { readonly type: "function"; readonly name: "mint"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "to" }, { readonly type: "uint256"; readonly name: "value" }]; readonly outputs: readonly []; readonly stateMutability: "nonpayable" },
  { readonly type: "function"; readonly name: "name"; readonly inputs: readonly []; readonly outputs: readonly [{ readonly type: "string"; readonly name: "" }]; readonly stateMutability: "view" },
  { readonly type: "function"; readonly name: "symbol"; readonly inputs: readonly []; readonly outputs: readonly [{ readonly type: "string"; readonly name: "" }]; readonly stateMutability: "view" },
  { readonly type: "function"; readonly name: "totalSupply"; readonly inputs: readonly []; readonly outputs: readonly [{ readonly type: "uint256"; readonly name: "" }]; readonly stateMutability: "view" },
  { readonly type: "function"; readonly name: "transfer"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "to" }, { readonly type: "uint256"; readonly name: "value" }]; readonly outputs: readonly [{ readonly type: "bool"; readonly name: "" }]; readonly stateMutability: "nonpayable" },
  { readonly type: "function"; readonly name: "transferFrom"; readonly inputs: readonly [{ readonly type: "address"; readonly name: "from" }, { readonly type: "address"; readonly name: "to" }, { readonly type: "uint256"; readonly name: "value" }]; readonly outputs: readonly [{ readonly type: "bool"; readonly name: "" }]; readonly stateMutability: "nonpayable" }
]
