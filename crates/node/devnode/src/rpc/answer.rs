//! The result of a method: JSON or an error.
//! Every method builds its result with [`answer`] or [`value`].

use super::error::RpcError;
use crate::error::ChainError;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

pub type Answer = Result<Box<RawValue>, RpcError>;

/// Converts a result to JSON.
///
/// # Errors
/// The result is an error.
pub fn answer<T: Serialize, E: Into<RpcError>>(result: Result<T, E>) -> Answer {
    value(&result.map_err(Into::into)?)
}

/// Converts a value to JSON.
///
/// # Errors
/// The value cannot be written as JSON, which is a bug of this program.
pub fn value<T: Serialize>(value: &T) -> Answer {
    to_raw_value(value).map_err(|error| {
        ChainError::Internal(format!("the result cannot be written as JSON: {error}")).into()
    })
}
