//! What the table of methods holds.

use super::{dispatch::Node, error::RpcError, params::Params, session::Exchange};
use crate::chain::ChainError;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// What a method gives: JSON, or an error.
pub type Answer = Result<Box<RawValue>, RpcError>;

/// What is said when something is done.
#[derive(Clone, Copy, Debug)]
pub enum Reply {
    Null,
    True,
}

impl Reply {
    pub fn write(self) -> Answer {
        match self {
            Self::Null => value(&()),
            Self::True => value(&true),
        }
    }
}

/// How a method is carried out.
#[derive(Clone, Copy)]
pub enum Method {
    /// At once, where the request is read: takes microseconds.
    Quick(fn(&Node, Params) -> Answer),
    /// On a thread of its own: executes, or searches far.
    Heavy(fn(&Node, Params) -> Answer),
    /// Like `Heavy`, for what has nothing to give but that it is done.
    Set(fn(&Node, Params) -> Result<(), RpcError>, Reply),
    /// Not possible on this chain, for the reason given.
    Refused(&'static str),
    /// Like `Heavy`, and waits a while for the transactions before it if its nonce is too high.
    Send,
    /// At once, and only on a connection that can be notified.
    Session(fn(&Exchange, &Node, Params) -> Answer),
}

/// Turns a result into JSON.
///
/// # Errors
/// The result is an error.
pub fn answer<T: Serialize, E: Into<RpcError>>(result: Result<T, E>) -> Answer {
    value(&result.map_err(Into::into)?)
}

/// Turns a value into JSON.
///
/// # Errors
/// It cannot be written as JSON, which is a fault of this program.
pub fn value<T: Serialize>(value: &T) -> Answer {
    to_raw_value(value).map_err(|error| {
        ChainError::Internal(format!("the answer cannot be written as JSON: {error}")).into()
    })
}
