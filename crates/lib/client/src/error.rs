//! What a node answers instead of a result, by class: whose fault it is decides what to do next.
//! Every part of Weir tells errors apart by this and by nothing else.

use std::error::Error;

use alloy::{
    contract,
    primitives::Bytes,
    transports::{
        RpcError, TransportError, TransportErrorKind,
        http::reqwest,
        layers::{RateLimitRetryPolicy, RetryPolicy},
    },
};
use weir_bindings::revert::explain;

/// The code of an error response for a call that reverts (geth).
const REVERT_CODE: i64 = 3;
/// The code of an error response for a call or transaction that the node rejects (geth).
const REJECTION_CODE: i64 = -32_000;
/// Longest part of a node's message that is shown, in characters.
const MAX_MESSAGE: usize = 300;

/// Why a node gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodeError {
    /// No answer of a node: nobody listens, the name or certificate is wrong, time ran out, or it is no JSON-RPC.
    #[error("the node does not answer: {0}")]
    Transport(String),
    /// A limit of the provider: too many requests, or a quota. Later it may answer.
    #[error("the provider's limit is reached: {0}")]
    Limit(String),
    /// The node's own error, such as a nonce too low or a method it does not have.
    #[error("{message}")]
    Node { code: i64, message: String },
    /// A contract reverts with this data, which may be empty.
    #[error("it reverts with {}", explained(.0))]
    Revert(Bytes),
    /// A contract's answer is not of the expected type.
    #[error("the contract's answer cannot be read: {0}")]
    Answer(String),
}

impl NodeError {
    /// The data that a contract reverts with, if one does.
    pub fn revert_data(&self) -> Option<Bytes> {
        match self {
            Self::Revert(data) => Some(data.clone()),
            _ => None,
        }
    }

    /// Whether the node answered, with its own error or a contract's.
    pub fn is_answer(&self) -> bool {
        matches!(self, Self::Node { .. } | Self::Revert(_) | Self::Answer(_))
    }

    /// Whether this call or transaction is rejected, so that the same one would be again. Other errors of a node, such as
    /// internal ones or a missing method, say nothing about it.
    pub fn is_rejection(&self) -> bool {
        matches!(self, Self::Node { code: REJECTION_CODE, .. } | Self::Revert(_) | Self::Answer(_))
    }
}

/// Whether a contract answers as it should.
///
/// # Errors
/// If the node does not answer.
pub fn answers<T>(result: Result<T, NodeError>) -> Result<bool, NodeError> {
    match result {
        Ok(_) => Ok(true),
        Err(error) if error.is_answer() => Ok(false),
        Err(error) => Err(error),
    }
}

fn explained(data: &Bytes) -> String {
    if data.is_empty() { "no data".into() } else { explain(data) }
}

impl From<&TransportError> for NodeError {
    fn from(error: &TransportError) -> Self {
        let data = error.as_error_resp().and_then(|response| response.as_revert_data());
        if let Some(data) = data.filter(|data| !data.is_empty()) {
            return Self::Revert(data);
        }
        if is_limit(error) {
            return Self::Limit(cause(error));
        }
        let Some(response) = error.as_error_resp() else { return Self::Transport(cause(error)) };
        if response.code == REVERT_CODE || response.message.starts_with("execution reverted") {
            return Self::Revert(Bytes::new());
        }
        Self::Node { code: response.code, message: short(&response.message) }
    }
}

impl From<TransportError> for NodeError {
    fn from(error: TransportError) -> Self {
        Self::from(&error)
    }
}

impl From<&contract::Error> for NodeError {
    fn from(error: &contract::Error) -> Self {
        match error {
            contract::Error::TransportError(error) => error.into(),
            other => Self::Answer(short(&other.to_string())),
        }
    }
}

impl From<contract::Error> for NodeError {
    fn from(error: contract::Error) -> Self {
        Self::from(&error)
    }
}

/// Whether it is one of the many ways in which providers report a limit. alloy's list of those that are worth a repetition
/// also has answers that are not about limits.
fn is_limit(error: &TransportError) -> bool {
    const TOO_MANY_REQUESTS: u16 = 429;
    match error {
        RpcError::NullResp => false,
        RpcError::Transport(TransportErrorKind::HttpError(error)) => error.status == TOO_MANY_REQUESTS,
        RpcError::ErrorResp(response) if response.message == "header not found" => false,
        error => RateLimitRetryPolicy::default().should_retry(error),
    }
}

/// What went wrong below: a name that does not resolve, a certificate, a closed port, an HTTP status. Without the URL.
fn cause(error: &TransportError) -> String {
    match error {
        RpcError::ErrorResp(response) => short(&response.message),
        RpcError::Transport(TransportErrorKind::HttpError(error)) => http(error.status, &error.body),
        RpcError::Transport(TransportErrorKind::Custom(error)) => below(error.as_ref()),
        RpcError::NullResp => "the answer is empty".into(),
        RpcError::DeserError { .. } => "the answer is no JSON-RPC".into(),
        other => short(&other.to_string()),
    }
}

fn http(status: u16, body: &str) -> String {
    match short(body).as_str() {
        "" => format!("HTTP status {status}"),
        body => format!("HTTP status {status}: {body}"),
    }
}

/// The lowest cause. reqwest's own sentence only repeats the URL.
fn below(error: &(dyn Error + 'static)) -> String {
    if error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout) {
        return "no answer in time".into();
    }
    let mut lowest = error;
    while let Some(source) = lowest.source() {
        lowest = source;
    }
    short(&lowest.to_string())
}

/// The text on one line, cut where it is long.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn response(payload: Value) -> NodeError {
        NodeError::from(TransportError::ErrorResp(serde_json::from_value(payload).unwrap()))
    }

    #[test]
    fn each_class_is_told_apart() {
        let revert = response(json!({ "code": 3, "message": "execution reverted", "data": "0x1f2a2005" }));
        assert_eq!(revert.to_string(), "it reverts with ZeroAmount");
        let bare = response(json!({ "code": -32_000, "message": "execution reverted" }));
        assert_eq!(bare, NodeError::Revert(Bytes::new()));
        assert!(revert.is_rejection() && bare.is_rejection());

        let node = response(json!({ "code": -32_000, "message": "nonce too low" }));
        assert_eq!(node, NodeError::Node { code: -32_000, message: "nonce too low".into() });
        assert!(node.is_rejection());
        let internal = response(json!({ "code": -32_603, "message": "internal error" }));
        assert!(internal.is_answer() && !internal.is_rejection());

        for limit in [
            json!({ "code": 429, "message": "slow down" }),
            json!({ "code": -32_005, "message": "daily request count exceeded" }),
            json!({ "code": -32_000, "message": "too many requests" }),
        ] {
            assert!(matches!(response(limit.clone()), NodeError::Limit(_)), "{limit}");
        }
        let status = |status| NodeError::from(TransportErrorKind::http_error(status, "<html>\n no".into()));
        assert_eq!(status(429), NodeError::Limit("HTTP status 429: <html> no".into()));
        assert_eq!(status(404), NodeError::Transport("HTTP status 404: <html> no".into()));
        assert!(!status(404).is_answer());
        let silent = NodeError::from(TransportErrorKind::custom_str("connection refused"));
        assert_eq!(silent, NodeError::Transport("connection refused".into()));
        let nonsense = contract::Error::from(alloy::sol_types::Error::custom("too short"));
        assert!(matches!(NodeError::from(nonsense), NodeError::Answer(_)));
    }

    #[test]
    fn an_answer_that_another_node_may_give_is_no_limit() {
        assert!(matches!(NodeError::from(TransportError::NullResp), NodeError::Transport(_)));
        let unknown = response(json!({ "code": -32_000, "message": "header not found" }));
        assert!(matches!(unknown, NodeError::Node { .. }));
        let unavailable = TransportErrorKind::http_error(503, String::new());
        assert_eq!(NodeError::from(unavailable), NodeError::Transport("HTTP status 503".into()));
    }

    #[test]
    fn long_messages_are_cut() {
        let node = response(json!({ "code": -32_000, "message": "x".repeat(5_000) }));
        assert!(node.to_string().chars().count() <= MAX_MESSAGE + 1);
    }
}
