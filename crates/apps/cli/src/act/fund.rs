//! `weir fund`: gives a vault reward tokens, which stream to its stakers over the next epoch.
//! Anyone can; nobody gets them back.

use anyhow::Result;
use serde_json::json;
use weir_bindings::{IVault::RewardAdded, Program};

use super::{
    VaultArguments,
    amount::HowMuch,
    codes,
    sending::{event, mined, send},
    session::Session,
};
use crate::{exit::Failure, output::Output};

/// Examples and words for `--help`.
pub const HELP: &str = concat!(
    "\
Queues reward tokens: they stream to the stakers evenly over the next epoch. They are a gift and cannot be taken back.

Examples:
  weir fund savings 100 --keystore ~/.foundry/keystores/me",
    codes!()
);

/// Arguments of `weir fund`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    at: VaultArguments,

    /// How much of the reward token, in whole tokens.
    #[arg(value_name = "AMOUNT")]
    amount: HowMuch,
}

/// Funds.
///
/// # Errors
/// If there is no key, vault or balance, the node does not answer, or the vault reverts.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let session = Session::open(&arguments.at, Some(Program::Extension), output).await?;
    let Session { node, place, account, .. } = &session;
    let Some(amount) = arguments.amount.base_units(&place.reward)? else {
        return Err(Failure::usage("a gift needs an amount: write a number of whole tokens").into());
    };
    let mut document = json!({ "rewards": place.reward.amount(amount), "credited": null });
    let payment = session.gift(amount);
    let needs_approval = payment.check(node, account.address()).await?;
    if arguments.at.act.dry_run {
        let amount = place.reward.exact(amount);
        output.say(format_args!("Would give {amount}; nothing was sent (--dry-run)."))?;
        return session.end(document);
    }
    session.approve(&payment, needs_approval).await?;
    let receipt = send(account, place.vault.fund(amount), "the gift").await?;
    let credited = event::<RewardAdded>(&receipt, place.address()).map(|added| added.amount);
    let credited = place.reward.amount(credited.unwrap_or_default());
    output.say(format_args!(
        "Queued {} {}, which stream from the next epoch on. {}",
        credited.tokens,
        place.reward.symbol,
        mined(&receipt)
    ))?;
    document["credited"] = json!(credited);
    session.sent(document, &receipt)
}
