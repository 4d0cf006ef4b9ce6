//! Replays the example of the toy vault model on a vault. Each action is a signed transaction.
//! Every amount is compared with the exact model.

mod check;
mod example;
mod report;
mod setup;

use alloy::primitives::U256;
use anyhow::Result;
use num_rational::BigRational;
use weir_harness::Chain;
use weir_report::progress::Progress;

use self::{
    check::Observation,
    example::{ACTIONS, Expected, WALLETS},
    setup::Setup,
};
use super::{results::Results, seconds};

/// The state of the chain after each step.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// Before the first step, then after the actions of each step.
    pub steps: Vec<Observation>,
    /// After the last step.
    pub end: Observation,
    /// After all stakers have then left.
    pub exit: Observation,
    /// The largest amount that a staker lost by rounding, in base units.
    pub largest_loss: BigRational,
}

/// Replays the example and reports it.
///
/// # Errors
/// If a transaction fails, or an amount differs from the model.
pub async fn run(chain: &Chain, results: &mut Results) -> Result<()> {
    let expected = example::expected()?;
    let mut progress = Progress::begin("replay: deploying token and vault", 1);
    let setup = Setup::deploy(chain).await?;
    progress.step();
    let deploying = progress.end();

    let mut progress = Progress::begin("replay: ten steps", ACTIONS.len() as u64 + 1);
    let replayed = replay(&setup, &expected, &mut progress).await?;
    let stepping = progress.end();

    results.say(&report::text(&replayed, &expected))?;
    results.say(&format!(
        "The replay took {} (deployments {}).\n",
        seconds(deploying + stepping),
        seconds(deploying)
    ))?;
    results.figure("replay", report::document(&replayed, &expected));
    report::write(&replayed, &expected, results)
}

async fn replay(setup: &Setup<'_>, expected: &Expected, progress: &mut Progress) -> Result<Replayed> {
    let mut claimed = [U256::ZERO; WALLETS.len()];
    let mut largest_loss = BigRational::default();
    let mut check = |observed: &Observation, expected| -> Result<()> {
        let loss = check::compare(observed, expected)?;
        largest_loss = std::mem::take(&mut largest_loss).max(loss);
        Ok(())
    };

    setup.fund(0).await?;
    let mut steps = vec![setup.observe("step 0", &claimed).await?];
    check(&steps[0], &expected.steps[0])?;
    for (number, actions) in (1..).zip(ACTIONS) {
        for action in actions {
            claimed[action.staker()] += setup.act(number, *action).await?;
        }
        if number < ACTIONS.len() {
            setup.fund(number).await?;
        }
        let observed = setup.observe(&format!("step {number}"), &claimed).await?;
        check(&observed, &expected.steps[number])?;
        steps.push(observed);
        progress.step();
    }

    let last = ACTIONS.len() + 1;
    setup.wait_for(last).await?;
    let end = setup.observe("the end of step 10", &claimed).await?;
    check(&end, &expected.end)?;
    for (staker, claimed) in claimed.iter_mut().enumerate() {
        *claimed += setup.exit(last, staker).await?;
    }
    let exit = setup.observe("the exit", &claimed).await?;
    check(&exit, &expected.exit)?;
    progress.step();
    Ok(Replayed { steps, end, exit, largest_loss })
}
