//! A local Arbitrum node for Stylus and EVM contracts.
//!
//! [`Devnode`] serves a chain over JSON-RPC; [`Chain`] is the chain itself, for use in process:
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let node = weir_devnode::Devnode::builder().spawn().await?;
//! println!("{} with chain id {}", node.rpc_url(), node.chain_id());
//! # Ok(()) }
//! ```
//!
//! What differs from a Nitro node:
//!
//! - Every transaction is mined at once, in a block of its own; nothing is posted to an L1, and no gas is
//!   charged for it. The base fee stays at Nitro's minimum, 0.1 gwei.
//! - The state root in headers is a digest of the state, not a Merkle root (see `chain::state`), so there
//!   is no `eth_getProof`. Transaction and receipt roots, blooms and block hashes are the real ones.
//! - L1 block numbers follow the chain's own time, one every 12 seconds, and begin with 1. There are no L1
//!   block hashes: what BLOCKHASH gives is made up, as it is of no use on Arbitrum either.
//! - `pending` is the block to come, as in anvil, with the timestamp it would have now; Nitro gives the latest.
//! - Gas estimates are exact; Nitro's may be 1.5 % too high.
//! - The states of the last 10 000 blocks can be read (`kept_states`), blocks and receipts of all; with a file
//!   (`state_file`) also those of earlier runs.
//! - Subscriptions (WebSocket) tell of every block once, in order. Blocks that `evm_revert` or a reset take back are
//!   not told of again as removed; the blocks mined in their place are new.
//!
//! Arrows run one way: `rpc` asks `chain`, `chain` executes with `execute`, `execute` drives `stylus-evm`.

pub mod accounts;
pub mod chain;
mod chain_file;
mod config;
mod execute;
mod node;
pub mod program;
mod rpc;

pub use chain::Chain;
pub use chain_file::ChainFileError;
pub use config::ChainConfig;
pub use execute::{Outcome, TX_GAS_LIMIT};
pub use node::{Builder, DEFAULT_PORT, DEFAULT_STATE_INTERVAL, Devnode, StartError};
pub use rpc::{Cors, MAX_BODY_BYTES, Node as Rpc};
pub use stylus_evm::{CacheDirectoryError, ModuleCache};

/// The README's example is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
