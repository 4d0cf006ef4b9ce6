//! Reads, writes and compares `gas/snapshot.json`, the committed figures.
//! A change that affects gas shows in the diff of this file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::{Bench, Figure, Measured, Size};

/// The figures, and the compiler of the measured programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    compiler: String,
    operations: BTreeMap<String, Entry>,
    /// Cached gas by state and operation.
    growth: BTreeMap<String, BTreeMap<String, u64>>,
    /// Gas by operation while the programs cannot run.
    ways_out: BTreeMap<String, u64>,
    /// Gas by peer and operation.
    peers: BTreeMap<String, BTreeMap<String, u64>>,
    /// The vault's core written with the SDK's macros, by operation.
    sdk_vault: BTreeMap<String, Entry>,
    /// Sizes of both programs, by name.
    sizes: BTreeMap<String, Size>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    cached: u64,
    uncached: u64,
    floor: u64,
}

/// Percent by which our figures may differ if another compiler built the programs.
const TOLERANCE: u64 = 3;

/// A figure of the snapshot. Ours depend on the compiler of the programs, peers' do not.
#[derive(Clone, Copy)]
struct Value {
    gas: u64,
    is_ours: bool,
}

impl Value {
    fn agrees(self, other: Self, is_same_compiler: bool) -> bool {
        let difference = self.gas.abs_diff(other.gas);
        let is_close = difference * 100 <= self.gas.max(other.gas) * TOLERANCE;
        difference == 0 || !is_same_compiler && self.is_ours && is_close
    }
}

impl Snapshot {
    /// A snapshot of these figures.
    pub fn of(bench: &Bench, compiler: String) -> Self {
        let growth = bench.growth.iter().map(|state| (state.state.clone(), by_operation(&state.measured)));
        let peers = bench.peers.iter().map(|peer| (peer.name.to_owned(), by_operation(&peer.measured)));
        let row_zero = &bench.row_zero;
        Self {
            compiler,
            operations: entries(&bench.figures),
            growth: growth.collect(),
            ways_out: by_operation(&bench.ways_out),
            peers: peers.collect(),
            sdk_vault: entries(&row_zero.figures),
            sizes: [("sdk-vault", row_zero.sdk), ("vault", row_zero.vault)]
                .map(|(name, size)| (name.to_owned(), size))
                .into(),
        }
    }

    /// Reads a snapshot.
    ///
    /// # Errors
    /// If the file is missing or malformed.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text)
            .with_context(|| format!("{} is malformed: run scripts/gas", path.display()))
    }

    /// Whether this compiler built the measured programs.
    pub fn is_by(&self, compiler: &str) -> bool {
        self.compiler == compiler
    }

    /// Writes the snapshot.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// A line for each figure in `now` that differs from the snapshot. With the same compiler all figures must be
    /// equal. With another compiler ours may differ by 3 %, while peers must be equal.
    pub fn differences(&self, now: &Self) -> Vec<String> {
        let is_same_compiler = self.compiler == now.compiler;
        let (before, after) = (self.flat(), now.flat());
        let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        let mut differences = Vec::new();
        for name in names {
            let (before, after) = (before.get(name).copied(), after.get(name).copied());
            let agree =
                before.zip(after).is_some_and(|(before, after)| before.agrees(after, is_same_compiler));
            if !agree {
                differences.push(format!(
                    "{name}: {} in the snapshot, {} measured",
                    gas_text(before),
                    gas_text(after)
                ));
            }
        }
        differences
    }

    /// All figures by a readable name.
    fn flat(&self) -> BTreeMap<String, Value> {
        let ours = |gas| Value { gas, is_ours: true };
        let mut all = BTreeMap::new();
        for (prefix, operations) in [("", &self.operations), ("sdk-vault: ", &self.sdk_vault)] {
            for (operation, Entry { cached, uncached, floor }) in operations {
                all.insert(format!("{prefix}{operation}, cached"), ours(*cached));
                all.insert(format!("{prefix}{operation}, uncached"), ours(*uncached));
                all.insert(format!("{prefix}{operation}, floor"), ours(*floor));
            }
        }
        for (program, Size { raw, on_chain, entry_cached, entry_uncached }) in &self.sizes {
            all.insert(format!("{program}: bytes"), ours(*raw));
            all.insert(format!("{program}: bytes on chain"), ours(*on_chain));
            all.insert(format!("{program}: entry, cached"), ours(*entry_cached));
            all.insert(format!("{program}: entry, uncached"), ours(*entry_uncached));
        }
        for (state, operations) in &self.growth {
            let figures = operations.iter().map(|(name, gas)| (format!("{name}, {state}"), ours(*gas)));
            all.extend(figures);
        }
        let ways_out = self.ways_out.iter();
        all.extend(ways_out.map(|(name, gas)| (format!("{name}, by the lifeboat"), ours(*gas))));
        for (peer, operations) in &self.peers {
            let of_peer = |gas| Value { gas, is_ours: false };
            all.extend(operations.iter().map(|(name, gas)| (format!("{peer}: {name}"), of_peer(*gas))));
        }
        all
    }
}

fn entries(figures: &[Figure]) -> BTreeMap<String, Entry> {
    let entry = |figure: &Figure| {
        let entry = Entry { cached: figure.cached, uncached: figure.uncached, floor: figure.floor };
        (figure.operation.to_owned(), entry)
    };
    figures.iter().map(entry).collect()
}

fn by_operation(measured: &[Measured]) -> BTreeMap<String, u64> {
    measured.iter().map(|one| (one.operation.to_owned(), one.gas)).collect()
}

fn gas_text(value: Option<Value>) -> String {
    value.map_or("missing".to_owned(), |value| value.gas.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(compiler: &str, ours: u64, peer: u64) -> Snapshot {
        let entry = Entry { cached: ours, uncached: ours, floor: ours };
        let peers = BTreeMap::from([("claim".to_owned(), peer)]);
        Snapshot {
            compiler: compiler.to_owned(),
            operations: BTreeMap::from([("claim".to_owned(), entry)]),
            growth: BTreeMap::new(),
            ways_out: BTreeMap::new(),
            peers: BTreeMap::from([("another".to_owned(), peers)]),
            sdk_vault: BTreeMap::new(),
            sizes: BTreeMap::new(),
        }
    }

    #[test]
    fn the_same_compiler_must_give_equal_gas() {
        let kept = snapshot("a", 1_000, 1_000);
        assert!(kept.differences(&kept).is_empty());
        assert_eq!(kept.differences(&snapshot("a", 1_001, 1_000)).len(), 3);
    }

    #[test]
    fn another_compiler_may_change_only_our_gas_and_a_little() {
        let kept = snapshot("a", 1_000, 1_000);
        assert!(kept.differences(&snapshot("b", 1_030, 1_000)).is_empty());
        assert_eq!(kept.differences(&snapshot("b", 1_032, 1_000)).len(), 3);
        assert_eq!(kept.differences(&snapshot("b", 1_000, 1_001)).len(), 1);
    }

    #[test]
    fn a_missing_operation_is_a_difference() {
        let kept = snapshot("a", 1_000, 1_000);
        let mut less = kept.clone();
        less.operations.clear();
        assert_eq!(kept.differences(&less).len(), 3);
        assert_eq!(less.differences(&kept)[0], "claim, cached: missing in the snapshot, 1000 measured");
    }
}
