//! `weir devnode`: runs the node of `weir-devnode` with its arguments.
//! `--demo` adds a vault with stakers, rewards and yield.

mod demo;

use std::time::Duration;

use anyhow::Result;
use weir_devnode::program::{self, Args, Format};

use crate::{deployments::FolderArguments, output::Output};

/// Examples for `--help`.
pub const HELP: &str = "\
Examples:
  weir devnode                                       JSON-RPC on http://127.0.0.1:8547
  weir devnode --demo                                with an active vault: stakers, an epoch, a lot for sale
  weir devnode --demo --activations-paused           as on the public chains now: no new programs
  weir devnode --port 0 --json                       a free port, printed in a JSON document
  weir devnode --state chain.bin                     keeps the chain in a file between runs
  weir devnode --timestamp 1735689600 --quiet        the same first block in every run

Ctrl-C or SIGTERM stops it. It mines each transaction at once, in its own block. evm_setNextBlockTimestamp and
evm_increaseTime set the time. The private keys that it prints are public: never use them on another chain.";

/// Arguments of `weir devnode`.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    node: Args,

    /// Start with a demo vault (examples/local.toml), recorded as by `weir deploy`. Keeps an older record of this chain
    /// id beside the new one.
    #[arg(long)]
    demo: bool,

    #[command(flatten)]
    folder: FolderArguments,
}

/// Runs the node until it is stopped.
///
/// # Errors
/// If the node does not start, cannot store its chain, or the demo vault cannot be deployed.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let format = if output.is_json() { Format::Json } else { Format::Text };
    if !arguments.demo {
        return Ok(program::run(&arguments.node, format).await?);
    }
    let past = Duration::from_secs(demo::AGE);
    let started = program::start(&arguments.node, format, past).await?;
    // The output of the deployment would only distract.
    demo::prepare(started.node(), &arguments.folder.deployments, output.quiet()).await?;
    Ok(started.serve(demo::WORDS).await?)
}
