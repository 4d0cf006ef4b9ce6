//! A node that has answered: its chain, and how contracts on it are read.
//! It signs nothing; an [`Account`](crate::Account) does.

use std::time::Duration;

use alloy::{
    eips::BlockId,
    network::TransactionBuilder,
    primitives::Address,
    providers::{DynProvider, Provider, ProviderBuilder},
    rpc::{
        client::ClientBuilder,
        types::{BlockNumberOrTag, TransactionRequest},
    },
    sol_types::SolCall,
    transports::layers::RetryBackoffLayer,
};

use crate::{Endpoint, NodeError, http_client};

/// How often a request above the provider's limit is repeated, and the first pause in milliseconds.
const RETRIES: u32 = 8;
const FIRST_PAUSE_MS: u64 = 500;
/// What public nodes allow, in the units that they count requests by; it only sets the pauses after a limit is reached.
const UNITS_PER_SECOND: u64 = 500;

/// How long a node is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one answer.
    pub timeout: Duration,
    /// Whether requests above the provider's limit are repeated after a pause.
    pub repeats: bool,
}

impl Default for Patience {
    /// For commands: 30 seconds, and requests are repeated.
    fn default() -> Self {
        Self { timeout: Duration::from_secs(30), repeats: true }
    }
}

/// No node answers there, or no client can be made.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("no node answers at {endpoint} ({}): {}", cause(.endpoint, .error), advice(.endpoint))]
    NoAnswer { endpoint: Box<Endpoint>, error: NodeError },
    #[error("no HTTP client can be made: {0}")]
    NoClient(String),
}

fn cause(endpoint: &Endpoint, error: &NodeError) -> String {
    match error {
        NodeError::Transport(why) => endpoint.redact(why),
        other => endpoint.redact(&other.to_string()),
    }
}

fn advice(endpoint: &Endpoint) -> &'static str {
    match endpoint.is_local() {
        true => "start one (weir devnode), or name another URL",
        false => "check the URL and the network",
    }
}

/// A node that has answered.
#[derive(Clone, Debug)]
pub struct Node {
    /// Reads and sends; signs nothing.
    pub provider: DynProvider,
    /// Its chain.
    pub chain_id: u64,
    pub endpoint: Endpoint,
}

impl Node {
    /// Connects and asks for the chain's id.
    ///
    /// # Errors
    /// If no node answers.
    pub async fn connect(endpoint: &Endpoint, patience: Patience) -> Result<Self, ConnectError> {
        let provider = endpoint.provider(patience)?;
        let chain_id = provider.get_chain_id().await.map_err(|error| ConnectError::NoAnswer {
            endpoint: Box::new(endpoint.clone()),
            error: error.into(),
        })?;
        Ok(Self { provider, chain_id, endpoint: endpoint.clone() })
    }

    /// Whether there is code at `address`.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn has_code(&self, address: Address) -> Result<bool, NodeError> {
        Ok(!self.provider.get_code_at(address).await?.is_empty())
    }

    /// Reads the contract at `address`, at the latest block.
    pub fn reader(&self, address: Address) -> Reader<'_> {
        Reader { node: self, address, block: BlockId::latest() }
    }
}

impl Endpoint {
    /// A provider of the node, whether or not it is there.
    ///
    /// # Errors
    /// If the system has no trusted certificates.
    pub fn provider(&self, patience: Patience) -> Result<DynProvider, ConnectError> {
        let http = http_client(patience.timeout)?;
        let client = match patience.repeats {
            true => {
                let retry = RetryBackoffLayer::new(RETRIES, FIRST_PAUSE_MS, UNITS_PER_SECOND);
                ClientBuilder::default().layer(retry).http_with_client(http, self.url())
            }
            false => ClientBuilder::default().http_with_client(http, self.url()),
        };
        Ok(ProviderBuilder::new().disable_recommended_fillers().connect_client(client).erased())
    }
}

/// A contract, and the block it is read at.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    node: &'a Node,
    address: Address,
    block: BlockId,
}

impl Reader<'_> {
    /// The same in the block to come: at the time that the next transaction finds.
    pub fn in_next_block(self) -> Self {
        Self { block: BlockNumberOrTag::Pending.into(), ..self }
    }

    /// What it returns.
    ///
    /// # Errors
    /// If it reverts or returns something else, or the node does not answer.
    pub async fn ask<C: SolCall>(&self, call: C) -> Result<C::Return, NodeError> {
        let request = TransactionRequest::default().with_to(self.address).with_input(call.abi_encode());
        let answer = self.node.provider.call(request).block(self.block).await?;
        C::abi_decode_returns(&answer).map_err(|error| NodeError::Answer(error.to_string()))
    }
}
