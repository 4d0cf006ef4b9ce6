//! A chain to act on: the devnode in process, or any node by URL. Accounts, time, and deployments.
//!
//! The same tests run on both: `WEIR_RPC_URL` and `WEIR_PRIVATE_KEY` (a funded key) name a node; without them a
//! devnode is started in this process. What only a devnode can do (time control) says so.

mod account;
mod action;
mod chain;
mod contracts;
mod market;

pub use account::{Account, GAS_MARGIN_PERCENT, MAX_FEE_FACTOR, SendError};
pub use action::Action;
pub use chain::{Chain, PRIVATE_KEY_VARIABLE, RPC_URL_VARIABLE};
pub use contracts::{Token, Vault, VaultSettings};
pub use market::{Market, Pair, PairSettings};
