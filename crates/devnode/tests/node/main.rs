//! The node over HTTP, as clients use it: alloy's provider, and raw bodies for what no client would send.

mod binary;
mod blocks;
mod calls;
mod contracts;
mod control;
mod history;
mod logs;
mod net;
mod protocol;
mod stylus;
mod transactions;
