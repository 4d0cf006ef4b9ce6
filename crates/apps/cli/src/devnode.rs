//! `weir devnode`: the node of weir-devnode, with its own arguments.

use anyhow::Result;
use weir_devnode::program::{self, Args, Format};

use crate::output::Output;

/// Examples for `--help`.
pub const HELP: &str = "\
Examples:
  weir devnode                                       JSON-RPC on http://127.0.0.1:8547
  weir devnode --port 0 --json                       a free port, told in a JSON document
  weir devnode --state chain.bin                     the chain is kept in a file between runs
  weir devnode --timestamp 1735689600 --quiet        always the same first block

Ctrl-C or SIGTERM stops it. Every transaction is mined at once, in a block of its own; time is set with
evm_setNextBlockTimestamp and evm_increaseTime. The keys that it prints are known to everybody.";

/// Runs the node until it is stopped.
///
/// # Errors
/// One sentence, if it does not start or cannot keep its chain.
pub async fn run(arguments: &Args, output: Output) -> Result<()> {
    let format = if output.is_json() { Format::Json } else { Format::Text };
    Ok(program::run(arguments, format).await?)
}
