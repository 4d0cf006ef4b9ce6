//! The figures as the project keeps them, `gas/snapshot.json`: a change that costs gas shows in its diff.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::Figure;

/// Gas by operation, and the compiler of the programs that were measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    compiler: String,
    operations: BTreeMap<String, Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    cached: u64,
    uncached: u64,
}

/// Percent by which figures may differ when another compiler made the programs.
const TOLERANCE: u64 = 3;

impl Entry {
    fn agrees(self, other: Self, exactly: bool) -> bool {
        let close = |a: u64, b: u64| a.abs_diff(b) * 100 <= a.max(b) * TOLERANCE;
        self == other || !exactly && close(self.cached, other.cached) && close(self.uncached, other.uncached)
    }
}

impl Snapshot {
    /// These figures, to be kept.
    pub fn of(figures: &[Figure], compiler: String) -> Self {
        let entry = |figure: &Figure| Entry { cached: figure.cached, uncached: figure.uncached };
        let operations = figures.iter().map(|figure| (figure.operation.to_owned(), entry(figure))).collect();
        Self { compiler, operations }
    }

    /// The figures in a file.
    ///
    /// # Errors
    /// If it is missing or garbled.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is garbled", path.display()))
    }

    /// Writes the file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Where the figures `now` differ from these, a line each. What the same compiler made must cost the same to the last
    /// unit of gas; what another one made may differ by 3 %.
    pub fn differences(&self, now: &Self) -> Vec<String> {
        let exactly = self.compiler == now.compiler;
        let names: BTreeSet<_> = self.operations.keys().chain(now.operations.keys()).collect();
        let mut told = Vec::new();
        for name in names {
            let (before, after) = (self.operations.get(name), now.operations.get(name));
            let agree = before.zip(after).is_some_and(|(before, after)| before.agrees(*after, exactly));
            if !agree {
                told.push(format!("{name}: {} in the snapshot, {} measured", gas(before), gas(after)));
            }
        }
        told
    }
}

fn gas(entry: Option<&Entry>) -> String {
    match entry {
        Some(Entry { cached, uncached }) => format!("{cached} cached and {uncached} uncached"),
        None => "nothing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(compiler: &str, cached: u64) -> Snapshot {
        let figure = Figure { operation: "claim", uncached: 2_000, cached, floor: 0 };
        Snapshot::of(&[figure], compiler.to_owned())
    }

    #[test]
    fn a_unit_of_gas_more_is_a_difference() {
        let kept = snapshot("one", 1_000);
        assert_eq!(kept.differences(&kept), [""; 0]);
        let told =
            "claim: 1000 cached and 2000 uncached in the snapshot, 1001 cached and 2000 uncached measured";
        assert_eq!(kept.differences(&snapshot("one", 1_001)), [told]);
    }

    #[test]
    fn another_compiler_may_differ_by_little() {
        let kept = snapshot("one", 1_000);
        assert_eq!(kept.differences(&snapshot("another", 1_030)), [""; 0]);
        assert_eq!(kept.differences(&snapshot("another", 1_050)).len(), 1);
    }

    #[test]
    fn an_operation_that_is_missing_is_a_difference() {
        let none = Snapshot::of(&[], "one".to_owned());
        assert_eq!(snapshot("one", 1_000).differences(&none).len(), 1);
        assert_eq!(none.differences(&snapshot("one", 1_000)).len(), 1);
    }
}
