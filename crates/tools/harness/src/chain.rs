//! A chain with its provider, paying account, deployments and clock.
//! The chain is a devnode in this process or a node by URL.

use std::{env, time::Duration};

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256, keccak256},
    providers::{DynProvider, Provider},
    rpc::types::{BlockNumberOrTag, TransactionReceipt, TransactionRequest},
    signers::local::PrivateKeySigner,
};
use anyhow::{Context, Error, Result, anyhow, bail};
use serde_json::Value;
use tokio::sync::OnceCell;
use weir_artifacts::solidity::creation_code;
use weir_client::{
    Account, Action, Endpoint, Node, NodeError, PRIVATE_KEY_VARIABLE, Patience, RPC_URL_VARIABLE, SendError,
};
use weir_devnode::{Builder, Devnode};

use crate::Market;

/// Initial balance of an account, in wei: 0.5 ether, more than any test spends.
const ALLOWANCE: u128 = 500_000_000_000_000_000;
/// Initial balance of the payer on a node by URL, in wei: 10 ether.
const PAYER_ALLOWANCE: u128 = 20 * ALLOWANCE;

/// Attempts to fund the payer while others spend from the same account, and the pause between them.
const FUNDING_ATTEMPTS: u32 = 100;
const FUNDING_PAUSE: Duration = Duration::from_millis(100);

const NO_PARAMETERS: [u8; 0] = [];

/// A chain for tests and demos.
pub struct Chain {
    provider: DynProvider,
    chain_id: u64,
    payer: Account,
    node: Option<Devnode>,
    market: OnceCell<Market>,
}

impl Chain {
    /// Connects to the node that the environment names, or starts a devnode with frozen time.
    ///
    /// # Errors
    /// If the node does not answer, or the key is missing or invalid.
    pub async fn from_environment() -> Result<Self> {
        match env::var(RPC_URL_VARIABLE) {
            Ok(url) => Self::connect(&url).await,
            Err(_) => Self::at_a_standstill(Devnode::builder()).await,
        }
    }

    /// Starts a devnode whose time is frozen until it is set, so that block times do not depend on the machine's speed.
    pub async fn at_a_standstill(builder: Builder) -> Result<Self> {
        let chain = Self::devnode(builder).await?;
        let _: Value = chain.provider.raw_request("anvil_setBlockTimestampInterval".into(), [0]).await?;
        Ok(chain)
    }

    /// Starts a devnode in this process, on a free port.
    pub async fn devnode(builder: Builder) -> Result<Self> {
        Self::of(builder.port(0).spawn().await?).await
    }

    /// Uses a running devnode.
    pub async fn of(node: Devnode) -> Result<Self> {
        let key = node.accounts().first().context("the devnode has no account")?.key();
        let (provider, chain_id) = open(&node.rpc_url()).await?;
        let payer = Account::new(provider.clone(), chain_id, PrivateKeySigner::from_bytes(&key)?).await?;
        Ok(Self { provider, chain_id, payer, node: Some(node), market: OnceCell::new() })
    }

    /// Connects to the node at `url`. The payer is a new account, funded by the key of [`PRIVATE_KEY_VARIABLE`], so
    /// that several processes can use the node without nonce conflicts.
    async fn connect(url: &str) -> Result<Self> {
        let key = env::var(PRIVATE_KEY_VARIABLE).with_context(|| {
            format!("{RPC_URL_VARIABLE} is set: set {PRIVATE_KEY_VARIABLE} to a funded key too")
        })?;
        let key: B256 =
            key.parse().with_context(|| format!("{PRIVATE_KEY_VARIABLE} is not a 32-byte key in hex"))?;
        let funder = PrivateKeySigner::from_bytes(&key)?;
        let (provider, chain_id) = open(url).await?;
        let payer = Account::new(provider.clone(), chain_id, PrivateKeySigner::random()).await?;
        fund(&provider, chain_id, &funder, payer.address()).await?;
        Ok(Self { provider, chain_id, payer, node: None, market: OnceCell::new() })
    }

    /// Returns the provider, which reads and does not sign.
    pub fn provider(&self) -> &DynProvider {
        &self.provider
    }

    /// Returns the chain id.
    pub fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// Returns the account that pays for deployments and funds other accounts.
    pub fn payer(&self) -> &Account {
        &self.payer
    }

    /// Returns the devnode, if the chain is one.
    pub fn node(&self) -> Option<&Devnode> {
        self.node.as_ref()
    }

    /// Returns the devnode to stop or restart it. Accounts of this chain stop working with the node.
    pub fn into_node(self) -> Option<Devnode> {
        self.node
    }

    /// Creates a funded account for `name`. Its key is derived from the name and the payer, which is new in each run on
    /// a node by URL.
    pub async fn account(&self, name: &str) -> Result<Account> {
        let key = keccak256(format!("weir test account {name} of {}", self.payer.address()));
        let signer = PrivateKeySigner::from_bytes(&key)?;
        let account = Account::new(self.provider.clone(), self.chain_id, signer).await?;
        self.payer.send(transfer(account.address(), ALLOWANCE)).await?;
        Ok(account)
    }

    /// Returns the chain's factory and router. The first call deploys them.
    pub async fn market(&self) -> Result<&Market> {
        self.market.get_or_try_init(|| Market::deploy(self)).await
    }

    /// Creates a contract from its creation code. The payer pays.
    pub async fn create(&self, creation_code: impl Into<Bytes>) -> Result<Address> {
        let request = TransactionRequest::default().with_deploy_code(creation_code);
        let receipt = self.payer.send(request).await.context("cannot create the contract")?;
        receipt.contract_address.context("no contract was created")
    }

    /// Creates a contract of `tests/solidity` with encoded constructor arguments.
    pub async fn create_solidity(&self, contract: &str, arguments: &[u8]) -> Result<Address> {
        let code = [creation_code(contract)?.as_ref(), arguments].concat();
        self.create(code).await.with_context(|| format!("cannot create {contract}"))
    }

    /// Sends `action` from `account` in a block with this timestamp (Unix seconds).
    pub async fn act(
        &self,
        timestamp: u64,
        account: &Account,
        action: impl Action,
    ) -> Result<TransactionReceipt> {
        self.set_time(timestamp).await?;
        Ok(account.send(action).await?)
    }

    /// Returns the timestamp of the latest block (Unix seconds).
    pub async fn now(&self) -> Result<u64> {
        let block = self.provider.get_block_by_number(BlockNumberOrTag::Latest).await?;
        Ok(block.context("the node has no latest block")?.header.timestamp)
    }

    /// Returns whether [`set_time`](Self::set_time) works: only on a devnode.
    pub fn controls_time(&self) -> bool {
        self.node.is_some()
    }

    /// Sets the timestamp of the next block (Unix seconds).
    ///
    /// # Errors
    /// If the chain is not a devnode, or the timestamp is before the latest block.
    pub async fn set_time(&self, timestamp: u64) -> Result<()> {
        if !self.controls_time() {
            bail!("time can only be set on a devnode: unset {RPC_URL_VARIABLE}");
        }
        let _: Value = self.provider.raw_request("evm_setNextBlockTimestamp".into(), [timestamp]).await?;
        Ok(())
    }

    /// Mines an empty block at `timestamp`, so that reads use that time.
    ///
    /// # Errors
    /// Those of [`set_time`](Self::set_time).
    pub async fn mine_at(&self, timestamp: u64) -> Result<()> {
        self.set_time(timestamp).await?;
        let _: Value = self.provider.raw_request("evm_mine".into(), NO_PARAMETERS).await?;
        Ok(())
    }
}

async fn open(url: &str) -> Result<(DynProvider, u64)> {
    let endpoint: Endpoint = url.parse().with_context(|| format!("{RPC_URL_VARIABLE} is not valid"))?;
    let Node { provider, chain_id, .. } = Node::connect(&endpoint, Patience::default()).await?;
    Ok((provider, chain_id))
}

fn transfer(to: Address, wei: u128) -> TransactionRequest {
    TransactionRequest::default().with_to(to).with_value(U256::from(wei))
}

/// Sends ether to `to` from an account that other processes may use at the same time. Repeats after nonce conflicts.
async fn fund(provider: &DynProvider, chain_id: u64, from: &PrivateKeySigner, to: Address) -> Result<()> {
    let mut last = None;
    for _ in 0..FUNDING_ATTEMPTS {
        let funder = Account::new(provider.clone(), chain_id, from.clone()).await?;
        match funder.send(transfer(to, PAYER_ALLOWANCE)).await {
            Ok(_) => return Ok(()),
            Err(error) if is_nonce_conflict(&error) => last = Some(error),
            Err(error) => {
                return Err(error).with_context(|| {
                    format!("cannot fund the payer: check the ether of {PRIVATE_KEY_VARIABLE}'s account")
                });
            }
        }
        tokio::time::sleep(FUNDING_PAUSE).await;
    }
    let last = last.map_or_else(|| anyhow!("no attempt"), Error::from);
    Err(last.context(format!("{PRIVATE_KEY_VARIABLE}'s account is in constant use: use another one")))
}

/// Matches geth's "nonce too low", "already known" and "replacement transaction underpriced".
fn is_nonce_conflict(error: &SendError) -> bool {
    let SendError::Rejected(NodeError::Node { message, .. }) = error else { return false };
    ["nonce", "already known", "replacement"].iter().any(|text| message.contains(text))
}
