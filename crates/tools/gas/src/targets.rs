//! How much an operation may cost: `gas/targets.json`.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{Comparison, Figure};

/// The most that operations may cost.
#[derive(Clone, Debug, Deserialize)]
pub struct Targets {
    /// Gas, for each program that the operation enters.
    uncached_above_cached: u64,
    targets: BTreeMap<String, Target>,
}

#[derive(Clone, Debug, Deserialize)]
struct Target {
    /// With the programs cached.
    #[serde(flatten)]
    most: Most,
    /// How many programs the operation enters.
    #[serde(default = "one")]
    programs: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Most {
    /// A part of what the peer costs.
    OfPeer {
        peer: String,
        part: f64,
    },
    Gas {
        gas: u64,
    },
}

/// An operation that costs more than it may.
#[derive(Clone, Debug, PartialEq)]
pub struct Miss {
    pub operation: String,
    /// What is too large.
    pub what: &'static str,
    pub gas: u64,
    pub most: u64,
}

impl Targets {
    /// Reads them.
    ///
    /// # Errors
    /// If the file is garbled.
    pub fn read() -> Result<Self> {
        serde_json::from_str(include_str!("../../../../gas/targets.json")).context("gas/targets.json is garbled")
    }

    /// Where these figures are above their targets.
    ///
    /// # Errors
    /// If a target names an operation or peer that does not exist.
    pub fn misses(&self, figures: &[Figure], comparison: &Comparison) -> Result<Vec<Miss>> {
        let mut misses = Vec::new();
        for (operation, target) in &self.targets {
            let figure = figures.iter().find(|figure| figure.operation == operation);
            let figure = figure.with_context(|| format!("{operation} has a target and is not measured"))?;
            let limits = [
                ("cached", figure.cached, target.most.gas(operation, comparison)?),
                (
                    "uncached above cached",
                    figure.uncached - figure.cached,
                    self.uncached_above_cached * target.programs,
                ),
            ];
            let above = limits.into_iter().filter(|(_, gas, most)| gas > most);
            misses.extend(above.map(|(what, gas, most)| Miss {
                operation: operation.clone(),
                what,
                gas,
                most,
            }));
        }
        Ok(misses)
    }
}

impl Most {
    fn gas(&self, operation: &str, comparison: &Comparison) -> Result<u64> {
        match self {
            Self::OfPeer { peer, part } => {
                let cost = comparison.of(operation, peer);
                let cost =
                    cost.with_context(|| format!("no figure says what {peer} takes for {operation}"))?;
                Ok((cost.gas as f64 * part) as u64)
            }
            Self::Gas { gas } => Ok(*gas),
        }
    }
}

const fn one() -> u64 {
    1
}
