//! The node that a command talks to: connected, asked for its chain, and told from one that does not answer.

use std::time::Duration;

use alloy::{
    contract::Error,
    eips::BlockId,
    network::TransactionBuilder,
    primitives::Address,
    providers::{DynProvider, Provider, ProviderBuilder},
    rpc::{
        client::ClientBuilder,
        types::{BlockNumberOrTag, TransactionRequest},
    },
    sol_types::SolCall,
    transports::{http::reqwest, layers::RetryBackoffLayer},
};
use anyhow::{Context, Result};
use clap::Args;

use crate::exit::{Failure, Kind};

/// How long one answer is waited for.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often a request is repeated that the node refuses for coming too soon, and the first pause, in milliseconds.
const RETRIES: u32 = 8;
const PAUSE_MS: u64 = 500;
/// What public nodes allow, in the units that they count requests by; only pauses after a refusal go by it.
const UNITS_PER_SECOND: u64 = 500;

/// Which node.
#[derive(Clone, Debug, Args)]
pub struct NodeArguments {
    /// Node to talk to, over HTTP: `weir devnode`, a Nitro node, or a public one.
    #[arg(long, value_name = "URL", env = "WEIR_RPC_URL", default_value = "http://127.0.0.1:8547")]
    pub rpc_url: String,
}

/// A node that has answered.
#[derive(Clone, Debug)]
pub struct Node {
    /// To ask it with; it signs nothing.
    pub provider: DynProvider,
    /// Its chain.
    pub chain_id: u64,
    /// Where it is.
    pub url: String,
}

impl NodeArguments {
    /// Connects, and asks which chain it is.
    ///
    /// # Errors
    /// If the URL is none, or nobody answers there.
    pub async fn connect(&self) -> Result<Node> {
        let provider = self.provider()?;
        let chain_id = provider.get_chain_id().await.map_err(|error| {
            Failure::new(
                Kind::Unreachable,
                format!(
                    "no node answers at {} ({error}): start one (weir devnode), or name another with --rpc-url",
                    self.rpc_url
                ),
            )
        })?;
        Ok(Node { provider, chain_id, url: self.rpc_url.clone() })
    }

    /// To talk to the node with, whether or not it is there.
    ///
    /// # Errors
    /// If the URL is none.
    pub fn provider(&self) -> Result<DynProvider> {
        let url: reqwest::Url = self.rpc_url.parse().map_err(|error| self.no_url(&format!("{error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(self.no_url("it does not begin with http:// or https://").into());
        }
        let http =
            reqwest::Client::builder().timeout(TIMEOUT).build().context("no HTTP client can be made")?;
        let retry = RetryBackoffLayer::new(RETRIES, PAUSE_MS, UNITS_PER_SECOND);
        let client = ClientBuilder::default().layer(retry).http_with_client(http, url);
        Ok(ProviderBuilder::new().disable_recommended_fillers().connect_client(client).erased())
    }

    fn no_url(&self, why: &str) -> Failure {
        Failure::usage(format!("--rpc-url {:?} is no URL of a node: {why}", self.rpc_url))
    }
}

impl Node {
    /// Whether there is a contract.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn has_code(&self, address: Address) -> Result<bool> {
        Ok(!self.provider.get_code_at(address).await?.is_empty())
    }

    /// To ask the contract at `address` at the latest block.
    pub fn reader(&self, address: Address) -> Reader<'_> {
        Reader { node: self, address, block: BlockId::latest() }
    }
}

/// A contract that is asked.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    node: &'a Node,
    address: Address,
    block: BlockId,
}

impl Reader<'_> {
    /// The same, asked in the block to come: at the time that the next transaction will find.
    pub fn in_next_block(self) -> Self {
        Self { block: BlockNumberOrTag::Pending.into(), ..self }
    }

    /// What it returns.
    ///
    /// # Errors
    /// If it reverts or returns something else, or the node does not answer.
    pub async fn ask<C: SolCall>(&self, call: C) -> Result<C::Return, Error> {
        let request = TransactionRequest::default().with_to(self.address).with_input(call.abi_encode());
        let answer = self.node.provider.call(request).block(self.block).await?;
        Ok(C::abi_decode_returns(&answer)?)
    }
}

/// Whether a contract answered as it has to.
///
/// # Errors
/// If it was the node that did not.
pub fn answered<T>(answer: Result<T, Error>) -> Result<bool> {
    match answer {
        Ok(_) => Ok(true),
        Err(Error::TransportError(error)) if !error.is_error_resp() => Err(error.into()),
        Err(_) => Ok(false),
    }
}
