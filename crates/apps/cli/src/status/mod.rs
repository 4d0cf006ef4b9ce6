//! `weir status`: vaults, pairs and factories as they are now.
//! Each kind of contract has a file of its own.

mod account;
mod arguments;
mod auction;
mod contract;
mod factory;
mod inactive;
mod pair;
mod question;
mod rates;
mod sections;
mod session;
mod vault;
mod watch;

use anyhow::Result;

pub use self::arguments::{Arguments, HELP};
use self::session::Session;
use crate::output::Output;

/// Shows them.
///
/// # Errors
/// In one sentence: a name that nobody knows, an address without a contract of ours, a vault that is not genuine, a node that
/// does not answer.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    if let Some(seconds) = arguments.watch {
        return watch::run(arguments, seconds, output).await;
    }
    let session = Session::open(arguments).await?;
    let view = session.look().await?;
    output.say(view.text.trim_end())?;
    session.check()?;
    output.result(&view.document)
}
