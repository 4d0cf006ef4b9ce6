//! Charts of a run: the objective over time, the distribution of rewards, and the auction's intervals.

use weir_report::chart::{
    Axis, BLUE, COLOURS, Figure, GREY, Mark, ORANGE, Panel, Series,
    histogram::{Group, Histogram},
};

use crate::{
    config::{
        Behaviour,
        quantity::{DAY, approximate},
    },
    engine::Record,
    measure::stake_per_reward,
};

/// Width in pixels, and height of one panel.
const WIDTH: u32 = 1200;
const PANEL_HEIGHT: u32 = 460;
const TITLE_HEIGHT: u32 = 60;
/// Number of ranges of a histogram.
const RANGES: u32 = 30;
/// Most vaults that get a line each.
const MAX_LINES: usize = 4;
/// Number of time intervals over which a larger number of vaults is summarised.
const BINS: usize = 150;

/// An axis is logarithmic if the largest figure is at least this many times the smallest.
const LOGARITHMIC_RATIO: f64 = 12.0;

type Point = (f64, f64);

/// *S/R* of the vaults over time.
pub fn objective(record: &Record) -> Figure {
    let epoch = record.config.epoch_length.days();
    let lines = (0..record.vaults.len())
        .map(|vault| {
            let rows = record.rows.iter().filter(|row| row.vault == vault);
            rows.filter_map(|row| Some((f64::from(row.epoch) * epoch, stake_per_reward(row, record)?)))
                .collect()
        })
        .collect();
    over_time(record, "Stake over Reward", "S/R: stake over reward per day (days)", lines, None)
}

/// The time between sales, and the target period.
pub fn intervals(record: &Record) -> Figure {
    let period = f64::from(record.config.target_period.0);
    let lines = (0..record.vaults.len())
        .map(|vault| {
            let sales = record.sales.iter().filter(|sale| sale.vault == vault);
            sales.map(|sale| (days(sale.time), f64::from(sale.interval) / period)).collect()
        })
        .collect();
    over_time(record, "Time between Sales", "interval (target periods)", lines, Some(1.0))
}

/// Histogram of the stakers' rewards.
pub fn rewards(record: &Record) -> Figure {
    let groups: Vec<Group> = Behaviour::ALL
        .into_iter()
        .map(|behaviour| Group {
            name: behaviour.name().to_owned(),
            colour: COLOURS[behaviour.number() % COLOURS.len()],
            figures: record
                .stakers
                .iter()
                .filter(|staker| staker.behaviour == behaviour)
                .map(|staker| approximate(staker.reward()))
                .collect(),
        })
        .filter(|group| !group.figures.is_empty())
        .collect();
    let histogram = Histogram::new(&groups, RANGES);
    let panel = Panel {
        title: String::new(),
        x: Axis::from_zero("reward of a staker, claimed and claimable (tokens)", histogram.widest, 12),
        y: Axis::from_zero("number of stakers", histogram.highest, 8).whole(),
        series: histogram.series,
    };
    figure("Rewards of the Stakers", vec![panel])
}

/// A figure of these panels, all of the same height.
pub fn figure(title: &str, panels: Vec<Panel>) -> Figure {
    let height = TITLE_HEIGHT + PANEL_HEIGHT * panels.len() as u32;
    Figure { title: title.into(), size: (WIDTH, height), panels }
}

/// The time axis of a run.
pub fn time_axis(record: &Record) -> Axis {
    Axis::from_zero("time (days)", days(record.config.duration()), 10)
}

/// Converts seconds to days.
pub fn days(seconds: u32) -> f64 {
    f64::from(seconds) / f64::from(DAY)
}

/// A y axis for these series: from 0, or logarithmic for a large range.
pub fn axis_over(label: &str, series: &[Series]) -> Axis {
    let figures = || series.iter().flat_map(|series| &series.pieces).flatten().map(|point| point.1);
    let least = figures().filter(|figure| *figure > 0.0).fold(f64::INFINITY, f64::min);
    let most = figures().fold(0.0, f64::max);
    if !least.is_finite() || most / least < LOGARITHMIC_RATIO {
        return Axis::from_zero(label, most, 8);
    }
    Axis::logarithmic(label, least / 1.1, most * 1.1)
}

fn over_time(
    record: &Record,
    title: &str,
    label: &str,
    lines: Vec<Vec<Point>>,
    level: Option<f64>,
) -> Figure {
    let end = days(record.config.duration());
    let reference =
        level.map(|level| Series::new("target period", GREY, Mark::Dashes, vec![(0.0, level), (end, level)]));
    let series: Vec<Series> = reference
        .into_iter()
        .chain(if lines.len() <= MAX_LINES { each(lines) } else { range(&lines, end) })
        .collect();
    let y = axis_over(label, &series);
    let panel = Panel { title: String::new(), x: time_axis(record), y, series };
    figure(title, vec![panel])
}

fn each(lines: Vec<Vec<Point>>) -> Vec<Series> {
    let line = |(vault, points)| {
        Series::new(format!("vault {vault}"), COLOURS[vault % COLOURS.len()], Mark::Line, points)
    };
    lines.into_iter().enumerate().map(line).collect()
}

/// Lowest, mean and highest value of all lines in each time interval.
fn range(lines: &[Vec<Point>], end: f64) -> Vec<Series> {
    let mut bins: Vec<Vec<f64>> = vec![Vec::new(); BINS];
    for (time, figure) in lines.iter().flatten() {
        let bin = (time / end * BINS as f64) as usize;
        bins[bin.min(BINS - 1)].push(*figure);
    }
    let over_bins = |figure: fn(&[f64]) -> f64| {
        let filled = bins.iter().enumerate().filter(|(_, figures)| !figures.is_empty());
        filled.map(|(bin, figures)| ((bin as f64 + 0.5) / BINS as f64 * end, figure(figures))).collect()
    };
    let least = |figures: &[f64]| figures.iter().copied().fold(f64::INFINITY, f64::min);
    let most = |figures: &[f64]| figures.iter().copied().fold(0.0, f64::max);
    let mean = |figures: &[f64]| figures.iter().sum::<f64>() / figures.len() as f64;
    vec![
        Series::new("highest and lowest of all vaults", ORANGE, Mark::Line, over_bins(most)),
        Series::new("", ORANGE, Mark::Line, over_bins(least)),
        Series::new("mean", BLUE, Mark::Line, over_bins(mean)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Config,
        engine::{Recording, run},
    };

    #[test]
    fn the_number_of_stakers_is_counted_in_whole_numbers() {
        let config = Config { stakers: 2, epochs: 3, ..Config::default() };
        let record = run(&config, Recording::default(), || {}).expect("a run");
        let y = rewards(&record).panels.remove(0).y;
        assert_eq!(y.label, "number of stakers");
        assert!(y.ticks.iter().all(|tick| tick.fract() == 0.0), "{:?}", y.ticks);
    }

    #[test]
    fn a_large_range_is_drawn_on_a_log_scale_and_labelled_so() {
        let axis = |most| {
            let points = vec![(0.0, 1.0), (1.0, most)];
            axis_over("interval (target periods)", &[Series::new("", BLUE, Mark::Line, points)])
        };
        assert_eq!(axis(2.0).label, "interval (target periods)");
        assert_eq!(axis(20.0).label, "interval (target periods, log scale)");
    }
}
