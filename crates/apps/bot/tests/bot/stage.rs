//! A devnode whose time stands still, with a vault that sells yield for reward, and what the tests do there.

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
/// Target period of the auctions in seconds.
pub const PERIOD: u64 = 3_600;
/// First price of the auctions: a tenth of a token.
pub const FIRST_PRICE: u128 = TOKEN / 10;
/// What a bot begins with of the token that it pays with.
pub const WEALTH: u128 = 1_000 * TOKEN;

const ETHER: u128 = 500_000_000_000_000_000;

/// `amount` as `uint256`.
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

/// The settings of the tests' vaults.
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
    /// A vault without a factory.
    pub async fn new() -> Result<Self> {
        Self::on(Chain::at_a_standstill(Devnode::builder()).await?).await
    }

    /// A vault on this chain.
    pub async fn on(chain: Chain) -> Result<Self> {
        let reward = Token::deploy(&chain, "Reward", "RWD", 18).await?;
        let yield_token = Token::deploy(&chain, "Yield", "YLD", 18).await?;
        let settings = settings(*reward.address(), *reward.address(), *yield_token.address());
        let vault = Vault::create(&chain, &settings).await?;
        let start = vault.lastAuctionAt().call().await?;
        Ok(Self { chain, reward, yield_token, vault, start })
    }

    /// Where the node answers.
    pub fn url(&self) -> Result<String> {
        Ok(self.chain.node().context("it is a devnode")?.rpc_url())
    }

    /// A key of its own for `name`, with ether, and with `reward` base units of the reward token.
    pub async fn key(&self, name: &str, reward: u128) -> Result<PrivateKeySigner> {
        let signer = PrivateKeySigner::from_bytes(&keccak256(format!("weir bot {name}")))?;
        let gift = TransactionRequest::default().with_to(signer.address()).with_value(u(ETHER));
        self.chain.payer().send(gift).await?;
        if reward > 0 {
            self.reward.mint(&self.chain, signer.address(), u(reward)).await?;
        }
        Ok(signer)
    }

    /// Puts `amount` of yield into the vault.
    pub async fn stock(&self, amount: u128) -> Result<()> {
        self.yield_token.mint(&self.chain, self.vault.address(), u(amount)).await?;
        Ok(())
    }

    /// Mines a block `seconds` after the vault's deployment.
    pub async fn pass(&self, seconds: u64) -> Result<()> {
        self.chain.mine_at(self.start + seconds).await
    }

    /// The vault's price in the latest block.
    pub async fn price(&self) -> Result<U256> {
        Ok(self.vault.computeExactAmountIn(U256::ZERO).call().await?)
    }

    /// Lets `buyer` buy the whole lot, whatever it costs.
    pub async fn buy(&self, buyer: &Account) -> Result<()> {
        self.reward.approve_all(buyer, self.vault.address()).await?;
        let lot = self.vault.maxAmountOut().call().await?;
        buyer
            .send(self.vault.swapExactAmountOut(buyer.address(), lot, U256::MAX, Default::default()))
            .await?;
        Ok(())
    }

    /// All sales of the vault.
    pub async fn sales(&self) -> Result<Vec<SwappedExactAmountOut>> {
        sales(&self.chain, self.vault.address()).await
    }

    /// Calls a method of the devnode.
    pub async fn control(&self, method: &'static str, parameters: Value) -> Result<Value> {
        Ok(self.chain.provider().raw_request(method.into(), parameters).await?)
    }
}

/// All sales of a pair.
pub async fn sales(chain: &Chain, pair: Address) -> Result<Vec<SwappedExactAmountOut>> {
    let filter =
        Filter::new().from_block(0).address(pair).event_signature(SwappedExactAmountOut::SIGNATURE_HASH);
    let logs = chain.provider().get_logs(&filter).await?;
    logs.iter().map(|log| Ok(SwappedExactAmountOut::decode_log(&log.inner)?.data)).collect()
}
