//! The agents and exercises of the toy vault model: how each exercise changes the objective *S/R*.
//!
//! Source of numbers and exercises: marek-new/toy_vault_model, `vault_model.py`. It has 4 stakers with budgets and
//! expectations of 1 to 10, one vault with a reward of 3 to 9 per step (7 in its published run), and 10 steps. Its
//! withdrawal fee (exercise 8) is left out: Weir's vaults have none.

use anyhow::Result;
use toml::Table;
use weir_report::{
    chart::{Axis, BLUE, COLOURS, Figure, Mark, Panel, Series},
    csv::Csv,
    output::OutputFolder,
    table::{Align, Table as Rows},
};

use super::{Report, Variant, config, document, runs};
use crate::{
    config::quantity::{approximate, decimal_text},
    engine::{Action, Record, Recording, Snapshot},
    measure::stake_per_reward,
    show::{number, percent, pictures},
};

/// A step of the model is a day. Its reward is funded at once and streams over the next day.
const BASE: &str = "
stakers = 4
mix = 'coin-flipper=1'
budget = '1..10'
expectation = '1..10'
vaults = 1
epochs = 10
epoch-length = '1d'
one-token = true
route = 'fund'
tick = '1d'
yield = 'constant'
yield-per-day = 7
yield-spread = 0
";

/// The model and its exercises. All long ones except exercise 2 pay rewards in another token: staked again, they would
/// pile up.
const VARIANTS: [(&str, &str); 7] = [
    ("the model: 4 coin-flippers, 10 steps", ""),
    ("1: 40 stakers, as much reward a head", "stakers = 40\nyield-per-day = 70"),
    ("2: 400 steps, rewards are staked again", "epochs = 400"),
    ("3: 400 steps, rewards in a second token", "epochs = 400\none-token = false"),
    (
        "4: as 3, with 3 vaults and 12 stakers",
        "epochs = 400\none-token = false\nvaults = 3\nstakers = 12\nyield-spread = 0.5",
    ),
    ("5: as 3, with random yield", "epochs = 400\none-token = false\nyield = 'random'"),
    (
        "6: as 4, with seekers and holders too",
        "epochs = 400\none-token = false\nvaults = 3\nstakers = 12\nyield-spread = 0.5
         mix = 'coin-flipper=1,seeker=1,holder=1'",
    ),
];
/// Indices in [`VARIANTS`]: the first with a second token, and in three vaults, coin-flippers alone and with others.
const SECOND_TOKEN: usize = 3;
const ALONE: usize = 4;
const MIXED: usize = 6;
/// Most stakers in the model's figure.
const MAX_LINES: usize = 8;

/// Runs the scenario.
///
/// # Errors
/// If a setting is invalid, or a file cannot be written.
pub fn run(user: &Table, output: &mut OutputFolder) -> Result<Report> {
    let configs = VARIANTS.into_iter().enumerate().map(|(number, (name, settings))| {
        let recording = Recording { steps: number == 0, samples: 0 };
        Ok((name.to_owned(), config(BASE, user, settings)?, recording))
    });
    let variants = runs(configs.collect::<Result<_>>()?)?;
    let reading = reading(&variants);
    output.draw("toy", &figure(&variants))?;
    output.draw("toy-model", &model_figure(&variants[0].record))?;
    output.save("toy", &csv(&variants))?;
    let text = format!(
        "The toy vault model and its numbered exercises. S is the mean stake, R the reward per day, in tokens. \
         Seed {}.\n\n{}\n{reading}",
        variants[0].summary.seed,
        rows(&variants).text()
    );
    Ok((text, document("toy", &reading, &variants)?))
}

fn rows(variants: &[Variant]) -> Rows {
    let mut table = Rows::new([
        ("exercise", Align::Left),
        ("S", Align::Right),
        ("R", Align::Right),
        ("S/R (days)", Align::Right),
        ("staked of what they had", Align::Right),
        ("Gini of rewards", Align::Right),
    ]);
    for Variant { name, record, summary } in variants {
        let days = f64::from(record.config.epochs) * record.config.epoch_length.days();
        let budgets: f64 = summary.behaviours.iter().map(|group| group.budget_tokens).sum();
        let staked = if record.config.one_token {
            "–".to_owned()
        } else {
            percent(summary.mean_stake_tokens / budgets, 0)
        };
        table.row(vec![
            name.clone(),
            format!("{:.2}", summary.mean_stake_tokens),
            format!("{:.2}", summary.credited_tokens / days),
            number(summary.stake_per_reward_days, 2),
            staked,
            number(summary.gini_of_rewards, 2),
        ]);
    }
    table
}

/// Compares coin-flippers alone with a mix of behaviours.
fn reading(variants: &[Variant]) -> String {
    let objective = |variant: usize| variants[variant].summary.stake_per_reward_days;
    let words = |factor: f64| if factor >= 1.0 { "raises" } else { "lowers" };
    match objective(ALONE).zip(objective(MIXED)).filter(|(alone, _)| *alone > 0.0) {
        Some((alone, mixed)) => format!(
            "Coin-flippers alone hold S/R at {alone:.1} days in three vaults, as they leave whenever their part of \
             R is too small for them; taking two thirds of them for seekers and holders {} it to {mixed:.1}, {:.1} \
             times.",
            words(mixed / alone),
            mixed / alone
        ),
        None => "Nobody was rewarded, so there is no S/R to compare: give them more yield or more epochs."
            .to_owned(),
    }
}

/// *S/R* over time of the long exercises in which rewards do not pile up.
fn figure(variants: &[Variant]) -> Figure {
    let series: Vec<Series> = variants[SECOND_TOKEN..]
        .iter()
        .zip(COLOURS)
        .map(|(variant, colour)| {
            Series::new(variant.name.clone(), colour, Mark::Line, running_mean(&variant.record))
        })
        .collect();
    let y = pictures::axis_over("S/R so far: stake over reward per day (days)", &series);
    let panel = Panel { title: String::new(), x: pictures::time_axis(&variants[ALONE].record), y, series };
    pictures::figure("The Toy Model's Objective", vec![panel])
}

/// Stake over reward of all vaults, over all epochs so far.
fn running_mean(record: &Record) -> Vec<(f64, f64)> {
    let length = record.config.epoch_length.days();
    let (mut stake, mut reward) = (0.0, 0.0);
    let mut points = Vec::new();
    for rows in record.rows.chunks(record.vaults.len()) {
        stake += rows.iter().map(|row| approximate(row.stake)).sum::<f64>() * length;
        reward += rows.iter().map(|row| approximate(row.reward)).sum::<f64>();
        if reward > 0.0 {
            points.push((rows.first().map_or(0.0, |row| f64::from(row.epoch) * length), stake / reward));
        }
    }
    points
}

/// The model's two charts: stake in the vault, and wallets of the stakers.
fn model_figure(record: &Record) -> Figure {
    let looks: Vec<(f64, &Snapshot)> = record
        .steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Look(snapshot) if step.time < record.config.duration() => {
                Some((pictures::days(step.time), snapshot.as_ref()))
            }
            _ => None,
        })
        .collect();
    let line = |value: &dyn Fn(&Snapshot) -> u128| -> Vec<(f64, f64)> {
        looks.iter().map(|(time, snapshot)| (*time, approximate(value(snapshot)))).collect()
    };
    let stake = line(&|snapshot| snapshot.vaults.iter().map(|vault| vault.stake).sum());
    let wallets: Vec<Series> = (0..record.stakers.len().min(MAX_LINES))
        .map(|staker| {
            let points = line(&|snapshot| snapshot.wallets[staker].0);
            let mark = if staker < COLOURS.len() { Mark::DottedLine } else { Mark::Dashes };
            Series::new(format!("staker {staker}"), COLOURS[staker % COLOURS.len()], mark, points)
        })
        .collect();
    let panel = |label: &str, series: Vec<Series>| {
        let figures = series.iter().flat_map(|series| &series.pieces).flatten();
        let most = figures.map(|point| point.1).fold(1.0, f64::max);
        let x = pictures::time_axis(record);
        Panel { title: String::new(), x, y: Axis::from_zero(label, most, 8), series }
    };
    let stake = Series::new("", BLUE, Mark::DottedLine, stake);
    pictures::figure(
        "Stake in the Vault and Wallets of the Stakers",
        vec![panel("S: stake of all stakers (tokens)", vec![stake]), panel("wallet (tokens)", wallets)],
    )
}

fn csv(variants: &[Variant]) -> Csv {
    let mut csv = Csv::new(&[
        "exercise",
        "epoch",
        "vault",
        "stake_tokens",
        "epoch_reward_tokens",
        "stake_per_daily_reward_days",
    ]);
    for variant in variants {
        for row in &variant.record.rows {
            csv.row(&[
                variant.name.clone(),
                row.epoch.to_string(),
                row.vault.to_string(),
                decimal_text(row.stake),
                decimal_text(row.reward),
                stake_per_reward(row, &variant.record).map_or_else(String::new, |days| days.to_string()),
            ]);
        }
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::tests::run_with_random_seed;

    #[test]
    fn seekers_and_holders_raise_the_objective() {
        for _ in 0..5 {
            let (seed, document) = run_with_random_seed(run);
            let objective = |of: usize| {
                document["runs"][of]["summary"]["stake_per_reward_days"].as_f64().expect("rewards")
            };
            assert!(
                objective(MIXED) > objective(ALONE),
                "seed {seed}: {} {}",
                objective(ALONE),
                objective(MIXED)
            );
            assert!(
                document["reading"].as_str().is_some_and(|reading| reading.contains("raises")),
                "seed {seed}"
            );
        }
    }
}
