//! Random runs of everything that can be done to a vault, with six kinds of tokens, against an exact model
//! (`tests/model`): what each call does or is refused with is foretold, and after each all invariants are checked.
//!
//! `WEIR_OPERATIONS=…` sets the length of each run, `WEIR_SEED=…` repeats one.

mod answers;
mod checks;
mod choice;
mod events;
mod metamorphic;
mod operation;
mod reading;
mod refusals;
mod stage;
mod tally;

use std::{collections::VecDeque, time::Instant};

use alloy::{eips::BlockId, rpc::types::TransactionReceipt};
use anyhow::{Context, Result, ensure};
use fastrand::Rng;
use libtest_mimic::Trial;
use num_bigint::BigInt;

use self::{
    events::Follower,
    operation::Operation,
    reading::{Claims, Reading},
    stage::{EPOCH, Kind, Stage, stakers},
    tally::Tally,
};
use crate::{
    model::{
        terms::{Refusal, STAKERS},
        vault::Vault,
    },
    refusal::REFUSAL_GAS,
    seed::{from_environment, random, word},
    trial::{with_solidity, with_time_control},
};

/// Operations of each run; `WEIR_OPERATIONS` overrides it.
const OPERATIONS: usize = 1_700;
/// After so many operations everybody's tokens are counted.
const COUNT_EVERY: usize = 20;
/// So many operations are told of when one fails.
const TOLD: usize = 25;

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        with_time_control(invariants_hold_with_different_tokens),
        with_time_control(invariants_hold_with_one_token_staked_and_paid_out),
        with_time_control(invariants_hold_with_one_token_staked_and_sold),
        with_solidity(with_time_control(invariants_hold_with_wild_tokens)),
        with_solidity(with_time_control(invariants_hold_with_one_wild_token_staked_and_paid_out)),
        with_solidity(with_time_control(invariants_hold_with_one_wild_token_staked_and_sold)),
    ];
    trials.extend(metamorphic::trials());
    trials
}

async fn invariants_hold_with_different_tokens() -> Result<()> {
    run("invariants_hold_with_different_tokens", Kind::Different).await
}

async fn invariants_hold_with_one_token_staked_and_paid_out() -> Result<()> {
    run("invariants_hold_with_one_token_staked_and_paid_out", Kind::AssetIsReward).await
}

async fn invariants_hold_with_one_token_staked_and_sold() -> Result<()> {
    run("invariants_hold_with_one_token_staked_and_sold", Kind::AssetIsYield).await
}

async fn invariants_hold_with_wild_tokens() -> Result<()> {
    run("invariants_hold_with_wild_tokens", Kind::Wild).await
}

async fn invariants_hold_with_one_wild_token_staked_and_paid_out() -> Result<()> {
    run("invariants_hold_with_one_wild_token_staked_and_paid_out", Kind::WildAssetIsReward).await
}

async fn invariants_hold_with_one_wild_token_staked_and_sold() -> Result<()> {
    run("invariants_hold_with_one_wild_token_staked_and_sold", Kind::WildAssetIsYield).await
}

async fn run(test: &str, kind: Kind) -> Result<()> {
    let operations = from_environment("WEIR_OPERATIONS")?.unwrap_or(OPERATIONS);
    let mut run = Run::new(kind, random(test)?).await?;
    let begin = Instant::now();
    run.all(operations).await.with_context(|| run.told())?;
    println!("{test}: {}", run.tally.summary(begin.elapsed()));
    run.tally.covers(kind, operations)
}

/// What an operation is to return, or why it is to be refused.
type Foretold = Result<Vec<BigInt>, Refusal>;

/// The vault and, beside it, what it should do.
struct Run {
    stage: Stage,
    model: Vault,
    random: Rng,
    /// Seconds since the deployment.
    now: u32,
    /// As of the last operation.
    last: Reading,
    follower: Follower,
    /// The latest operations and what became of them.
    history: VecDeque<String>,
    tally: Tally,
}

impl Run {
    async fn new(kind: Kind, mut random: Rng) -> Result<Self> {
        let (stage, model) = Stage::set(kind, word(&mut random, 256)).await?;
        let last = Reading::latest(&stage)?;
        Ok(Self {
            stage,
            model,
            random,
            now: 0,
            last,
            follower: Follower::default(),
            history: VecDeque::new(),
            tally: Tally::default(),
        })
    }

    async fn all(&mut self, operations: usize) -> Result<()> {
        for number in 0..operations {
            self.now += choice::pause(&mut self.random);
            self.model.pass_to(self.now);
            let operation = choice::choose(&mut self.random, &self.model, self.stage.kind);
            self.perform(operation).await?;
            if number % COUNT_EVERY == 0 {
                checks::wallets_agree(&self.stage, &self.model)?;
            }
        }
        self.everyone_leaves().await
    }

    /// Does an operation on the chain and in the model, and checks everything. Gives why it was refused, if it was.
    async fn perform(&mut self, operation: Operation) -> Result<Option<Refusal>> {
        let before = self.claims_to_come()?;
        let foretold = self.model.attempt(|model| operation.apply(model, &before.earned));
        self.remember(format!("{} s: {operation:?}, foretold: {foretold:?}", self.now));
        let receipt = self.send(&operation, &foretold).await?;
        let after = Reading::latest(&self.stage)?;
        self.follower.follow(&self.stage, &receipt)?;
        self.follower.expect(&self.stage, &after)?;
        self.check(&operation, &foretold, &before, &after)?;
        self.tally.count(&operation, &foretold, &self.model);
        self.last = after;
        Ok(foretold.err())
    }

    /// Sets the time of the next block, and reads what can be claimed then.
    fn claims_to_come(&self) -> Result<Claims> {
        self.stage.node()?.set_next_block_timestamp(self.stage.start + u64::from(self.now))?;
        Claims::at(&self.stage, BlockId::pending())
    }

    /// Sends an operation; it must go through and return, or be refused with, just what was foretold.
    async fn send(&self, operation: &Operation, foretold: &Foretold) -> Result<TransactionReceipt> {
        let stage = &self.stage;
        let account = operation.sender().map_or(stage.chain.payer(), |sender| &stage.people[sender]);
        let (sender, request) = (account.address(), operation.request(stage));
        match foretold {
            Ok(values) => answers::expect(stage, operation, sender, &request, values)?,
            Err(refusal) => refusals::expect(stage, sender, &request, refusal.clone())?,
        }
        let receipt = account.send_with_gas(request, REFUSAL_GAS).await?;
        ensure!(receipt.status() == foretold.is_ok(), "the transaction went otherwise than the call");
        if foretold.is_err() {
            refusals::changed_nothing(stage, sender, receipt.transaction_hash).await?;
        }
        Ok(receipt)
    }

    fn check(
        &self,
        operation: &Operation,
        foretold: &Foretold,
        before: &Claims,
        after: &Reading,
    ) -> Result<()> {
        checks::agrees(after, &self.model)?;
        checks::is_solvent(after, &self.stage)?;
        checks::pays_exact_shares(after, &self.model)?;
        checks::loses_no_reward(after, &self.model)?;
        checks::index_never_falls(self.last.claims.index, before.index)?;
        checks::index_never_falls(before.index, after.claims.index)?;
        if foretold.is_err() {
            ensure!(*before == after.claims, "a refused call changed what can be claimed");
            return Ok(());
        }
        let paid = operation.pays().map_or(BigInt::ZERO, |staker| before.earned[staker].clone());
        checks::claims_stand_still(operation, &paid, before, &after.claims)?;
        checks::worth_stands_still(operation, &self.last, after, &self.stage)
    }

    /// In the end, once tokens behave and what they took is back, nothing is left but what rounding left over.
    async fn everyone_leaves(&mut self) -> Result<()> {
        self.now += 3 * EPOCH;
        self.model.pass_to(self.now);
        for token in 0..self.stage.kind.wild_tokens() {
            for operation in choice::calm(token) {
                self.succeed(operation).await?;
            }
            let missing = self.model.owed(token) - self.model.held(token);
            // A rebased token rounds what it gives and takes, by two units each time.
            let amount = u128::try_from(missing.max(BigInt::ZERO))? + 4 * STAKERS as u128;
            self.succeed(Operation::Stray { token, amount }).await?;
        }
        for staker in stakers() {
            self.succeed(Operation::Exit { sender: staker, receiver: staker }).await?;
        }
        checks::wallets_agree(&self.stage, &self.model)?;
        ensure!(self.last.supply == BigInt::ZERO, "{} shares are left", self.last.supply);
        // What is left of the reserve is nobody's, and it was checked how much that is.
        let still_due = self.last.claims.earned.iter().sum::<BigInt>();
        ensure!(still_due == BigInt::ZERO, "{still_due} units could still be claimed");
        Ok(())
    }

    async fn succeed(&mut self, operation: Operation) -> Result<()> {
        let refusal = self.perform(operation).await?;
        ensure!(refusal.is_none(), "at the end everything has to succeed, but it was refused: {refusal:?}");
        Ok(())
    }

    fn remember(&mut self, line: String) {
        self.history.push_back(line);
        if self.history.len() > TOLD {
            self.history.pop_front();
        }
    }

    /// What led here.
    fn told(&self) -> String {
        let lines: Vec<&str> = self.history.iter().map(String::as_str).collect();
        format!(
            "operation {} of a run with {:?} tokens failed, the last of these:\n  {}\n",
            self.tally.total() + 1,
            self.stage.kind,
            lines.join("\n  ")
        )
    }
}
