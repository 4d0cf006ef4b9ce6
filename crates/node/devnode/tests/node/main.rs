//! The node over HTTP and WebSocket, as clients use it: alloy's provider, and raw bodies for what no client would send.

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
