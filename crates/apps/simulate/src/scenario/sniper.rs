//! What the epoch queue is for: snipers who come for the second in which reward arrives, and leave.

use anyhow::{Context, Result};
use toml::Table;
use weir_report::{
    chart::{Axis, BLUE, Corner, Figure, Mark, ORANGE, Panel, Series},
    csv::Csv,
    output::Output,
    table::{Align, Table as Rows},
};

use super::{Told, Variant, config, document, runs};
use crate::{
    config::{
        Behaviour, Config, Payout,
        quantity::{approximate, decimal_text},
    },
    engine::{Asked, Record, Sample},
    measure::Group,
    show::{number, percent, pictures},
};

/// Twenty holders and ten snipers, with 100 tokens each; one vault, so that every reward is everyone's to go for.
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
/// Of [`VARIANTS`]: those that the sentence and the picture compare.
const AT_ONCE: usize = 0;
const QUEUE: usize = 2;
const SAMPLES: u32 = 120;

/// Runs it.
///
/// # Errors
/// If a setting is refused, or a file cannot be written.
pub fn run(own: &Table, output: &mut Output) -> Result<Told> {
    let asked = Asked { steps: false, samples: SAMPLES };
    let configs = VARIANTS.into_iter().map(|settings| {
        let config = config(BASE, own, settings)?;
        Ok((name(&config), config, asked))
    });
    let variants = runs(configs.collect::<Result<_>>()?)?;
    let reading = reading(&variants)?;
    output.draw("sniper", &figure(&variants))?;
    output.save("sniper", &csv(&variants))?;
    let told = format!(
        "Snipers deposit in the second of a sale, before it, and leave after so long. Seed {}.\n\n{}\n{reading}",
        variants[0].summary.seed,
        rows(&variants)?.text()
    );
    Ok((told, document("sniper", &reading, &variants)?))
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

/// What the figures say.
fn reading(variants: &[Variant]) -> Result<String> {
    let (at_once, _) = groups(&variants[AT_ONCE])?;
    let (queue, _) = groups(&variants[QUEUE])?;
    let verdict = if queue.share_of_rewards <= 2.0 * queue.share_of_stake_time {
        "no more than their stake's time is worth, so there is nothing to snipe"
    } else {
        "more than their stake's time is worth"
    };
    Ok(format!(
        "Paid at once, those who stay {} take {} of the rewards with {} of the stake's time; with the epoch queue they take {}, {verdict}.",
        variants[AT_ONCE].record.config.sniper_hold,
        percent(at_once.share_of_rewards, 1),
        percent(at_once.share_of_stake_time, 4),
        percent(queue.share_of_rewards, 4),
    ))
}

/// Rewards of both over time, with the queue and without.
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
        y: Axis::from_zero("rewarded so far (tokens)", most, 8),
        legend: Corner::UpperLeft,
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
    use crate::scenario::tests::told;

    #[test]
    fn the_queue_takes_the_sniper_s_profit() {
        for _ in 0..5 {
            let (seed, document) = told(run);
            let share = |of: usize, what: &str| {
                let groups = &document["runs"][of]["summary"]["behaviours"];
                let sniper = groups
                    .as_array()
                    .and_then(|groups| groups.iter().find(|group| group["behaviour"] == "sniper"));
                sniper.and_then(|sniper| sniper[what].as_f64()).expect("a sniper")
            };
            // A third of the stake in the second of the sale: a third of the reward, for no time to speak of.
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
