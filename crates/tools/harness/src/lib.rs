//! A chain to act on: the devnode in process, or any node by URL. Accounts, time, and deployments.
//!
//! The same tests run on both: `WEIR_RPC_URL` and `WEIR_PRIVATE_KEY` (a funded key) name a node; without them a
//! devnode is started in this process. What only a devnode can do (time control) says so.

mod chain;
mod contracts;
mod market;

pub use chain::Chain;
pub use contracts::{Token, Vault, VaultSettings};
pub use market::{Market, Pair, PairSettings};
