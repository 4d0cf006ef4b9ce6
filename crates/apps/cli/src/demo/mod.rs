//! `weir demo`: runs a vault and its auction on a devnode in this process and checks them against exact models.
//! It has three parts: the toy model's example, the auction, and the lifeboat. Pictures and data go to a folder.

mod accounts;
mod auction;
mod lifeboat;
mod model;
mod rational;
mod replay;
mod results;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::ValueEnum;
use weir_devnode::Devnode;
use weir_harness::Chain;

use weir_report::progress::Progress;

use self::{auction::Scenario, results::Results};
use crate::output::Output;

/// Timestamp of the chain's first block: 2025-01-01 00:00 UTC. It is fixed so that all runs are the same.
const GENESIS: u64 = 1_735_689_600;

/// Examples for `--help`.
pub const HELP: &str = "\
Examples:
  weir demo                                 all parts; pictures and data go to target/demo
  weir demo --only auction --all-scenarios  only the auction, with eleven combinations of yield and smoothing
  weir demo --only lifeboat                 only the lifeboat: programs expire, and stakers leave
  weir demo --json --out pictures           the figures for a script

It needs no node: a devnode runs in this process. The exit code is 1 if any balance, stake or reward differs from the
model.";

/// Arguments of `weir demo`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder for pictures (PNG, SVG) and their data (CSV). Replaces files of an earlier run.
    #[arg(long, value_name = "DIR", default_value = "target/demo", overrides_with = "out")]
    out: PathBuf,
    /// Runs one part instead of all.
    #[arg(long, value_name = "PART")]
    only: Option<Part>,
    /// Runs the auction with eleven combinations of yield and smoothing instead of four.
    #[arg(long)]
    all_scenarios: bool,
}

/// The parts of the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The example of the toy vault model: stakers deposit, rewards stream.
    Replay,
    /// The auction of a vault's yield.
    Auction,
    /// A vault whose programs expire, and whose stakers leave.
    Lifeboat,
}

/// Runs the demo.
///
/// # Errors
/// If the devnode or a transaction fails, or an amount differs from the model.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let start = Instant::now();
    let mut results = Results::create(&arguments.out, output)?;
    let runs = |part| arguments.only.is_none_or(|only| only == part);

    let chain = start_chain(&mut results).await?;
    if runs(Part::Replay) {
        replay::run(&chain, &mut results).await?;
    }
    if runs(Part::Auction) {
        let scenarios = if arguments.all_scenarios { Scenario::all() } else { Scenario::SOME.to_vec() };
        auction::run(&chain, &scenarios, &mut results).await?;
    }
    // It comes last, because a year passes in it.
    if runs(Part::Lifeboat) {
        lifeboat::run(&chain, &mut results).await?;
    }
    results.list_files()?;
    results.say(&format!("All of it took {}.", seconds(start.elapsed())))?;
    results.finish()
}

async fn start_chain(results: &mut Results) -> Result<Chain> {
    let progress = Progress::begin("devnode: starting", 1);
    let chain = Chain::at_a_standstill(Devnode::builder().genesis_timestamp(GENESIS))
        .await
        .context("cannot start the devnode in this process")?;
    progress.end();
    let url = chain.node().map(Devnode::rpc_url).unwrap_or_default();
    results.say(&format!("Devnode at {url}, chain id {}.", chain.chain_id()))?;
    Ok(chain)
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
