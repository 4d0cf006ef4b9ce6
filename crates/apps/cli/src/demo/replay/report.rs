//! Output of the replay: tables of chain and model side by side, the model's two figures, and their data.
//! JSON for scripts has the rewards.

use anyhow::Result;
use num_rational::BigRational;
use serde_json::{Value, json};

use super::{
    Replayed,
    check::Observation,
    example::{ACTIONS, Expected, WALLETS},
};
use crate::{
    demo::rational::{approximate, decimal, units, units_of},
    demo::results::Results,
};
use weir_report::{
    chart::{Axis, BLUE, COLOURS, Figure, Mark, Panel, Series},
    csv::Csv,
    table::{Align, Table},
};

/// Size of a figure in pixels: the proportions of the model's own figures, larger.
const SIZE: (u32, u32) = (960, 720);

/// The steps and the rewards as tables.
pub fn text(replayed: &Replayed, expected: &Expected) -> String {
    format!(
        "\nReplay of the toy vault model: S and wallets in tokens after each step, next to the model\n\n{}\n\
         Rewards in tokens, and wallets after all stakers have left\n\n{}\n\
         Every stake equals the model's. Wallets and rewards are the exact amounts rounded down, by at most {} base \
         units\n(1 token = 10^18 base units). The vault rounds its index down, so it may reach a whole amount one unit \
         short.\nNo token was lost or created.\n",
        steps(replayed, expected).text(),
        rewards(replayed, expected).text(),
        two_digits(&replayed.largest_loss),
    )
}

/// The exact rewards for scripts.
pub fn document(replayed: &Replayed, expected: &Expected) -> Value {
    let stakers = replayed.end.stakers.iter().zip(&expected.end.stakers);
    let stakers: Vec<Value> = stakers
        .map(|(seen, exact)| json!({ "reward": decimal(seen.reward()), "model": exact.earned().to_string() }))
        .collect();
    json!({ "stakers": stakers, "largest_rest_base_units": replayed.largest_loss.to_string() })
}

/// Writes pictures and data.
///
/// # Errors
/// If a file cannot be written.
pub fn write(replayed: &Replayed, expected: &Expected, results: &mut Results) -> Result<()> {
    results.draw("vault-balance", &vault_figure(replayed))?;
    results.save("vault-balance", &vault_csv(replayed, expected))?;
    results.draw("staker-balances", &stakers_figure(replayed))?;
    results.save("staker-balances", &stakers_csv(replayed, expected))
}

fn steps(replayed: &Replayed, expected: &Expected) -> Table {
    let names = std::iter::once("S".to_owned()).chain((0..WALLETS.len()).map(|number| format!("s{number}")));
    let mut headings = vec![("step".to_owned(), Align::Right), ("actions".to_owned(), Align::Left)];
    headings.extend(names.flat_map(|name| [(name, Align::Right), ("model".to_owned(), Align::Right)]));
    let mut table = Table::with_columns(headings);
    for (step, (observed, exact)) in replayed.steps.iter().zip(&expected.steps).enumerate() {
        let mut row = vec![step.to_string(), actions(step)];
        row.extend([decimal(observed.total_stake), exact.total_stake.to_string()]);
        for (seen, exact) in observed.stakers.iter().zip(&exact.stakers) {
            row.extend([decimal(seen.wallet), exact.wallet.to_string()]);
        }
        table.row(row);
    }
    table
}

fn rewards(replayed: &Replayed, expected: &Expected) -> Table {
    let mut table = Table::new([
        ("staker", Align::Left),
        ("began with", Align::Right),
        ("claimed + earned", Align::Right),
        ("model", Align::Right),
        ("less by (base units)", Align::Right),
        ("ended with", Align::Right),
    ]);
    for (number, (seen, exact)) in replayed.end.stakers.iter().zip(&expected.end.stakers).enumerate() {
        table.row(vec![
            format!("s{number}"),
            WALLETS[number].to_string(),
            decimal(seen.reward()),
            exact.earned().to_string(),
            two_digits(&(units_of(&exact.earned()) - units(seen.reward()))),
            replayed.exit.stakers.get(number).map(|seen| decimal(seen.wallet)).unwrap_or_default(),
        ]);
    }
    table
}

/// The actions of a step: `s0 d2, s3 d3`.
fn actions(step: usize) -> String {
    let actions = step.checked_sub(1).and_then(|index| ACTIONS.get(index)).copied().unwrap_or_default();
    let texts: Vec<String> =
        actions.iter().map(|action| format!("s{} {}", action.staker(), action.code())).collect();
    texts.join(", ")
}

/// A number of base units with two digits after the point, rounded half up.
fn two_digits(value: &BigRational) -> String {
    let hundredths = (value * num_bigint::BigInt::from(100)).round().to_integer();
    let text = format!("{hundredths:>03}");
    let (whole, rest) = text.split_at(text.len() - 2);
    format!("{whole}.{rest}")
}

fn vault_figure(replayed: &Replayed) -> Figure {
    let points = over_steps(&replayed.steps, |observed| approximate(observed.total_stake));
    let largest = points.iter().map(|(_, y)| *y).fold(1.0, f64::max);
    let panel = Panel {
        title: String::new(),
        x: time_axis(replayed),
        y: Axis::from_zero("S: stake of all stakers (tokens)", largest, 8),
        series: vec![Series::new("", BLUE, Mark::DottedLine, points)],
    };
    Figure { title: "Stake in the Vault".into(), size: SIZE, panels: vec![panel] }
}

fn stakers_figure(replayed: &Replayed) -> Figure {
    let series: Vec<Series> = (0..WALLETS.len())
        .map(|number| {
            let points = over_steps(&replayed.steps, |observed| {
                observed.stakers.get(number).map_or(f64::NAN, |seen| approximate(seen.wallet))
            });
            let colour = COLOURS[number % COLOURS.len()];
            Series::new(format!("staker {number}"), colour, Mark::DottedLine, points)
        })
        .collect();
    let all = series.iter().flat_map(|series| &series.pieces).flatten();
    let largest = all.map(|(_, y)| *y).fold(1.0, f64::max);
    let panel = Panel {
        title: String::new(),
        x: time_axis(replayed),
        y: Axis::from_zero("wallet (tokens)", largest, 8),
        series,
    };
    Figure { title: "Wallets of the Stakers".into(), size: SIZE, panels: vec![panel] }
}

fn time_axis(replayed: &Replayed) -> Axis {
    let last = replayed.steps.len().saturating_sub(1);
    Axis::from_zero("time (steps of one epoch)", last as f64, 10).whole()
}

fn over_steps(steps: &[Observation], value: impl Fn(&Observation) -> f64) -> Vec<(f64, f64)> {
    steps.iter().enumerate().map(|(step, observed)| (step as f64, value(observed))).collect()
}

fn vault_csv(replayed: &Replayed, expected: &Expected) -> Csv {
    let mut csv =
        Csv::new(&["step", "total_stake_tokens", "model_tokens", "vault_holds_tokens", "reserve_tokens"]);
    for (step, (observed, exact)) in replayed.steps.iter().zip(&expected.steps).enumerate() {
        csv.row(&[
            step.to_string(),
            decimal(observed.total_stake),
            exact.total_stake.to_string(),
            decimal(observed.vault),
            decimal(observed.reserve),
        ]);
    }
    csv
}

fn stakers_csv(replayed: &Replayed, expected: &Expected) -> Csv {
    let mut csv = Csv::new(&[
        "step",
        "staker",
        "wallet_tokens",
        "wallet_model",
        "stake_tokens",
        "stake_model",
        "reward_tokens",
        "reward_model",
    ]);
    for (step, (observed, exact)) in replayed.steps.iter().zip(&expected.steps).enumerate() {
        for (number, (seen, exact)) in observed.stakers.iter().zip(&exact.stakers).enumerate() {
            csv.row(&[
                step.to_string(),
                number.to_string(),
                decimal(seen.wallet),
                exact.wallet.to_string(),
                decimal(seen.stake),
                exact.stake.to_string(),
                decimal(seen.reward()),
                exact.earned().to_string(),
            ]);
        }
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::rational::ratio;

    #[test]
    fn rounding_losses_have_two_digits() {
        assert_eq!(two_digits(&ratio(0, 1)), "0.00");
        assert_eq!(two_digits(&ratio(9, 11)), "0.82");
        assert_eq!(two_digits(&ratio(1, 1)), "1.00");
    }

    #[test]
    fn actions_are_shown_by_their_codes() {
        assert_eq!(actions(0), "");
        assert_eq!(actions(5), "s0 d1, s1 d1, s2 c, s3 d3");
    }
}
