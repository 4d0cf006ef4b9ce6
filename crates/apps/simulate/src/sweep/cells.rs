//! Runs the cells of a sweep in parallel.

use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use anyhow::{Context, Result, ensure};
use toml::Table;
use weir_report::progress::Progress;

use super::{Axis, axis::cell_values};
use crate::{
    config::{Config, merged, set},
    engine::{self, Recording},
    measure::Summary,
};

/// Most runs of a sweep.
const MAX_RUNS: usize = 100_000;

/// The result of a sweep: its axes and the summaries of each cell's runs. The first axis varies fastest.
#[derive(Clone, Debug)]
pub struct SweepResult {
    pub axes: Vec<Axis>,
    pub cells: Vec<Vec<Summary>>,
}

/// Runs every cell `repeats` times, with a different seed each time and the same seeds in every cell.
///
/// # Errors
/// If the settings of a cell are invalid, or there are too many runs.
pub fn run(layers: &[&Table], axes: Vec<Axis>, seed: u64, repeats: u32) -> Result<SweepResult> {
    let count: usize = axes.iter().map(|axis| axis.values.len()).product();
    let runs = count * repeats as usize;
    ensure!(repeats > 0, "--repeats is 0: run each cell at least once");
    ensure!(
        runs <= MAX_RUNS,
        "the sweep would take {runs} runs, more than {MAX_RUNS}: take fewer values or repeats"
    );
    let mut configs = Vec::with_capacity(runs);
    for cell in 0..count {
        for repeat in 0..repeats {
            configs.push(cell_config(layers, &axes, cell, seed + u64::from(repeat))?);
        }
    }
    let summaries = in_parallel(&configs)?;
    let cells = summaries.chunks(repeats as usize).map(<[Summary]>::to_vec).collect();
    Ok(SweepResult { axes, cells })
}

/// The settings of a cell. If `epoch-length` is swept, the number of epochs follows, so that all runs simulate the same
/// time.
fn cell_config(layers: &[&Table], axes: &[Axis], cell: usize, seed: u64) -> Result<Config> {
    let mut values = Table::new();
    for (axis, value) in axes.iter().zip(cell_values(axes, cell)) {
        set(&mut values, &axis.setting, value);
    }
    let mut config = merged(&[layers, &[&values]].concat())?;
    let is_swept = |name: &str| axes.iter().any(|axis| axis.setting == name);
    if is_swept("epoch-length") && !is_swept("epochs") {
        let duration = merged(layers)?.duration();
        let epochs = (duration + config.epoch_length.0 / 2) / config.epoch_length.0;
        config.epochs = epochs.max(1);
        config.check()?;
    }
    Ok(Config { seed, ..config })
}

fn in_parallel(configs: &[Config]) -> Result<Vec<Summary>> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(configs.len());
    let next = AtomicUsize::new(0);
    let mut progress =
        Progress::begin(format!("sweep: {} runs on {threads} threads", configs.len()), configs.len() as u64);
    let mut results: Vec<Option<Summary>> = vec![None; configs.len()];
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..threads {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some((number, config)) = next_config(next, configs) {
                    let summary =
                        engine::run(config, Recording::default(), || {}).map(|record| Summary::of(&record));
                    if sender.send((number, summary)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (number, summary) in receiver {
            results[number] = Some(summary?);
            progress.step();
        }
        anyhow::Ok(())
    })?;
    progress.end();
    results.into_iter().collect::<Option<_>>().context("a run of the sweep ended without a result")
}

fn next_config<'a>(next: &AtomicUsize, configs: &'a [Config]) -> Option<(usize, &'a Config)> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    Some((number, configs.get(number)?))
}
