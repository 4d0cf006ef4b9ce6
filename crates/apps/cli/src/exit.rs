//! How a command ends: its exit code, and one sentence that says why.
//! Errors below keep their class ([`NodeError`]); this table turns it into a number.

use std::{error::Error, process::ExitCode};

use alloy::transports::TransportError;
use serde_json::{Value, json};
use weir_client::{ConnectError, NodeError, SendError};
use weir_units::UsageError;

/// What an exit code stands for. The numbers are part of the command line's interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Anything that has no number of its own.
    Failed = 1,
    /// The arguments or the config are wrong. Clap's number, too.
    Usage = 2,
    /// The node does not answer, or its provider's limit is reached.
    Unreachable = 3,
    /// The node or a contract rejects a call or a transaction.
    Rejected = 4,
    /// Something is not as it has to be: nothing more was done.
    Check = 5,
    /// It was not confirmed: nothing was done.
    Declined = 6,
}

/// The same for people, for the end of `weir --help`.
pub const CODES: &str = "\
Exit codes:
  0  done, or there was nothing to do
  1  failed
  2  the arguments or the config file are wrong
  3  the node does not answer, or its provider's limit is reached
  4  the node or a contract rejects a call or a transaction
  5  a check failed: something is not as it has to be
  6  not confirmed: nothing was done";

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Unreachable => "unreachable",
            Self::Rejected => "rejected",
            Self::Check => "check",
            Self::Declined => "declined",
        }
    }

    /// What `error` ends the program with: the first of its causes that says.
    pub fn of(error: &anyhow::Error) -> Self {
        error.chain().find_map(of_cause).unwrap_or(Self::Failed)
    }
}

impl From<Kind> for ExitCode {
    fn from(kind: Kind) -> Self {
        Self::from(kind as u8)
    }
}

/// An error that knows its exit code.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    kind: Kind,
    message: String,
}

impl Failure {
    /// A failure of this kind, in one sentence: what, why, what to do.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Wrong arguments or a wrong config.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// A check that failed.
    pub fn check(message: impl Into<String>) -> Self {
        Self::new(Kind::Check, message)
    }

    /// A call or a transaction that the chain rejects.
    pub fn rejected(message: impl Into<String>) -> Self {
        Self::new(Kind::Rejected, message)
    }
}

fn of_cause(cause: &(dyn Error + 'static)) -> Option<Kind> {
    if let Some(failure) = cause.downcast_ref::<Failure>() {
        return Some(failure.kind);
    }
    if cause.is::<UsageError>() {
        return Some(Kind::Usage);
    }
    if let Some(error) = node_error(cause) {
        return Some(of_node(&error));
    }
    if cause.is::<ConnectError>() {
        return Some(Kind::Unreachable);
    }
    match cause.downcast_ref::<SendError>()? {
        SendError::Rejected(error) => Some(of_node(error)),
        SendError::Reverted(_) => Some(Kind::Rejected),
        SendError::NoReceipt(_) => Some(Kind::Unreachable),
        SendError::Unsigned(_) => None,
    }
}

/// The cause by its class, if a node or its transport is what failed.
fn node_error(cause: &(dyn Error + 'static)) -> Option<NodeError> {
    if let Some(error) = cause.downcast_ref::<NodeError>() {
        return Some(error.clone());
    }
    if let Some(error) = cause.downcast_ref::<TransportError>() {
        return Some(error.into());
    }
    cause.downcast_ref::<alloy::contract::Error>().map(NodeError::from)
}

fn of_node(error: &NodeError) -> Kind {
    match error {
        NodeError::Transport(_) | NodeError::Limit(_) => Kind::Unreachable,
        NodeError::Node { .. } | NodeError::Revert(_) => Kind::Rejected,
        NodeError::Answer(_) => Kind::Check,
    }
}

/// The error as the JSON document that scripts get in place of a result.
pub fn document(error: &anyhow::Error) -> Value {
    let kind = Kind::of(error);
    json!({ "error": { "exit_code": kind as u8, "kind": kind.name(), "message": sentence(error) } })
}

/// The error with its causes, in one line.
pub fn sentence(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        parts.push(words(cause));
        // Their text includes that of their causes.
        if cause.is::<SendError>() || node_error(cause).is_some() {
            break;
        }
    }
    readable(&parts.join(": "))
}

/// A cause in words: a node's error by its class.
fn words(cause: &(dyn Error + 'static)) -> String {
    node_error(cause).map_or_else(|| cause.to_string(), |error| error.to_string())
}

/// Hexadecimal digits that are printed in a row: those of a hash.
const MAX_DIGITS: usize = 64;
const CUT: usize = MAX_DIGITS + 1;

/// An error without the long hexadecimal data that nodes add: its beginning tells enough.
fn readable(error: &str) -> String {
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
    fn a_failure_keeps_its_code_under_whatever_is_put_around_it() {
        let error = Err::<(), _>(Failure::check("too few")).context("cannot go on").unwrap_err();
        assert_eq!(Kind::of(&error), Kind::Check);
        assert_eq!(sentence(&error), "cannot go on: too few");
        assert_eq!(Kind::of(&anyhow!("anything")), Kind::Failed);
        assert_eq!(Kind::of(&anyhow!(UsageError("no".into())).context("around")), Kind::Usage);
    }

    #[test]
    fn a_node_that_does_not_answer_differs_from_one_that_rejects() {
        let silent = TransportErrorKind::custom_str("connection refused");
        assert_eq!(Kind::of(&SendError::from(silent).into()), Kind::Unreachable);
        let silent = TransportErrorKind::custom_str("connection refused");
        let asked = anyhow::Error::new(alloy::contract::Error::from(silent)).context("cannot read it");
        assert_eq!(Kind::of(&asked), Kind::Unreachable);
        let nonsense = alloy::contract::Error::from(alloy::sol_types::Error::custom("too short"));
        assert_eq!(Kind::of(&nonsense.into()), Kind::Check);
        let payload = json!({ "code": 3, "message": "execution reverted" }).to_string();
        let rejected: TransportError = TransportError::ErrorResp(serde_json::from_str(&payload).unwrap());
        assert_eq!(Kind::of(&anyhow::Error::new(rejected).context("the estimate")), Kind::Rejected);
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
    fn the_numbers_in_the_help_are_those_that_a_program_ends_with() {
        for kind in
            [Kind::Failed, Kind::Usage, Kind::Unreachable, Kind::Rejected, Kind::Check, Kind::Declined]
        {
            assert!(CODES.contains(&format!("\n  {}  ", kind as u8)), "{kind:?}");
        }
    }

    #[test]
    fn hashes_stay_and_long_data_is_cut() {
        let hash = "ab".repeat(32);
        let error = format!("transaction 0x{hash} reverted");
        assert_eq!(readable(&error), error);
        let (data, start) = ("12".repeat(9_000), "12".repeat(32));
        assert_eq!(
            readable(&format!("reverted, data: 0x{data}, so")),
            format!("reverted, data: 0x{start}…, so")
        );
    }
}
