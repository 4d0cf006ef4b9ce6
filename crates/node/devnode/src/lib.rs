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
//! Differences from a Nitro node:
//!
//! - Every transaction is mined at once, in its own block. Nothing is posted to an L1, and no gas is charged for it.
//!   The base fee stays at the minimum of Arbitrum One, 0.02 gwei.
//! - The state root in headers is a digest of the state, not a Merkle root (see `ledger::state`), so there is no
//!   `eth_getProof`. Transaction and receipt roots, blooms and block hashes are computed as on Nitro.
//! - L1 block numbers follow the chain's own time, one every 12 seconds, starting at 1. As there are no L1 blocks,
//!   BLOCKHASH returns made-up hashes.
//! - `pending` is the next block, as in anvil, with the timestamp it would have now. On Nitro it is the latest block.
//! - Gas estimates are exact. Nitro's may be 1.5 % too high.
//! - The states of the last 10 000 blocks can be read (`kept_states`), and the blocks and receipts of all; with a file
//!   (`state_file`) also those of earlier runs.
//! - Subscriptions (WebSocket) report every block once, in order. Blocks that `evm_revert` or a reset removes are not
//!   reported again as removed; the blocks mined in their place are reported as new.
//!
//! Arrows run one way. `devnode` starts the server and the file of a chain. `rpc` translates requests into calls of
//! `chain`. `chain` decides: it validates a transaction, executes it with `execute` and records it in `ledger`.
//! `execute` drives `stylus-evm`, and `ledger` keeps state and blocks; neither imports the other. `block_context`,
//! `error`, `config`, `accounts` and `lock` are below all of them.

pub mod accounts;
mod block_context;
pub mod chain;
mod chain_file;
mod config;
mod devnode;
mod error;
mod execute;
mod ledger;
mod lock;
pub mod program;
mod rpc;

pub use chain::Chain;
pub use chain_file::ChainFileError;
pub use config::ChainConfig;
pub use devnode::{Builder, DEFAULT_PORT, DEFAULT_STATE_INTERVAL, Devnode, StartError};
pub use execute::{Outcome, TX_GAS_LIMIT};
pub use rpc::{Cors, MAX_BODY_BYTES, Node as Rpc};
pub use stylus_evm::{CacheDirectoryError, ModuleCache};

/// Compiles and runs the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
