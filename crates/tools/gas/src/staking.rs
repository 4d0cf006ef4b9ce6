//! The timeline on which vault and peers are measured: three stakers, half-way through a period that pays 1 000 tokens. One
//! after another a fourth joins, tops up, takes out a part, claims, and leaves; somebody funds the next period.

use alloy::{primitives::Address, rpc::types::TransactionRequest};
use anyhow::Result;
use weir_harness::Account;

use crate::stage::Stage;

/// In seconds.
pub const HOUR: u64 = 3_600;
/// Length of a period that pays rewards, in seconds: a week.
pub const PERIOD: u64 = 7 * 24 * HOUR;
/// What a period pays, in tokens.
pub const REWARDS: u128 = 1_000;

/// What people ask of a staking contract, as calls of it. Amounts are in tokens.
pub trait Staking {
    fn address(&self) -> Address;

    /// Has it pay [`REWARDS`] in a period that begins after the stakers have come, one hour after `start` (Unix seconds)
    /// at the earliest; gives the time of its begin.
    async fn begin(&self, stage: &Stage, funder: &Account, start: u64) -> Result<u64>;

    fn deposit(&self, who: Address, amount: u128) -> TransactionRequest;

    fn withdraw(&self, who: Address, amount: u128) -> TransactionRequest;

    /// Takes out all that `who` has staked: `amount`.
    async fn leave(&self, who: Address, amount: u128) -> Result<TransactionRequest>;

    /// Nothing where no rewards are paid.
    fn claim(&self, who: Address) -> Option<TransactionRequest>;

    /// As [`leave`](Self::leave), with the rewards; nothing where that is no one call.
    fn leave_with_claim(&self, who: Address, amount: u128) -> Option<TransactionRequest>;

    /// The calls, one after the other, that add [`REWARDS`]; none where it is not a matter of the contract.
    fn fund(&self) -> Vec<TransactionRequest>;
}

/// Everyone who acts.
pub struct Cast {
    pub staker: Account,
    pub funder: Account,
    pub others: [Account; 3],
}

impl Cast {
    /// People with plenty of these tokens, all of it approved for `spender`.
    pub async fn of(stage: &Stage, tokens: &[Address], spender: Address) -> Result<Self> {
        let person = async |name| stage.account(name, tokens, spender).await;
        Ok(Self {
            staker: person("A").await?,
            funder: person("funder").await?,
            others: [person("B").await?, person("C").await?, person("D").await?],
        })
    }

    /// Brings the contract to the first quarter of a period; gives the time of its half (Unix seconds).
    pub async fn set_out(&self, stage: &Stage, contract: &impl Staking, start: u64) -> Result<u64> {
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

/// Measures all operations from `half` (Unix seconds) on.
pub async fn measure(stage: &mut Stage, contract: &impl Staking, cast: &Cast, half: u64) -> Result<()> {
    let (staker, who, address) = (&cast.staker, cast.staker.address(), contract.address());
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
        stage.measure_all("fund", half + 5 * HOUR, &cast.funder, &[address], fund).await?;
    }
    exits(stage, contract, staker, half + 6 * HOUR, ["full exit", "exit with claim"]).await?;
    Ok(())
}

/// Both ways out at `time`, under these names, each from the same state, to which it goes back; gives the staker as before.
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
    let staker = stage.back(&before, staker).await?;
    let Some(leave) = contract.leave_with_claim(who, STAKED) else { return Ok(staker) };
    let before = stage.snapshot().await?;
    stage.measure(with_claim, time, &staker, address, leave).await?;
    stage.back(&before, &staker).await
}
