//! JSON-RPC: framing, the table of methods (one file for each namespace), and the server (HTTP and
//! WebSocket).

mod anvil;
mod connections;
mod debug;
mod dispatch;
mod error;
mod eth;
mod evm;
mod filters;
mod frame;
mod impossible;
mod method;
mod net;
mod origin;
mod params;
mod server;
mod session;
mod socket;
mod txpool;

pub use connections::serve;
pub use dispatch::Node;
pub use origin::Cors;
pub use server::{MAX_BODY_BYTES, router};
