//! The figures as the project keeps them, `gas/snapshot.json`: a change that costs gas shows in its diff.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::Figure;

/// Gas by operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot(BTreeMap<String, Entry>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    cached: u64,
    uncached: u64,
}

impl Snapshot {
    /// These figures, to be kept.
    pub fn of(figures: &[Figure]) -> Self {
        let entry = |figure: &Figure| Entry { cached: figure.cached, uncached: figure.uncached };
        Self(figures.iter().map(|figure| (figure.operation.to_owned(), entry(figure))).collect())
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

    /// Where the figures `now` differ from these, a line each.
    pub fn differences(&self, now: &Self) -> Vec<String> {
        let mut names: Vec<_> = self.0.keys().chain(now.0.keys()).collect();
        names.sort();
        names.dedup();
        names
            .into_iter()
            .filter(|name| self.0.get(*name) != now.0.get(*name))
            .map(|name| {
                let told = |entry: Option<&Entry>| match entry {
                    Some(Entry { cached, uncached }) => format!("{cached} cached, {uncached} uncached"),
                    None => "nothing".to_owned(),
                };
                format!(
                    "{name}: {} in the snapshot, {} measured",
                    told(self.0.get(name)),
                    told(now.0.get(name))
                )
            })
            .collect()
    }
}
