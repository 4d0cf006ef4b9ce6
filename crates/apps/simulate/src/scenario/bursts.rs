//! The effect of smoothing: yield arrives in bursts, and is sold whole or a part at a time.

use anyhow::{Context, Result};
use toml::Table;
use weir_report::{
    chart::{Axis, COLOURS, Figure, GREY, Mark, Panel, Series},
    csv::Csv,
    output::OutputFolder,
    table::{Align, Table as Rows},
};

use super::{Report, Variant, config, document, runs};
use crate::{
    config::quantity::approximate,
    engine::{Record, Recording, VaultResult},
    measure::{Auction, FIRST_SALES},
    show::{files, number, percent, pictures, text},
};

/// Four fifths of the yield arrive in bursts of eight days' worth, ten days apart on average. Buyers want no margin.
const BASE: &str = "
stakers = 10
mix = 'holder=1'
vaults = 1
epochs = 120
yield = 'bursty'
yield-spread = 0
burst-every = '10d'
buyer-margin = 0
";
const SMOOTHINGS: [&str; 4] = ["0", "0.5", "0.9", "0.97"];

/// Runs the scenario.
///
/// # Errors
/// If a setting is invalid, or a file cannot be written.
pub fn run(user: &Table, output: &mut OutputFolder) -> Result<Report> {
    let configs = SMOOTHINGS.into_iter().map(|smoothing| {
        let config = config(BASE, user, &format!("smoothing = {smoothing}"))?;
        Ok((format!("smoothing {smoothing}"), config, Recording::default()))
    });
    let variants = runs(configs.collect::<Result<_>>()?)?;
    let reading = reading(&variants)?;
    output.draw("bursts", &figure(&variants))?;
    output.save("bursts", &csv(&variants))?;
    let config = &variants[0].record.config;
    let text = format!(
        "{} of the yield arrives in bursts, one every {} on average. Intervals are in target periods of {}, without \
         the first {FIRST_SALES} sales.\nSeed {}.\n\n{}\n{reading}",
        percent(config.burst_share.approximate(), 0),
        config.burst_every,
        config.target_period,
        config.seed,
        rows(&variants)?.text()
    );
    Ok((text, document("bursts", &reading, &variants)?))
}

fn auction(variant: &Variant) -> Result<&Auction> {
    let sold = variant.summary.auction.as_ref();
    sold.with_context(|| {
        format!("with {} fewer than {} lots are sold: simulate more epochs", variant.name, FIRST_SALES + 1)
    })
}

fn rows(variants: &[Variant]) -> Result<Rows> {
    let mut table = Rows::new([
        ("", Align::Left),
        ("sales", Align::Right),
        ("mean interval", Align::Right),
        ("shortest", Align::Right),
        ("longest", Align::Right),
        ("distance from target", Align::Right),
        ("paid of lots' worth", Align::Right),
        ("R varies by", Align::Right),
        ("yield unsold", Align::Right),
    ]);
    for variant in variants {
        let mut cells = text::auction_cells(&variant.name, auction(variant)?);
        cells.push(number(variant.summary.reward_variation.map(|part| 100.0 * part), 0) + " %");
        cells.push(percent(unsold(&variant.record), 1));
        table.row(cells);
    }
    Ok(table)
}

/// Part of the yield that is unsold at the end, the cost of smoothing.
fn unsold(record: &Record) -> f64 {
    let sum = |amount: fn(&VaultResult) -> u128| {
        record.vaults.iter().map(|vault| approximate(amount(vault))).sum::<f64>()
    };
    let arrived = sum(|vault| vault.arrived);
    if arrived > 0.0 { sum(|vault| vault.unsold) / arrived } else { 0.0 }
}

/// Compares no smoothing with the smoothing that gets the most for the yield.
fn reading(variants: &[Variant]) -> Result<String> {
    let none = &variants[0];
    let mut best = none;
    for variant in &variants[1..] {
        if auction(variant)?.efficiency > auction(best)?.efficiency {
            best = variant;
        }
    }
    let paid = |variant| auction(variant).map(|auction| percent(auction.efficiency, 1));
    if best.name == none.name {
        return Ok(format!(
            "Without smoothing buyers pay {} of what the lots are worth, and no smoothing gets more: this yield \
             has no bursts to tame.",
            paid(none)?
        ));
    }
    Ok(format!(
        "Without smoothing buyers pay {} of what the lots are worth, as who comes first takes a burst for the \
         price of a usual lot; {} gets {}, and has {} of the yield still to sell in the end.",
        paid(none)?,
        best.name.replacen("smoothing", "a smoothing of", 1),
        paid(best)?,
        percent(unsold(&best.record), 1)
    ))
}

/// Intervals and rewards over time, a line for each smoothing.
fn figure(variants: &[Variant]) -> Figure {
    let end = pictures::days(variants[0].record.config.duration());
    let lines = |points: fn(&Record) -> Vec<(f64, f64)>| {
        (0..).zip(variants).map(move |(number, variant): (usize, &Variant)| {
            let colour = COLOURS[number % COLOURS.len()];
            Series::new(variant.name.clone(), colour, Mark::Line, points(&variant.record))
        })
    };
    let target = Series::new("target period", GREY, Mark::Dashes, vec![(0.0, 1.0), (end, 1.0)]);
    let intervals: Vec<Series> = std::iter::once(target).chain(lines(intervals)).collect();
    let rewards: Vec<Series> = lines(rewards).collect();
    let most =
        rewards.iter().flat_map(|series| &series.pieces).flatten().map(|point| point.1).fold(0.0, f64::max);
    let panel = |title: &str, y, series| Panel {
        title: title.into(),
        x: pictures::time_axis(&variants[0].record),
        y,
        series,
    };
    let interval_axis = pictures::axis_over("interval (target periods)", &intervals);
    let reward_axis = Axis::from_zero("R: reward of an epoch (tokens)", most, 6);
    pictures::figure(
        "Yield in Bursts",
        vec![
            panel("Time between sales", interval_axis, intervals),
            panel("Reward of each epoch", reward_axis, rewards),
        ],
    )
}

fn intervals(record: &Record) -> Vec<(f64, f64)> {
    let period = f64::from(record.config.target_period.0);
    record.sales.iter().map(|sale| (pictures::days(sale.time), f64::from(sale.interval) / period)).collect()
}

fn rewards(record: &Record) -> Vec<(f64, f64)> {
    let length = record.config.epoch_length.days();
    record.rows.iter().map(|row| (f64::from(row.epoch) * length, approximate(row.reward))).collect()
}

fn csv(variants: &[Variant]) -> Csv {
    let sales = variants.iter().flat_map(|variant| {
        let Record { config, sales, .. } = &variant.record;
        sales.iter().map(|sale| (config.smoothing.to_string(), sale))
    });
    files::sales("smoothing", sales)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::scenario::tests::run_with_random_seed;

    /// Paid parts of the lots' worth, for a smoothing of 0, 0.5 and 0.9.
    fn paid(document: &Value) -> [f64; 3] {
        [0, 1, 2]
            .map(|run| document["runs"][run]["summary"]["auction"]["efficiency"].as_f64().expect("sales"))
    }

    #[test]
    fn smoothing_gets_more_for_bursts() {
        let runs: Vec<_> = (0..5).map(|_| run_with_random_seed(run)).collect();
        let seeds: Vec<_> = runs.iter().map(|(seed, _)| seed).collect();
        for (seed, document) in &runs {
            let [none, _, much] = paid(document);
            assert!(none < much, "seed {seed}: {none}, and {much} with a smoothing of 0.9");
            let reading = document["reading"].as_str().expect("a sentence");
            assert!(reading.contains("a smoothing of 0.9"), "{reading}");
        }
        // The difference is clear on average. In a single run, bursts may come at a good time by chance.
        let mean = |of: usize| runs.iter().map(|(_, document)| paid(document)[of]).sum::<f64>() / 5.0;
        let [none, some, much] = [0, 1, 2].map(mean);
        assert!(none + 0.05 < some && some + 0.05 < much, "seeds {seeds:?}: {none} {some} {much}");
    }
}
