//! The node over HTTP and WebSocket: through alloy's provider, as clients use it.
//! Raw bodies test requests that no client sends.

mod arbitrum;
mod binary;
mod blocks;
mod calls;
mod contracts;
mod control;
mod conveniences;
mod history;
mod hostile;
mod logs;
mod net;
mod protocol;
mod socket;
mod state_file;
mod stylus;
mod trace;
mod transactions;
