//! `weir fund`: gives a vault reward tokens, which stream to its stakers over the next epoch.
//! Anyone can; nobody gets them back.

use anyhow::Result;
use serde_json::json;
use weir_bindings::{IVault::RewardAdded, Program};

use super::{
    ActArguments,
    amount::HowMuch,
    codes,
    place::Place,
    sending::{Payment, account, event, mined, send},
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
    /// The vault: its address, or its name in the deployment record.
    #[arg(value_name = "ADDRESS|NAME")]
    vault: String,

    /// How much of the reward token, in whole tokens.
    #[arg(value_name = "AMOUNT")]
    amount: HowMuch,

    #[command(flatten)]
    act: ActArguments,
}

/// Funds.
///
/// # Errors
/// If there is no key, vault or balance, the node does not answer, or the vault reverts.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let act = &arguments.act;
    let node = act.node.connect().await?;
    let place = Place::find(&arguments.vault, act, &node, output).await?;
    place.needs(Program::Extension)?;
    let account = account(act, &node, output).await?;
    let Some(amount) = arguments.amount.base_units(&place.reward)? else {
        return Err(Failure::usage("a gift needs an amount: write a number of whole tokens").into());
    };
    let mut document = json!({
        "vault": place.address(), "account": account.address(),
        "rewards": place.reward.amount(amount), "credited": null, "transaction": null,
    });
    let payment = Payment { token: &place.reward, amount, spender: place.address() };
    let needs_approval = payment.check(&node, account.address()).await?;
    if act.dry_run {
        let amount = place.reward.exact(amount);
        output.say(format_args!("Would give {amount}; nothing was sent (--dry-run)."))?;
        return output.result(&document);
    }
    if needs_approval {
        payment.approve(&node, &account, output).await?;
    }
    let receipt = send(&account, place.vault.fund(amount), "the gift").await?;
    let credited =
        event::<RewardAdded>(&receipt, place.address()).map(|added| added.amount).unwrap_or_default();
    output.say(format_args!(
        "Queued {}, which stream from the next epoch on. {}",
        place.reward.exact(credited),
        mined(&receipt)
    ))?;
    document["credited"] = json!(place.reward.amount(credited));
    document["transaction"] = json!(receipt.transaction_hash);
    document["gas_used"] = json!(receipt.gas_used);
    output.result(&document)
}
