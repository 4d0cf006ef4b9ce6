//! `cargo stylus` in the folders of `contracts/`, which it compiles in its own way (docs/cargo-stylus.md).
//! The first run compiles for minutes, into the checkout's target folder.

use std::{
    fs,
    future::Future,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use serde_json::Value;
use weir_bindings::Program;

use crate::{
    cargo_stylus::{DEPLOYED, use_token},
    stage::{KEY, Stage, cargo_stylus, trial, value_after},
    support::{is_ci, output},
};

pub fn trials() -> Vec<Trial> {
    vec![
        compiling("contracts::check_accepts_every_contract_in_one_account", check_accepts_every_contract),
        trial("contracts::export_abi_prints_the_generated_interfaces", export_abi_prints_the_interfaces),
        compiling("contracts::token_is_deployed_from_its_folder", token_is_deployed_from_its_folder),
    ]
}

/// A trial that compiles contracts to WASM with this project's toolchain. It is ignored if that cannot, except
/// on CI: `scripts/build` can use Debian's compiler, `cargo stylus` cannot.
fn compiling<T, F>(name: &str, test: T) -> Trial
where
    T: FnOnce() -> F + Send + 'static,
    F: Future<Output = Result<()>>,
{
    let trial = trial(name, test);
    if is_ci() || compiles_wasm() {
        trial
    } else {
        trial.with_kind("rustc has no wasm32-unknown-unknown").with_ignored_flag(true)
    }
}

fn compiles_wasm() -> bool {
    let target = ["--print", "target-libdir", "--target", "wasm32-unknown-unknown"];
    let Ok(output) = Command::new("rustc").args(target).current_dir(root()).output() else { return false };
    Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn folder(program: Program) -> PathBuf {
    root().join("contracts").join(program.name())
}

/// A file of `abi/generated` about a program.
fn generated(program: Program, extension: &str) -> Result<String> {
    let name = match program {
        Program::Extension | Program::Vault => "IVault",
        Program::Factory => "IFactory",
        Program::Pair => "IPair",
        Program::Router => "IRouter",
        Program::Token => "IToken",
    };
    let path = root().join("abi/generated").join(name).with_extension(extension);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The constructor's signature as in Solidity, from the JSON ABI; empty without a constructor.
fn constructor(program: Program) -> Result<String> {
    let abi: Vec<Value> = serde_json::from_str(&generated(program, "json")?)?;
    let Some(entry) = abi.iter().find(|entry| entry["type"] == "constructor") else {
        return Ok(String::new());
    };
    let inputs = entry["inputs"].as_array().context("the constructor has no inputs")?;
    let inputs = inputs.iter().map(|input| {
        let word = |key| input[key].as_str().unwrap_or_default();
        format!("{} {}", word("type"), word("name"))
    });
    Ok(format!("constructor({})", inputs.collect::<Vec<_>>().join(", ")))
}

async fn check_accepts_every_contract() -> Result<()> {
    let stage = Stage::start().await?;
    for program in Program::ALL {
        let text = output(stage.cargo_stylus(&folder(program), &["check"])?).await?;
        ensure!(text.contains("wasm data fee: 0.000"), "{text}");
        // A program that is too large for one account is split into fragments.
        ensure!(
            value_after(&text, "B (")?.parse::<usize>()? <= 24_576 && !text.contains("fragments"),
            "{text}"
        );
    }
    Ok(())
}

async fn export_abi_prints_the_interfaces() -> Result<()> {
    for program in Program::ALL {
        let text = output(cargo_stylus(&folder(program), &["export-abi"])?).await?;
        ensure!(text == generated(program, "sol")?, "{}: {text}", program.name());
        let text = output(cargo_stylus(&folder(program), &["constructor"])?).await?;
        ensure!(text == constructor(program)?, "{}: {text}", program.name());
    }
    Ok(())
}

async fn token_is_deployed_from_its_folder() -> Result<()> {
    let stage = Stage::start().await?;
    let options = ["--no-verify", "--endpoint", &stage.url, "--private-key", KEY];
    let words = [&["deploy"], &options[..], &["--constructor-args", "Coin", "COIN", "6"]].concat();
    let text = output(cargo_stylus(&folder(Program::Token), &words)?).await?;
    use_token(&stage.chain, value_after(&text, DEPLOYED)?.parse()?, ("Coin", "COIN", 6)).await
}
