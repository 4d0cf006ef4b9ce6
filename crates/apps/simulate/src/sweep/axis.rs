//! An axis of a sweep: a setting and its values, such as `epoch-length=1h..14d:8` or `smoothing=0,0.5,0.9`.

use std::str::FromStr;

use toml::Value;

use crate::config::{
    Config,
    quantity::{Seconds, Tokens, decimal_text},
    table,
};

/// Most values of an axis.
const MAX_VALUES: usize = 100;
/// Values between the ends of a range are rounded to this: a ten-thousandth of a token or part.
const ROUNDING: u128 = crate::config::quantity::TOKEN / 10_000;

/// A setting, and its values as text for the flags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    pub setting: String,
    pub values: Vec<String>,
    pub kind: Kind,
}

/// How the values of a setting are spread and drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers, in equal steps.
    Whole,
    /// Durations, by equal factors.
    Time,
    /// Amounts, parts and words, in equal steps where there is a range.
    Other,
}

impl Kind {
    /// That of a setting with this default.
    fn of(default: &Value) -> Self {
        match default {
            Value::Integer(_) => Self::Whole,
            Value::String(text) if text.ends_with(char::is_alphabetic) && text.parse::<Seconds>().is_ok() => {
                Self::Time
            }
            _ => Self::Other,
        }
    }
}

impl FromStr for Axis {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (setting, values) = text.split_once('=').ok_or_else(|| {
            format!("{text:?} has no values: write a setting and its values, such as smoothing=0..0.95:10")
        })?;
        let defaults = table(&Config::default()).map_err(|error| error.to_string())?;
        let kind = match defaults.get(setting) {
            Some(default) => Kind::of(default),
            None if setting == "first-price" => Kind::Other,
            None => return Err(format!("{setting:?} is not a setting: --help lists all")),
        };
        let values: Vec<String> = match values.rsplit_once(':') {
            Some((range, count)) => spread(range, count, kind)?,
            None => values.split(',').map(str::to_owned).collect(),
        };
        if values.len() > MAX_VALUES {
            return Err(format!("{text:?} has {} values: take at most {MAX_VALUES}", values.len()));
        }
        Ok(Self { setting: setting.to_owned(), values, kind })
    }
}

/// The values of a cell, one for each axis. The first axis varies fastest.
pub fn cell_values(axes: &[Axis], cell: usize) -> Vec<&str> {
    let mut rest = cell;
    let mut values = Vec::new();
    for axis in axes {
        values.push(axis.values[rest % axis.values.len()].as_str());
        rest /= axis.values.len();
    }
    values
}

/// `count` values from the first to the last. Times have equal factors, all others equal steps.
fn spread(range: &str, count: &str, kind: Kind) -> Result<Vec<String>, String> {
    let invalid = || {
        format!("{range}:{count} is not a range: write first value, last value and count, such as 1h..14d:8")
    };
    let (first, last) = range.split_once("..").ok_or_else(invalid)?;
    let count: usize = count.parse().map_err(|_| invalid())?;
    if !(2..=MAX_VALUES).contains(&count) {
        return Err(format!("a range cannot have {count} values: take 2 to {MAX_VALUES}"));
    }
    let mut values: Vec<String> = if kind == Kind::Whole {
        let [first, last] = [first, last].map(|end| end.parse::<u32>().map_err(|_| invalid()));
        linear(f64::from(first?), f64::from(last?), count).map(|value| format!("{value:.0}")).collect()
    } else if kind == Kind::Time {
        let (first, last): (Seconds, Seconds) = (first.parse()?, last.parse()?);
        if first.0 == 0 || last.0 == 0 {
            return Err(format!("{range} starts or ends at 0: take at least 1s"));
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

/// Values with equal factors, rounded to hours, minutes or seconds: the largest unit that keeps all values distinct.
/// The ends are not rounded.
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
    fn times_have_equal_factors_and_other_values_equal_steps() {
        assert_eq!(values("epoch-length=1h..16h:5"), ["1 h", "2 h", "4 h", "8 h", "16 h"]);
        assert_eq!(values("smoothing=0..0.9:4"), ["0", "0.3", "0.6", "0.9"]);
        assert_eq!(values("vaults=1..9:3"), ["1", "5", "9"]);
        assert_eq!(values("vaults=1..2:5"), ["1", "2"]);
        assert_eq!(values("smoothing=0,0.5"), ["0", "0.5"]);
        assert_eq!(values("yield=constant,bursty"), ["constant", "bursty"]);
        assert_eq!(values("tick=3600..14400:3"), ["1 h", "2 h", "4 h"]);
        assert_eq!(values("tick=1m..4m:3"), ["1 min", "2 min", "4 min"]);
        assert_eq!(values("tick=2m..30s:3"), ["2 min", "1 min", "30 s"]);
        assert_eq!(values("target-period=1h..4d:20").len(), 20);
        let ends = values("epoch-length=1h..14d:8");
        assert_eq!((ends.len(), ends[0].as_str(), ends[7].as_str()), (8, "1 h", "14 days"));
    }

    #[test]
    fn an_invalid_axis_is_an_error_of_one_line() {
        for text in [
            "smoothing",
            "colour=1..2:3",
            "smoothing=0..1:1",
            "smoothing=0..1:1000",
            "smoothing=a..b:3",
            "epoch-length=0s..1h:4",
            "vaults=1.5..3:2",
        ] {
            let axis = text.parse::<Axis>();
            assert!(axis.as_ref().is_err_and(|error| !error.contains('\n')), "{text}: {axis:?}");
        }
    }
}
