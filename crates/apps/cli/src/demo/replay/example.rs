//! The example of the toy vault model: one vault, four stakers, ten steps.
//! Source: the two figures published with *toy_vault_model* (marek-new/toy_vault_model, Figure_1.png and Figure_2.png),
//! whose lines determine every action.

use anyhow::{Context, Result, ensure};
use num_rational::BigRational;

use crate::{
    demo::model::{Action, Model, Staker},
    demo::rational::ratio,
};

/// Wallets at the start, in tokens.
pub const WALLETS: [u64; 4] = [6, 8, 4, 7];

/// *R*, the reward of a step, in tokens.
pub const REWARD: u64 = 7;

const fn d(staker: usize, tokens: u64) -> Action {
    Action::Deposit { staker, tokens }
}

const fn w(staker: usize) -> Action {
    Action::WithdrawAll { staker }
}

const fn c(staker: usize) -> Action {
    Action::ClaimAll { staker }
}

/// The actions of each step, from step 1 on.
pub const ACTIONS: [&[Action]; 10] = [
    &[d(0, 2), d(3, 3)],
    &[w(0), d(3, 4)],
    &[d(0, 3), d(1, 1), w(3)],
    &[d(0, 2), w(1), d(2, 3), d(3, 3)],
    &[d(0, 1), d(1, 1), c(2), d(3, 3)],
    &[w(0), d(1, 1), w(3)],
    &[w(1), d(2, 1)],
    &[d(0, 2), d(2, 1), d(3, 1)],
    &[w(0), d(3, 1)],
    &[d(0, 3), w(3)],
];

/// *S* after the actions of each step, in tokens, by the figure “Vault Balance”.
const TOTAL_STAKES: [u64; 11] = [0, 5, 7, 4, 11, 16, 5, 4, 8, 7, 8];

/// Wallets after the actions of each step, in tokens divided by [`WALLET_PARTS`], by the figure “Staker Balances”.
const WALLETS_AFTER: [[u64; 11]; 4] = [
    [6, 4, 6, 3, 1, 0, 6, 6, 4, 6, 3],
    [8, 8, 8, 7, 8, 7, 6, 8, 8, 8, 8],
    [44, 44, 44, 44, 11, 32, 32, 21, 10, 10, 10],
    [7, 4, 0, 7, 4, 1, 7, 7, 6, 5, 7],
];
const WALLET_PARTS: [u64; 4] = [1, 1, 11, 1];

/// Total rewards of the ten steps, in tokens.
const EARNED: [(u64, u64); 4] = [(4011, 220), (399, 80), (24791, 880), (2047, 110)];

/// The exact amounts of all stakers at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// *S*.
    pub total_stake: BigRational,
    /// The stakers, in order.
    pub stakers: Vec<Staker>,
}

impl Snapshot {
    fn of(model: &Model) -> Self {
        Self { total_stake: model.total_stake(), stakers: model.stakers().to_vec() }
    }
}

/// The example as the model computes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Before the first step, then after the actions of each step.
    pub steps: Vec<Snapshot>,
    /// After the last step, with its reward shared.
    pub end: Snapshot,
    /// After all stakers have then left.
    pub exit: Snapshot,
}

/// Runs the model and compares it with the published figures.
///
/// # Errors
/// If the model differs from the figures.
pub fn expected() -> Result<Expected> {
    let expected = run(&ACTIONS)?;
    compare_with_figures(&expected)?;
    Ok(expected)
}

fn run(actions: &[&[Action]]) -> Result<Expected> {
    let mut model = Model::new(&WALLETS);
    let mut steps = vec![Snapshot::of(&model)];
    for actions in actions {
        actions.iter().try_for_each(|action| model.act(*action))?;
        steps.push(Snapshot::of(&model));
        model.share(&ratio(REWARD, 1));
    }
    let end = Snapshot::of(&model);
    for staker in 0..WALLETS.len() {
        model.act(w(staker))?;
        model.act(c(staker))?;
    }
    Ok(Expected { steps, end, exit: Snapshot::of(&model) })
}

fn compare_with_figures(expected: &Expected) -> Result<()> {
    ensure!(
        expected.steps.len() == TOTAL_STAKES.len(),
        "the model and the figures have different numbers of steps: one of them was changed"
    );
    for (step, snapshot) in expected.steps.iter().enumerate() {
        same(&snapshot.total_stake, &ratio(TOTAL_STAKES[step], 1))
            .with_context(|| format!("the total stake after step {step}"))?;
        for (number, staker) in snapshot.stakers.iter().enumerate() {
            same(&staker.wallet, &ratio(WALLETS_AFTER[number][step], WALLET_PARTS[number]))
                .with_context(|| format!("the wallet of s{number} after step {step}"))?;
        }
    }
    for (number, (staker, (part, parts))) in expected.end.stakers.iter().zip(EARNED).enumerate() {
        same(&staker.earned(), &ratio(part, parts))
            .with_context(|| format!("the total rewards of s{number}"))?;
    }
    Ok(())
}

fn same(model: &BigRational, figure: &BigRational) -> Result<()> {
    ensure!(model == figure, "{model} in the model, but {figure} in the figures: one of them was changed");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_reproduces_the_published_figures() {
        let expected = expected().unwrap();
        let paid: BigRational = expected.end.stakers.iter().map(Staker::earned).sum();
        assert_eq!(paid, ratio(REWARD * 10, 1));
    }

    #[test]
    fn after_the_exit_a_wallet_holds_its_start_and_its_rewards() {
        let expected = expected().unwrap();
        for (staker, began) in expected.exit.stakers.iter().zip(WALLETS) {
            assert_eq!(staker.wallet, ratio(began, 1) + staker.earned());
        }
    }

    #[test]
    fn a_missing_action_contradicts_the_figures() {
        for step in 0..ACTIONS.len() {
            let mut actions = ACTIONS;
            actions[step] = &actions[step][1..];
            let result = run(&actions).and_then(|run| compare_with_figures(&run));
            assert!(result.is_err(), "step {}", step + 1);
        }
    }
}
