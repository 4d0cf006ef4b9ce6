//! The text that a run prints: headline, tables, and totals.

use weir_report::table::{Align, Table};

use super::{number, percent};
use crate::{
    config::Config,
    measure::{Auction, FIRST_SALES, Summary},
};

/// Most vaults in the table.
const MAX_ROWS: usize = 12;

/// Headline, tables and totals of a run.
pub fn of(config: &Config, summary: &Summary) -> String {
    let auction = summary.auction.as_ref().map_or_else(String::new, |auction| {
        format!(
            "\nAuction, without the first {FIRST_SALES} sales of each vault; intervals in target periods of {}\n\n{}",
            config.target_period,
            auctions([("all", auction)]).text()
        )
    });
    format!(
        "{}\n\nStakers, in tokens; yield in reward tokens per staked token and year\n\n{}\n\
         Vaults: mean stake S, reward per day R, and the model's objective S/R\n\n{}{auction}\n{}",
        headline(config, summary),
        behaviours(summary).text(),
        vaults(config, summary).text(),
        totals(summary)
    )
}

/// Size of the run and its seed.
fn headline(config: &Config, summary: &Summary) -> String {
    format!(
        "{} and {} for {} of {}: {} operations, seed {}.",
        count(config.stakers, "staker"),
        count(config.vaults, "vault"),
        count(config.epochs as usize, "epoch"),
        config.epoch_length,
        summary.operations,
        config.seed
    )
}

/// A table of auction figures, one row each.
pub fn auctions<'a>(rows: impl IntoIterator<Item = (&'a str, &'a Auction)>) -> Table {
    let mut table = Table::new([
        ("", Align::Left),
        ("sales", Align::Right),
        ("mean interval", Align::Right),
        ("shortest", Align::Right),
        ("longest", Align::Right),
        ("mean distance from target", Align::Right),
        ("paid of lots' worth", Align::Right),
    ]);
    for (name, auction) in rows {
        table.row(auction_cells(name, auction));
    }
    table
}

/// The figures of an auction, in the column order of [`auctions`].
pub fn auction_cells(name: &str, auction: &Auction) -> Vec<String> {
    vec![
        name.to_owned(),
        auction.sales.to_string(),
        format!("{:.3}", auction.mean_interval),
        format!("{:.3}", auction.shortest_interval),
        format!("{:.3}", auction.longest_interval),
        percent(auction.deviation, 1),
        percent(auction.efficiency, 1),
    ]
}

fn behaviours(summary: &Summary) -> Table {
    let mut table = Table::new([
        ("behaviour", Align::Left),
        ("stakers", Align::Right),
        ("budget", Align::Right),
        ("deposits", Align::Right),
        ("mean stake", Align::Right),
        ("of all stake", Align::Right),
        ("rewarded", Align::Right),
        ("of all rewards", Align::Right),
        ("yearly yield", Align::Right),
    ]);
    for group in &summary.behaviours {
        table.row(vec![
            group.behaviour.to_owned(),
            group.stakers.to_string(),
            format!("{:.0}", group.budget_tokens),
            group.deposits.to_string(),
            format!("{:.2}", group.mean_stake_tokens),
            percent(group.share_of_stake_time, 3),
            format!("{:.2}", group.rewarded_tokens),
            percent(group.share_of_rewards, 3),
            group.yearly_yield.map_or_else(|| "–".to_owned(), |yearly| percent(yearly, 1)),
        ]);
    }
    table
}

fn vaults(config: &Config, summary: &Summary) -> Table {
    let mut table = Table::new([
        ("vault", Align::Left),
        ("S (tokens)", Align::Right),
        ("R (tokens a day)", Align::Right),
        ("S/R (days)", Align::Right),
        ("sales", Align::Right),
    ]);
    let days = f64::from(config.epochs) * config.epoch_length.days();
    for (index, vault) in summary.vaults.iter().enumerate().take(MAX_ROWS) {
        table.row(vec![
            index.to_string(),
            format!("{:.2}", vault.mean_stake_tokens),
            format!("{:.3}", vault.credited_tokens / days),
            number(vault.stake_per_reward_days, 1),
            vault.sales.to_string(),
        ]);
    }
    if summary.vaults.len() > 1 {
        table.row(vec![
            "all".to_owned(),
            format!("{:.2}", summary.mean_stake_tokens),
            format!("{:.3}", summary.credited_tokens / days),
            number(summary.stake_per_reward_days, 1),
            summary.vaults.iter().map(|vault| vault.sales).sum::<usize>().to_string(),
        ]);
    }
    table
}

/// Where the rewards went, and how evenly they are distributed.
fn totals(summary: &Summary) -> String {
    let waiting = if summary.undistributed_tokens > 0.0 {
        format!("; {:.2} wait for the next stake", summary.undistributed_tokens)
    } else {
        String::new()
    };
    format!(
        "Of {:.2} reward tokens that came in, stakers have {:.2}{waiting}; rounding left {} base units of \
         10^-18 in the vaults.\n\
         Gini coefficient of the rewards {}, of stake times time {}.",
        summary.credited_tokens,
        summary.rewarded_tokens,
        summary.rounding_base_units,
        number(summary.gini_of_rewards, 3),
        number(summary.gini_of_stake_time, 3)
    )
}

/// Formats a count: `1 vault`, `3 vaults`.
pub fn count(number: usize, name: &str) -> String {
    format!("{number} {name}{}", if number == 1 { "" } else { "s" })
}
