//! `weir devnode`: the node of weir-devnode with its own arguments, and on request a vault that lives on it.

mod demo;

use std::time::Duration;

use anyhow::Result;
use weir_devnode::program::{self, Args, Format};

use crate::{deployments::FolderArguments, output::Output};

/// Examples for `--help`.
pub const HELP: &str = "\
Examples:
  weir devnode                                       JSON-RPC on http://127.0.0.1:8547
  weir devnode --demo                                with a vault that lives: stakers, a streaming epoch, a lot for sale
  weir devnode --port 0 --json                       a free port, shown in a JSON document
  weir devnode --state chain.bin                     the chain is kept in a file between runs
  weir devnode --timestamp 1735689600 --quiet        always the same first block

Ctrl-C or SIGTERM stops it. Every transaction is mined at once, in a block of its own; time is set with
evm_setNextBlockTimestamp and evm_increaseTime. The keys that it prints are known to everybody.";

/// Arguments of `weir devnode`.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    node: Args,

    /// Start with a demo vault (examples/local.toml), and record it as `weir deploy` does. An older record of such a chain is
    /// kept beside the new one.
    #[arg(long)]
    demo: bool,

    #[command(flatten)]
    folder: FolderArguments,
}

/// Runs the node until it is stopped.
///
/// # Errors
/// One sentence, if it does not start, cannot keep its chain, or the demo vault cannot be made.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let format = if output.is_json() { Format::Json } else { Format::Text };
    if !arguments.demo {
        return Ok(program::run(&arguments.node, format).await?);
    }
    let past = Duration::from_secs(demo::AGE);
    let started = program::start(&arguments.node, format, past).await?;
    // What the deployment prints is for people who deploy.
    demo::prepare(started.node(), &arguments.folder.deployments, output.quiet()).await?;
    Ok(started.serve(demo::WORDS).await?)
}
