//! Built-in scenarios: a few runs beside each other that show what a mechanism is for, with one sentence that reads the figures.

mod bursts;
mod sniper;
mod toy;

use anyhow::Result;
use serde_json::{Value, json};
use toml::Table;
use weir_report::{output::Output, progress::Progress};

use crate::{
    arguments::Scenario,
    config::{Config, merged},
    engine::{self, Asked, Record},
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

/// A scenario's text, and its document.
pub type Told = (String, Value);

/// Runs a scenario with `own` settings over its own, draws and saves it.
///
/// # Errors
/// If a setting is refused, or a file cannot be written.
pub fn run(which: Scenario, own: &Table, output: &mut Output) -> Result<Told> {
    match which {
        Scenario::Toy => toy::run(own, output),
        Scenario::Sniper => sniper::run(own, output),
        Scenario::Bursts => bursts::run(own, output),
    }
}

/// The settings of a scenario, in TOML, with `own` and then the variant's over them.
fn config(base: &str, own: &Table, variant: &str) -> Result<Config> {
    let [base, variant]: [Table; 2] = [base.parse()?, variant.parse()?];
    merged(&[&base, own, &variant])
}

/// Runs the variants one after the other.
fn runs(variants: Vec<(String, Config, Asked)>) -> Result<Vec<Variant>> {
    let mut progress = Progress::begin("scenario: runs", variants.len() as u64);
    let mut ran = Vec::with_capacity(variants.len());
    for (name, config, asked) in variants {
        let record = engine::run(&config, asked, || {})?;
        let summary = Summary::of(&record);
        ran.push(Variant { name, record, summary });
        progress.step();
    }
    progress.end();
    Ok(ran)
}

/// The document of a scenario: its sentence, and every run of it.
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

    /// Runs a scenario with a random seed: the seed, and its document.
    pub fn told(run: fn(&Table, &mut Output) -> Result<Told>) -> (u32, Value) {
        let seed = fastrand::u32(..);
        let folder = tempfile::tempdir().expect("a folder");
        let mut output = Output::into_folder(folder.path()).expect("the folder");
        let own: Table = format!("seed = {seed}").parse().expect("TOML");
        (seed, run(&own, &mut output).expect("a scenario").1)
    }

    /// The tables and sentences of `docs/simulate.md` are those of seed 1.
    #[test]
    fn the_page_shows_what_the_scenarios_print() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/simulate.md");
        let page = fs::read_to_string(page).expect("the page");
        let folder = tempfile::tempdir().expect("a folder");
        let mut output = Output::into_folder(folder.path()).expect("the folder");
        let own: Table = "seed = 1".parse().expect("TOML");
        for which in [Scenario::Toy, Scenario::Sniper, Scenario::Bursts] {
            let (told, _) = run(which, &own, &mut output).expect("a scenario");
            let (_, table) = told.split_once("\n\n").expect("a table below the headline");
            assert!(page.contains(table), "{which:?}: docs/simulate.md should have this:\n{table}");
        }
    }
}
