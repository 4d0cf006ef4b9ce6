//! The node that is asked, and what its errors mean: whether it is in trouble itself, or a contract refused.

use std::time::Duration;

use alloy::{
    contract,
    providers::{DynProvider, Provider, ProviderBuilder},
    transports::{
        TransportError,
        http::{Client, reqwest::Url},
    },
};
use weir_bindings::refusal::explain;

use crate::price::SourceError;

/// How long the node may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// JSON-RPC codes with which nodes tell that a call or transaction failed: geth's for reverts, and its usual one.
const CALL_FAILED: [i64; 2] = [3, -32_000];

/// Why something that was asked of a node was not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The node is in trouble: away, too slow, or over its limits. Another time it may answer.
    #[error("the node does not answer: {0}")]
    Node(String),
    /// The node answered, and the answer is no: mostly a contract's.
    #[error("{0}")]
    Refused(String),
}

impl Failure {
    /// As a price source's error.
    pub fn into_source_error(self) -> SourceError {
        match self {
            Self::Node(why) => SourceError::Silent(why),
            Self::Refused(why) => SourceError::WrongContract(why),
        }
    }
}

impl From<&TransportError> for Failure {
    fn from(error: &TransportError) -> Self {
        let Some(answer) = error.as_error_resp() else { return Self::Node(error.to_string()) };
        if let Some(data) = answer.as_revert_data().filter(|data| !data.is_empty()) {
            return Self::Refused(explain(&data));
        }
        match CALL_FAILED.contains(&answer.code) {
            true => Self::Refused(answer.message.to_string()),
            false => Self::Node(answer.to_string()),
        }
    }
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        Self::from(&error)
    }
}

impl From<contract::Error> for Failure {
    fn from(error: contract::Error) -> Self {
        match error {
            contract::Error::TransportError(error) => error.into(),
            // It answered with something else than such a contract does.
            other => Self::Refused(other.to_string()),
        }
    }
}

/// A client of the node at `url`, that signs nothing and gives up on answers that take longer than 10 seconds.
///
/// # Errors
/// If the system has no trusted certificates to connect with.
pub fn connect(url: Url) -> anyhow::Result<DynProvider> {
    let client = Client::builder().timeout(PATIENCE).build()?;
    Ok(ProviderBuilder::new().disable_recommended_fillers().connect_reqwest(client, url).erased())
}
