//! A staker of the simulation: what it wants, what it has, and what it did.
//! How it acts is in `agents`.

use fastrand::Rng;

use crate::config::{Behaviour, Config, quantity::TOKEN};

/// A staker. Amounts are base units.
#[derive(Clone, Debug)]
pub struct Staker {
    pub behaviour: Behaviour,
    pub random: Rng,
    pub budget: u128,
    /// *x_i*, in the reward token, per day.
    pub expectation: u128,
    /// The vault of a coin-flipper or holder, and the current vault of a seeker.
    pub home: usize,
    /// *b_i*: asset in the wallet.
    pub wallet: u128,
    pub claimed: u128,
    pub deposits: u64,
    pub is_gone: bool,
}

impl Staker {
    pub fn new(behaviour: Behaviour, config: &Config, mut random: Rng) -> Self {
        let budget = random.u128(config.budget.least.0..=config.budget.most.0);
        let expectation = random.u128(config.expectation.least.0..=config.expectation.most.0);
        // Whole tokens, as in the model, if there are any within the bounds.
        let whole = budget / TOKEN * TOKEN;
        let budget = if whole >= config.budget.least.0 { whole } else { budget };
        let home = random.usize(..config.vaults);
        Self {
            behaviour,
            random,
            budget,
            expectation,
            home,
            wallet: budget,
            claimed: 0,
            deposits: 0,
            is_gone: false,
        }
    }
}
