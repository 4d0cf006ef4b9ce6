//! `weir status`: shows the current state of vaults, pairs and factories.
//! Each kind of contract has its own file.

mod account;
mod arguments;
mod auction;
mod contract;
mod contracts;
mod factory;
mod inactive;
mod options;
mod pair;
mod programs;
mod rates;
pub mod sections;
mod vault;
mod watch;

use anyhow::Result;

pub use self::arguments::{Arguments, HELP};
use self::contracts::Contracts;
use crate::output::Output;

/// Runs `weir status`.
///
/// # Errors
/// If a name is unknown, an address has no contract of Weir's, a vault is not genuine, a program cannot run, or the
/// node does not answer.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    if let Some(seconds) = arguments.watch {
        return watch::run(arguments, seconds, output).await;
    }
    let contracts = Contracts::open(arguments).await?;
    let view = contracts.read().await?;
    output.say(view.text.trim_end())?;
    for warning in view.findings.warnings() {
        output.note(format_args!("warning: {warning}"));
    }
    contracts.check_genuine()?;
    view.findings.check().map_err(|failure| failure.with_document(view.document.clone()))?;
    output.result(&view.document)
}
