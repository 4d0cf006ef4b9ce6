//! Shows a sweep: a sentence, a CSV file, and a picture.

use anyhow::Result;
use serde_json::{Value, json};
use weir_report::{csv::Csv, output::OutputFolder};

use super::{SweepResult, axis::cell_values, picture};
use crate::{
    measure::{Measure, Summary},
    show::number,
};

/// Writes the files of a sweep. Returns its text and its JSON document.
///
/// # Errors
/// If a file cannot be written.
pub fn write(result: &SweepResult, measure: Measure, output: &mut OutputFolder) -> Result<(String, Value)> {
    let figures: Vec<Option<f64>> = result.cells.iter().map(|cell| mean(cell, measure)).collect();
    match result.axes.as_slice() {
        [x, y] => output.draw("sweep", &picture::heat_map(x, y, &figures, measure))?,
        [x] => output.draw("sweep", &picture::figure(x, &figures, measure))?,
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
