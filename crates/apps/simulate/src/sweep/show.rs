//! Shows a sweep: a sentence, a CSV file, and a picture, which is a heat map for two settings and a line for one.

use anyhow::Result;
use serde_json::{Value, json};
use weir_report::{
    chart::{
        Axis as Scale, BLUE, Corner, Figure, Mark, Panel, Series,
        heat::{Categories, HeatMap},
    },
    csv::Csv,
    output::Output,
};

use super::{
    Axis, SweepResult,
    axis::{Kind, cell_values},
};
use crate::{
    config::quantity::Seconds,
    measure::{Measure, Summary},
    show::number,
};

/// Size of the picture in pixels.
const WIDTH: u32 = 1200;
const HEIGHT: u32 = 720;

/// Writes the files of a sweep. Returns its text and its JSON document.
///
/// # Errors
/// If a file cannot be written.
pub fn write(result: &SweepResult, measure: Measure, output: &mut Output) -> Result<(String, Value)> {
    let figures: Vec<Option<f64>> = result.cells.iter().map(|cell| mean(cell, measure)).collect();
    match result.axes.as_slice() {
        [x, y] => output.draw("sweep", &heat_map(x, y, &figures, measure))?,
        [x] => output.draw("sweep", &line(x, &figures, measure))?,
        _ => {}
    }
    output.save("sweep", &csv(result))?;
    Ok((text(result, &figures, measure), document(result, &figures, measure)))
}

fn mean(cell: &[Summary], measure: Measure) -> Option<f64> {
    let figures: Vec<f64> = cell.iter().filter_map(|summary| measure.of(summary)).collect();
    (!figures.is_empty()).then(|| figures.iter().sum::<f64>() / figures.len() as f64)
}

/// The cells with the smallest and the largest figure.
fn text(result: &SweepResult, figures: &[Option<f64>], measure: Measure) -> String {
    let known = || figures.iter().enumerate().filter_map(|(cell, figure)| Some((cell, (*figure)?)));
    let describe = |(cell, figure): (usize, f64)| {
        let at: Vec<String> = result
            .axes
            .iter()
            .zip(cell_values(&result.axes, cell))
            .map(|(axis, value)| format!("{} {value}", axis.setting))
            .collect();
        format!("{} at {}", number(Some(figure), 2), at.join(", "))
    };
    let least = known().min_by(|a, b| a.1.total_cmp(&b.1)).map(describe);
    let most = known().max_by(|a, b| a.1.total_cmp(&b.1)).map(describe);
    let runs: usize = result.cells.iter().map(Vec::len).sum();
    match (least, most) {
        (Some(least), Some(most)) => {
            format!("{runs} runs. {}: least {least}; most {most}.", measure.label())
        }
        _ => format!("{runs} runs. {}: no run has this figure.", measure.label()),
    }
}

fn document(result: &SweepResult, figures: &[Option<f64>], measure: Measure) -> Value {
    let cells: Vec<Value> = figures
        .iter()
        .enumerate()
        .map(|(cell, figure)| json!({ "at": cell_values(&result.axes, cell), "value": figure }))
        .collect();
    let axes: Vec<&str> = result.axes.iter().map(|axis| axis.setting.as_str()).collect();
    json!({ "axes": axes, "measure": measure.label(), "cells": cells })
}

/// One line per run, with all figures.
fn csv(result: &SweepResult) -> Csv {
    const MEASURES: [(Measure, &str); 7] = [
        (Measure::Efficiency, "efficiency_percent"),
        (Measure::Deviation, "deviation_percent"),
        (Measure::RewardVariation, "reward_variation_percent"),
        (Measure::StakePerReward, "stake_per_daily_reward_days"),
        (Measure::SniperShare, "sniper_share_percent"),
        (Measure::Gini, "gini_of_rewards"),
        (Measure::YearlyYield, "yearly_yield_percent"),
    ];
    let columns = result.axes.iter().map(|axis| axis.setting.replace('-', "_")).chain(["seed".to_owned()]);
    let columns: Vec<String> = columns.chain(MEASURES.map(|(_, name)| name.to_owned())).collect();
    let mut csv = Csv::new(&columns.iter().map(String::as_str).collect::<Vec<_>>());
    for (cell, summaries) in result.cells.iter().enumerate() {
        for summary in summaries {
            let mut row: Vec<String> =
                cell_values(&result.axes, cell).into_iter().map(str::to_owned).collect();
            row.push(summary.seed.to_string());
            let figure =
                |measure: Measure| measure.of(summary).map_or_else(String::new, |figure| figure.to_string());
            row.extend(MEASURES.map(|(measure, _)| figure(measure)));
            csv.row(&row);
        }
    }
    csv
}

fn heat_map(x: &Axis, y: &Axis, figures: &[Option<f64>], measure: Measure) -> HeatMap {
    let categories = |axis: &Axis| Categories { label: axis.setting.clone(), names: axis.values.clone() };
    HeatMap {
        title: format!("{} by {} and {}", capital(measure.label()), x.setting, y.setting),
        size: (WIDTH, HEIGHT),
        x: categories(x),
        y: categories(y),
        label: measure.label().into(),
        cells: figures.chunks(x.values.len()).map(<[Option<f64>]>::to_vec).collect(),
    }
}

/// A line over the values of a number or time, or over the positions in any other list of values.
fn line(x: &Axis, figures: &[Option<f64>], measure: Measure) -> Figure {
    let (places, scale) = scale(x);
    let points: Vec<(f64, f64)> =
        places.into_iter().zip(figures).filter_map(|(at, figure)| Some((at, (*figure)?))).collect();
    let most = points.iter().map(|point| point.1).fold(0.0, f64::max);
    let panel = Panel {
        title: String::new(),
        x: scale,
        y: Scale::from_zero(measure.label(), if most > 0.0 { most } else { 1.0 }, 8),
        legend: Corner::Nowhere,
        series: vec![Series::new("", BLUE, Mark::DottedLine, points)],
    };
    let title = format!("{} by {}", capital(measure.label()), x.setting);
    Figure { title, size: (WIDTH, HEIGHT), panels: vec![panel] }
}

fn scale(x: &Axis) -> (Vec<f64>, Scale) {
    let time = |value: &String| value.parse::<Seconds>().ok().filter(|_| x.kind == Kind::Time);
    let times: Option<Vec<f64>> = x.values.iter().map(|value| time(value).map(Seconds::days)).collect();
    let ends =
        |places: &[f64]| places.iter().fold((f64::INFINITY, 0.0_f64), |(a, b), at| (a.min(*at), b.max(*at)));
    if let Some(times) = times.filter(|times| ends(times).0 > 0.0) {
        let (first, last) = ends(&times);
        return (times, Scale::logarithmic(format!("{} (days)", x.setting), first / 1.1, last * 1.1));
    }
    let numbers: Option<Vec<f64>> = x.values.iter().map(|value| value.parse().ok()).collect();
    let label =
        if numbers.is_some() { x.setting.clone() } else { format!("{}: {}", x.setting, x.values.join(", ")) };
    let places = numbers.unwrap_or_else(|| (0..x.values.len()).map(|at| at as f64).collect());
    let last = ends(&places).1;
    (places, Scale::from_zero(label, if last > 0.0 { last } else { 1.0 }, 10))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
