//! The chain: where it is, who pays, what time it is.

use std::env;

use alloy::{
    network::TransactionBuilder,
    primitives::{B256, U256, keccak256},
    providers::{DynProvider, Provider, ProviderBuilder},
    rpc::types::{BlockNumberOrTag, TransactionRequest},
    signers::local::PrivateKeySigner,
};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use weir_devnode::{Builder, Devnode};

use crate::Account;

/// Names a node to run against instead of the devnode in process.
pub const RPC_URL_VARIABLE: &str = "WEIR_RPC_URL";
/// The key of an account that pays on that node.
pub const PRIVATE_KEY_VARIABLE: &str = "WEIR_PRIVATE_KEY";

/// What a fresh account gets, in wei: half an ether, more than any test spends.
const ALLOWANCE: u128 = 500_000_000_000_000_000;

const NO_PARAMETERS: [u8; 0] = [];

/// A chain to act on.
pub struct Chain {
    provider: DynProvider,
    chain_id: u64,
    payer: Account,
    node: Option<Devnode>,
}

impl Chain {
    /// The node that the environment names, else a devnode in process.
    ///
    /// # Errors
    /// If the node does not answer, or the key is missing or no key.
    pub async fn from_environment() -> Result<Self> {
        match env::var(RPC_URL_VARIABLE) {
            Ok(url) => Self::connect(&url).await,
            Err(_) => Self::devnode(Devnode::builder()).await,
        }
    }

    /// A devnode in process, on a free port.
    pub async fn devnode(builder: Builder) -> Result<Self> {
        let node = builder.port(0).spawn().await?;
        let key = node.accounts().first().context("the devnode has no account")?.key();
        let url = node.rpc_url();
        Self::new(&url, key, Some(node)).await
    }

    async fn connect(url: &str) -> Result<Self> {
        let key = env::var(PRIVATE_KEY_VARIABLE).with_context(|| {
            format!("{RPC_URL_VARIABLE} is set: set {PRIVATE_KEY_VARIABLE} to a funded key too")
        })?;
        let key =
            key.parse().with_context(|| format!("{PRIVATE_KEY_VARIABLE} is not a key of 32 bytes in hex"))?;
        Self::new(url, key, None).await
    }

    async fn new(url: &str, key: B256, node: Option<Devnode>) -> Result<Self> {
        let endpoint = url.parse().with_context(|| format!("{url} is not a URL"))?;
        let provider = ProviderBuilder::new().disable_recommended_fillers().connect_http(endpoint).erased();
        let chain_id = provider
            .get_chain_id()
            .await
            .with_context(|| format!("no node answers at {url}: start one first"))?;
        let payer = Account::new(provider.clone(), chain_id, PrivateKeySigner::from_bytes(&key)?).await?;
        Ok(Self { provider, chain_id, payer, node })
    }

    /// To read with; it signs nothing.
    pub fn provider(&self) -> &DynProvider {
        &self.provider
    }

    /// The chain's id.
    pub fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// The funded account that pays for the others.
    pub fn payer(&self) -> &Account {
        &self.payer
    }

    /// The devnode, if this is one.
    pub fn node(&self) -> Option<&Devnode> {
        self.node.as_ref()
    }

    /// A funded account of its own for `name`. The key comes from the name and, but on a devnode, from the
    /// payer's nonce, so that runs on a lasting chain do not meet.
    pub async fn account(&self, name: &str) -> Result<Account> {
        let run = if self.node.is_some() { 0 } else { self.payer.nonce() };
        let key = keccak256(format!("weir test account {name} {run}"));
        let account =
            Account::new(self.provider.clone(), self.chain_id, PrivateKeySigner::from_bytes(&key)?).await?;
        let gift = TransactionRequest::default().with_to(account.address()).with_value(U256::from(ALLOWANCE));
        self.payer.send(gift).await?;
        Ok(account)
    }

    /// Timestamp of the latest block, in Unix seconds.
    pub async fn now(&self) -> Result<u64> {
        let block = self.provider.get_block_by_number(BlockNumberOrTag::Latest).await?;
        Ok(block.context("the node has no latest block")?.header.timestamp)
    }

    /// Whether [`set_time`](Self::set_time) works here: on a devnode.
    pub fn controls_time(&self) -> bool {
        self.node.is_some()
    }

    /// Gives the next block `timestamp` (Unix seconds), which must not lie before the latest.
    ///
    /// # Errors
    /// On a chain that is no devnode, and where the node refuses.
    pub async fn set_time(&self, timestamp: u64) -> Result<()> {
        if !self.controls_time() {
            bail!("time can only be set on a devnode: unset {RPC_URL_VARIABLE}");
        }
        let _: Value = self.provider.raw_request("evm_setNextBlockTimestamp".into(), [timestamp]).await?;
        Ok(())
    }

    /// Mines an empty block at `timestamp`, so that reads see that time.
    ///
    /// # Errors
    /// As [`set_time`](Self::set_time).
    pub async fn mine_at(&self, timestamp: u64) -> Result<()> {
        self.set_time(timestamp).await?;
        let _: Value = self.provider.raw_request("evm_mine".into(), NO_PARAMETERS).await?;
        Ok(())
    }
}
