//! `weir simulate`: which kind of run is asked for, and what is told of it.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use toml::Table;
use weir_report::{
    output::{Output, say},
    progress::Progress,
};

use crate::{
    arguments::Arguments,
    chain,
    config::{Config, file, merged, set, table},
    engine::{self, Asked, Record},
    measure::Summary,
    scenario,
    show::{files, text},
    sweep,
};

/// At how many times the rewards of each behaviour are summed up.
const SAMPLES: u32 = 120;
/// Turns of stakers from which on a run takes long enough to show its progress.
const LONG: u64 = 300_000;

/// Runs what is asked for and writes its files; tells of it on standard output, as JSON if `json`.
///
/// # Errors
/// One sentence, if a setting is refused, a file cannot be read or written, or chain and arithmetic differ.
pub async fn run(arguments: &Arguments, json: bool) -> Result<()> {
    let own = layers(arguments)?;
    let mut output = Output::into_folder(&arguments.out)?;
    let (told, document) = match (arguments.scenario, arguments.sweep.len()) {
        (Some(which), _) => scenario::run(which, &own, &mut output)?,
        (None, 0) => single(arguments, &own, &mut output).await?,
        (None, _) => swept(arguments, &own, &mut output)?,
    };
    if json {
        return say(&format!("{:#}", with_files(document, &output)));
    }
    say(&format!("{told}\n\n{}", output.list()))
}

/// The settings of file and flags, and a seed: drawn if none is given.
fn layers(arguments: &Arguments) -> Result<Table> {
    let mut own = match &arguments.config {
        Some(path) => file(path)?,
        None => Table::new(),
    };
    own.extend(table(&arguments.flags)?);
    if !own.contains_key("seed") {
        set(&mut own, "seed", &fastrand::u32(..).to_string());
    }
    Ok(own)
}

async fn single(arguments: &Arguments, own: &Table, output: &mut Output) -> Result<(String, Value)> {
    let config = merged(&[own])?;
    if arguments.on_chain {
        config.check_on_chain()?;
    }
    let asked = Asked { steps: arguments.operations || arguments.on_chain, samples: SAMPLES };
    let record = simulate(&config, asked)?;
    let summary = Summary::of(&record);
    files::write(&record, &summary, output)?;
    let mut told = text::of(&config, &summary);
    let mut document = files::document(&config, &summary)?;
    if arguments.on_chain {
        let compared = chain::compare(&record).await?;
        told += &format!("\n{}", compared.text());
        document["on_chain"] = compared.document();
    }
    Ok((told, document))
}

fn swept(arguments: &Arguments, own: &Table, output: &mut Output) -> Result<(String, Value)> {
    let axes = arguments.sweep.clone();
    ensure!(axes.len() <= 2, "--sweep is given {} times: a map has two axes, so give one or two", axes.len());
    let is_twice = axes.len() == 2 && axes[0].setting == axes[1].setting;
    ensure!(!is_twice, "both sweeps are of {}: take two settings", axes[0].setting);
    let config = merged(&[own])?;
    let swept = sweep::run(&[own], axes, config.seed, arguments.repeats)?;
    output.write("config.toml", &files::config_text(&config)?)?;
    let (told, document) = sweep::write(&swept, arguments.measure, output)?;
    Ok((format!("Seed {}. {told}", config.seed), json!({ "seed": config.seed, "sweep": document })))
}

/// Runs one simulation, with its progress if it takes long.
fn simulate(config: &Config, asked: Asked) -> Result<Record> {
    if config.stakers as u64 * u64::from(config.epochs) < LONG {
        return engine::run(config, asked, || {});
    }
    let mut progress = Progress::begin("simulation: epochs", u64::from(config.epochs));
    let record = engine::run(config, asked, || progress.step())?;
    progress.end();
    Ok(record)
}

fn with_files(mut document: Value, output: &Output) -> Value {
    document["folder"] = json!(output.folder().display().to_string());
    document["files"] = json!(output.files());
    document
}
