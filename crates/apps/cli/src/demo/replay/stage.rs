//! Token, vault and people of the replay on the chain: what they do by transactions, and what the chain says of them.

use alloy::primitives::{Address, U256};
use anyhow::{Context, Result};
use weir_bindings::IVault::RewardPaid;
use weir_client::Account;
use weir_harness::{Chain, Token, Vault, VaultSettings};

use super::{
    check::{Observation, Seen},
    example::{ACTIONS, REWARD, WALLETS},
};
use crate::{
    demo::model::Action,
    demo::rational::{DECIMALS, tokens},
    demo::{
        person::person,
        send::{event, send},
    },
};

/// One step of the model is one epoch: a week, in seconds. Step *k* is epoch *k*; epoch 0 comes before the first.
const EPOCH: u32 = 7 * 24 * 60 * 60;

/// Terms of the auction, which nobody uses here: a day, and one token.
const TARGET_PERIOD: u32 = 24 * 60 * 60;

/// The scene, set.
pub struct Stage<'a> {
    chain: &'a Chain,
    /// Staked and paid out.
    token: Token,
    vault: Vault,
    stakers: Vec<Account>,
    funder: Account,
    /// When epoch 0 began, Unix time.
    start: u64,
}

impl<'a> Stage<'a> {
    /// Deploys token and vault, and gives everyone their tokens.
    ///
    /// # Errors
    /// If a transaction fails.
    pub async fn set(chain: &'a Chain) -> Result<Self> {
        let token = Token::deploy(chain, "Toy Token", "TOY", DECIMALS).await?;
        let other = Token::deploy(chain, "Toy Yield", "TOYY", DECIMALS).await?;
        let vault = Vault::create(chain, &settings(*token.address(), *other.address())).await?;
        let start = vault.epochStart().call().await.context("the vault does not tell its epoch")?;
        let start = u64::try_from(start).context("the vault's epoch does not begin at any time")?;

        let mut stakers = Vec::new();
        for (number, wallet) in WALLETS.into_iter().enumerate() {
            stakers.push(person(chain, &token, &vault, &format!("staker {number}"), wallet).await?);
        }
        let funder = person(chain, &token, &vault, "funder", REWARD * ACTIONS.len() as u64).await?;
        Ok(Self { chain, token, vault, stakers, funder, start })
    }

    /// Funds the reward of step `during + 1`, in step `during`.
    ///
    /// # Errors
    /// If the transaction fails.
    pub async fn fund(&self, during: usize) -> Result<()> {
        if during > 0 {
            self.turn_to(during).await?;
        }
        let request = self.vault.fund(tokens(REWARD)).into_transaction_request();
        send(&self.funder, request, format!("step {during}: funding the next step")).await?;
        Ok(())
    }

    /// Does `action` in the first second of step `number`; gives what it paid in rewards.
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
        self.turn_to(number).await?;
        let what = format!("step {number}: {} of s{}", action.code(), action.staker());
        let receipt = send(account, request, what).await?;
        Ok(event::<RewardPaid>(&receipt, vault.address()).map_or(U256::ZERO, |paid| paid.amount))
    }

    /// Takes out all that a staker has in the vault; gives what that paid in rewards.
    ///
    /// # Errors
    /// If the transaction fails.
    pub async fn exit(&self, number: usize, staker: usize) -> Result<U256> {
        let account = &self.stakers[staker];
        self.turn_to(number).await?;
        let request = self.vault.exit(account.address()).into_transaction_request();
        let receipt = send(account, request, format!("the exit of s{staker}")).await?;
        Ok(event::<RewardPaid>(&receipt, self.vault.address()).map_or(U256::ZERO, |paid| paid.amount))
    }

    /// Mines a block in the first second of step `number`, so that what is read next is as of then.
    ///
    /// # Errors
    /// If the node refuses.
    pub async fn wait_for(&self, number: usize) -> Result<()> {
        self.chain.mine_at(self.first_second(number)).await
    }

    /// Reads everything there is to check, as of the latest block.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn observe(&self, moment: &str, claimed: &[U256]) -> Result<Observation> {
        let read = self.read(moment, claimed).await;
        read.with_context(|| format!("{moment}: the chain cannot be read"))
    }

    async fn read(&self, moment: &str, claimed: &[U256]) -> Result<Observation> {
        let mut stakers = Vec::new();
        for (account, claimed) in self.stakers.iter().zip(claimed) {
            let who = account.address();
            stakers.push(Seen {
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

    /// Sets the clock for the next transaction.
    async fn turn_to(&self, step: usize) -> Result<()> {
        let set = self.chain.set_time(self.first_second(step)).await;
        set.with_context(|| format!("step {step}: the clock cannot be set"))
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
