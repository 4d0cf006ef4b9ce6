//! Output of the auction: the summary of the scenarios as text and JSON, pictures, and data.
//! `pictures` draws the figures.

use anyhow::Result;
use serde_json::{Value, json};
use weir_report::{
    csv::Csv,
    table::{Align, Table},
};

use super::{
    curve,
    market::{Ran, worth},
    pictures,
    scenario::{
        BURST, BURST_EVERY, FIRST_PRICE, HOUR, LUMP, LUMP_EVERY, STEP, STEP_FROM, STEP_TO, Supply,
        TARGET_PERIOD, TICK, TICKS_PER_PERIOD, YIELD_PER_PERIOD, YIELD_PER_TICK,
    },
    summary::{SETTLED_AFTER, Summary, interval},
};
use crate::demo::{rational::decimal, results::Results};

/// The summary as text, with the settings of the scenarios.
pub fn text(ran: &[Ran]) -> String {
    format!(
        "\nAuction: {YIELD_PER_TICK} yield token every {} h, target period T = {} h, first price {FIRST_PRICE} \
         reward tokens ({} times too high).\nBursts: {BURST} yield tokens at once every {} T.{}{} The buyer buys each \
         lot when its price has fallen to 1 reward token per yield token.\n\
         Sales after the first {SETTLED_AFTER} T, intervals in T:\n\n{}",
        TICK / HOUR,
        TARGET_PERIOD / HOUR,
        FIRST_PRICE / YIELD_PER_PERIOD,
        BURST_EVERY as f64 / TICKS_PER_PERIOD as f64,
        steps(ran),
        lumps(ran),
        table(ran).text(),
    )
}

fn steps(ran: &[Ran]) -> String {
    if !plays(ran, Supply::Steps) {
        return String::new();
    }
    format!(" Steps: {STEP} times as much from {STEP_FROM} T to {STEP_TO} T.")
}

fn lumps(ran: &[Ran]) -> String {
    if !plays(ran, Supply::Lumps) {
        return String::new();
    }
    format!(" Lumps: {LUMP} yield tokens every {LUMP_EVERY} T, and nothing in between.")
}

fn plays(ran: &[Ran], supply: Supply) -> bool {
    ran.iter().any(|ran| ran.scenario.supply == supply)
}

/// The summary of each scenario for scripts.
pub fn document(ran: &[Ran]) -> Value {
    let scenarios = ran.iter().map(|ran| (ran.scenario.key(), json!(Summary::of(ran))));
    Value::Object(scenarios.collect())
}

/// Writes pictures and data.
///
/// # Errors
/// If a file cannot be written.
pub fn write(ran: &[Ran], results: &mut Results) -> Result<()> {
    results.draw("auction-price", &pictures::prices(ran))?;
    results.save("auction-price", &price_csv(ran))?;
    results.draw("auction-interval", &pictures::intervals(ran))?;
    results.draw("auction-lot", &pictures::lots(ran))?;
    results.draw("auction-proceeds", &pictures::proceeds(ran))?;
    results.save("auction-sales", &sales_csv(ran))
}

fn table(ran: &[Ran]) -> Table {
    let mut table = Table::new([
        ("yield", Align::Left),
        ("sales", Align::Right),
        ("mean interval", Align::Right),
        ("shortest", Align::Right),
        ("longest", Align::Right),
        ("largest deviation", Align::Right),
        ("in the last 8", Align::Right),
        ("largest lot", Align::Right),
        ("paid / worth", Align::Right),
    ]);
    for ran in ran {
        let summary = Summary::of(ran);
        let deviation = (summary.longest_interval - 1.0).max(1.0 - summary.shortest_interval);
        table.row(vec![
            ran.scenario.title(),
            summary.sales.to_string(),
            format!("{:.3}", summary.mean_interval),
            format!("{:.3}", summary.shortest_interval),
            format!("{:.3}", summary.longest_interval),
            format!("{:.1} %", 100.0 * deviation),
            format!("{:.2} %", 100.0 * summary.last_deviation),
            format!("{:.2}", summary.largest_lot),
            format!("{:.1} %", 100.0 * summary.paid),
        ]);
    }
    table
}

fn price_csv(ran: &[Ran]) -> Csv {
    let mut csv = Csv::new(&["scenario", "time_s", "what", "reward_tokens"]);
    for ran in ran {
        let key = ran.scenario.key();
        for (time, price) in curve::pieces(ran).into_iter().flatten() {
            csv.row(&[key.clone(), time.to_string(), "price".into(), decimal(price)]);
        }
        for (time, lot) in &ran.lots {
            csv.row(&[key.clone(), time.to_string(), "worth of the lot".into(), decimal(worth(*lot))]);
        }
    }
    csv
}

fn sales_csv(ran: &[Ran]) -> Csv {
    let mut csv = Csv::new(&[
        "scenario",
        "sale",
        "time_s",
        "interval_s",
        "interval_target_periods",
        "price_reward_tokens",
        "lot_yield_tokens",
    ]);
    for ran in ran {
        for (number, sale) in (1..).zip(&ran.sales) {
            csv.row(&[
                ran.scenario.key(),
                number.to_string(),
                sale.time.to_string(),
                sale.interval.to_string(),
                interval(sale).to_string(),
                decimal(sale.price),
                decimal(sale.lot),
            ]);
        }
    }
    csv
}
