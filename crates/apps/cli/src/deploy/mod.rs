//! `weir deploy`: checks what a config describes, shows it with its costs, deploys it, reads it back, and records it.

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
    path::{Path, PathBuf},
};

use alloy::{
    primitives::{B256, U256},
    providers::Provider,
    signers::local::PrivateKeySigner,
};
use anyhow::{Context, Result};
use serde_json::{Map, Value};
use weir_bindings::deploy::Way;
use weir_client::{Account, Node};

use self::{
    config::{Config, Source},
    cost::{Bill, Estimator},
    plan::Plan,
    report::{Payer, Summary},
    run::{Permitted, Runner},
    tokens::Tokens,
};
use crate::{
    deployments::{Book, FolderArguments, Record, State},
    exit::{Failure, Kind},
    keys::{self, KeyArguments},
    node::NodeArguments,
    output::Output,
};

/// Examples and words for `--help`.
pub const HELP: &str = "\
A config names tokens, vaults, pairs and a router. Amounts are whole tokens (\"12.5\"), durations are words (\"7 days\") or
seconds, smoothing is a part (0.9, the default). examples/local.toml and examples/sepolia.toml explain all of it.

Vaults and pairs are clones: small proxies that a factory creates and that run shared programs. The programs (pair, vault,
extension) and the factory are deployed once. [factory] address = \"0x…\" names an existing factory: it is used only if its
code and that of its programs are this build's. A vault that is a pair's source by address must be genuine, too.

The command checks first, shows what it will do and what that costs, and asks. What is deployed is read back from the chain
and recorded in deployments/CHAIN-ID.json, contract by contract. Run again, it goes on where it stopped, and changes nothing
if everything is deployed. A config that contradicts what is deployed is an error: contracts do not change.

A contract whose constructor somebody else ran first is an error: do not use it. That can happen only on a chain without the
Stylus deployer, where three transactions create, activate and construct.

Examples:
  weir deploy examples/local.toml --dry-run
  weir deploy examples/local.toml --yes --json
  weir deploy sepolia.toml --rpc-url https://sepolia-rollup.arbitrum.io/rpc --keystore ~/.foundry/keystores/deployer

The programs are those in the binary if scripts/install made it, else those of target/wasm in its checkout (scripts/build);
WEIR_WASM_DIR names another folder.
Exit codes: 0 done or nothing to do, 2 wrong config or no key, 3 no node, 4 rejected by the chain, 5 a check failed,
6 not confirmed.";

/// Arguments of `weir deploy`.
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

    /// Begin a new record and keep the old one of this chain id beside it. For local chains that start anew.
    #[arg(long, conflicts_with = "dry_run")]
    reset: bool,
}

/// Deploys what the config describes and the record does not have.
///
/// # Errors
/// In one sentence: a wrong config, a failed check, a node that does not answer, a revert on chain. What was deployed until
/// then is in the record.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let (config, source) = Config::read(&arguments.config)?;
    let signer = arguments.key.signer(|warning| output.note(warning))?;
    let node = arguments.node.connect().await?;
    let plan = checked(&config, &source, &node).await?;
    let mut book = open(arguments, &node).await?;
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
    if let Some(aside) = book.set_aside()? {
        output.note(format_args!("the old record is kept as {}", aside.display()));
    }
    let done = match signer {
        Some(signer) => tokio::select! {
            done = deploy(&plan, &node, signer, way, &mut book, output) => done?,
            _ = tokio::signal::ctrl_c() => return Err(stopped(arguments).into()),
        },
        None => Done::default(),
    };
    summary.done(&done);
    output.say(report::end(&summary, &book, &source))?;
    output.result(&summary.document(&plan, book.record()))
}

/// Deploys examples/local.toml, which is built in, on a devnode in this process; returns the record.
///
/// # Errors
/// As [`run`].
pub async fn local(node: &Node, signer: PrivateKeySigner, folder: &Path, output: Output) -> Result<Book> {
    let text = include_str!("../../../../../examples/local.toml");
    let (config, source) = Config::parse(Path::new("examples/local.toml"), text.to_owned())?;
    let plan = checked(&config, &source, node).await?;
    let mut book = Book::begin(folder, node.chain_id, genesis(node).await?)?;
    book.set_aside()?;
    deploy(&plan, node, signer, Way::on(&node.provider).await?, &mut book, output).await?;
    Ok(book)
}

/// The plan, after checks of the chain, the tokens and the other contracts that the config names.
async fn checked(config: &Config, source: &Source, node: &Node) -> Result<Plan> {
    checks::chain(config, source, node).await?;
    let tokens = Tokens::look_up(config, source, node).await?;
    let plan = Plan::of(config, source, &tokens)?;
    checks::contracts(&plan, config, node).await?;
    Ok(plan)
}

/// The record. With --reset it is a new one, and the old one stays in its place until something is sent.
async fn open(arguments: &Arguments, node: &Node) -> Result<Book> {
    let (folder, genesis) = (&arguments.folder.deployments, genesis(node).await?);
    match arguments.reset {
        true => Book::begin(folder, node.chain_id, genesis),
        false => Book::open(folder, node.chain_id, genesis),
    }
}

/// Ctrl-C came: every transaction was recorded before it was sent, so nothing is lost.
fn stopped(arguments: &Arguments) -> Failure {
    Failure::new(
        Kind::Failed,
        format!(
            "stopped: run weir deploy {} again to go on where it stopped; what was sent is recorded",
            arguments.config.display()
        ),
    )
}

async fn genesis(node: &Node) -> Result<B256> {
    let block = node.provider.get_block_by_number(0.into()).await?;
    Ok(block.context("the node does not know its chain's first block")?.header.hash)
}

/// Compares what is recorded with the config and with the chain; returns how many values match.
async fn compare(plan: &Plan, record: &Record, source: &Source, node: &Node) -> Result<usize> {
    let mut compared = 0;
    for item in &plan.items {
        let Some(entry) = record.contracts.get(&item.key) else { continue };
        let wanted = item.order.arguments(record)?;
        if let Some(difference) = difference(&entry.arguments, &wanted) {
            let address = entry.address.map_or_else(String::new, |address| format!(" at {address}"));
            return Err(Failure::check(format!(
                "{} is deployed{address} with {difference} in {}, and that cannot be changed: restore the config, or give \
                 the new contract another name",
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

/// The first argument that differs from the deployed one: `epoch_length 604800, which is 86400`.
fn difference(deployed: &Map<String, Value>, wanted: &Map<String, Value>) -> Option<String> {
    let (name, value) = wanted.iter().find(|(name, value)| deployed.get(*name) != Some(value))?;
    let before = deployed.get(name).unwrap_or(&Value::Null);
    Some(format!("{name} {before}, which is {value}"))
}

fn is_complete(plan: &Plan, record: &Record) -> bool {
    let complete = |key: &str| record.contracts.get(key).is_some_and(|entry| entry.state == State::Complete);
    plan.items.iter().all(|item| complete(&item.key))
}

/// Estimates what is missing. What an earlier run began is mostly paid for and left out.
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
            "there is no terminal to ask on: give --yes to deploy without being asked, or --dry-run to send nothing",
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
    /// Keys of what this run deployed.
    deployed: Vec<String>,
    /// Keys of pairs, and what became of their permissions.
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
