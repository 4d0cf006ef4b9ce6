//! The toy model's run on a vault: every action a signed transaction, every amount checked against the exact model.

mod check;
mod example;
mod report;
mod stage;

use alloy::primitives::U256;
use anyhow::Result;
use num_rational::BigRational;
use weir_harness::Chain;

use super::{output::Output, seconds};
use check::Observation;
use example::{ACTIONS, Expected, WALLETS};
use stage::Stage;
use weir_report::progress::Progress;

/// What the chain said, moment by moment.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// Before the first step, then after the actions of each step.
    pub steps: Vec<Observation>,
    /// When the last step has ended.
    pub end: Observation,
    /// When everyone has then taken out all there is.
    pub exit: Observation,
    /// The most that rounding left anyone short, in base units.
    pub largest_rest: BigRational,
}

/// Replays the run and reports it.
///
/// # Errors
/// If a transaction fails, or any amount is not that of the model.
pub async fn run(chain: &Chain, output: &mut Output) -> Result<()> {
    let expected = example::expected()?;
    let mut progress = Progress::begin("replay: deploying token and vault", 1);
    let stage = Stage::set(chain).await?;
    progress.step();
    let deploying = progress.end();

    let mut progress = Progress::begin("replay: ten steps", ACTIONS.len() as u64 + 1);
    let replayed = replay(&stage, &expected, &mut progress).await?;
    let stepping = progress.end();

    output.say(&report::text(&replayed, &expected))?;
    output.say(&format!(
        "The replay took {} (deployments {}).\n",
        seconds(deploying + stepping),
        seconds(deploying)
    ))?;
    output.figure("replay", report::document(&replayed, &expected));
    report::write(&replayed, &expected, output)
}

async fn replay(stage: &Stage<'_>, expected: &Expected, progress: &mut Progress) -> Result<Replayed> {
    let mut claimed = [U256::ZERO; WALLETS.len()];
    let mut largest_rest = BigRational::default();
    let mut check = |observed: &Observation, expected| -> Result<()> {
        let rest = check::compare(observed, expected)?;
        largest_rest = std::mem::take(&mut largest_rest).max(rest);
        Ok(())
    };

    stage.fund(0).await?;
    let mut steps = vec![stage.observe("step 0", &claimed).await?];
    check(&steps[0], &expected.steps[0])?;
    for (number, actions) in (1..).zip(ACTIONS) {
        for action in actions {
            claimed[action.staker()] += stage.act(number, *action).await?;
        }
        if number < ACTIONS.len() {
            stage.fund(number).await?;
        }
        let observed = stage.observe(&format!("step {number}"), &claimed).await?;
        check(&observed, &expected.steps[number])?;
        steps.push(observed);
        progress.step();
    }

    let last = ACTIONS.len() + 1;
    stage.wait_for(last).await?;
    let end = stage.observe("the end of step 10", &claimed).await?;
    check(&end, &expected.end)?;
    for (staker, claimed) in claimed.iter_mut().enumerate() {
        *claimed += stage.exit(last, staker).await?;
    }
    let exit = stage.observe("the exit", &claimed).await?;
    check(&exit, &expected.exit)?;
    progress.step();
    Ok(Replayed { steps, end, exit, largest_rest })
}
