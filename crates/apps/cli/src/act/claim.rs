//! `weir claim`: pays the account its rewards. The stake stays in the vault.
//! The lifeboat makes it work even while the vault's programs cannot run.

use anyhow::{Context, Result};
use serde_json::json;
use weir_bindings::IVault::{self, RewardPaid};

use super::{ReceiverArguments, codes, sending::mined, session::Session};
use crate::{
    output::Output,
    transaction::{event, send},
};

/// Explanation and examples for `--help`.
pub const HELP: &str = concat!(
    "\
Pays all rewards that the account has earned so far. The stake keeps earning.

Examples:
  weir claim savings --keystore ~/.foundry/keystores/me
  weir claim savings --receiver 0x… --dry-run",
    codes!()
);

/// Arguments of `weir claim`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    to: ReceiverArguments,
}

/// Runs `weir claim`.
///
/// # Errors
/// If there is no key or vault, the node does not answer, or the vault reverts.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let session = Session::open(&arguments.to.at, None, output).await?;
    let Session { node, vault, account, .. } = &session;
    let receiver = arguments.to.receiver.unwrap_or(account.address());
    let reader = node.reader(vault.address()).in_next_block();
    let earned = reader.ask(IVault::earnedCall { account: account.address() }).await?;
    let document = |rewards| json!({ "receiver": receiver, "rewards": vault.reward.amount(rewards) });
    if earned.is_zero() {
        output.say(format_args!("{} has no rewards to claim yet.", account.address()))?;
        return session.end(document(earned));
    }
    if arguments.to.at.act.dry_run {
        account.gas_for(vault.contract.claim(receiver)).await.context("the claim would fail")?;
        let words = vault.reward.exact(earned);
        output.say(format_args!("Would pay {words} to {receiver}. Nothing was sent (--dry-run)."))?;
        return session.end(document(earned));
    }
    let receipt = send(account, vault.contract.claim(receiver), "the claim").await?;
    let paid: RewardPaid =
        event(&receipt, vault.address()).context("the vault logged no payment: check the transaction")?;
    output.say(format_args!(
        "Paid {} to {receiver}. {}",
        vault.reward.exact(paid.amount),
        mined(&receipt)
    ))?;
    session.sent(document(paid.amount), &receipt)
}
