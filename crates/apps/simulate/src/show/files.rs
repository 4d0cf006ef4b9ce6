//! Writes the files of a run: data as CSV, the summary as JSON, the settings as TOML for `--config`.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use weir_report::{csv::Csv, output::OutputFolder};

use super::pictures;
use crate::{
    config::{Behaviour, Config, quantity::decimal_text},
    engine::{Action, Record, Sale},
    measure::{Summary, stake_per_reward},
};

/// Writes data and pictures.
///
/// # Errors
/// If a file cannot be written.
pub fn write(record: &Record, summary: &Summary, output: &mut OutputFolder) -> Result<()> {
    output.draw("stake-over-reward", &pictures::objective(record))?;
    output.draw("rewards", &pictures::rewards(record))?;
    if !record.sales.is_empty() {
        output.draw("intervals", &pictures::intervals(record))?;
    }
    output.save("vaults", &vaults(record))?;
    output.save("stakers", &stakers(record))?;
    let of_vaults = record.sales.iter().map(|sale| (sale.vault.to_string(), sale));
    output.save("sales", &sales("vault", of_vaults))?;
    output.save("behaviours", &samples(record))?;
    if !record.steps.is_empty() {
        output.save("operations", &operations(record))?;
    }
    output.write("config.toml", &config_text(&record.config)?)?;
    output.write("summary.json", &format!("{:#}\n", document(&record.config, summary)?))
}

/// Settings and summary as JSON.
///
/// # Errors
/// None for the types of this crate.
pub fn document(config: &Config, summary: &Summary) -> Result<Value> {
    let config = serde_json::to_value(config).context("the settings cannot be written as JSON")?;
    let summary = serde_json::to_value(summary).context("the summary cannot be written as JSON")?;
    Ok(json!({ "config": config, "summary": summary }))
}

/// The settings as a file for `--config`.
///
/// # Errors
/// None for the types of this crate.
pub fn config_text(config: &Config) -> Result<String> {
    let text = toml::to_string(config).context("the settings cannot be written as TOML")?;
    Ok(format!(
        "# Repeat this run with weir simulate --config and this file. Amounts are in tokens, times have units.\n{text}"
    ))
}

fn vaults(record: &Record) -> Csv {
    let mut csv = Csv::new(&[
        "epoch",
        "start_seconds",
        "vault",
        "stake_tokens",
        "epoch_reward_tokens",
        "stake_per_daily_reward_days",
        "lot_tokens",
    ]);
    for row in &record.rows {
        csv.row(&[
            row.epoch.to_string(),
            (row.epoch * record.config.epoch_length.0).to_string(),
            row.vault.to_string(),
            decimal_text(row.stake),
            decimal_text(row.reward),
            stake_per_reward(row, record).map_or_else(String::new, |days| days.to_string()),
            decimal_text(row.lot),
        ]);
    }
    csv
}

fn stakers(record: &Record) -> Csv {
    let mut csv = Csv::new(&[
        "staker",
        "behaviour",
        "budget_tokens",
        "expectation_tokens_per_day",
        "deposits",
        "wallet_tokens",
        "stake_tokens",
        "claimed_tokens",
        "earned_unclaimed_tokens",
        "stake_token_seconds",
    ]);
    for (number, staker) in record.stakers.iter().enumerate() {
        csv.row(&[
            number.to_string(),
            staker.behaviour.name().to_owned(),
            decimal_text(staker.budget),
            decimal_text(staker.expectation),
            staker.deposits.to_string(),
            decimal_text(staker.wallet),
            decimal_text(staker.stake),
            decimal_text(staker.claimed),
            decimal_text(staker.earned),
            decimal_text(staker.stake_seconds),
        ]);
    }
    csv
}

/// Sales, with a key in the first column.
pub fn sales<'a>(key: &str, sales: impl IntoIterator<Item = (String, &'a Sale)>) -> Csv {
    let mut csv = Csv::new(&[
        key,
        "time_seconds",
        "interval_seconds",
        "lot_yield_tokens",
        "price_reward_tokens",
        "worth_reward_tokens",
    ]);
    for (name, sale) in sales {
        csv.row(&[
            name,
            sale.time.to_string(),
            sale.interval.to_string(),
            decimal_text(sale.lot),
            decimal_text(sale.price),
            decimal_text(sale.worth),
        ]);
    }
    csv
}

/// Rewards of each behaviour over time.
fn samples(record: &Record) -> Csv {
    let columns =
        Behaviour::ALL.map(|behaviour| format!("{}_rewarded_tokens", behaviour.name().replace('-', "_")));
    let columns: Vec<&str> =
        std::iter::once("time_seconds").chain(columns.iter().map(String::as_str)).collect();
    let mut csv = Csv::new(&columns);
    for sample in &record.samples {
        let rewards = sample.rewards.iter().map(|amount| decimal_text(*amount));
        csv.row(&std::iter::once(sample.time.to_string()).chain(rewards).collect::<Vec<_>>());
    }
    csv
}

fn operations(record: &Record) -> Csv {
    let mut csv = Csv::new(&[
        "time_seconds",
        "operation",
        "vault",
        "staker",
        "amount_tokens",
        "reward_or_price_tokens",
    ]);
    for step in &record.steps {
        let (name, vault, staker, amount, reward) = match step.action {
            Action::Deposit { staker, vault, amount } => ("deposit", vault, Some(staker), Some(amount), None),
            Action::Redeem { staker, vault, shares } => ("redeem", vault, Some(staker), Some(shares), None),
            Action::Claim { staker, vault, paid } => ("claim", vault, Some(staker), None, Some(paid)),
            Action::Exit { staker, vault, shares, paid } => {
                ("exit", vault, Some(staker), Some(shares), Some(paid))
            }
            Action::Yield { vault, amount } => ("yield", vault, None, Some(amount), None),
            Action::Fund { vault, amount } => ("fund", vault, None, None, Some(amount)),
            Action::Buy { vault, lot, price } => ("buy", vault, None, Some(lot), Some(price)),
            Action::Look(_) => continue,
        };
        let amount_text = |amount: Option<u128>| amount.map_or_else(String::new, decimal_text);
        csv.row(&[
            step.time.to_string(),
            name.to_owned(),
            vault.to_string(),
            staker.map_or_else(String::new, |staker| staker.to_string()),
            amount_text(amount),
            amount_text(reward),
        ]);
    }
    csv
}
