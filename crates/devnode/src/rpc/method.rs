//! What the table of methods holds.

use super::{dispatch::Node, error::RpcError, params::Params};
use crate::chain::ChainError;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// What a method gives: JSON, or an error.
pub type Answer = Result<Box<RawValue>, RpcError>;

/// How a method is carried out.
#[derive(Clone, Copy)]
pub enum Method {
    /// At once, where the request is read: takes microseconds.
    Quick(fn(&Node, Params) -> Answer),
    /// On a thread of its own: executes, or searches far.
    Heavy(fn(&Node, Params) -> Answer),
    /// Like `Heavy`, and waits a while for the transactions before it if its nonce is too high.
    Send,
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
