//! Wrong arguments or a wrong file of settings: the error that commands end with exit code 2 for.
//! It is a type of its own, so that no part of a program has to know how another reports it.

/// What is wrong, and what to write instead, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

impl UsageError {
    /// The error `error`, with its causes in one line.
    pub fn of(error: impl std::fmt::Display) -> Self {
        Self(format!("{error:#}"))
    }
}
