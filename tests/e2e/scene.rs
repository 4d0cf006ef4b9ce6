//! What most tests begin with: a chain, tokens, a vault, and stakers with tokens and approvals.

use alloy::primitives::{Address, U256};
use anyhow::Result;
use weir_harness::{Account, Chain, Token, Vault, VaultSettings};

/// One token of 18 decimals.
pub const TOKEN: u128 = 1_000_000_000_000_000_000;

/// A vault with its tokens on a chain of its own.
pub struct Scene {
    pub chain: Chain,
    pub asset: Token,
    pub reward: Token,
    pub yield_token: Token,
    pub vault: Vault,
    /// Unix time of the vault's deployment, where its epoch 0 began.
    pub start: u64,
}

/// Which tokens of a vault are one and the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    Different,
    AssetIsReward,
    AssetIsYield,
}

pub const EPOCH: u64 = 86_400;
pub const PERIOD: u64 = 3_600;

/// The settings that tests vary from.
pub fn settings(asset: Address, reward: Address, yield_token: Address) -> VaultSettings {
    VaultSettings {
        asset,
        reward,
        yieldToken: yield_token,
        epochLength: EPOCH as u32,
        targetAuctionPeriod: PERIOD as u32,
        targetAuctionPrice: U256::from(TOKEN),
        smoothingFactor: 0,
        name: "Weir Staked Asset".into(),
        symbol: "wAST".into(),
        owner: Address::ZERO,
    }
}

impl Scene {
    pub async fn new(tokens: Tokens) -> Result<Self> {
        let chain = Chain::from_environment().await?;
        let asset = Token::deploy(&chain, "Asset", "AST", 18).await?;
        let reward = match tokens {
            Tokens::AssetIsReward => asset.clone(),
            _ => Token::deploy(&chain, "Reward", "RWD", 18).await?,
        };
        let yield_token = match tokens {
            Tokens::AssetIsYield => asset.clone(),
            _ => Token::deploy(&chain, "Yield", "YLD", 18).await?,
        };
        let settings = settings(*asset.address(), *reward.address(), *yield_token.address());
        let vault = Vault::deploy(&chain, &settings).await?;
        let start = vault.lastAuctionAt().call().await?;
        Ok(Self { chain, asset, reward, yield_token, vault, start })
    }

    /// An account with `assets` of the asset, and the vault approved for asset and reward.
    pub async fn staker(&self, name: &str, assets: u128) -> Result<Account> {
        let account = self.chain.account(name).await?;
        self.asset.mint(&self.chain, account.address(), U256::from(assets)).await?;
        self.asset.approve_all(&account, self.vault.address()).await?;
        if self.reward.address() != self.asset.address() {
            self.reward.approve_all(&account, self.vault.address()).await?;
        }
        Ok(account)
    }
}
