//! Token, vault and accounts of the replay on the chain.
//! Sends the actions as transactions and reads the state after them.

use alloy::primitives::{Address, U256};
use anyhow::{Context, Result};
use weir_bindings::IVault::RewardPaid;
use weir_client::Account;
use weir_harness::{Chain, Token, Vault, VaultSettings};

use super::{
    check::{Observation, ObservedStaker},
    example::{ACTIONS, REWARD, WALLETS},
};
use crate::{
    demo::accounts::funded_account,
    demo::model::Action,
    demo::rational::{DECIMALS, tokens},
    transaction::{event, send},
};

/// Seconds of an epoch: a week. Step *k* of the model is epoch *k*; epoch 0 precedes the first step.
const EPOCH: u32 = 7 * 24 * 60 * 60;

/// Target period of the auction in seconds. The replay does not use the auction.
const TARGET_PERIOD: u32 = 24 * 60 * 60;

/// The contracts and accounts of the replay.
pub struct Setup<'a> {
    chain: &'a Chain,
    /// Asset and reward token.
    token: Token,
    vault: Vault,
    stakers: Vec<Account>,
    funder: Account,
    /// Start of epoch 0 in Unix seconds.
    start: u64,
}

impl<'a> Setup<'a> {
    /// Deploys token and vault, and mints each account's tokens.
    ///
    /// # Errors
    /// If a transaction fails.
    pub async fn deploy(chain: &'a Chain) -> Result<Self> {
        let token = Token::deploy(chain, "Toy Token", "TOY", DECIMALS).await?;
        let other = Token::deploy(chain, "Toy Yield", "TOYY", DECIMALS).await?;
        let vault = Vault::create(chain, &settings(*token.address(), *other.address())).await?;
        let start = vault.epochStart().call().await.context("cannot read the start of the vault's epoch")?;
        let start = u64::try_from(start).context("the start of the vault's epoch is not a time")?;

        let mut stakers = Vec::new();
        for (number, wallet) in WALLETS.into_iter().enumerate() {
            stakers.push(funded_account(chain, &token, &vault, &format!("staker {number}"), wallet).await?);
        }
        let funder = funded_account(chain, &token, &vault, "funder", REWARD * ACTIONS.len() as u64).await?;
        Ok(Self { chain, token, vault, stakers, funder, start })
    }

    /// Funds the reward of step `during + 1`, in step `during`.
    ///
    /// # Errors
    /// If the transaction fails.
    pub async fn fund(&self, during: usize) -> Result<()> {
        if during > 0 {
            self.set_time(during).await?;
        }
        let request = self.vault.fund(tokens(REWARD)).into_transaction_request();
        send(&self.funder, request, format!("step {during}: funding the next step")).await?;
        Ok(())
    }

    /// Sends `action` in the first second of step `number`. Returns the rewards that it paid.
    ///
    /// # Errors
    /// If the transaction fails.
    pub async fn act(&self, number: usize, action: Action) -> Result<U256> {
        let account = &self.stakers[action.staker()];
        let (vault, who) = (&self.vault, account.address());
        let request = match action {
            Action::Deposit { tokens: amount, .. } => {
                vault.deposit(tokens(amount), who).into_transaction_request()
            }
            Action::WithdrawAll { .. } => {
                let stake = vault.balanceOf(who).call().await?;
                vault.withdraw(stake, who, who).into_transaction_request()
            }
            Action::ClaimAll { .. } => vault.claim(who).into_transaction_request(),
        };
        self.set_time(number).await?;
        let what = format!("step {number}: {} of s{}", action.code(), action.staker());
        let receipt = send(account, request, what).await?;
        Ok(event::<RewardPaid>(&receipt, vault.address()).map_or(U256::ZERO, |paid| paid.amount))
    }

    /// Lets a staker leave the vault. Returns the rewards that this paid.
    ///
    /// # Errors
    /// If the transaction fails.
    pub async fn exit(&self, number: usize, staker: usize) -> Result<U256> {
        let account = &self.stakers[staker];
        self.set_time(number).await?;
        let request = self.vault.exit(account.address()).into_transaction_request();
        let receipt = send(account, request, format!("the exit of s{staker}")).await?;
        Ok(event::<RewardPaid>(&receipt, self.vault.address()).map_or(U256::ZERO, |paid| paid.amount))
    }

    /// Mines a block in the first second of step `number`, for the reads that follow.
    ///
    /// # Errors
    /// If the node does not mine it.
    pub async fn wait_for(&self, number: usize) -> Result<()> {
        self.chain.mine_at(self.first_second(number)).await
    }

    /// Reads all amounts to check at the latest block.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn observe(&self, moment: &str, claimed: &[U256]) -> Result<Observation> {
        let read = self.read(moment, claimed).await;
        read.with_context(|| format!("{moment}: cannot read the chain"))
    }

    async fn read(&self, moment: &str, claimed: &[U256]) -> Result<Observation> {
        let mut stakers = Vec::new();
        for (account, claimed) in self.stakers.iter().zip(claimed) {
            let who = account.address();
            stakers.push(ObservedStaker {
                wallet: self.token.balance(who).await?,
                stake: self.vault.balanceOf(who).call().await?,
                claimed: *claimed,
                earned: self.vault.earned(who).call().await?,
            });
        }
        Ok(Observation {
            moment: moment.to_owned(),
            total_stake: self.vault.totalSupply().call().await?,
            stakers,
            vault: self.token.balance(self.vault.address()).await?,
            reserve: self.vault.reserve().call().await?,
            funder: self.token.balance(self.funder.address()).await?,
            supply: self.token.totalSupply().call().await?,
        })
    }

    /// Sets the time of the next transaction.
    async fn set_time(&self, step: usize) -> Result<()> {
        let set = self.chain.set_time(self.first_second(step)).await;
        set.with_context(|| format!("step {step}: cannot set the time"))
    }

    fn first_second(&self, step: usize) -> u64 {
        self.start + step as u64 * u64::from(EPOCH)
    }
}

fn settings(token: Address, other: Address) -> VaultSettings {
    VaultSettings {
        asset: token,
        reward: token,
        yieldToken: other,
        epochLength: EPOCH,
        targetAuctionPeriod: TARGET_PERIOD,
        targetAuctionPrice: tokens(1),
        smoothingFactor: 0,
        name: "Staked Toy Token".into(),
        symbol: "sTOY".into(),
        owner: Address::ZERO,
    }
}
