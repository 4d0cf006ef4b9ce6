//! `weir fund`: gives reward tokens to a vault, which streams them to its stakers over the next epoch.
//! Anyone can fund a vault. The tokens cannot be taken back.

use anyhow::Result;
use serde_json::json;
use weir_bindings::{IVault::RewardAdded, Program};

use super::{VaultArguments, amount::AmountArgument, codes, sending::mined, session::Session};
use crate::{
    exit::Failure,
    output::Output,
    transaction::{event, send},
};

/// Explanation and examples for `--help`.
pub const HELP: &str = concat!(
    "\
Queues reward tokens, which stream to the stakers evenly over the next epoch. They cannot be taken back.

Examples:
  weir fund savings 100 --keystore ~/.foundry/keystores/me",
    codes!()
);

/// Arguments of `weir fund`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    at: VaultArguments,

    /// Amount of the reward token, in whole tokens.
    #[arg(value_name = "AMOUNT")]
    amount: AmountArgument,
}

/// Runs `weir fund`.
///
/// # Errors
/// If there is no key or vault, the balance is too low, the node does not answer, or the vault reverts.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let session = Session::open(&arguments.at, Some(Program::Extension), output).await?;
    let Session { node, vault, account, .. } = &session;
    let Some(amount) = arguments.amount.base_units(&vault.reward)? else {
        return Err(Failure::usage(
            "weir fund does not accept \"all\", because the tokens cannot be taken back: write an amount",
        )
        .into());
    };
    let mut document = json!({ "rewards": vault.reward.amount(amount), "credited": null });
    let payment = session.funding(amount);
    let needs_approval = payment.check(node, account.address()).await?;
    if arguments.at.act.dry_run {
        let amount = vault.reward.exact(amount);
        output.say(format_args!("Would queue {amount}. Nothing was sent (--dry-run)."))?;
        return session.end(document);
    }
    session.approve(&payment, needs_approval).await?;
    let receipt = send(account, vault.contract.fund(amount), "the funding").await?;
    let credited = event::<RewardAdded>(&receipt, vault.address()).map(|added| added.amount);
    let credited = vault.reward.amount(credited.unwrap_or_default());
    output.say(format_args!(
        "Queued {} {}, which will stream in the next epoch. {}",
        credited.tokens,
        vault.reward.symbol,
        mined(&receipt)
    ))?;
    document["credited"] = json!(credited);
    session.sent(document, &receipt)
}
