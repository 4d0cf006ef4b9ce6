//! JSON-RPC: framing, the table of methods (one file for each namespace), and the HTTP server.

mod anvil;
mod dispatch;
mod error;
mod eth;
mod evm;
mod filters;
mod frame;
mod method;
mod net;
mod params;
mod server;

pub use dispatch::Node;
pub use server::{Cors, MAX_BODY_BYTES, router};
