//! A devnode with frozen time and a vault that sells yield for reward.
//! The helpers fund accounts, add yield and advance time.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, U256, keccak256},
    providers::Provider,
    rpc::types::{Filter, TransactionRequest},
    signers::local::PrivateKeySigner,
    sol_types::SolEvent,
};
use anyhow::{Context, Result};
use serde_json::Value;
use weir_bindings::IPair::SwappedExactAmountOut;
use weir_client::Account;
use weir_devnode::Devnode;
use weir_harness::{Chain, Token, Vault, VaultSettings};

/// One token of 18 decimals, in base units.
pub const TOKEN: u128 = 1_000_000_000_000_000_000;
/// Target period of the auctions, in seconds.
pub const PERIOD: u64 = 3_600;
/// First price of the auctions: a tenth of a token.
pub const FIRST_PRICE: u128 = TOKEN / 10;
/// Initial balance of a bot in the reward token.
pub const WEALTH: u128 = 1_000 * TOKEN;

const ETHER: u128 = 500_000_000_000_000_000;

/// Converts to `uint256`.
pub fn u(amount: u128) -> U256 {
    U256::from(amount)
}

/// A chain with a vault.
pub struct Stage {
    pub chain: Chain,
    pub reward: Token,
    pub yield_token: Token,
    pub vault: Vault,
    /// Unix time of the vault's deployment.
    pub start: u64,
}

/// Returns the settings of the tests' vaults.
pub fn settings(asset: Address, reward: Address, yield_token: Address) -> VaultSettings {
    VaultSettings {
        asset,
        reward,
        yieldToken: yield_token,
        epochLength: 86_400,
        targetAuctionPeriod: PERIOD as u32,
        targetAuctionPrice: u(FIRST_PRICE),
        smoothingFactor: 0,
        name: "Weir Staked Asset".into(),
        symbol: "wAST".into(),
        owner: Address::ZERO,
    }
}

impl Stage {
    /// Creates a devnode and a vault.
    pub async fn new() -> Result<Self> {
        Self::on(Chain::at_a_standstill(Devnode::builder()).await?).await
    }

    /// Creates a vault on this chain.
    pub async fn on(chain: Chain) -> Result<Self> {
        let reward = Token::deploy(&chain, "Reward", "RWD", 18).await?;
        let yield_token = Token::deploy(&chain, "Yield", "YLD", 18).await?;
        let settings = settings(*reward.address(), *reward.address(), *yield_token.address());
        let vault = Vault::create(&chain, &settings).await?;
        let start = vault.lastAuctionAt().call().await?;
        Ok(Self { chain, reward, yield_token, vault, start })
    }

    /// Returns the node's URL.
    pub fn url(&self) -> Result<String> {
        Ok(self.chain.node().context("not a devnode")?.rpc_url())
    }

    /// Returns a key for `name`, funded with ether and `reward` base units of the reward token.
    pub async fn key(&self, name: &str, reward: u128) -> Result<PrivateKeySigner> {
        let signer = PrivateKeySigner::from_bytes(&keccak256(format!("weir bot {name}")))?;
        let funding = TransactionRequest::default().with_to(signer.address()).with_value(u(ETHER));
        self.chain.payer().send(funding).await?;
        if reward > 0 {
            self.reward.mint(&self.chain, signer.address(), u(reward)).await?;
        }
        Ok(signer)
    }

    /// Mints `amount` of yield to the vault.
    pub async fn stock(&self, amount: u128) -> Result<()> {
        self.yield_token.mint(&self.chain, self.vault.address(), u(amount)).await?;
        Ok(())
    }

    /// Mines a block `seconds` after the vault's deployment.
    pub async fn pass(&self, seconds: u64) -> Result<()> {
        self.chain.mine_at(self.start + seconds).await
    }

    /// Returns the price in the latest block.
    pub async fn price(&self) -> Result<U256> {
        Ok(self.vault.computeExactAmountIn(U256::ZERO).call().await?)
    }

    /// Buys the whole lot with `buyer` at any price.
    pub async fn buy(&self, buyer: &Account) -> Result<()> {
        self.reward.approve_all(buyer, self.vault.address()).await?;
        let lot = self.vault.maxAmountOut().call().await?;
        buyer
            .send(self.vault.swapExactAmountOut(buyer.address(), lot, U256::MAX, Default::default()))
            .await?;
        Ok(())
    }

    /// Returns all sales of the vault.
    pub async fn sales(&self) -> Result<Vec<SwappedExactAmountOut>> {
        sales(&self.chain, self.vault.address()).await
    }

    /// Calls an RPC method of the devnode.
    pub async fn control(&self, method: &'static str, parameters: Value) -> Result<Value> {
        Ok(self.chain.provider().raw_request(method.into(), parameters).await?)
    }
}

/// Returns all sales of a pair.
pub async fn sales(chain: &Chain, pair: Address) -> Result<Vec<SwappedExactAmountOut>> {
    let filter =
        Filter::new().from_block(0).address(pair).event_signature(SwappedExactAmountOut::SIGNATURE_HASH);
    let logs = chain.provider().get_logs(&filter).await?;
    logs.iter().map(|log| Ok(SwappedExactAmountOut::decode_log(&log.inner)?.data)).collect()
}
