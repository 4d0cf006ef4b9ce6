//! The chain: where it is, who pays, what time it is.

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

/// What a fresh account gets, in wei: half an ether, more than any test spends.
const ALLOWANCE: u128 = 500_000_000_000_000_000;
/// What the payer gets on a node by URL, in wei: ten ether.
const PAYER_ALLOWANCE: u128 = 20 * ALLOWANCE;

/// How often the payer's ether is asked for while others spend from the same account.
const GIFT_TRIES: u32 = 100;
const GIFT_PAUSE: Duration = Duration::from_millis(100);

const NO_PARAMETERS: [u8; 0] = [];

/// A chain to act on.
pub struct Chain {
    provider: DynProvider,
    chain_id: u64,
    payer: Account,
    node: Option<Devnode>,
    market: OnceCell<Market>,
}

impl Chain {
    /// The node that the environment names, else a devnode in process, whose time stands still until it is set.
    ///
    /// # Errors
    /// If the node does not answer, or the key is missing or no key.
    pub async fn from_environment() -> Result<Self> {
        match env::var(RPC_URL_VARIABLE) {
            Ok(url) => Self::connect(&url).await,
            Err(_) => Self::at_a_standstill(Devnode::builder()).await,
        }
    }

    /// As [`devnode`](Self::devnode), but its time stands still until it is set: however long things take on this machine,
    /// they happen at the same time on the chain.
    pub async fn at_a_standstill(builder: Builder) -> Result<Self> {
        let chain = Self::devnode(builder).await?;
        let _: Value = chain.provider.raw_request("anvil_setBlockTimestampInterval".into(), [0]).await?;
        Ok(chain)
    }

    /// A devnode in process, on a free port.
    pub async fn devnode(builder: Builder) -> Result<Self> {
        Self::of(builder.port(0).spawn().await?).await
    }

    /// A devnode in process that has been started.
    pub async fn of(node: Devnode) -> Result<Self> {
        let key = node.accounts().first().context("the devnode has no account")?.key();
        let (provider, chain_id) = open(&node.rpc_url()).await?;
        let payer = Account::new(provider.clone(), chain_id, PrivateKeySigner::from_bytes(&key)?).await?;
        Ok(Self { provider, chain_id, payer, node: Some(node), market: OnceCell::new() })
    }

    /// The node at `url`. Its payer is an account of its own, funded with [`PRIVATE_KEY_VARIABLE`]'s: so many
    /// can run on that node at once and never spend each other's nonces.
    async fn connect(url: &str) -> Result<Self> {
        let key = env::var(PRIVATE_KEY_VARIABLE).with_context(|| {
            format!("{RPC_URL_VARIABLE} is set: set {PRIVATE_KEY_VARIABLE} to a funded key too")
        })?;
        let key: B256 =
            key.parse().with_context(|| format!("{PRIVATE_KEY_VARIABLE} is not a key of 32 bytes in hex"))?;
        let funder = PrivateKeySigner::from_bytes(&key)?;
        let (provider, chain_id) = open(url).await?;
        let payer = Account::new(provider.clone(), chain_id, PrivateKeySigner::random()).await?;
        give(&provider, chain_id, &funder, payer.address()).await?;
        Ok(Self { provider, chain_id, payer, node: None, market: OnceCell::new() })
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

    /// Its devnode, to be stopped or started anew; the accounts of this chain are of no use then.
    pub fn into_node(self) -> Option<Devnode> {
        self.node
    }

    /// A funded account of its own for `name`. The key comes from the name and the payer, which on a lasting
    /// chain is another one in each run.
    pub async fn account(&self, name: &str) -> Result<Account> {
        let key = keccak256(format!("weir test account {name} of {}", self.payer.address()));
        let signer = PrivateKeySigner::from_bytes(&key)?;
        let account = Account::new(self.provider.clone(), self.chain_id, signer).await?;
        self.payer.send(gift(account.address(), ALLOWANCE)).await?;
        Ok(account)
    }

    /// The chain's factory and router, deployed when they are first needed.
    pub async fn market(&self) -> Result<&Market> {
        self.market.get_or_try_init(|| Market::deploy(self)).await
    }

    /// Puts a contract on the chain by its creation code, paid by the payer.
    pub async fn create(&self, creation_code: impl Into<Bytes>) -> Result<Address> {
        let request = TransactionRequest::default().with_deploy_code(creation_code);
        let receipt = self.payer.send(request).await.context("the contract cannot be created")?;
        receipt.contract_address.context("no contract was created")
    }

    /// Puts a contract of `tests/solidity` on the chain, with its constructor's encoded arguments.
    pub async fn create_solidity(&self, contract: &str, arguments: &[u8]) -> Result<Address> {
        let code = [creation_code(contract)?.as_ref(), arguments].concat();
        self.create(code).await.with_context(|| format!("cannot create a {contract}"))
    }

    /// Lets `account` do `action` in a block of this time (Unix seconds).
    pub async fn act(
        &self,
        timestamp: u64,
        account: &Account,
        action: impl Action,
    ) -> Result<TransactionReceipt> {
        self.set_time(timestamp).await?;
        Ok(account.send(action).await?)
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

async fn open(url: &str) -> Result<(DynProvider, u64)> {
    let endpoint: Endpoint = url.parse().with_context(|| format!("{RPC_URL_VARIABLE} is wrong"))?;
    let Node { provider, chain_id, .. } = Node::connect(&endpoint, Patience::default()).await?;
    Ok((provider, chain_id))
}

fn gift(to: Address, wei: u128) -> TransactionRequest {
    TransactionRequest::default().with_to(to).with_value(U256::from(wei))
}

/// Gives `to` its ether from an account that others may be spending from just now: whoever comes second with a
/// nonce tries again.
async fn give(provider: &DynProvider, chain_id: u64, from: &PrivateKeySigner, to: Address) -> Result<()> {
    let mut last = None;
    for _ in 0..GIFT_TRIES {
        let funder = Account::new(provider.clone(), chain_id, from.clone()).await?;
        match funder.send(gift(to, PAYER_ALLOWANCE)).await {
            Ok(_) => return Ok(()),
            Err(error) if is_about_the_nonce(&error) => last = Some(error),
            Err(error) => return Err(error).context("the account that pays has not enough ether"),
        }
        tokio::time::sleep(GIFT_PAUSE).await;
    }
    let last = last.map_or_else(|| anyhow!("it was never tried"), Error::from);
    Err(last.context("the account that pays is in use all the time: let nobody else spend from it"))
}

/// In geth's words: "nonce too low", "already known", "replacement transaction underpriced".
fn is_about_the_nonce(error: &SendError) -> bool {
    let SendError::Rejected(NodeError::Node { message, .. }) = error else { return false };
    ["nonce", "already known", "replacement"].iter().any(|words| message.contains(words))
}
