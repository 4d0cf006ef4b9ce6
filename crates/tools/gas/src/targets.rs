//! Reads `gas/targets.json`, upper limits for the gas of operations, and checks them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{Comparison, Figure};

/// Gas limits of operations.
#[derive(Clone, Debug, Deserialize)]
pub struct Targets {
    /// Most gas that an uncached program may add, for each program that the operation enters.
    uncached_above_cached: u64,
    targets: BTreeMap<String, Target>,
}

#[derive(Clone, Debug, Deserialize)]
struct Target {
    /// Limit with the programs cached.
    #[serde(flatten)]
    limit: Limit,
    /// Number of programs that the operation enters.
    #[serde(default = "one")]
    programs: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Limit {
    /// A fraction of the peer's gas.
    OfPeer {
        peer: String,
        part: f64,
    },
    Gas {
        gas: u64,
    },
}

/// An operation above its limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Miss {
    pub operation: String,
    /// `cached` or `uncached above cached`.
    pub figure: &'static str,
    pub gas: u64,
    pub limit: u64,
}

impl Targets {
    /// Parses the file, which is compiled in.
    ///
    /// # Errors
    /// If it is malformed.
    pub fn read() -> Result<Self> {
        serde_json::from_str(include_str!("../../../../gas/targets.json"))
            .context("gas/targets.json is malformed")
    }

    /// The operations above their limits.
    ///
    /// # Errors
    /// If a target names an operation or peer that does not exist.
    pub fn misses(&self, figures: &[Figure], comparison: &Comparison) -> Result<Vec<Miss>> {
        let mut misses = Vec::new();
        for (operation, target) in &self.targets {
            let figure = figures.iter().find(|figure| figure.operation == operation);
            let figure = figure.with_context(|| format!("{operation} has a target, but is not measured"))?;
            let limits = [
                ("cached", figure.cached, target.limit.gas(operation, comparison)?),
                (
                    "uncached above cached",
                    figure.uncached - figure.cached,
                    self.uncached_above_cached * target.programs,
                ),
            ];
            let above = limits.into_iter().filter(|(_, gas, limit)| gas > limit);
            misses.extend(above.map(|(figure, gas, limit)| Miss {
                operation: operation.clone(),
                figure,
                gas,
                limit,
            }));
        }
        Ok(misses)
    }
}

impl Limit {
    fn gas(&self, operation: &str, comparison: &Comparison) -> Result<u64> {
        match self {
            Self::OfPeer { peer, part } => {
                let cost = comparison.of(operation, peer);
                let cost = cost.with_context(|| format!("there is no figure of {peer} for {operation}"))?;
                Ok((cost.gas as f64 * part) as u64)
            }
            Self::Gas { gas } => Ok(*gas),
        }
    }
}

const fn one() -> u64 {
    1
}
