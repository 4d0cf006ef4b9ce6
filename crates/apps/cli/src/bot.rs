//! `weir bot`: the liquidator of `weir-bot`, with the key that this command line reads.

use anyhow::Result;
use clap::Args;
use weir_client::{Node, Patience};

use crate::{deployments::FolderArguments, keys::KeyArguments, output::Output, targets};

/// Buys the lots of liquidation pairs when they are worth more than they cost.
///
/// It computes the second in which a lot's price will have come down to what the lot is worth less margin and gas, simulates the
/// purchase then, and sends it with that as its limit: the chain refuses to take more. It keeps nothing between runs.
#[derive(Clone, Debug, Args)]
pub struct BotArguments {
    #[command(flatten)]
    bot: weir_bot::Arguments,

    #[command(flatten)]
    folder: FolderArguments,

    #[command(flatten)]
    key: KeyArguments,
}

/// Runs until Ctrl-C, then says what was won.
///
/// # Errors
/// If there is no key and it is no dry run, or something that the arguments name is not there.
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
