//! Built-in scenarios: each compares a few runs to show the effect of a mechanism, and sums it up in one sentence.

mod bursts;
mod sniper;
mod toy;

use anyhow::Result;
use serde_json::{Value, json};
use toml::Table;
use weir_report::{output::OutputFolder, progress::Progress};

use crate::{
    arguments::Scenario,
    config::{Config, merged},
    engine::{self, Record, Recording},
    measure::Summary,
    show::files,
};

/// One of the runs that a scenario compares.
#[derive(Clone, Debug)]
pub struct Variant {
    pub name: String,
    pub record: Record,
    pub summary: Summary,
}

/// A scenario's text, and its JSON document.
pub type Report = (String, Value);

/// Runs a scenario with the user's settings over its own, and writes its pictures and data.
///
/// # Errors
/// If a setting is invalid, or a file cannot be written.
pub fn run(which: Scenario, user: &Table, output: &mut OutputFolder) -> Result<Report> {
    match which {
        Scenario::Toy => toy::run(user, output),
        Scenario::Sniper => sniper::run(user, output),
        Scenario::Bursts => bursts::run(user, output),
    }
}

/// The settings of a variant: those of the scenario in TOML, then the user's, then the variant's, later over earlier.
fn config(base: &str, user: &Table, variant: &str) -> Result<Config> {
    let [base, variant]: [Table; 2] = [base.parse()?, variant.parse()?];
    merged(&[&base, user, &variant])
}

/// Runs the variants one after another.
fn runs(variants: Vec<(String, Config, Recording)>) -> Result<Vec<Variant>> {
    let mut progress = Progress::begin("scenario: runs", variants.len() as u64);
    let mut finished = Vec::with_capacity(variants.len());
    for (name, config, recording) in variants {
        let record = engine::run(&config, recording, || {})?;
        let summary = Summary::of(&record);
        finished.push(Variant { name, record, summary });
        progress.step();
    }
    progress.end();
    Ok(finished)
}

/// The JSON document of a scenario: its sentence and all its runs.
fn document(name: &str, reading: &str, variants: &[Variant]) -> Result<Value> {
    let runs: Result<Vec<Value>> = variants
        .iter()
        .map(|variant| {
            let mut run = files::document(&variant.record.config, &variant.summary)?;
            run["name"] = json!(variant.name);
            Ok(run)
        })
        .collect();
    Ok(json!({ "scenario": name, "reading": reading, "runs": runs? }))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Runs a scenario with a random seed. Returns the seed and the document.
    pub fn run_with_random_seed(run: fn(&Table, &mut OutputFolder) -> Result<Report>) -> (u32, Value) {
        let seed = fastrand::u32(..);
        let folder = tempfile::tempdir().expect("a folder");
        let mut output = OutputFolder::create(folder.path()).expect("the folder");
        let user: Table = format!("seed = {seed}").parse().expect("TOML");
        (seed, run(&user, &mut output).expect("a scenario").1)
    }

    /// `docs/simulate.md` shows the tables and sentences of seed 1.
    #[test]
    fn the_page_shows_the_output_of_the_scenarios() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/simulate.md");
        let page = fs::read_to_string(page).expect("the page");
        let folder = tempfile::tempdir().expect("a folder");
        let mut output = OutputFolder::create(folder.path()).expect("the folder");
        let user: Table = "seed = 1".parse().expect("TOML");
        for which in [Scenario::Toy, Scenario::Sniper, Scenario::Bursts] {
            let (text, _) = run(which, &user, &mut output).expect("a scenario");
            let (_, table) = text.split_once("\n\n").expect("a table below the headline");
            assert!(page.contains(table), "{which:?}: docs/simulate.md should contain\n{table}");
        }
    }
}
