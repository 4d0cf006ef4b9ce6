//! `weir withdraw`: takes assets out of a vault, and leaves the rewards to be claimed.
//! It works by the lifeboat, too, while the vault's programs cannot run.

use anyhow::{Context, Result};
use serde_json::json;
use weir_bindings::IVault::{self, Withdraw};
use weir_client::Action;

use super::{
    ReceiverArguments,
    amount::HowMuch,
    codes,
    sending::{event, mined, send},
    session::Session,
};
use crate::output::Output;

/// Examples and words for `--help`.
pub const HELP: &str = concat!(
    "\
Takes assets out, 1:1 for shares unless the vault has lost some. Rewards stay claimable (weir claim); weir exit takes both.

Examples:
  weir withdraw savings 12.5 --keystore ~/.foundry/keystores/me
  weir withdraw savings all --receiver 0x…",
    codes!()
);

/// Arguments of `weir withdraw`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    to: ReceiverArguments,

    /// How much of the asset, in whole tokens, or `all` that the shares are worth.
    #[arg(value_name = "AMOUNT")]
    amount: HowMuch,
}

/// Withdraws.
///
/// # Errors
/// If there is no key or vault, the node does not answer, or the vault reverts.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let session = Session::open(&arguments.to.at, None, output).await?;
    let Session { node, place, account, .. } = &session;
    let owner = account.address();
    let receiver = arguments.to.receiver.unwrap_or(owner);
    let shares = node.reader(place.address()).in_next_block();
    let shares = shares.ask(IVault::balanceOfCall { account: owner }).await?;
    let mut document = json!({ "receiver": receiver, "assets": null, "shares": null });
    if shares.is_zero() {
        output.say(format_args!("{owner} has no shares."))?;
        return session.end(document);
    }
    let request = match arguments.amount.base_units(&place.asset)? {
        Some(assets) => place.vault.withdraw(assets, receiver, owner).into_request(),
        None => place.vault.redeem(shares, receiver, owner).into_request(),
    };
    if arguments.to.at.act.dry_run {
        account.gas_for(request).await.context("the withdrawal would not be made")?;
        output.say("The withdrawal would succeed; nothing was sent (--dry-run).")?;
        return session.end(document);
    }
    let receipt = send(account, request, "the withdrawal").await?;
    let paid: Withdraw = event(&receipt, place.address())
        .context("the vault logged no withdrawal: look at the transaction")?;
    output.say(format_args!(
        "Paid {} to {receiver} for {} shares. {}",
        place.asset.exact(paid.assets),
        weir_units::exact(paid.shares, place.asset.decimals),
        mined(&receipt)
    ))?;
    document["assets"] = json!(place.asset.amount(paid.assets));
    document["shares"] = json!(paid.shares.to_string());
    session.sent(document, &receipt)
}
