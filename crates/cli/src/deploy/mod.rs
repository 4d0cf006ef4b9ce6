//! `weir deploy`: what a config describes, checked, shown, deployed, read back, and written down.

mod checks;
mod config;
mod cost;
mod order;
mod plan;
mod report;
mod run;
mod tokens;
mod verify;

use std::{
    io::{IsTerminal, stderr, stdin},
    path::PathBuf,
};

use alloy::{
    primitives::{B256, U256},
    providers::Provider,
    signers::local::PrivateKeySigner,
};
use anyhow::{Context, Result};
use serde_json::{Map, Value};
use weir_bindings::deploy::Way;
use weir_harness::Account;

use self::{
    config::{Config, Source},
    cost::{Bill, Estimator},
    plan::Plan,
    report::{Payer, Summary},
    run::{Permitted, Runner},
    tokens::Tokens,
};
use crate::{
    deployments::{Book, FolderArguments, Record, State, set_aside},
    exit::{Failure, Kind},
    keys::{self, KeyArguments},
    node::{Node, NodeArguments},
    output::Output,
};

/// Examples and words for `--help`.
pub const HELP: &str = "\
A config names tokens, vaults, and if wanted a factory, a router and pairs. Amounts are whole tokens (\"12.5\"), durations
are words (\"7 days\") or seconds, smoothing is a part (0.9). examples/local.toml and examples/sepolia.toml explain all
of it.

It checks first, shows what it will do and what that costs, and asks. What is deployed is read back from the chain and
written to deployments/CHAIN-ID.json, contract by contract: run again, it goes on where it stopped, and changes nothing
if all is there. What a config says otherwise than what is deployed is refused: contracts do not change.

Examples:
  weir deploy examples/local.toml --dry-run
  weir deploy examples/local.toml --yes --json
  weir deploy sepolia.toml --rpc-url https://sepolia-rollup.arbitrum.io/rpc --keystore ~/.foundry/keystores/deployer

The programs are those of target/wasm (scripts/build), or of WEIR_WASM_DIR.
Exit codes: 0 done or nothing to do, 2 wrong config or no key, 3 no node, 4 refused by the chain, 5 a check failed,
6 not confirmed.";

/// What `weir deploy` can be told.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What to deploy, in TOML.
    #[arg(value_name = "CONFIG.toml")]
    config: PathBuf,

    #[command(flatten)]
    node: NodeArguments,

    #[command(flatten)]
    key: KeyArguments,

    #[command(flatten)]
    folder: FolderArguments,

    /// Check and show everything, send nothing. Needs no key.
    #[arg(long)]
    dry_run: bool,

    /// Do not ask.
    #[arg(long, short)]
    yes: bool,

    /// Begin a new record; an old one of this chain's id is kept beside it. For local chains that start anew.
    #[arg(long, conflicts_with = "dry_run")]
    reset: bool,
}

/// Deploys what the config says and is not there yet.
///
/// # Errors
/// In one sentence: a wrong config, a check that fails, a node that does not answer, a refusal of the chain. What was
/// deployed until then is in the record.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let (config, source) = Config::read(&arguments.config)?;
    let signer = arguments.key.signer(|warning| output.note(warning))?;
    let node = arguments.node.connect().await?;
    let plan = checked(&config, &source, &node).await?;
    let mut book = open(arguments, &node, output).await?;
    let compared = compare(&plan, book.record(), &source, &node).await?;
    let is_complete = is_complete(&plan, book.record());
    if signer.is_none() && !arguments.dry_run && !is_complete {
        return Err(keys::missing().into());
    }

    let way = Way::on(&node.provider).await?;
    let payer = Payer::of(signer.as_ref(), &node).await?;
    let bill = estimate(&plan, book.record(), &node, way, &payer).await?;
    let mut summary = Summary::new(&node, &book, &bill, &payer, compared);
    if !is_complete || arguments.dry_run {
        output.say(report::plan(&summary, &plan, book.record()))?;
    }
    for warning in checks::warnings(&plan, node.chain_id) {
        output.note(format_args!("warning: {warning}"));
        summary.warnings.push(warning);
    }
    payer.check(&bill, node.chain_id)?;
    if arguments.dry_run {
        output.say("Nothing was sent (--dry-run).")?;
        return output.result(&summary.document(&plan, book.record()));
    }
    if !is_complete {
        confirm(arguments, node.chain_id, output)?;
    }
    let done = match signer {
        Some(signer) => deploy(&plan, &node, signer, way, &mut book, output).await?,
        None => Done::default(),
    };
    summary.done(&done);
    output.say(report::end(&summary, &book, &source))?;
    output.result(&summary.document(&plan, book.record()))
}

/// The plan, if config, tokens and chain are fit for it.
async fn checked(config: &Config, source: &Source, node: &Node) -> Result<Plan> {
    checks::chain(config, source, node).await?;
    let tokens = Tokens::look_up(config, source, node).await?;
    let plan = Plan::of(config, source, &tokens)?;
    checks::contracts(&plan, config, node).await?;
    Ok(plan)
}

async fn open(arguments: &Arguments, node: &Node, output: Output) -> Result<Book> {
    let folder = &arguments.folder.deployments;
    if arguments.reset
        && let Some(aside) = set_aside(folder, node.chain_id)?
    {
        output.note(format_args!("the old record is kept as {}", aside.display()));
    }
    Book::open(folder, node.chain_id, genesis(node).await?)
}

async fn genesis(node: &Node) -> Result<B256> {
    let block = node.provider.get_block_by_number(0.into()).await?;
    Ok(block.context("the node does not know its chain's first block")?.header.hash)
}

/// Compares what is there with the config and with the chain; returns how many values are as they have to be.
async fn compare(plan: &Plan, record: &Record, source: &Source, node: &Node) -> Result<usize> {
    let mut compared = 0;
    for item in &plan.items {
        let Some(entry) = record.contracts.get(&item.key) else { continue };
        let wanted = item.order.arguments(record)?;
        if let Some(difference) = difference(&entry.arguments, &wanted) {
            let address = entry.address.map_or_else(String::new, |address| format!(" at {address}"));
            return Err(Failure::check(format!(
                "{} is deployed{address} with {difference} in {}, and that cannot be changed: restore the config, or give \
                 the new one another name",
                item.key,
                source.path().display()
            ))
            .into());
        }
        if entry.state == State::Complete {
            compared += verify::again(node, item, entry, record).await?;
        }
    }
    Ok(compared)
}

/// The first argument that was another when it was deployed: `epoch_length 604800, which is 86400`.
fn difference(deployed: &Map<String, Value>, wanted: &Map<String, Value>) -> Option<String> {
    let (name, value) = wanted.iter().find(|(name, value)| deployed.get(*name) != Some(value))?;
    let before = deployed.get(name).unwrap_or(&Value::Null);
    Some(format!("{name} {before}, which is {value}"))
}

fn is_complete(plan: &Plan, record: &Record) -> bool {
    let complete = |key: &str| record.contracts.get(key).is_some_and(|entry| entry.state == State::Complete);
    plan.items.iter().all(|item| complete(&item.key))
}

/// What is missing costs. What was begun in an earlier run has been paid for, but for the end of it.
async fn estimate(plan: &Plan, record: &Record, node: &Node, way: Way, payer: &Payer) -> Result<Bill> {
    let mut estimator = Estimator::new(node, record, way, payer.address()).await?;
    for item in plan.items.iter().filter(|item| !record.contracts.contains_key(&item.key)) {
        estimator.add(&item.key, &item.order).await?;
    }
    for permission in plan.permissions.iter().filter(|permission| payer.is(permission.owner)) {
        estimator.add_permission(&permission.key);
    }
    Ok(estimator.bill())
}

fn confirm(arguments: &Arguments, chain_id: u64, output: Output) -> Result<()> {
    if arguments.yes {
        return Ok(());
    }
    if !stdin().is_terminal() {
        return Err(Failure::usage(
            "there is no terminal to ask on: give --yes to deploy without being asked, or --dry-run to see more",
        )
        .into());
    }
    output.note(format_args!("Deploy this to chain {chain_id}? [y/N]"));
    let mut answer = String::new();
    stdin().read_line(&mut answer).context("cannot read the answer")?;
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Failure::new(Kind::Declined, "not confirmed: nothing was deployed").into())
}

/// What a run did.
#[derive(Debug, Default)]
pub struct Done {
    /// Keys of what was deployed now.
    deployed: Vec<String>,
    /// Pairs that are let sell now, and what owners have to do.
    permitted: Vec<(String, Permitted)>,
    /// Wei.
    spent: U256,
    compared: usize,
}

async fn deploy(
    plan: &Plan,
    node: &Node,
    signer: PrivateKeySigner,
    way: Way,
    book: &mut Book,
    output: Output,
) -> Result<Done> {
    let payer = Account::new(node.provider.clone(), node.chain_id, signer).await?;
    let before = node.provider.get_balance(payer.address()).await?;
    let mut runner = Runner { node, payer, way, book, compared: 0 };
    let mut done = Done::default();
    for item in &plan.items {
        if runner.is_complete(&item.key) {
            continue;
        }
        if stderr().is_terminal() {
            output.note(format_args!("{} …", item.key));
        }
        runner.run(item).await?;
        output.say(report::deployed(&item.key, runner.book.record()))?;
        done.deployed.push(item.key.clone());
    }
    for permission in &plan.permissions {
        done.permitted.push((permission.key.clone(), runner.permit(permission).await?));
    }
    let after = node.provider.get_balance(runner.payer.address()).await?;
    Ok(Done { spent: before.saturating_sub(after), compared: runner.compared, ..done })
}
