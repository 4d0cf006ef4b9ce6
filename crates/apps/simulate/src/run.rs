//! Runs `weir simulate`: a single run, a scenario or a sweep. Prints a summary and writes the files.

use anyhow::{Result, bail};
use serde_json::{Value, json};
use toml::Table;
use weir_report::{
    output::{OutputFolder, say},
    progress::Progress,
};
use weir_units::UsageError;

use crate::{
    arguments::Arguments,
    chain,
    config::{Config, file, merged, set, table},
    engine::{self, Record, Recording},
    measure::Summary,
    scenario,
    show::{files, text},
    sweep,
};

/// Number of samples of the rewards by behaviour.
const SAMPLES: u32 = 120;
/// A run with at least this many turns of stakers shows its progress.
const LONG_RUN: u64 = 300_000;

/// Runs the command, writes its files, and prints a summary to standard output, as JSON if `json`.
///
/// # Errors
/// If a setting is invalid, a file cannot be read or written, or contracts and arithmetic differ.
pub async fn run(arguments: &Arguments, json: bool) -> Result<()> {
    let settings = settings(arguments)?;
    let mut output = OutputFolder::create(&arguments.out)?;
    let (text, document) = match (arguments.scenario, arguments.sweep.len()) {
        (Some(which), _) => scenario::run(which, &settings, &mut output)?,
        (None, 0) => single_run(arguments, &settings, &mut output).await?,
        (None, _) => sweep_run(arguments, &settings, &mut output)?,
    };
    if json {
        return say(&format!("{:#}", with_files(document, &output)));
    }
    say(&format!("{text}\n\n{}", output.list()))
}

/// The settings of file and flags. Draws a seed if they have none.
fn settings(arguments: &Arguments) -> Result<Table> {
    let mut settings = match &arguments.config {
        Some(path) => file(path)?,
        None => Table::new(),
    };
    settings.extend(table(&arguments.flags)?);
    if !settings.contains_key("seed") {
        set(&mut settings, "seed", &fastrand::u32(..).to_string());
    }
    Ok(settings)
}

async fn single_run(
    arguments: &Arguments,
    settings: &Table,
    output: &mut OutputFolder,
) -> Result<(String, Value)> {
    let config = merged(&[settings])?;
    if arguments.on_chain {
        config.check_on_chain().map_err(UsageError::of)?;
    }
    let recording = Recording { steps: arguments.operations || arguments.on_chain, samples: SAMPLES };
    let record = simulate(&config, recording)?;
    let summary = Summary::of(&record);
    files::write(&record, &summary, output)?;
    let mut text = text::of(&config, &summary);
    let mut document = files::document(&config, &summary)?;
    if arguments.on_chain {
        let compared = chain::compare(&record).await?;
        text += &format!("\n{}", compared.text());
        document["on_chain"] = compared.document();
    }
    Ok((text, document))
}

fn sweep_run(arguments: &Arguments, settings: &Table, output: &mut OutputFolder) -> Result<(String, Value)> {
    let axes = arguments.sweep.clone();
    if axes.len() > 2 {
        let what = format!("--sweep is given {} times, but a map has two axes: give one or two", axes.len());
        bail!(UsageError(what));
    }
    if axes.len() == 2 && axes[0].setting == axes[1].setting {
        bail!(UsageError(format!("both sweeps are of {}: take two different settings", axes[0].setting)));
    }
    let config = merged(&[settings])?;
    let result = sweep::run(&[settings], axes, config.seed, arguments.repeats)?;
    output.write("config.toml", &files::config_text(&config)?)?;
    let (text, document) = sweep::write(&result, arguments.measure, output)?;
    Ok((format!("Seed {}. {text}", config.seed), json!({ "seed": config.seed, "sweep": document })))
}

/// Runs one simulation, and shows its progress if it takes long.
fn simulate(config: &Config, recording: Recording) -> Result<Record> {
    if config.stakers as u64 * u64::from(config.epochs) < LONG_RUN {
        return engine::run(config, recording, || {});
    }
    let mut progress = Progress::begin("simulation: epochs", u64::from(config.epochs));
    let record = engine::run(config, recording, || progress.step())?;
    progress.end();
    Ok(record)
}

fn with_files(mut document: Value, output: &OutputFolder) -> Value {
    document["folder"] = json!(output.path().display().to_string());
    document["files"] = json!(output.files());
    document
}
