//! `weir claim`: pays the account its rewards, and leaves its stake.
//! It works by the lifeboat, too, while the vault's programs cannot run.

use alloy::primitives::Address;
use anyhow::{Context, Result};
use serde_json::json;
use weir_bindings::IVault::{self, RewardPaid};
use weir_units::parse_address;

use super::{
    ActArguments, codes,
    place::Place,
    sending::{account, event, mined, send},
};
use crate::output::Output;

/// Examples and words for `--help`.
pub const HELP: &str = concat!(
    "\
Pays all rewards that the account has earned so far. The stake goes on earning.

Examples:
  weir claim savings --keystore ~/.foundry/keystores/me
  weir claim savings --receiver 0x… --dry-run",
    codes!()
);

/// Arguments of `weir claim`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The vault: its address, or its name in the deployment record.
    #[arg(value_name = "ADDRESS|NAME")]
    vault: String,

    /// Who gets the rewards. Default: the account that signs.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    receiver: Option<Address>,

    #[command(flatten)]
    act: ActArguments,
}

/// Claims.
///
/// # Errors
/// If there is no key or vault, the node does not answer, or the vault reverts.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let act = &arguments.act;
    let node = act.node.connect().await?;
    let place = Place::find(&arguments.vault, act, &node, output).await?;
    let account = account(act, &node, output).await?;
    let receiver = arguments.receiver.unwrap_or(account.address());
    let vault = node.reader(place.address()).in_next_block();
    let earned = vault.ask(IVault::earnedCall { account: account.address() }).await?;
    let mut document = json!({
        "vault": place.address(), "account": account.address(), "receiver": receiver,
        "rewards": place.reward.amount(earned), "transaction": null,
    });
    if earned.is_zero() {
        output.say(format_args!("{} has no rewards to claim yet.", account.address()))?;
        return output.result(&document);
    }
    if act.dry_run {
        account.gas_for(place.vault.claim(receiver)).await.context("the claim would not be made")?;
        let earned = place.reward.exact(earned);
        output.say(format_args!("Would pay {earned} to {receiver}; nothing was sent (--dry-run)."))?;
        return output.result(&document);
    }
    let receipt = send(&account, place.vault.claim(receiver), "the claim").await?;
    let paid: RewardPaid =
        event(&receipt, place.address()).context("the vault logged no payment: look at the transaction")?;
    output.say(format_args!(
        "Paid {} to {receiver}. {}",
        place.reward.exact(paid.amount),
        mined(&receipt)
    ))?;
    document["rewards"] = json!(place.reward.amount(paid.amount));
    document["transaction"] = json!(receipt.transaction_hash);
    document["gas_used"] = json!(receipt.gas_used);
    output.result(&document)
}
