//! A chain for tests and demos, with funded accounts, time control and Weir's contracts.
//! `WEIR_RPC_URL` and `WEIR_PRIVATE_KEY` (a funded key) select a node; without them a devnode starts in this process.
//!
//! Only a devnode supports time control; on other nodes it is an error.

mod chain;
mod contracts;
mod market;

pub use chain::Chain;
pub use contracts::{Token, Vault, VaultSettings};
pub use market::{Market, Pair, PairSettings};

/// Compiles and runs the program in the README of `weir-bindings`, which starts a devnode.
#[cfg(doctest)]
#[doc = include_str!("../../../lib/bindings/README.md")]
struct BindingsReadme;
