//! Random runs of all operations on a vault, with six kinds of tokens, against an exact model (`tests/model`).
//! The model predicts the result or error of each call, and all invariants are checked after it. The programs die at random
//! moments and live again; meanwhile the lifeboat answers.
//!
//! `WEIR_OPERATIONS=…` sets the length of each run, `WEIR_SEED=…` repeats a run.

mod checks;
mod choice;
mod events;
mod metamorphic;
mod mortality;
mod operation;
mod reading;
mod results;
mod reverts;
mod setup;
mod tally;

use std::{collections::VecDeque, time::Instant};

use alloy::rpc::types::TransactionReceipt;
use anyhow::{Context, Result, ensure};
use fastrand::Rng;
use libtest_mimic::Trial;
use num_bigint::BigInt;

use self::{
    events::Follower,
    mortality::Mortality,
    operation::Operation,
    reading::{Claims, Reading},
    setup::{EPOCH, Kind, Setup, stakers},
    tally::Tally,
};
use crate::{
    model::{
        terms::{Revert, STAKERS},
        vault::Vault,
    },
    reverts::GAS_LIMIT,
    seed::{from_environment, random, word},
    trial::{with_solidity, with_time_control},
};

/// Operations of each run, unless `WEIR_OPERATIONS` is set.
const OPERATIONS: usize = 2_000;
/// All token balances are checked after every so many operations.
const COUNT_EVERY: usize = 20;
/// Number of operations shown when one fails.
const SHOWN: usize = 25;

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
    run.all(operations).await.with_context(|| run.report())?;
    println!("{test}: {}", run.tally.summary(begin.elapsed()));
    run.tally.covers(kind, operations)
}

/// What an operation has to return, or the error it has to revert with.
type Expected = Result<Vec<BigInt>, Revert>;

/// The vault and its model.
struct Run {
    setup: Setup,
    model: Vault,
    random: Rng,
    /// Seconds since the deployment.
    now: u32,
    /// The state after the last operation.
    last: Reading,
    follower: Follower,
    mortality: Mortality,
    /// The latest operations and their expected results.
    history: VecDeque<String>,
    tally: Tally,
}

impl Run {
    async fn new(kind: Kind, mut random: Rng) -> Result<Self> {
        let index = word(&mut random, 256);
        let (setup, model) = Setup::deploy(kind, index).await?;
        let (twin, _) = Setup::deploy(kind, index).await?;
        let last = Reading::latest(&setup)?;
        let mortality = Mortality::new(&setup, twin).await?;
        Ok(Self {
            setup,
            model,
            random,
            now: 0,
            last,
            follower: Follower::default(),
            mortality,
            history: VecDeque::new(),
            tally: Tally::default(),
        })
    }

    async fn all(&mut self, operations: usize) -> Result<()> {
        for number in 0..operations {
            self.now += choice::pause(&mut self.random);
            self.model.pass_to(self.now);
            if let Some(turn) = self.mortality.pass(&mut self.random, &self.setup).await? {
                self.remember(format!("{} s: {turn}", self.now));
            }
            let (kind, are_dead) = (self.setup.kind, self.mortality.are_dead());
            let operation = choice::choose(&mut self.random, &self.model, kind, are_dead);
            self.perform(operation).await?;
            if number % COUNT_EVERY == 0 {
                checks::wallets_agree(&self.setup, &self.model)?;
            }
        }
        self.everyone_leaves().await
    }

    /// Performs an operation on the chain and in the model, and checks everything. Returns its error, if it reverted.
    async fn perform(&mut self, operation: Operation) -> Result<Option<Revert>> {
        let before = self.claims_to_come()?;
        let are_dead = self.mortality.are_dead();
        let expected = match are_dead && operation.needs_program() {
            true => Err(Revert::ProgramInactive),
            false => self.model.attempt(|model| operation.apply(model, &before.earned)),
        };
        self.remember(format!("{} s: {operation:?}, expected: {expected:?}", self.now));
        let receipt = self.send(&operation, &expected).await?;
        let after = self.mortality.read(&self.setup)?;
        if expected.is_ok() {
            self.mortality.follow(&self.setup, &operation, self.now, &receipt).await?;
        }
        self.follower.follow(&self.setup, &receipt)?;
        self.follower.expect(&self.setup, &after)?;
        self.check(&operation, &expected, &before, &after)?;
        self.tally.count(&operation, &expected, &self.model, are_dead);
        self.last = after;
        Ok(expected.err())
    }

    /// Sets the time of the next block, and reads what can be claimed in it.
    fn claims_to_come(&self) -> Result<Claims> {
        self.setup.node()?.set_next_block_timestamp(self.setup.start + u64::from(self.now))?;
        self.mortality.claims_to_come(&self.setup)
    }

    /// Sends an operation, which must return or revert with exactly what is expected.
    async fn send(&self, operation: &Operation, expected: &Expected) -> Result<TransactionReceipt> {
        let setup = &self.setup;
        let account = operation.sender().map_or(setup.chain.payer(), |sender| &setup.people[sender]);
        let (sender, request) = (account.address(), operation.request(setup));
        match expected {
            Ok(values) => results::expect(setup, operation, sender, &request, values)?,
            Err(revert) => reverts::expect(setup, sender, &request, revert.clone())?,
        }
        let receipt = account.send_with_gas(request, GAS_LIMIT).await?;
        ensure!(receipt.status() == expected.is_ok(), "the transaction and the call differ");
        if expected.is_err() {
            reverts::changed_nothing(setup, sender, receipt.transaction_hash).await?;
        }
        Ok(receipt)
    }

    fn check(
        &self,
        operation: &Operation,
        expected: &Expected,
        before: &Claims,
        after: &Reading,
    ) -> Result<()> {
        checks::agrees(after, &self.model)?;
        checks::is_solvent(after, &self.setup)?;
        checks::pays_exact_shares(after, &self.model)?;
        checks::loses_no_reward(after, &self.model)?;
        checks::index_never_falls(self.last.claims.index, before.index)?;
        checks::index_never_falls(before.index, after.claims.index)?;
        if expected.is_err() {
            ensure!(*before == after.claims, "a call that reverted changed what can be claimed");
            return Ok(());
        }
        let paid = operation.pays().map_or(BigInt::ZERO, |staker| before.earned[staker].clone());
        checks::claims_stand_still(operation, &paid, before, &after.claims)?;
        checks::worth_stands_still(operation, &self.last, after, &self.setup)
    }

    /// At the end tokens behave again and return what they took: only what rounding withheld is left.
    async fn everyone_leaves(&mut self) -> Result<()> {
        self.now += 3 * EPOCH;
        self.model.pass_to(self.now);
        for token in 0..self.setup.kind.wild_tokens() {
            for operation in choice::reset(token) {
                self.succeed(operation).await?;
            }
            let missing = self.model.owed(token) - self.model.held(token);
            // A rebased token rounds each transfer by up to two units.
            let amount = u128::try_from(missing.max(BigInt::ZERO))? + 4 * STAKERS as u128;
            self.succeed(Operation::Stray { token, amount }).await?;
        }
        for staker in stakers() {
            self.succeed(Operation::Exit { sender: staker, receiver: staker }).await?;
        }
        checks::wallets_agree(&self.setup, &self.model)?;
        ensure!(self.last.leaving.supply == BigInt::ZERO, "{} shares are left", self.last.leaving.supply);
        // What is left of the reserve belongs to no staker; `checks` bounds it.
        let still_due = self.last.claims.earned.iter().sum::<BigInt>();
        ensure!(still_due == BigInt::ZERO, "{still_due} units can still be claimed");
        Ok(())
    }

    async fn succeed(&mut self, operation: Operation) -> Result<()> {
        let revert = self.perform(operation).await?;
        ensure!(
            revert.is_none(),
            "every operation at the end has to succeed, but this one reverts: {revert:?}"
        );
        Ok(())
    }

    fn remember(&mut self, line: String) {
        self.history.push_back(line);
        if self.history.len() > SHOWN {
            self.history.pop_front();
        }
    }

    /// The latest operations, for the error message.
    fn report(&self) -> String {
        let lines: Vec<&str> = self.history.iter().map(String::as_str).collect();
        format!(
            "operation {} of a run with {:?} tokens failed, the last of these:\n  {}\n",
            self.tally.total() + 1,
            self.setup.kind,
            lines.join("\n  ")
        )
    }
}
