//! The setup of most tests: a chain, tokens, a vault, and accounts with tokens and approvals.
//! Times are seconds after the vault's deployment.

use std::cell::RefCell;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    rpc::types::{TransactionReceipt, TransactionRequest},
};
use anyhow::{Context, Result};
use weir_bindings::deploy;
use weir_client::{Account, Action};
use weir_harness::{Chain, Token, Vault, VaultSettings};

/// One token of 18 decimals, in base units. Also one as a smoothing factor.
pub const TOKEN: u128 = 1_000_000_000_000_000_000;
/// Length of an epoch in seconds: a day.
pub const EPOCH: u64 = 86_400;
/// Target period of the auction in seconds: an hour, as in the tests of PoolTogether's original.
pub const PERIOD: u64 = 3_600;
/// First price of the auction, as in the tests of PoolTogether's original: 0.01 tokens.
pub const FIRST_PRICE: u128 = TOKEN / 100;

/// Value sent to an activation, in wei: far more than it costs; the rest is refunded.
const ACTIVATION_VALUE: u64 = 10_000_000_000_000_000;

/// `amount` as `uint256`.
pub fn u(amount: u128) -> U256 {
    U256::from(amount)
}

/// Which tokens of a vault are the same token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    Different,
    AssetIsReward,
    AssetIsYield,
}

/// A vault with its tokens, on its own chain.
pub struct Scene {
    pub chain: Chain,
    pub asset: Token,
    pub reward: Token,
    pub yield_token: Token,
    pub vault: Vault,
    /// Unix time of the vault's deployment, where its epoch 0 began.
    pub start: u64,
    /// The accounts whose balances are checked.
    people: RefCell<Vec<Address>>,
}

/// The default settings of a vault in tests.
pub fn settings(asset: Address, reward: Address, yield_token: Address) -> VaultSettings {
    VaultSettings {
        asset,
        reward,
        yieldToken: yield_token,
        epochLength: EPOCH as u32,
        targetAuctionPeriod: PERIOD as u32,
        targetAuctionPrice: u(FIRST_PRICE),
        smoothingFactor: 0,
        name: "Weir Staked Asset".into(),
        symbol: "wAST".into(),
        owner: Address::ZERO,
    }
}

impl Scene {
    /// Tokens and a vault with the default settings.
    pub async fn new(tokens: Tokens) -> Result<Self> {
        Self::with(tokens, |_| ()).await
    }

    /// Tokens and a vault, its settings changed by `change`.
    pub async fn with(tokens: Tokens, change: impl FnOnce(&mut VaultSettings)) -> Result<Self> {
        Self::on(Chain::from_environment().await?, tokens, change).await
    }

    /// Tokens and a vault on this chain.
    pub async fn on(chain: Chain, tokens: Tokens, change: impl FnOnce(&mut VaultSettings)) -> Result<Self> {
        Self::of(Self::tokens(&chain, tokens).await?, chain, change).await
    }

    /// New tokens: asset, reward and yield token.
    async fn tokens(chain: &Chain, tokens: Tokens) -> Result<[Token; 3]> {
        let asset = Token::deploy(chain, "Asset", "AST", 18).await?;
        let reward = match tokens {
            Tokens::AssetIsReward => asset.clone(),
            _ => Token::deploy(chain, "Reward", "RWD", 18).await?,
        };
        let yield_token = match tokens {
            Tokens::AssetIsYield => asset.clone(),
            _ => Token::deploy(chain, "Yield", "YLD", 18).await?,
        };
        Ok([asset, reward, yield_token])
    }

    /// A vault of these tokens on this chain: asset, reward and yield token. Anyone can mint them.
    pub async fn of(
        tokens: [Token; 3],
        chain: Chain,
        change: impl FnOnce(&mut VaultSettings),
    ) -> Result<Self> {
        let mut settings = settings(*tokens[0].address(), *tokens[1].address(), *tokens[2].address());
        change(&mut settings);
        let vault = Vault::create(&chain, &settings).await?;
        Self::assemble(tokens, chain, vault).await
    }

    /// A vault with settings that the factory may reject. It is created without the factory's checks.
    pub async fn beyond_bounds(tokens: Tokens, change: impl FnOnce(&mut VaultSettings)) -> Result<Self> {
        let chain = Chain::from_environment().await?;
        let tokens = Self::tokens(&chain, tokens).await?;
        let mut settings = settings(*tokens[0].address(), *tokens[1].address(), *tokens[2].address());
        change(&mut settings);
        let vault = Vault::create_beyond_bounds(&chain, &settings).await?;
        Self::assemble(tokens, chain, vault).await
    }

    async fn assemble([asset, reward, yield_token]: [Token; 3], chain: Chain, vault: Vault) -> Result<Self> {
        let start = vault.lastAuctionAt().call().await?;
        Ok(Self { chain, asset, reward, yield_token, vault, start, people: RefCell::default() })
    }

    /// An account with `assets` of the asset, and the vault approved for asset and reward.
    pub async fn staker(&self, name: &str, assets: u128) -> Result<Account> {
        let account = self.person(name).await?;
        self.asset.mint(&self.chain, account.address(), u(assets)).await?;
        self.approve_vault(&account).await?;
        Ok(account)
    }

    /// An account with `rewards` of the reward token that funds or buys, and the vault approved for asset and reward.
    pub async fn holder(&self, name: &str, rewards: u128) -> Result<Account> {
        let account = self.person(name).await?;
        self.reward.mint(&self.chain, account.address(), u(rewards)).await?;
        self.approve_vault(&account).await?;
        Ok(account)
    }

    /// An account with ether only.
    pub async fn person(&self, name: &str) -> Result<Account> {
        let account = self.chain.account(name).await?;
        self.watch(account.address());
        Ok(account)
    }

    /// Adds `account` to those whose balances are checked.
    pub fn watch(&self, account: Address) {
        self.people.borrow_mut().push(account);
    }

    /// The accounts whose balances are checked.
    pub fn people(&self) -> Vec<Address> {
        self.people.borrow().clone()
    }

    async fn approve_vault(&self, account: &Account) -> Result<()> {
        self.asset.approve_all(account, self.vault.address()).await?;
        if self.reward.address() != self.asset.address() {
            self.reward.approve_all(account, self.vault.address()).await?;
        }
        Ok(())
    }

    /// Sends a transaction of the chain's payer, for actions whose sender does not matter.
    pub async fn send_as_payer(&self, action: impl Action) -> Result<()> {
        self.chain.payer().send(action).await?;
        Ok(())
    }

    /// Mints `amount` of the yield token to the vault.
    pub async fn accrue(&self, amount: u128) -> Result<()> {
        self.yield_token.mint(&self.chain, self.vault.address(), u(amount)).await?;
        Ok(())
    }

    /// Waits until the auction's price can be paid: on a devnode until it is `FIRST_PRICE`, else for a few seconds.
    /// Returns the price, which only falls from now on.
    pub async fn wait_for_a_price(&self) -> Result<U256> {
        const SECONDS: u64 = 3;
        if self.chain.controls_time() {
            self.advance_to(PERIOD).await?;
        } else {
            tokio::time::sleep(std::time::Duration::from_secs(SECONDS)).await;
            // Mines a block, so that the latest one is not that of the deployment.
            self.accrue(1).await?;
        }
        Ok(self.vault.computeExactAmountIn(U256::ZERO).call().await?)
    }

    /// Sends `action` of `account` in a block `seconds` after the vault's deployment.
    pub async fn send_at(
        &self,
        seconds: u64,
        account: &Account,
        action: impl Action,
    ) -> Result<TransactionReceipt> {
        let done = self.chain.act(self.start + seconds, account, action).await;
        done.with_context(|| format!("{seconds} s after the deployment"))
    }

    /// Mints reward to the vault and queues it, `seconds` after the vault's deployment.
    pub async fn fund(&self, seconds: u64, amount: u128) -> Result<()> {
        self.chain.set_time(self.start + seconds).await?;
        self.reward.mint(&self.chain, self.vault.address(), u(amount)).await?;
        self.send_at(seconds, self.chain.payer(), self.vault.sync()).await?;
        Ok(())
    }

    /// Mines a block `seconds` after the vault's deployment, so that views see that time.
    pub async fn advance_to(&self, seconds: u64) -> Result<()> {
        self.chain.mine_at(self.start + seconds).await
    }

    /// Shares of an account.
    pub async fn shares(&self, account: &Account) -> Result<U256> {
        Ok(self.vault.balanceOf(account.address()).call().await?)
    }

    /// What an account can claim as of the latest block.
    pub async fn earned(&self, account: &Account) -> Result<U256> {
        Ok(self.vault.earned(account.address()).call().await?)
    }

    /// Activates the asset's program and both programs of the vault again: an activation lasts 365 days.
    pub async fn reactivate(&self, seconds: u64) -> Result<()> {
        let market = self.chain.market().await?;
        for program in [*self.asset.address(), market.vault_program, market.extension] {
            self.send_at(seconds, self.chain.payer(), activation(program)).await?;
        }
        Ok(())
    }
}

/// Activates the code at `program`.
pub fn activation(program: Address) -> TransactionRequest {
    deploy::activation(program, U256::from(ACTIVATION_VALUE))
}

/// A transaction to `to` with this calldata.
pub fn transaction(to: Address, input: impl Into<Bytes>) -> TransactionRequest {
    TransactionRequest::default().with_to(to).with_input(input)
}
