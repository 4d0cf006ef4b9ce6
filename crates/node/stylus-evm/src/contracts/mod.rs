//! Contracts that a chain has from genesis: their addresses, and the code of those that are implemented natively.

#[expect(clippy::too_many_arguments, reason = "ArbRetryableTx.submitRetryable has eleven")]
pub mod abi;

use revm::primitives::{Address, address};

pub const ARB_SYS: Address = address!("0000000000000000000000000000000000000064");
pub const ARB_INFO: Address = address!("0000000000000000000000000000000000000065");
pub const ARB_ADDRESS_TABLE: Address = address!("0000000000000000000000000000000000000066");
pub const ARB_BLS: Address = address!("0000000000000000000000000000000000000067");
pub const ARB_FUNCTION_TABLE: Address = address!("0000000000000000000000000000000000000068");
pub const ARBOS_TEST: Address = address!("0000000000000000000000000000000000000069");
pub const ARB_OWNER_PUBLIC: Address = address!("000000000000000000000000000000000000006b");
pub const ARB_GAS_INFO: Address = address!("000000000000000000000000000000000000006c");
pub const ARB_AGGREGATOR: Address = address!("000000000000000000000000000000000000006d");
pub const ARB_RETRYABLE_TX: Address = address!("000000000000000000000000000000000000006e");
pub const ARB_STATISTICS: Address = address!("000000000000000000000000000000000000006f");
pub const ARB_OWNER: Address = address!("0000000000000000000000000000000000000070");
pub const ARB_WASM: Address = address!("0000000000000000000000000000000000000071");
pub const ARB_WASM_CACHE: Address = address!("0000000000000000000000000000000000000072");
pub const ARB_NATIVE_TOKEN_MANAGER: Address = address!("0000000000000000000000000000000000000073");
pub const ARB_FILTERED_TRANSACTIONS: Address = address!("0000000000000000000000000000000000000074");
pub const ARB_DEBUG: Address = address!("00000000000000000000000000000000000000ff");
pub const ARBOS_ACTS: Address = address!("00000000000000000000000000000000000a4b05");

/// The supported precompiles of ArbOS (go-ethereum fork, `core/types/arbitrum_signer.go`).
pub const PRECOMPILES: [Address; 18] = [
    ARB_SYS,
    ARB_INFO,
    ARB_ADDRESS_TABLE,
    ARB_BLS,
    ARB_FUNCTION_TABLE,
    ARBOS_TEST,
    ARB_OWNER_PUBLIC,
    ARB_GAS_INFO,
    ARB_AGGREGATOR,
    ARB_RETRYABLE_TX,
    ARB_STATISTICS,
    ARB_OWNER,
    ARB_WASM,
    ARB_WASM_CACHE,
    ARB_NATIVE_TOKEN_MANAGER,
    ARB_FILTERED_TRANSACTIONS,
    ARB_DEBUG,
    ARBOS_ACTS,
];

/// Arachnid's deterministic deployment proxy, at the address that tools expect.
pub const CREATE2_FACTORY: Address = address!("4e59b44847b379578588920cA78FbF26c0B4956C");
/// The Stylus deployer, at the address that tools expect.
pub const DEPLOYER: Address = address!("cEcba2F1DC234f70Dd89F2041029807F8D03A990");

/// Code of natively implemented contracts: the invalid opcode, so that they are not empty accounts.
pub const MARKER_CODE: [u8; 1] = [0xFE];
