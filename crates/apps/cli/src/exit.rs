//! How a command fails: its exit code and one sentence with the reason.
//! Other modules return errors with a class ([`NodeError`], [`Failure`]); this one maps the class to the exit code.

use std::{error::Error, process::ExitCode};

use alloy::transports::TransportError;
use serde_json::{Value, json};
use weir_client::{ConnectError, NodeError, SendError};
use weir_units::UsageError;

/// The exit codes of errors. The numbers are part of the command line's interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Any other error.
    Failed = 1,
    /// The arguments or the config are wrong. Clap exits with the same number.
    Usage = 2,
    /// The node does not answer, or its provider's limit is reached.
    Unreachable = 3,
    /// The node or a contract rejects a call or a transaction.
    Rejected = 4,
    /// A check failed.
    Check = 5,
    /// The user did not confirm.
    Declined = 6,
    /// The chain activates no programs now.
    Paused = 7,
}

/// The exit codes for the end of `weir --help`.
pub const CODES: &str = "\
Exit codes:
  0  success, or nothing to do
  1  any other error
  2  the arguments or the config file are wrong
  3  the node does not answer, or its provider's limit is reached
  4  the node or a contract rejects a call or a transaction
  5  a check failed: a vault is not genuine, a program cannot run
  6  not confirmed: nothing was sent
  7  the chain activates no programs now: nothing was sent";

impl ErrorKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Unreachable => "unreachable",
            Self::Rejected => "rejected",
            Self::Check => "check",
            Self::Declined => "declined",
            Self::Paused => "paused",
        }
    }

    /// The kind of `error`: that of the first of its causes that has one.
    pub fn of(error: &anyhow::Error) -> Self {
        error.chain().find_map(of_cause).unwrap_or(Self::Failed)
    }
}

impl From<ErrorKind> for ExitCode {
    fn from(kind: ErrorKind) -> Self {
        Self::from(kind as u8)
    }
}

/// An error with its exit code.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    kind: ErrorKind,
    message: String,
    /// What the command prints as JSON beside the error.
    document: Option<Box<Value>>,
}

impl Failure {
    /// A failure of this kind. The message is one sentence: what failed, why, what to do.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), document: None }
    }

    /// The same with the command's result, for an error of one part of it.
    pub fn with_document(self, document: Value) -> Self {
        Self { document: Some(Box::new(document)), ..self }
    }

    /// Wrong arguments or a wrong config.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// A check that failed.
    pub fn check(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Check, message)
    }

    /// A call or a transaction that the chain rejects.
    pub fn rejected(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Rejected, message)
    }
}

fn of_cause(cause: &(dyn Error + 'static)) -> Option<ErrorKind> {
    if let Some(failure) = cause.downcast_ref::<Failure>() {
        return Some(failure.kind);
    }
    if cause.is::<UsageError>() {
        return Some(ErrorKind::Usage);
    }
    if let Some(error) = node_error(cause) {
        return Some(of_node(&error));
    }
    if cause.is::<ConnectError>() {
        return Some(ErrorKind::Unreachable);
    }
    match cause.downcast_ref::<SendError>()? {
        SendError::Rejected(error) => Some(of_node(error)),
        SendError::Reverted(_) => Some(ErrorKind::Rejected),
        SendError::NoReceipt(_) => Some(ErrorKind::Unreachable),
        SendError::Unsigned(_) => None,
    }
}

/// The cause as a [`NodeError`], if the node or the connection to it failed.
fn node_error(cause: &(dyn Error + 'static)) -> Option<NodeError> {
    if let Some(error) = cause.downcast_ref::<NodeError>() {
        return Some(error.clone());
    }
    if let Some(error) = cause.downcast_ref::<TransportError>() {
        return Some(error.into());
    }
    cause.downcast_ref::<alloy::contract::Error>().map(NodeError::from)
}

fn of_node(error: &NodeError) -> ErrorKind {
    match error {
        NodeError::Transport(_) | NodeError::Limit(_) => ErrorKind::Unreachable,
        NodeError::Node { .. } | NodeError::Revert(_) => ErrorKind::Rejected,
        NodeError::Answer(_) => ErrorKind::Check,
    }
}

/// The error as a JSON document, printed in place of a result, or as a member of the result that it has.
pub fn document(error: &anyhow::Error) -> Value {
    let kind = ErrorKind::of(error);
    let result = error.chain().find_map(|cause| cause.downcast_ref::<Failure>()?.document.as_deref());
    let mut document = result.cloned().unwrap_or_else(|| json!({}));
    document["error"] = json!({ "exit_code": kind as u8, "kind": kind.name(), "message": sentence(error) });
    document
}

/// The error and its causes in one line.
pub fn sentence(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        parts.push(words(cause));
        // Their text already includes their causes.
        if cause.is::<SendError>() || node_error(cause).is_some() {
            break;
        }
    }
    shorten(&parts.join(": "))
}

/// The text of one cause. A node's error is explained by its class.
fn words(cause: &(dyn Error + 'static)) -> String {
    node_error(cause).map_or_else(|| cause.to_string(), |error| error.to_string())
}

/// The longest run of hexadecimal digits to print: that of a hash.
const MAX_DIGITS: usize = 64;
const CUT: usize = MAX_DIGITS + 1;

/// Cuts the long hexadecimal data that nodes add to errors.
fn shorten(error: &str) -> String {
    let mut text = String::new();
    let mut digits = 0;
    for character in error.chars() {
        digits = if character.is_ascii_hexdigit() { digits + 1 } else { 0 };
        match digits {
            0..=MAX_DIGITS => text.push(character),
            CUT => text.push('…'),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use alloy::transports::TransportErrorKind;
    use anyhow::{Context, anyhow};

    use super::*;

    #[test]
    fn a_failure_keeps_its_exit_code_when_context_is_added() {
        let error = Err::<(), _>(Failure::check("too few")).context("cannot go on").unwrap_err();
        assert_eq!(ErrorKind::of(&error), ErrorKind::Check);
        assert_eq!(sentence(&error), "cannot go on: too few");
        assert_eq!(ErrorKind::of(&anyhow!("anything")), ErrorKind::Failed);
        assert_eq!(ErrorKind::of(&anyhow!(UsageError("no".into())).context("around")), ErrorKind::Usage);
    }

    #[test]
    fn no_answer_and_a_rejection_have_different_exit_codes() {
        let silent = TransportErrorKind::custom_str("connection refused");
        assert_eq!(ErrorKind::of(&SendError::from(silent).into()), ErrorKind::Unreachable);
        let silent = TransportErrorKind::custom_str("connection refused");
        let asked = anyhow::Error::new(alloy::contract::Error::from(silent)).context("cannot read it");
        assert_eq!(ErrorKind::of(&asked), ErrorKind::Unreachable);
        let nonsense = alloy::contract::Error::from(alloy::sol_types::Error::custom("too short"));
        assert_eq!(ErrorKind::of(&nonsense.into()), ErrorKind::Check);
        let payload = json!({ "code": 3, "message": "execution reverted" }).to_string();
        let rejected: TransportError = TransportError::ErrorResp(serde_json::from_str(&payload).unwrap());
        assert_eq!(ErrorKind::of(&anyhow::Error::new(rejected).context("the estimate")), ErrorKind::Rejected);
    }

    #[test]
    fn a_revert_is_shown_by_the_name_of_its_error() {
        // ZeroAmount()
        let payload = json!({ "code": 3, "message": "execution reverted", "data": "0x1f2a2005" }).to_string();
        let rejected: TransportError = TransportError::ErrorResp(serde_json::from_str(&payload).unwrap());
        let asked = anyhow::Error::new(alloy::contract::Error::from(rejected)).context("cannot read it");
        assert_eq!(sentence(&asked), "cannot read it: it reverts with ZeroAmount");
    }

    #[test]
    fn an_error_of_one_part_is_printed_beside_the_result() {
        let failure = Failure::check("one of two").with_document(json!({ "done": 1 }));
        let document = document(&anyhow::Error::new(failure).context("not all"));
        assert_eq!(document["done"], 1);
        assert_eq!(document["error"]["exit_code"], 5);
        assert_eq!(document["error"]["message"], "not all: one of two");
    }

    #[test]
    fn help_lists_every_exit_code() {
        for kind in [
            ErrorKind::Failed,
            ErrorKind::Usage,
            ErrorKind::Unreachable,
            ErrorKind::Rejected,
            ErrorKind::Check,
            ErrorKind::Declined,
        ] {
            assert!(CODES.contains(&format!("\n  {}  ", kind as u8)), "{kind:?}");
        }
    }

    #[test]
    fn hashes_are_kept_and_longer_data_is_cut() {
        let hash = "ab".repeat(32);
        let error = format!("transaction 0x{hash} reverted");
        assert_eq!(shorten(&error), error);
        let (data, start) = ("12".repeat(9_000), "12".repeat(32));
        assert_eq!(
            shorten(&format!("reverted, data: 0x{data}, so")),
            format!("reverted, data: 0x{start}…, so")
        );
    }
}
