//! `weir demo`: starts a devnode, replays the toy model's run on it, runs the auction, lets a vault's programs expire, and says
//! where the pictures are.

mod auction;
mod lifeboat;
mod model;
mod output;
mod person;
mod rational;
mod replay;
mod send;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::ValueEnum;
use weir_devnode::Devnode;
use weir_harness::Chain;

use self::output::Output;
use auction::Scenario;
use weir_report::progress::Progress;

use crate::output as words;

/// Timestamp of the chain's first block: 2025-01-01 00:00 UTC. Any would do; a fixed one makes runs alike.
const GENESIS: u64 = 1_735_689_600;

/// Examples for `--help`.
pub const HELP: &str = "\
Examples:
  weir demo                                 all parts; pictures and data go to target/demo
  weir demo --only auction --all-scenarios  the auction alone, for eleven kinds of yield and smoothing
  weir demo --only lifeboat                 programs that expire, and stakers who leave
  weir demo --json --out pictures           the figures for a script

It needs no node: a devnode runs in this process. It ends with 1 if any balance, stake or reward is not the model's.";

/// What `weir demo` can be told.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder for pictures (PNG, SVG) and their data (CSV); files of an earlier run are overwritten.
    #[arg(long, value_name = "DIR", default_value = "target/demo", overrides_with = "out")]
    out: PathBuf,
    /// Runs one part instead of all.
    #[arg(long, value_name = "PART")]
    only: Option<Part>,
    /// Runs the auction for eleven kinds of yield and smoothing instead of four.
    #[arg(long)]
    all_scenarios: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The toy vault model's run: stakers deposit, rewards stream.
    Replay,
    /// The auction of a vault's yield.
    Auction,
    /// A vault whose programs expire: its stakers leave.
    Lifeboat,
}

/// Runs the demo.
///
/// # Errors
/// One sentence, if anything does not work or is not as the models say.
pub async fn run(arguments: &Arguments, words: words::Output) -> Result<()> {
    let start = Instant::now();
    let mut output = Output::into_folder(&arguments.out, words)?;
    let runs = |part| arguments.only.is_none_or(|only| only == part);

    let chain = start_chain(&mut output).await?;
    if runs(Part::Replay) {
        replay::run(&chain, &mut output).await?;
    }
    if runs(Part::Auction) {
        let scenarios = if arguments.all_scenarios { Scenario::all() } else { Scenario::SOME.to_vec() };
        auction::run(&chain, &scenarios, &mut output).await?;
    }
    // The last: a year passes.
    if runs(Part::Lifeboat) {
        lifeboat::run(&chain, &mut output).await?;
    }
    output.list_files()?;
    output.say(&format!("All of it took {}.", seconds(start.elapsed())))?;
    output.finish()
}

async fn start_chain(output: &mut Output) -> Result<Chain> {
    let progress = Progress::begin("devnode: starting", 1);
    let chain = Chain::at_a_standstill(Devnode::builder().genesis_timestamp(GENESIS))
        .await
        .context("the devnode in this process does not start")?;
    progress.end();
    let url = chain.node().map(Devnode::rpc_url).unwrap_or_default();
    output.say(&format!("Devnode at {url}, chain id {}.", chain.chain_id()))?;
    Ok(chain)
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
