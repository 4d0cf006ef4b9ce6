//! How much an operation may cost: `gas/targets.json`.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{Comparison, Figure};

/// The most that operations may cost.
#[derive(Clone, Debug, Deserialize)]
pub struct Targets {
    targets: BTreeMap<String, Target>,
}

/// Parts of what the peer costs.
#[derive(Clone, Debug, Deserialize)]
struct Target {
    peer: String,
    cached: f64,
    uncached: f64,
}

/// An operation that costs more than it may.
#[derive(Clone, Debug, PartialEq)]
pub struct Miss {
    pub operation: String,
    /// `cached` or `uncached`.
    pub state: &'static str,
    /// Of the peer's gas.
    pub part: f64,
    pub most: f64,
}

impl Targets {
    /// Reads them.
    ///
    /// # Errors
    /// If the file is garbled.
    pub fn read() -> Result<Self> {
        serde_json::from_str(include_str!("../../../gas/targets.json")).context("gas/targets.json is garbled")
    }

    /// Where these figures are above their targets.
    ///
    /// # Errors
    /// If a target names an operation or peer that there is not.
    pub fn misses(&self, figures: &[Figure], comparison: &Comparison) -> Result<Vec<Miss>> {
        let mut misses = Vec::new();
        for (operation, target) in &self.targets {
            let figure = figures.iter().find(|figure| figure.operation == operation);
            let figure = figure.with_context(|| format!("{operation} has a target and is not measured"))?;
            let peer = comparison.of(operation, &target.peer);
            let peer =
                peer.with_context(|| format!("nobody knows what {} takes for {operation}", target.peer))?;
            let states =
                [("cached", figure.cached, target.cached), ("uncached", figure.uncached, target.uncached)];
            for (state, gas, most) in states {
                let part = gas as f64 / peer.gas as f64;
                if rounded(part) > rounded(most) {
                    misses.push(Miss { operation: operation.clone(), state, part, most });
                }
            }
        }
        Ok(misses)
    }
}

/// In thousandths, as parts are shown.
fn rounded(part: f64) -> u64 {
    (part * 1_000.0).round() as u64
}
