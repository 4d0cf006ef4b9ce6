//! A connection to an Ethereum or Arbitrum node: what every part of Weir that talks to a chain builds on.
//! Errors have a class: the transport, a limit of the provider, the node's own error, or a contract's revert.

mod account;
mod action;
mod endpoint;
mod error;
mod http;
pub mod keystore;
mod node;

pub use account::{Account, GAS_MARGIN_PERCENT, MAX_FEE_FACTOR, SendError};
pub use action::Action;
pub use endpoint::{Endpoint, EndpointError};
pub use error::{NodeError, answers};
pub use http::http_client;
pub use node::{ConnectError, Node, Patience, Reader};

/// Names a node by URL, for every command and for the tests.
pub const RPC_URL_VARIABLE: &str = "WEIR_RPC_URL";
/// Holds a private key, 32 bytes in hex.
pub const PRIVATE_KEY_VARIABLE: &str = "WEIR_PRIVATE_KEY";
