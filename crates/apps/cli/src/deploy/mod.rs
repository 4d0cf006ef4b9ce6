//! `weir deploy`: deploys the contracts of a config file, verifies them on the chain, and records them.
//! It checks everything first, shows the costs, and asks before it sends anything.

mod checks;
mod config;
mod cost;
mod look;
mod plan;
mod report;
mod run;
mod spec;
mod tokens;
mod verify;

use std::{
    io::{IsTerminal, stderr},
    path::{Path, PathBuf},
};

use alloy::{
    primitives::{B256, U256},
    providers::Provider,
    signers::local::PrivateKeySigner,
};
use anyhow::{Context, Result};
use serde_json::{Map, Value};
use weir_bindings::deploy::Method;
use weir_client::{Account, Node};

use self::{
    config::{Config, ConfigFile},
    cost::{Estimate, Estimator},
    look::Found,
    plan::Plan,
    report::{Payer, Summary},
    run::{PermissionStatus, Runner},
    tokens::Tokens,
};
use crate::{
    confirm::confirm,
    deployments::{FolderArguments, Record, RecordFile, State},
    exit::{ErrorKind, Failure},
    keys::{self, KeyArguments},
    node::NodeArguments,
    output::Output,
};

/// Explanation and examples for `--help`.
pub const HELP: &str = "\
A config describes tokens, vaults, pairs and a router. Amounts are in whole tokens (\"12.5\"), durations in words
(\"7 days\") or seconds, smoothing is a fraction (0.9 by default). examples/local.toml and examples/sepolia.toml
explain every field.

Vaults and pairs are clones: small proxies that a factory creates and that run shared programs. The programs (pair,
vault, extension) have the same addresses on every chain, which follow from their code, and are deployed once, by
anyone. The factory is yours; [factory] address = \"0x…\" names another one. It is used only if its code is that of this
build, and its clones run these programs. A vault that a pair names by address must be genuine, too.

The command checks everything, shows the transactions and their cost, and asks. It reads each contract back from the
chain and records it in deployments/CHAIN-ID.json. Run it again after an interruption: it continues where it stopped,
and changes nothing if everything is deployed. A config that contradicts a deployed contract is an error, because
contracts cannot be changed.

On a chain without the Stylus deployer, three transactions create, activate and construct a program. Between them,
another account can run the constructor first. The command reports that as an error: do not use such a contract.

Examples:
  weir deploy examples/local.toml --dry-run
  weir deploy examples/local.toml --yes --json
  weir deploy sepolia.toml --rpc-url https://sepolia-rollup.arbitrum.io/rpc --keystore ~/.foundry/keystores/deployer

The programs come from the binary if scripts/install made it, otherwise from target/wasm in its checkout
(scripts/build), or from the folder WEIR_WASM_DIR.
Exit codes: 0 success or nothing to do, 2 wrong config or no key, 3 no node, 4 rejected by the chain,
5 a check failed, 6 not confirmed, 7 the chain activates no programs now.";

/// Arguments of `weir deploy`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The config file in TOML.
    #[arg(value_name = "CONFIG.toml")]
    config: PathBuf,

    #[command(flatten)]
    node: NodeArguments,

    #[command(flatten)]
    key: KeyArguments,

    #[command(flatten)]
    folder: FolderArguments,

    /// Check and show everything, and send nothing. Needs no key.
    #[arg(long)]
    dry_run: bool,

    /// Deploy without asking.
    #[arg(long, short)]
    yes: bool,

    /// Begin a new record, and keep the old one of this chain id beside it. For local chains that were restarted.
    #[arg(long, conflicts_with = "dry_run")]
    reset: bool,
}

/// Deploys the contracts of the config that the record does not have.
///
/// # Errors
/// If the config is wrong, a check fails, the node does not answer, or a transaction reverts. The record has the
/// contracts that were deployed before.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let (config, file) = Config::read(&arguments.config)?;
    let signer = arguments.key.signer(|warning| output.note(warning))?;
    let node = arguments.node.connect().await?;
    let plan = make_plan(&config, &file, &node).await?;
    let mut record_file = open(arguments, &node).await?;
    let found = Found::on(&node, &plan).await?;
    let compared = compare(&plan, record_file.record(), &found, &file, &node).await?;
    found.check(node.chain_id)?;
    let is_complete = is_complete(&plan, record_file.record()) && found.inactive.is_empty();
    if signer.is_none() && !arguments.dry_run && !is_complete {
        return Err(keys::missing().into());
    }

    let method = Method::on(&node.provider).await?;
    let payer = Payer::of(signer.as_ref(), &node).await?;
    let estimate = estimate(&plan, record_file.record(), &node, method, &found, &payer).await?;
    let mut summary = Summary::new(&node, &record_file, &found, &estimate, &payer, compared);
    if !is_complete || arguments.dry_run {
        output.say(report::plan(&summary, &plan, record_file.record()))?;
    }
    for warning in checks::warnings(&plan, node.chain_id) {
        output.note(format_args!("warning: {warning}"));
        summary.warnings.push(warning);
    }
    payer.check(&estimate, node.chain_id)?;
    if arguments.dry_run {
        output.say("Nothing was sent (--dry-run).")?;
        return output.result(&summary.document(&plan, record_file.record()));
    }
    if !is_complete && !arguments.yes {
        confirm(&format!("Deploy this to chain {}?", node.chain_id), "deploy", output)?;
    }
    if let Some(archived) = record_file.archive_old()? {
        output.note(format_args!("the old record is kept as {}", archived.display()));
    }
    let result = match signer {
        Some(signer) => tokio::select! {
            result = deploy(&plan, &node, signer, method, &found, &mut record_file, output) => result?,
            _ = tokio::signal::ctrl_c() => return Err(stopped(arguments).into()),
        },
        None => RunResult::default(),
    };
    summary.add(&result);
    output.say(report::end(&summary, &record_file, &file))?;
    output.result(&summary.document(&plan, record_file.record()))
}

/// Deploys examples/local.toml, which is compiled in, on a devnode in this process. Returns its record.
///
/// # Errors
/// As [`run`].
pub async fn local(
    node: &Node,
    signer: PrivateKeySigner,
    folder: &Path,
    output: Output,
) -> Result<RecordFile> {
    let text = include_str!("../../../../../examples/local.toml");
    let (config, file) = Config::parse(Path::new("examples/local.toml"), text.to_owned())?;
    let plan = make_plan(&config, &file, node).await?;
    let mut record_file = RecordFile::create(folder, node.chain_id, genesis(node).await?)?;
    record_file.archive_old()?;
    let (method, found) = (Method::on(&node.provider).await?, Found::on(node, &plan).await?);
    deploy(&plan, node, signer, method, &found, &mut record_file, output).await?;
    Ok(record_file)
}

/// Checks the chain, the tokens and the other contracts that the config names, and returns the plan.
async fn make_plan(config: &Config, file: &ConfigFile, node: &Node) -> Result<Plan> {
    checks::chain(config, file, node).await?;
    let tokens = Tokens::look_up(config, file, node).await?;
    let plan = Plan::of(config, file, &tokens)?;
    checks::contracts(&plan, config, node).await?;
    Ok(plan)
}

/// Opens the record. With --reset it is a new one, and the old one stays in its place until something is sent.
async fn open(arguments: &Arguments, node: &Node) -> Result<RecordFile> {
    let (folder, genesis) = (&arguments.folder.deployments, genesis(node).await?);
    match arguments.reset {
        true => RecordFile::create(folder, node.chain_id, genesis),
        false => RecordFile::open(folder, node.chain_id, genesis),
    }
}

/// The error after Ctrl-C. Every transaction was recorded before it was sent, so nothing is lost.
fn stopped(arguments: &Arguments) -> Failure {
    Failure::new(
        ErrorKind::Failed,
        format!(
            "stopped by Ctrl-C: run weir deploy {} again to continue; all transactions so far are recorded",
            arguments.config.display()
        ),
    )
}

async fn genesis(node: &Node) -> Result<B256> {
    let block = node.provider.get_block_by_number(0.into()).await?;
    Ok(block.context("the node has no first block of its chain")?.header.hash)
}

/// Compares the recorded contracts with the config and the chain. Returns the number of matching values. What a program
/// answers is compared after its activation.
async fn compare(
    plan: &Plan,
    record: &Record,
    found: &Found,
    file: &ConfigFile,
    node: &Node,
) -> Result<usize> {
    let mut compared = 0;
    for item in &plan.items {
        let Some(entry) = record.contracts.get(&item.key) else { continue };
        let wanted = item.spec.arguments(record)?;
        if let Some(difference) = difference(&entry.arguments, &wanted) {
            let address = entry.address.map_or_else(String::new, |address| format!(" at {address}"));
            return Err(Failure::check(format!(
                "{} is deployed{address} with {difference} in {}, and a deployed contract cannot be changed: restore \
                 the config, or give the new contract another name",
                item.key,
                file.path().display()
            ))
            .into());
        }
        if entry.address.is_some() {
            compared += verify::existing_code(node, item, entry).await?;
        }
        if entry.state == State::Complete && found.inactive.is_empty() {
            compared += verify::existing_contract(node, item, entry, record).await?;
        }
    }
    Ok(compared)
}

/// The first argument that differs from the deployed one: `epoch_length 604800, but it is 86400`.
fn difference(deployed: &Map<String, Value>, wanted: &Map<String, Value>) -> Option<String> {
    let (name, value) = wanted.iter().find(|(name, value)| deployed.get(*name) != Some(value))?;
    let before = deployed.get(name).unwrap_or(&Value::Null);
    Some(format!("{name} {before}, but it is {value}"))
}

fn is_complete(plan: &Plan, record: &Record) -> bool {
    let complete = |key: &str| record.contracts.get(key).is_some_and(|entry| entry.state == State::Complete);
    plan.items.iter().all(|item| complete(&item.key))
}

/// Estimates the missing contracts, and the activations of programs that cannot run any more. Contracts that an earlier
/// run began are mostly paid for and left out.
async fn estimate(
    plan: &Plan,
    record: &Record,
    node: &Node,
    method: Method,
    found: &Found,
    payer: &Payer,
) -> Result<Estimate> {
    let mut estimator = Estimator::new(node, record, method, found, payer.address()).await?;
    for item in &plan.items {
        match (record.contracts.get(&item.key), item.spec.program()) {
            (None, _) => estimator.add(&item.key, &item.spec).await?,
            (Some(entry), Some(program)) if entry.state != State::Sent => {
                estimator.add_activation(&item.key, program).await?;
            }
            _ => {}
        }
    }
    for permission in plan.permissions.iter().filter(|permission| payer.is(permission.owner)) {
        estimator.add_permission(&permission.key);
    }
    Ok(estimator.finish())
}

/// The result of a run.
#[derive(Debug, Default)]
pub struct RunResult {
    /// Keys of the contracts that this run deployed.
    deployed: Vec<String>,
    /// Keys of the contracts whose programs this run activated again.
    activated: Vec<String>,
    /// Permissions to sell, by the pair's key.
    permissions: Vec<(String, PermissionStatus)>,
    /// Wei.
    spent: U256,
    compared: usize,
}

async fn deploy(
    plan: &Plan,
    node: &Node,
    signer: PrivateKeySigner,
    method: Method,
    found: &Found,
    record_file: &mut RecordFile,
    output: Output,
) -> Result<RunResult> {
    let payer = Account::new(node.provider.clone(), node.chain_id, signer).await?;
    let before = node.provider.get_balance(payer.address()).await?;
    let mut runner = Runner { node, payer, method, record_file, compared: 0 };
    let mut result = RunResult::default();
    for item in &plan.items {
        if runner.is_complete(&item.key) {
            if found.is_inactive(item.spec.program()) {
                runner.activate_again(item).await?;
                result.activated.push(item.key.clone());
            }
            continue;
        }
        if stderr().is_terminal() {
            output.note(format_args!("{} …", item.key));
        }
        runner.run(item).await?;
        output.say(report::deployed(&item.key, runner.record_file.record()))?;
        result.deployed.push(item.key.clone());
    }
    if !found.inactive.is_empty() {
        let record = runner.record_file.record();
        for item in plan.items.iter().filter(|item| !result.deployed.contains(&item.key)) {
            let Some(entry) = record.contracts.get(&item.key) else { continue };
            result.compared += verify::existing_contract(node, item, entry, record).await?;
        }
    }
    for permission in &plan.permissions {
        result.permissions.push((permission.key.clone(), runner.permit(permission).await?));
    }
    let after = node.provider.get_balance(runner.payer.address()).await?;
    let compared = result.compared + runner.compared;
    Ok(RunResult { spent: before.saturating_sub(after), compared, ..result })
}
