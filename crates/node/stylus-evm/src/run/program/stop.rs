//! The error type of host functions.

use std::fmt;

/// Why a host function does not return to the program, temporarily or permanently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It waits for the answer to its request.
    Ask,
    /// The program ends with this status.
    Exit(u32),
    OutOfInk,
    /// The program did something forbidden, for this reason.
    Failed(String),
}

impl Stop {
    pub fn failed(reason: &str) -> Self {
        Self::Failed(reason.to_owned())
    }

    /// A change of state in a static call.
    pub fn static_call(what: &str) -> Self {
        Self::Failed(format!("{what} is not allowed in a static call"))
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ask => write!(f, "a request to the chain"),
            Self::Exit(status) => write!(f, "exit with status {status}"),
            Self::OutOfInk => write!(f, "out of ink"),
            Self::Failed(reason) => write!(f, "{reason}"),
        }
    }
}

impl std::error::Error for Stop {}
impl wasmi::errors::HostError for Stop {}
