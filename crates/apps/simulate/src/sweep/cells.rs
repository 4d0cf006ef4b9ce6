//! Runs the cells of a sweep on all processors.

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

use super::{Axis, axis::place};
use crate::{
    config::{Config, merged, set},
    engine::{self, Asked},
    measure::Summary,
};

/// Runs of a sweep at most.
const MOST_RUNS: usize = 100_000;

/// A sweep that was run: its axes and, cell by cell with the first axis fastest, the summaries of its runs.
#[derive(Clone, Debug)]
pub struct Swept {
    pub axes: Vec<Axis>,
    pub cells: Vec<Vec<Summary>>,
}

/// Runs every cell `repeats` times, each time with another seed, the same ones in each cell.
///
/// # Errors
/// If a cell's settings are refused, or there are too many.
pub fn run(layers: &[&Table], axes: Vec<Axis>, seed: u64, repeats: u32) -> Result<Swept> {
    let count: usize = axes.iter().map(|axis| axis.values.len()).product();
    let runs = count * repeats as usize;
    ensure!(repeats > 0, "--repeats is 0: run each cell at least once");
    ensure!(
        runs <= MOST_RUNS,
        "the sweep would take {runs} runs: take fewer values or repeats, {MOST_RUNS} in all"
    );
    let mut configs = Vec::with_capacity(runs);
    for cell in 0..count {
        for repeat in 0..repeats {
            configs.push(of_cell(layers, &axes, cell, seed + u64::from(repeat))?);
        }
    }
    let summaries = in_parallel(&configs)?;
    let cells = summaries.chunks(repeats as usize).map(<[Summary]>::to_vec).collect();
    Ok(Swept { axes, cells })
}

/// The settings of a cell. Whatever the epochs' length is, the run takes the same time.
fn of_cell(layers: &[&Table], axes: &[Axis], cell: usize, seed: u64) -> Result<Config> {
    let mut own = Table::new();
    for (axis, value) in axes.iter().zip(place(axes, cell)) {
        set(&mut own, &axis.setting, value);
    }
    let mut config = merged(&[layers, &[&own]].concat())?;
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
                while let Some((number, config)) = take(next, configs) {
                    let summary =
                        engine::run(config, Asked::default(), || {}).map(|record| Summary::of(&record));
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

fn take<'a>(next: &AtomicUsize, configs: &'a [Config]) -> Option<(usize, &'a Config)> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    Some((number, configs.get(number)?))
}
