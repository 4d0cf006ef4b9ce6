//! An EVM (revm) that also runs Stylus WebAssembly programs, metered as on Arbitrum.
//!
//! `transact` and `inspect` execute one transaction on any revm database; `genesis` lists the accounts
//! that an Arbitrum chain starts with; `deploy` makes the code that goes on chain from a WASM; `activate` tells
//! without a chain whether a WASM would be taken, and at what cost.
//!
//! What differs from Nitro (ArbOS 60):
//! - L1 data costs nothing, and the base fee is burned unless an owner sets the network's fee account.
//! - A module hash only tells modules apart; it is not that of Nitro's proving format.
//! - No dictionary is held for compression.
//! - A program whose entry point is an imported host function fails where that function asks the chain.
//! - BLOCKHASH gives pseudo-random hashes of L1 blocks, as on Nitro, but made in another way ([`simulated_l1_block_hash`]);
//!   hashes for EIP-2935 are not kept.
//! - The parameters of Stylus are constants: `ArbOwner` does not offer to set them.
//! - The Stylus deployer is native: it pays for the calls it makes, not for the Solidity code around them.
//! - Of the precompiles 0x64 to 0x72 and 0xff, what concerns L1, retryables and native tokens is not there.
//!
//! Whoever builds this in another workspace needs the profile entries that this one has for `wasmi` and `wasmi_core`:
//! their dispatch by tail calls grows the native stack where they are not optimised or have debug assertions.

pub mod activate;
mod arbos;
pub mod deploy;
mod env;
mod evm;
mod genesis;
mod hostio;
mod precompiles;
pub mod pricing;
mod profile;
mod run;

pub use env::{Env, Options, SPEC, TX_GAS_LIMIT};
pub use evm::{
    Chain, Outcome, ProgramFailure, StylusContext, inspect, profile, simulated_l1_block_hash, transact,
};
pub use genesis::{CREATE2_FACTORY, DEPLOYER, GenesisAccount, genesis};
pub use precompiles::{
    ARB_DEBUG, ARB_GAS_INFO, ARB_INFO, ARB_OWNER, ARB_OWNER_PUBLIC, ARB_SYS, ARB_WASM, ARB_WASM_CACHE, abi,
};
pub use profile::{FunctionUse, HostFunctionUse, ProgramProfile, Symbols, SymbolsError};
pub use run::program::{CacheDirectoryError, CompileError, ModuleCache};

pub use revm;
