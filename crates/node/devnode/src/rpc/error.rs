//! JSON-RPC errors: the codes of the standard, and those of EIP-1474 and geth.
//! Converts errors of the chain.

use crate::error::{ChainError, TransactionError};
use serde::Serialize;
use serde_json::Value;

/// The body is not JSON.
pub const PARSE_ERROR: i32 = -32700;
/// The JSON is not a request.
pub const INVALID_REQUEST: i32 = -32600;
/// There is no such method.
pub const METHOD_NOT_FOUND: i32 = -32601;
/// The parameters do not fit the method.
pub const INVALID_PARAMS: i32 = -32602;
/// A bug of this program.
pub const INTERNAL_ERROR: i32 = -32603;
/// The chain rejects the request: geth's default code for errors.
pub const SERVER_ERROR: i32 = -32000;
/// The execution reverted; the error contains the revert data.
pub const REVERTED: i32 = 3;

/// The error of a response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RpcError {
    pub code: i32,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

impl RpcError {
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    pub fn params(message: impl Into<String>) -> Self {
        Self::new(INVALID_PARAMS, message)
    }
}

impl From<ChainError> for RpcError {
    fn from(error: ChainError) -> Self {
        let code = match &error {
            ChainError::Reverted(reverted) => {
                let data = Some(Value::String(reverted.output.to_string()));
                return Self { code: REVERTED, message: error.to_string(), data };
            }
            ChainError::Invalid(_) => INVALID_PARAMS,
            ChainError::Internal(_) => INTERNAL_ERROR,
            _ => SERVER_ERROR,
        };
        Self::new(code, error.to_string())
    }
}

impl From<TransactionError> for RpcError {
    fn from(error: TransactionError) -> Self {
        ChainError::from(error).into()
    }
}
