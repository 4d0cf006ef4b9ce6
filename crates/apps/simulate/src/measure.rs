//! Figures of a run: the objective, the auction, rewards by behaviour, and their distribution.

use clap::ValueEnum;
use serde::Serialize;

use crate::{
    config::{
        Behaviour,
        quantity::{DAY, approximate},
    },
    engine::{EpochRow, Record, Sale, StakerResult},
};

/// Sales of each vault that the auction's figures leave out, because the first price may be far off.
pub const FIRST_SALES: usize = 5;
const DAYS_A_YEAR: f64 = 365.0;

/// Figures of a run. Amounts are whole tokens.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    pub seed: u64,
    pub operations: u64,
    /// Mean over time of the total stake of all vaults.
    pub mean_stake_tokens: f64,
    /// *S/R*: mean stake over reward per day, in days. The model's objective.
    pub stake_per_reward_days: Option<f64>,
    /// Standard deviation of *R* over epochs, divided by its mean. Mean of all vaults.
    pub reward_variation: Option<f64>,
    pub credited_tokens: f64,
    pub rewarded_tokens: f64,
    /// Credited, but not distributed, because there was no stake.
    pub undistributed_tokens: f64,
    /// Distributed, but lost to rounding. Base units, in decimal.
    pub rounding_base_units: String,
    pub auction: Option<Auction>,
    pub behaviours: Vec<Group>,
    /// 0 if all stakers have the same reward, 1 if one has all.
    pub gini_of_rewards: Option<f64>,
    /// Gini coefficient of stake times time: that of the rewards if they were proportional to it.
    pub gini_of_stake_time: Option<f64>,
    pub vaults: Vec<VaultSummary>,
}

/// Sales after the first [`FIRST_SALES`] of each vault.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Auction {
    pub sales: usize,
    /// In target periods.
    pub mean_interval: f64,
    pub shortest_interval: f64,
    pub longest_interval: f64,
    /// Mean distance from the target period, in target periods.
    pub deviation: f64,
    /// Paid part of the lots' worth.
    pub efficiency: f64,
}

/// Figures of all stakers with the same behaviour.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    pub behaviour: &'static str,
    pub stakers: usize,
    pub budget_tokens: f64,
    pub deposits: u64,
    /// Mean over time of the total stake.
    pub mean_stake_tokens: f64,
    pub rewarded_tokens: f64,
    /// Part of all stakers' rewards.
    pub share_of_rewards: f64,
    /// Part of all stakers' stake times time.
    pub share_of_stake_time: f64,
    /// Reward tokens per staked token and year; `None` without a stake.
    pub yearly_yield: Option<f64>,
}

/// Figures of one vault.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VaultSummary {
    pub mean_stake_tokens: f64,
    pub credited_tokens: f64,
    pub stake_per_reward_days: Option<f64>,
    pub sales: usize,
}

impl Summary {
    pub fn of(record: &Record) -> Self {
        let days = f64::from(record.config.end()) / f64::from(DAY);
        let sum = |amount: fn(&StakerResult) -> u128| record.stakers.iter().map(amount).sum::<u128>();
        let (rewarded, stake_seconds) = (sum(StakerResult::reward), sum(|staker| staker.stake_seconds));
        let credited: u128 = record.vaults.iter().map(|vault| vault.credited).sum();
        let undistributed: u128 = record.vaults.iter().map(|vault| vault.undistributed).sum();
        let rewards: Vec<f64> = record.stakers.iter().map(|staker| approximate(staker.reward())).collect();
        let held: Vec<f64> = record.stakers.iter().map(|staker| token_days(staker.stake_seconds)).collect();
        Self {
            seed: record.config.seed,
            operations: record.operations,
            mean_stake_tokens: token_days(stake_seconds) / days,
            stake_per_reward_days: ratio(token_days(stake_seconds), approximate(rewarded)),
            reward_variation: reward_variation(record),
            credited_tokens: approximate(credited),
            rewarded_tokens: approximate(rewarded),
            undistributed_tokens: approximate(undistributed),
            rounding_base_units: (credited - undistributed - rewarded).to_string(),
            auction: Auction::of(record),
            behaviours: Behaviour::ALL
                .into_iter()
                .filter_map(|behaviour| Group::of(record, behaviour, rewarded, stake_seconds))
                .collect(),
            gini_of_rewards: gini(rewards),
            gini_of_stake_time: gini(held),
            vaults: (0..record.vaults.len()).map(|vault| VaultSummary::of(record, vault)).collect(),
        }
    }

    /// The figures of a behaviour, if any staker has it.
    pub fn group(&self, behaviour: Behaviour) -> Option<&Group> {
        self.behaviours.iter().find(|group| group.behaviour == behaviour.name())
    }
}

impl Auction {
    fn of(record: &Record) -> Option<Self> {
        let sales = settled(record);
        let period = f64::from(record.config.target_period.0);
        let intervals: Vec<f64> = sales.iter().map(|sale| f64::from(sale.interval) / period).collect();
        let total =
            |amount: fn(&Sale) -> u128| sales.iter().map(|sale| approximate(amount(sale))).sum::<f64>();
        let deviations = intervals.iter().map(|interval| (interval - 1.0).abs());
        Some(Self {
            sales: sales.len(),
            mean_interval: mean(intervals.iter().copied())?,
            shortest_interval: intervals.iter().copied().fold(f64::INFINITY, f64::min),
            longest_interval: intervals.iter().copied().fold(0.0, f64::max),
            deviation: mean(deviations)?,
            efficiency: ratio(total(|sale| sale.price), total(|sale| sale.worth))?,
        })
    }
}

impl Group {
    fn of(record: &Record, behaviour: Behaviour, all_rewards: u128, all_stake_seconds: u128) -> Option<Self> {
        let members: Vec<&StakerResult> =
            record.stakers.iter().filter(|staker| staker.behaviour == behaviour).collect();
        if members.is_empty() {
            return None;
        }
        let sum =
            |amount: fn(&StakerResult) -> u128| members.iter().map(|staker| amount(staker)).sum::<u128>();
        let (rewarded, stake_seconds) = (sum(StakerResult::reward), sum(|staker| staker.stake_seconds));
        let held = token_days(stake_seconds);
        Some(Self {
            behaviour: behaviour.name(),
            stakers: members.len(),
            budget_tokens: approximate(sum(|staker| staker.budget)),
            deposits: members.iter().map(|staker| staker.deposits).sum(),
            mean_stake_tokens: held / (f64::from(record.config.end()) / f64::from(DAY)),
            rewarded_tokens: approximate(rewarded),
            share_of_rewards: ratio(approximate(rewarded), approximate(all_rewards)).unwrap_or(0.0),
            share_of_stake_time: ratio(held, token_days(all_stake_seconds)).unwrap_or(0.0),
            yearly_yield: ratio(approximate(rewarded) * DAYS_A_YEAR, held),
        })
    }
}

impl VaultSummary {
    fn of(record: &Record, number: usize) -> Self {
        let vault = &record.vaults[number];
        let held = token_days(vault.stake_seconds);
        Self {
            mean_stake_tokens: held / (f64::from(record.config.end()) / f64::from(DAY)),
            credited_tokens: approximate(vault.credited),
            stake_per_reward_days: ratio(held, approximate(vault.credited - vault.undistributed)),
            sales: record.sales.iter().filter(|sale| sale.vault == number).count(),
        }
    }
}

/// *S/R* of a row with *R* per day, in days. `None` if *R* is 0.
pub fn stake_per_reward(row: &EpochRow, record: &Record) -> Option<f64> {
    let a_day = approximate(row.reward) / record.config.epoch_length.days();
    ratio(approximate(row.stake), a_day)
}

/// A figure that a sweep can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Measure {
    /// Part of the lots' worth that buyers paid, %.
    Efficiency,
    /// Mean distance of the time between sales from the target period, % of the period.
    Deviation,
    /// Standard deviation of the epochs' rewards over their mean, %.
    RewardVariation,
    /// Mean stake over reward per day (the toy model's objective S/R), days.
    StakePerReward,
    /// Part of all rewards that snipers took, %.
    SniperShare,
    /// Gini coefficient of the stakers' rewards, 0 to 1.
    Gini,
    /// Reward tokens per staked token and year, of all stakers together, %.
    YearlyYield,
}

impl Measure {
    /// The figure of a run, in the unit of [`label`](Self::label). `None` if the run has none, such as intervals
    /// without sales.
    pub fn of(self, summary: &Summary) -> Option<f64> {
        let percent = |part: f64| 100.0 * part;
        match self {
            Self::Efficiency => summary.auction.as_ref().map(|auction| percent(auction.efficiency)),
            Self::Deviation => summary.auction.as_ref().map(|auction| percent(auction.deviation)),
            Self::RewardVariation => summary.reward_variation.map(percent),
            Self::StakePerReward => summary.stake_per_reward_days,
            Self::SniperShare => {
                summary.group(Behaviour::Sniper).map(|group| percent(group.share_of_rewards))
            }
            Self::Gini => summary.gini_of_rewards,
            Self::YearlyYield => summary.stake_per_reward_days.map(|days| percent(DAYS_A_YEAR / days)),
        }
    }

    /// Description with the unit.
    pub fn label(self) -> &'static str {
        match self {
            Self::Efficiency => "paid of the lots' worth (%)",
            Self::Deviation => "distance of intervals from the target period (%)",
            Self::RewardVariation => "variation of the reward from epoch to epoch (%)",
            Self::StakePerReward => "S/R: stake over reward per day (days)",
            Self::SniperShare => "snipers' part of all rewards (%)",
            Self::Gini => "Gini coefficient of the rewards (0 to 1)",
            Self::YearlyYield => "yearly yield of all stakers (%)",
        }
    }
}

/// Gini coefficient of non-negative amounts. `None` if all are 0.
pub fn gini(mut amounts: Vec<f64>) -> Option<f64> {
    amounts.sort_by(f64::total_cmp);
    let (count, sum) = (amounts.len() as f64, amounts.iter().sum::<f64>());
    let weighted: f64 = (1_u32..).zip(&amounts).map(|(rank, amount)| f64::from(rank) * amount).sum();
    ratio(2.0 * weighted, count * sum).map(|mean| mean - (count + 1.0) / count)
}

/// Variation of *R*, mean of all vaults. Leaves out the first two epochs, for which nothing can have been queued.
fn reward_variation(record: &Record) -> Option<f64> {
    let variations = (0..record.vaults.len()).filter_map(|vault| {
        let rows = record.rows.iter().filter(|row| row.vault == vault && row.epoch >= 2);
        let rewards: Vec<f64> = rows.map(|row| approximate(row.reward)).collect();
        let center = mean(rewards.iter().copied())?;
        let variance = mean(rewards.iter().map(|reward| (reward - center).powi(2)))?;
        ratio(variance.sqrt(), center)
    });
    mean(variations)
}

fn settled(record: &Record) -> Vec<&Sale> {
    let mut seen = vec![0; record.vaults.len()];
    let is_settled = |sale: &&Sale| {
        seen[sale.vault] += 1;
        seen[sale.vault] > FIRST_SALES
    };
    record.sales.iter().filter(is_settled).collect()
}

fn token_days(base_unit_seconds: u128) -> f64 {
    approximate(base_unit_seconds) / f64::from(DAY)
}

/// `None` for a division by 0.
fn ratio(dividend: f64, divisor: f64) -> Option<f64> {
    (divisor != 0.0).then(|| dividend / divisor)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    ratio(sum, f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gini_is_0_for_equal_amounts_and_nearly_1_for_one_of_many() {
        assert_eq!(gini(vec![3.0; 10]), Some(0.0));
        assert!((gini([vec![0.0; 99], vec![5.0]].concat()).unwrap() - 0.99).abs() < 1e-12);
        assert!((gini(vec![1.0, 3.0]).unwrap() - 0.25).abs() < 1e-12);
        assert_eq!(gini(vec![0.0; 3]), None);
    }
}
