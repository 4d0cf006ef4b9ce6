//! How a method runs: on which thread, with which arguments.
//! The lookup tables map each name to a [`Method`].

use super::{
    answer::{Answer, value},
    error::RpcError,
    node::Node,
    params::Params,
    session::Exchange,
};

#[derive(Clone, Copy)]
pub enum Method {
    /// Runs at once on the connection's thread: takes microseconds.
    Quick(fn(&Node, Params) -> Answer),
    /// Runs on a thread of its own: executes transactions, or reads many blocks.
    Heavy(fn(&Node, Params) -> Answer),
    /// Like `Heavy`, for a method without a result of its own.
    Set(fn(&Node, Params) -> Result<(), RpcError>, Reply),
    /// Not supported on this chain, with the reason.
    Unsupported(&'static str),
    /// `eth_sendRawTransaction`: like `Heavy`, and waits a while if the nonce is too high.
    SendRaw,
    /// Runs at once, and only on a connection that can receive notifications.
    Session(fn(&Exchange, &Node, Params) -> Answer),
}

/// The result of a [`Method::Set`] that succeeds.
#[derive(Clone, Copy, Debug)]
pub enum Reply {
    Null,
    True,
}

impl Reply {
    pub fn answer(self) -> Answer {
        match self {
            Self::Null => value(&()),
            Self::True => value(&true),
        }
    }
}
