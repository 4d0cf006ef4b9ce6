//! The effect of the epoch queue: snipers come for the second in which reward arrives, and leave.

use anyhow::{Context, Result};
use toml::Table;
use weir_report::{
    chart::{Axis, BLUE, Figure, Mark, ORANGE, Panel, Series},
    csv::Csv,
    output::OutputFolder,
    table::{Align, Table as Rows},
};

use super::{Report, Variant, config, document, runs};
use crate::{
    config::{
        Behaviour, Config, Payout,
        quantity::{approximate, decimal_text},
    },
    engine::{Record, Recording, Sample},
    measure::Group,
    show::{number, percent, pictures},
};

/// Twenty holders and ten snipers with 100 tokens each, in one vault, so that snipers can go for every reward.
const BASE: &str = "
stakers = 30
mix = 'holder=2,sniper=1'
budget = 100
vaults = 1
yield = 'constant'
yield-spread = 0
";
const VARIANTS: [&str; 4] = [
    "payout = 'at-once'\nsniper-hold = '1s'",
    "payout = 'at-once'\nsniper-hold = '1h'",
    "payout = 'queue'\nsniper-hold = '1s'",
    "payout = 'queue'\nsniper-hold = '1h'",
];
/// Indices in [`VARIANTS`] of those that the sentence and the picture compare.
const AT_ONCE: usize = 0;
const QUEUE: usize = 2;
const SAMPLES: u32 = 120;

/// Runs the scenario.
///
/// # Errors
/// If a setting is invalid, or a file cannot be written.
pub fn run(user: &Table, output: &mut OutputFolder) -> Result<Report> {
    let recording = Recording { steps: false, samples: SAMPLES };
    let configs = VARIANTS.into_iter().map(|settings| {
        let config = config(BASE, user, settings)?;
        Ok((name(&config), config, recording))
    });
    let variants = runs(configs.collect::<Result<_>>()?)?;
    let reading = reading(&variants)?;
    output.draw("sniper", &figure(&variants))?;
    output.save("sniper", &csv(&variants))?;
    let text = format!(
        "Snipers deposit right before a sale, in the same second, and leave after the time shown. \
         Seed {}.\n\n{}\n{reading}",
        variants[0].summary.seed,
        rows(&variants)?.text()
    );
    Ok((text, document("sniper", &reading, &variants)?))
}

fn name(config: &Config) -> String {
    format!("{}, they stay {}", payout_name(config.payout), config.sniper_hold)
}

fn payout_name(payout: Payout) -> &'static str {
    match payout {
        Payout::Queue => "epoch queue",
        Payout::AtOnce => "at once (hypothetical)",
    }
}

fn groups(variant: &Variant) -> Result<(&Group, &Group)> {
    let group = |behaviour| variant.summary.group(behaviour);
    let both = group(Behaviour::Sniper).zip(group(Behaviour::Holder));
    both.context("this scenario compares snipers with holders: give --mix a weight for both")
}

fn rows(variants: &[Variant]) -> Result<Rows> {
    let mut table = Rows::new([
        ("rewards are paid", Align::Left),
        ("snipers stay", Align::Right),
        ("they deposit", Align::Right),
        ("of all stake", Align::Right),
        ("of all rewards", Align::Right),
        ("they get (tokens)", Align::Right),
        ("holders get (tokens)", Align::Right),
        ("for stake and time, holders 1", Align::Right),
    ]);
    for variant in variants {
        let (snipers, holders) = groups(variant)?;
        let yields = snipers.yearly_yield.zip(holders.yearly_yield.filter(|yearly| *yearly > 0.0));
        table.row(vec![
            payout_name(variant.record.config.payout).to_owned(),
            variant.record.config.sniper_hold.to_string(),
            format!("{} times", snipers.deposits),
            percent(snipers.share_of_stake_time, 4),
            percent(snipers.share_of_rewards, 4),
            format!("{:.3}", snipers.rewarded_tokens),
            format!("{:.3}", holders.rewarded_tokens),
            number(yields.map(|(snipers, holders)| snipers / holders), 2),
        ]);
    }
    Ok(table)
}

/// Compares payout at once with the epoch queue.
fn reading(variants: &[Variant]) -> Result<String> {
    let (at_once, _) = groups(&variants[AT_ONCE])?;
    let (queue, _) = groups(&variants[QUEUE])?;
    let verdict = if queue.share_of_rewards <= 2.0 * queue.share_of_stake_time {
        "no more than their stake's time is worth, so there is nothing to snipe"
    } else {
        "more than their stake's time is worth"
    };
    Ok(format!(
        "Paid at once, those who stay {} take {} of the rewards with {} of the stake's time; with \
         the epoch queue they take {}, {verdict}.",
        variants[AT_ONCE].record.config.sniper_hold,
        percent(at_once.share_of_rewards, 1),
        percent(at_once.share_of_stake_time, 4),
        percent(queue.share_of_rewards, 4),
    ))
}

/// Rewards of holders and snipers over time, with and without the queue.
fn figure(variants: &[Variant]) -> Figure {
    let line = |of: usize, behaviour, what: &str, colour, mark| {
        let variant = &variants[of];
        let payout = payout_name(variant.record.config.payout);
        Series::new(format!("{what}, {payout}"), colour, mark, over_time(&variant.record, behaviour))
    };
    let series = vec![
        line(QUEUE, Behaviour::Holder, "holders", BLUE, Mark::Line),
        line(AT_ONCE, Behaviour::Holder, "holders", BLUE, Mark::Dashes),
        line(AT_ONCE, Behaviour::Sniper, "snipers", ORANGE, Mark::Dashes),
        line(QUEUE, Behaviour::Sniper, "snipers", ORANGE, Mark::Line),
    ];
    let figures = series.iter().flat_map(|series| &series.pieces).flatten();
    let most = figures.map(|point| point.1).fold(1.0, f64::max);
    let panel = Panel {
        title: String::new(),
        x: pictures::time_axis(&variants[QUEUE].record),
        y: Axis::from_zero("reward so far, claimed and claimable (tokens)", most, 8),
        series,
    };
    pictures::figure("Rewards of Holders and Snipers", vec![panel])
}

fn over_time(record: &Record, behaviour: Behaviour) -> Vec<(f64, f64)> {
    let point =
        |sample: &Sample| (pictures::days(sample.time), approximate(sample.rewards[behaviour.number()]));
    record.samples.iter().map(point).collect()
}

fn csv(variants: &[Variant]) -> Csv {
    let mut csv = Csv::new(&["run", "time_seconds", "holders_rewarded_tokens", "snipers_rewarded_tokens"]);
    for variant in variants {
        for sample in &variant.record.samples {
            csv.row(&[
                variant.name.clone(),
                sample.time.to_string(),
                decimal_text(sample.rewards[Behaviour::Holder.number()]),
                decimal_text(sample.rewards[Behaviour::Sniper.number()]),
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
    fn the_queue_leaves_no_profit_to_snipers() {
        for _ in 0..5 {
            let (seed, document) = run_with_random_seed(run);
            let share = |of: usize, what: &str| {
                let groups = &document["runs"][of]["summary"]["behaviours"];
                let sniper = groups
                    .as_array()
                    .and_then(|groups| groups.iter().find(|group| group["behaviour"] == "sniper"));
                sniper.and_then(|sniper| sniper[what].as_f64()).expect("a sniper")
            };
            // Snipers have a third of the stake in the second of the sale, so they get a third of the reward.
            assert!((share(AT_ONCE, "share_of_rewards") - 1.0 / 3.0).abs() < 1e-3, "seed {seed}");
            assert!(share(QUEUE, "share_of_rewards") < 1e-4, "seed {seed}");
            for queue in [QUEUE, QUEUE + 1] {
                assert!(
                    share(queue, "share_of_rewards") < share(queue, "share_of_stake_time"),
                    "seed {seed}"
                );
            }
            let reading = document["reading"].as_str().expect("a sentence");
            assert!(reading.contains("33.3 %") && reading.ends_with("nothing to snipe."), "{reading}");
        }
    }
}
