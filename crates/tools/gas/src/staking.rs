//! The timeline on which the vault and its peers are measured. Three accounts stake for a period that pays 1 000
//! tokens. Half-way through it a fourth one deposits, tops up, withdraws a part, claims, and leaves; a funder pays for
//! the next period.

use alloy::{primitives::Address, rpc::types::TransactionRequest};
use anyhow::Result;
use weir_client::Account;

use crate::stage::Stage;

/// Seconds in an hour.
pub const HOUR: u64 = 3_600;
/// Length of a reward period in seconds: a week.
pub const PERIOD: u64 = 7 * 24 * HOUR;
/// Rewards of a period, in tokens.
pub const REWARDS: u128 = 1_000;

/// A staking contract: the calls for each operation. Amounts are in tokens.
pub trait Staking {
    fn address(&self) -> Address;

    /// Funds a period that pays [`REWARDS`], and returns its start. It starts after the stakers' deposits, at least an
    /// hour after `start` (Unix seconds).
    async fn begin(&self, stage: &Stage, funder: &Account, start: u64) -> Result<u64>;

    fn deposit(&self, who: Address, amount: u128) -> TransactionRequest;

    fn withdraw(&self, who: Address, amount: u128) -> TransactionRequest;

    /// Withdraws the whole stake of `who`, which is `amount`.
    async fn leave(&self, who: Address, amount: u128) -> Result<TransactionRequest>;

    /// `None` if the contract pays no rewards.
    fn claim(&self, who: Address) -> Option<TransactionRequest>;

    /// As [`leave`](Self::leave), with the rewards. `None` if the contract has no single call for it.
    fn leave_with_claim(&self, who: Address, amount: u128) -> Option<TransactionRequest>;

    /// The calls that add [`REWARDS`]. Empty if the contract has no such operation.
    fn fund(&self) -> Vec<TransactionRequest>;
}

/// The accounts of the timeline.
pub struct Actors {
    pub staker: Account,
    pub funder: Account,
    pub others: [Account; 3],
}

impl Actors {
    /// Accounts with plenty of these tokens, approved for `spender`.
    pub async fn of(stage: &Stage, tokens: &[Address], spender: Address) -> Result<Self> {
        let account = async |name| stage.account(name, tokens, spender).await;
        Ok(Self {
            staker: account("A").await?,
            funder: account("funder").await?,
            others: [account("B").await?, account("C").await?, account("D").await?],
        })
    }

    /// Plays the timeline up to the first quarter of the period, and returns the time of its middle (Unix seconds).
    pub async fn prepare(&self, stage: &Stage, contract: &impl Staking, start: u64) -> Result<u64> {
        for other in &self.others {
            stage.chain.act(start + HOUR, other, contract.deposit(other.address(), 100)).await?;
        }
        let begin = contract.begin(stage, &self.funder, start).await?;
        let [second, third, _] = &self.others;
        let quarter = begin + PERIOD / 4;
        stage.chain.act(quarter, second, contract.deposit(second.address(), 1)).await?;
        if let Some(claim) = contract.claim(third.address()) {
            stage.chain.act(quarter, third, claim).await?;
        }
        Ok(begin + PERIOD / 2)
    }
}

/// Measures all operations, from `half` (Unix seconds) on.
pub async fn measure(stage: &mut Stage, contract: &impl Staking, actors: &Actors, half: u64) -> Result<()> {
    let (staker, who, address) = (&actors.staker, actors.staker.address(), contract.address());
    stage.measure("first deposit", half, staker, address, contract.deposit(who, 100)).await?;
    stage.measure("top-up", half + HOUR, staker, address, contract.deposit(who, 50)).await?;
    stage.measure("partial withdrawal", half + 2 * HOUR, staker, address, contract.withdraw(who, 25)).await?;

    let names = ["full exit before any claim", "exit with claim before any claim"];
    let staker = &exits(stage, contract, staker, half + 3 * HOUR, names).await?;
    if let Some(claim) = contract.claim(who) {
        stage.measure("claim", half + 3 * HOUR, staker, address, claim.clone()).await?;
        stage.measure("claim again", half + 4 * HOUR, staker, address, claim).await?;
    }
    let fund = contract.fund();
    if !fund.is_empty() {
        stage.measure_all("fund", half + 5 * HOUR, &actors.funder, &[address], fund).await?;
    }
    exits(stage, contract, staker, half + 6 * HOUR, ["full exit", "exit with claim"]).await?;
    Ok(())
}

/// Measures leaving without and with a claim at `time`, under these names. Reverts to the state before, and returns the
/// staker as of then.
async fn exits(
    stage: &mut Stage,
    contract: &impl Staking,
    staker: &Account,
    time: u64,
    [alone, with_claim]: [&'static str; 2],
) -> Result<Account> {
    const STAKED: u128 = 125;
    let (who, address) = (staker.address(), contract.address());
    let leave = contract.leave(who, STAKED).await?;
    let before = stage.snapshot().await?;
    stage.measure(alone, time, staker, address, leave).await?;
    let staker = stage.revert_to(&before, staker).await?;
    let Some(leave) = contract.leave_with_claim(who, STAKED) else { return Ok(staker) };
    let before = stage.snapshot().await?;
    stage.measure(with_claim, time, &staker, address, leave).await?;
    stage.revert_to(&before, &staker).await
}
