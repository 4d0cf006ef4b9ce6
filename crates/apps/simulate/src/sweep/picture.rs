//! The picture of a sweep: a heat map for two settings; for one, a line over numbers and times, or bars over words.

use weir_report::chart::{
    Axis as Scale, BLUE, Figure, Mark, Panel, Series,
    heat::{Categories, HeatMap},
};

use super::{Axis, axis::Kind};
use crate::{config::quantity::Seconds, measure::Measure};

/// Size of the picture in pixels.
const SIZE: (u32, u32) = (1200, 720);
/// Half the width of a bar, where the distance of two bars is 1.
const HALF_BAR: f64 = 0.3;

/// The figures by two settings.
pub fn heat_map(x: &Axis, y: &Axis, figures: &[Option<f64>], measure: Measure) -> HeatMap {
    let categories = |axis: &Axis| Categories { label: label(axis), names: axis.values.clone() };
    HeatMap {
        title: title(measure, &[x, y]),
        size: SIZE,
        x: categories(x),
        y: categories(y),
        label: measure.label().into(),
        cells: figures.chunks(x.values.len()).map(<[Option<f64>]>::to_vec).collect(),
    }
}

/// The figures by one setting.
pub fn figure(x: &Axis, figures: &[Option<f64>], measure: Measure) -> Figure {
    let (scale, series) = match numbers(x) {
        Some(numbers) => (scale(x, &numbers), line(&numbers, figures)),
        None => (Scale::categories(label(x), x.values.clone()), bars(figures)),
    };
    let most = figures.iter().flatten().copied().fold(0.0, f64::max);
    let y = Scale::from_zero(measure.label(), most, 8);
    let panel = Panel { title: String::new(), x: scale, y, series: vec![series] };
    Figure { title: title(measure, &[x]), size: SIZE, panels: vec![panel] }
}

/// The values of a setting as numbers, times in days. `None` if they are words or ranges.
fn numbers(x: &Axis) -> Option<Vec<f64>> {
    let number = |value: &String| match x.kind {
        Kind::Time => value.parse().ok().map(Seconds::days),
        Kind::Whole | Kind::Other => value.parse().ok(),
    };
    x.values.iter().map(number).collect()
}

fn scale(x: &Axis, numbers: &[f64]) -> Scale {
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let most = numbers.iter().copied().fold(0.0, f64::max);
    match x.kind {
        Kind::Time if least > 0.0 => {
            Scale::logarithmic(format!("{} (days)", words(x)), least / 1.1, most * 1.1)
        }
        Kind::Time => Scale::linear(format!("{} (days)", words(x)), least, most, 10),
        Kind::Whole => Scale::linear(label(x), least, most, 10).whole(),
        Kind::Other => Scale::linear(label(x), least, most, 10),
    }
}

fn line(numbers: &[f64], figures: &[Option<f64>]) -> Series {
    let points = numbers.iter().zip(figures).filter_map(|(at, figure)| Some((*at, (*figure)?)));
    Series::new("", BLUE, Mark::DottedLine, points.collect())
}

fn bars(figures: &[Option<f64>]) -> Series {
    let bar = |(at, figure): (u32, &Option<f64>)| {
        let at = f64::from(at);
        Some(vec![(at - HALF_BAR, 0.0), (at + HALF_BAR, (*figure)?)])
    };
    let pieces = (0..).zip(figures).filter_map(bar).collect();
    Series { name: String::new(), colour: BLUE, mark: Mark::Boxes, pieces }
}

/// The measure and the settings, without their units.
fn title(measure: Measure, axes: &[&Axis]) -> String {
    let name = |label: &str| label.split(" (").next().unwrap_or_default().to_owned();
    let settings: Vec<String> = axes.iter().map(|axis| name(&label(axis))).collect();
    let title = format!("{} by {}", name(measure.label()), settings.join(" and "));
    let mut letters = title.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// A setting with its unit. Times carry their own.
fn label(axis: &Axis) -> String {
    let unit = match axis.setting.as_str() {
        "stakers" | "vaults" | "epochs" | "buyers" => return format!("number of {}", axis.setting),
        "budget" | "yield-per-day" => "tokens",
        "first-price" => "reward tokens",
        "yield-value" => "reward tokens per yield token",
        "expectation" => "reward tokens per day",
        "exit-chance" => "per epoch, 0 to 1",
        "smoothing" | "seeker-threshold" | "yield-spread" | "burst-share" | "buyer-margin" => "0 to 1",
        _ => return words(axis),
    };
    format!("{} ({unit})", words(axis))
}

fn words(axis: &Axis) -> String {
    axis.setting.replace('-', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, table};

    fn drawn(axis: &str) -> Panel {
        let axis: Axis = axis.parse().unwrap();
        let figures = vec![Some(1.0); axis.values.len()];
        figure(&axis, &figures, Measure::Efficiency).panels.remove(0)
    }

    #[test]
    fn the_axis_of_every_setting_has_a_unit_or_counts_or_names() {
        for (setting, value) in table(&Config::default()).unwrap() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let x = drawn(&format!("{setting}={value}")).x;
            let names = !x.names.is_empty() && !value.starts_with(|digit: char| digit.is_ascii_digit());
            let counts = x.label.starts_with("number of") || x.label == "seed";
            assert!(x.label.ends_with(')') || counts || names, "{setting}={value}: {}", x.label);
        }
    }

    #[test]
    fn counts_have_whole_ticks_and_times_a_log_scale() {
        let counted = drawn("vaults=1..3:3").x;
        assert_eq!((counted.label.as_str(), counted.ticks), ("number of vaults", vec![1.0, 2.0, 3.0]));
        assert_eq!(drawn("tick=1h..4d:5").x.label, "tick (days, log scale)");
        assert_eq!(drawn("sniper-hold=0,3600").x.label, "sniper hold (days)");
        let named = drawn("yield=constant,bursty");
        assert_eq!(
            (named.x.names, named.series[0].mark),
            (vec!["constant".into(), "bursty".into()], Mark::Boxes)
        );
    }

    #[test]
    fn titles_have_no_units() {
        let [x, y]: [Axis; 2] = ["stakers=1..9:3", "smoothing=0..1:2"].map(|axis| axis.parse().unwrap());
        let title = title(Measure::Efficiency, &[&x, &y]);
        assert_eq!(title, "Paid of the lots' worth by number of stakers and smoothing");
    }
}
