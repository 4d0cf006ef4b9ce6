//! One setting and the values it goes through: `epoch-length=1h..14d:8`, `smoothing=0,0.5,0.9`.

use std::str::FromStr;

use toml::Value;

use crate::config::{
    Config,
    quantity::{Seconds, Tokens, decimal_text},
    table,
};

/// Values of an axis at most.
const MOST_VALUES: usize = 100;
/// What a value between two others is rounded to: a ten-thousandth token or part.
const ROUNDING: u128 = crate::config::quantity::TOKEN / 10_000;

/// A setting, and its values as the flags take them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    pub setting: String,
    pub values: Vec<String>,
}

impl FromStr for Axis {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (setting, values) = text.split_once('=').ok_or_else(|| {
            format!("{text:?} names no values: write a setting and them, such as smoothing=0..0.95:10")
        })?;
        let defaults = table(&Config::default()).map_err(|error| error.to_string())?;
        let is_whole = match defaults.get(setting) {
            Some(Value::Integer(_)) => true,
            Some(_) => false,
            None if setting == "first-price" => false,
            None => return Err(format!("{setting:?} is no setting: --help lists them")),
        };
        let values: Vec<String> = match values.rsplit_once(':') {
            Some((range, count)) => spread(range, count, is_whole)?,
            None => values.split(',').map(str::to_owned).collect(),
        };
        if values.len() > MOST_VALUES {
            return Err(format!("{text:?} has {} values: take at most {MOST_VALUES}", values.len()));
        }
        Ok(Self { setting: setting.to_owned(), values })
    }
}

/// The values of a cell, one for each axis: the first axis goes fastest.
pub fn place(axes: &[Axis], cell: usize) -> Vec<&str> {
    let mut rest = cell;
    let mut values = Vec::new();
    for axis in axes {
        values.push(axis.values[rest % axis.values.len()].as_str());
        rest /= axis.values.len();
    }
    values
}

/// `count` values from the first to the last: times by equal factors, all else by equal steps.
fn spread(range: &str, count: &str, is_whole: bool) -> Result<Vec<String>, String> {
    let refused =
        || format!("{range}:{count} is no range: write the first, the last and how many, such as 1h..14d:8");
    let (first, last) = range.split_once("..").ok_or_else(refused)?;
    let count: usize = count.parse().map_err(|_| refused())?;
    if !(2..=MOST_VALUES).contains(&count) {
        return Err(format!("{count} values make no range: take 2 to {MOST_VALUES}"));
    }
    let mut values: Vec<String> = if is_whole {
        let [first, last] = [first, last].map(|end| end.parse::<u32>().map_err(|_| refused()));
        linear(f64::from(first?), f64::from(last?), count).map(|value| format!("{value:.0}")).collect()
    } else if first.ends_with(|end: char| end.is_ascii_alphabetic()) {
        let (first, last): (Seconds, Seconds) = (first.parse()?, last.parse()?);
        if first.0 == 0 || last.0 == 0 {
            return Err(format!("{range} begins or ends at no time at all: take 1s or more"));
        }
        geometric(first.0, last.0, count).into_iter().map(|seconds| Seconds(seconds).to_string()).collect()
    } else {
        let (first, last): (Tokens, Tokens) = (first.parse()?, last.parse()?);
        let values = linear(first.0 as f64, last.0 as f64, count);
        values.map(|value| decimal_text((value as u128 + ROUNDING / 2) / ROUNDING * ROUNDING)).collect()
    };
    values.dedup();
    Ok(values)
}

fn linear(first: f64, last: f64, count: usize) -> impl Iterator<Item = f64> {
    (0..count).map(move |number| first + (last - first) * number as f64 / (count - 1) as f64)
}

/// Rounded to whole hours, minutes or seconds: the first of them that keeps all values apart. The ends stay as they are.
fn geometric(first: u32, last: u32, count: usize) -> Vec<u32> {
    let factor = f64::from(last) / f64::from(first);
    let rounded = |unit: f64| -> Vec<u32> {
        let value = |number: usize| match number {
            0 => first,
            _ if number == count - 1 => last,
            _ => {
                let exact = f64::from(first) * factor.powf(number as f64 / (count - 1) as f64);
                ((exact / unit).round() * unit) as u32
            }
        };
        (0..count).map(value).collect()
    };
    let keeps_apart =
        |values: &Vec<u32>| values.is_sorted_by(|a, b| if first < last { a < b } else { a > b });
    [3_600.0, 60.0].map(rounded).into_iter().find(keeps_apart).unwrap_or_else(|| rounded(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        text.parse::<Axis>().unwrap().values
    }

    #[test]
    fn times_go_by_factors_and_parts_by_steps() {
        assert_eq!(values("epoch-length=1h..16h:5"), ["1 h", "2 h", "4 h", "8 h", "16 h"]);
        assert_eq!(values("smoothing=0..0.9:4"), ["0", "0.3", "0.6", "0.9"]);
        assert_eq!(values("vaults=1..9:3"), ["1", "5", "9"]);
        assert_eq!(values("vaults=1..2:5"), ["1", "2"]);
        assert_eq!(values("smoothing=0,0.5"), ["0", "0.5"]);
        assert_eq!(values("yield=constant,bursty"), ["constant", "bursty"]);
        assert_eq!(values("tick=1m..4m:3"), ["1 min", "2 min", "4 min"]);
        assert_eq!(values("tick=2m..30s:3"), ["2 min", "1 min", "30 s"]);
        assert_eq!(values("target-period=1h..4d:20").len(), 20);
        let ends = values("epoch-length=1h..14d:8");
        assert_eq!((ends.len(), ends[0].as_str(), ends[7].as_str()), (8, "1 h", "14 days"));
    }

    #[test]
    fn what_is_no_axis_is_refused_in_a_sentence() {
        for text in [
            "smoothing",
            "colour=1..2:3",
            "smoothing=0..1:1",
            "smoothing=0..1:1000",
            "smoothing=a..b:3",
            "epoch-length=0s..1h:4",
            "vaults=1.5..3:2",
        ] {
            let told = text.parse::<Axis>();
            assert!(told.as_ref().is_err_and(|error| !error.contains('\n')), "{text}: {told:?}");
        }
    }
}
