//! JSON-RPC over HTTP and WebSocket.
//!
//! From the bottom up: `params`, `answer` and `error` are the arguments and results of methods; `node` is the state
//! that methods share; one file for each namespace has its methods and their table (`eth`, `evm`, `anvil`, …);
//! `lookup` finds a method, `dispatch` runs it, and `server` and `socket` connect clients.

mod answer;
mod anvil;
mod connections;
mod debug;
mod dispatch;
mod error;
mod eth;
mod evm;
mod filters;
mod frame;
mod limits;
mod lookup;
mod method;
mod net;
mod node;
mod nonce_queue;
mod origin;
mod params;
mod server;
mod session;
mod socket;
mod txpool;
mod unsupported;

pub use connections::serve;
pub use limits::MAX_BODY_BYTES;
pub use node::Node;
pub use origin::Cors;
pub use server::router;
pub use unsupported::NO_FORKING;
