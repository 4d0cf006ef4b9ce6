//! `weir bot`: runs the liquidator of the crate `weir-bot`.
//! This module adds the key and looks up names in the deployment record.

use anyhow::Result;
use clap::Args;
use weir_client::{Node, Patience};

use crate::{deployments::FolderArguments, keys::KeyArguments, output::Output, targets};

/// Buys the lots of liquidation pairs when they are worth more than they cost.
///
/// For each pair the bot computes when the price falls to the limit: the worth of the lot minus gas and margin. At that
/// second it simulates the purchase and sends it. The transaction reverts if the price is above the limit. No state is
/// kept between runs.
#[derive(Clone, Debug, Args)]
pub struct BotArguments {
    #[command(flatten)]
    bot: weir_bot::Arguments,

    #[command(flatten)]
    folder: FolderArguments,

    #[command(flatten)]
    key: KeyArguments,
}

/// Runs until Ctrl-C, then prints a summary.
///
/// # Errors
/// If a key is missing outside a dry run, or a named contract does not exist.
pub async fn run(arguments: &BotArguments, output: Output) -> Result<()> {
    let signer = arguments.key.signer(|warning| output.note(warning))?;
    let node = Node::connect(&arguments.bot.rpc_url, Patience::default()).await?;
    let find = |name: &str| targets::one(name, &arguments.folder, node.chain_id).map(|target| target.address);
    let bot = arguments.bot.clone().resolve(find)?;
    let summary = weir_bot::run(&bot, signer, output.is_json()).await?;
    if !output.is_json() {
        output.say(&summary)?;
    }
    output.result(&summary)
}
