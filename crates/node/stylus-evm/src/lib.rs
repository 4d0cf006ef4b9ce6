//! An EVM (revm) that also runs Stylus WebAssembly programs, metered as on Arbitrum.
//!
//! `transact` and `inspect` execute one transaction on any revm database; `genesis` lists the accounts of a new
//! Arbitrum chain; `deploy` turns a WASM into on-chain code; `activate` checks a WASM and computes its costs without a
//! chain.
//!
//! Differences from Nitro (ArbOS 61):
//! - L1 data costs nothing, and the base fee is burned unless an owner sets the network fee account.
//! - A module hash identifies a module, but it is not the hash of Nitro's proving format.
//! - Compression dictionaries are not supported.
//! - A program whose entry point is an imported host function fails if that function needs the chain.
//! - BLOCKHASH returns pseudo-random hashes of L1 blocks, as on Nitro, but computes them differently
//!   ([`simulated_l1_block_hash`]); hashes for EIP-2935 are not kept.
//! - Ink price and stack depth of Stylus are constants.
//! - A version of ArbOS above 61 keeps the rules of 61 and raises the version of Stylus by one.
//! - The Stylus deployer is native: it pays for the calls it makes, not for the Solidity code around them.
//! - There are no retryables and native tokens, prices of gas do not adjust, and nothing reads messages to L1. `docs/devnode.md`
//!   lists the functions of precompiles that are missing.
//!
//! Imports run one way, between modules and between the files of a module: `evm` → `precompiles` → `context` → `env` →
//! `run` → `activate`, `profile`, `arbos` → `pricing`, `contracts`, `deploy`, `hostio`. A module imports only from those
//! to its right; `genesis` stands beside `run`. What two modules share belongs below both.
//!
//! Another workspace that builds this crate needs the profile entries of this workspace for `wasmi` and `wasmi_core`:
//! their dispatch by tail calls grows the native stack if they are not optimised or have debug assertions.

pub mod activate;
mod arbos;
mod context;
mod contracts;
pub mod deploy;
mod env;
mod evm;
mod genesis;
mod hostio;
mod precompiles;
pub mod pricing;
mod profile;
mod run;

pub use arbos::{
    header::HeaderInfo,
    pricing::{BATCH_POSTER, MIN_BASE_FEE, TX_GAS_LIMIT},
    programs::activation_gas_slot,
    storage::STATE_ADDRESS as ARBOS_STATE,
};
pub use context::{ProgramFailure, StylusContext, TransactionState};
pub use contracts::{
    ARB_ADDRESS_TABLE, ARB_AGGREGATOR, ARB_BLS, ARB_DEBUG, ARB_FILTERED_TRANSACTIONS, ARB_FUNCTION_TABLE,
    ARB_GAS_INFO, ARB_INFO, ARB_NATIVE_TOKEN_MANAGER, ARB_OWNER, ARB_OWNER_PUBLIC, ARB_RETRYABLE_TX,
    ARB_STATISTICS, ARB_SYS, ARB_WASM, ARB_WASM_CACHE, ARBOS_ACTS, ARBOS_TEST, CREATE2_FACTORY, DEPLOYER,
    abi,
};
pub use env::{Env, Options, SPEC};
pub use evm::{Outcome, inspect, profile, simulated_l1_block_hash, transact};
pub use genesis::{GenesisAccount, genesis};
pub use profile::{FunctionUse, HostFunctionUse, ProgramProfile, Symbols, SymbolsError};
pub use run::program::{CacheDirectoryError, CompileError, ModuleCache};

pub use revm;
