//! `weir withdraw`: withdraws assets from a vault. The rewards stay claimable.
//! The lifeboat makes it work even while the vault's programs cannot run.

use anyhow::{Context, Result};
use serde_json::json;
use weir_bindings::IVault::{self, Withdraw};
use weir_client::Action;

use super::{ReceiverArguments, amount::AmountArgument, codes, sending::mined, session::Session};
use crate::{
    output::Output,
    transaction::{event, send},
};

/// Explanation and examples for `--help`.
pub const HELP: &str = concat!(
    "\
Withdraws assets for the same number of shares, or fewer assets if the vault has lost some. Rewards stay claimable
(weir claim). weir exit withdraws both.

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

    /// Amount of the asset, in whole tokens, or `all` for the value of all shares.
    #[arg(value_name = "AMOUNT")]
    amount: AmountArgument,
}

/// Runs `weir withdraw`.
///
/// # Errors
/// If there is no key or vault, the node does not answer, or the vault reverts.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let session = Session::open(&arguments.to.at, None, output).await?;
    let Session { node, vault, account, .. } = &session;
    let owner = account.address();
    let receiver = arguments.to.receiver.unwrap_or(owner);
    let shares = node.reader(vault.address()).in_next_block();
    let shares = shares.ask(IVault::balanceOfCall { account: owner }).await?;
    let mut document = json!({ "receiver": receiver, "assets": null, "shares": null });
    if shares.is_zero() {
        output.say(format_args!("{owner} has no shares."))?;
        return session.end(document);
    }
    let request = match arguments.amount.base_units(&vault.asset)? {
        Some(assets) => vault.contract.withdraw(assets, receiver, owner).into_request(),
        None => vault.contract.redeem(shares, receiver, owner).into_request(),
    };
    if arguments.to.at.act.dry_run {
        account.gas_for(request).await.context("the withdrawal would fail")?;
        output.say("The withdrawal would succeed; nothing was sent (--dry-run).")?;
        return session.end(document);
    }
    let receipt = send(account, request, "the withdrawal").await?;
    let paid: Withdraw =
        event(&receipt, vault.address()).context("the vault logged no withdrawal: check the transaction")?;
    output.say(format_args!(
        "Paid {} to {receiver} for {} shares. {}",
        vault.asset.exact(paid.assets),
        weir_units::exact(paid.shares, vault.asset.decimals),
        mined(&receipt)
    ))?;
    document["assets"] = json!(vault.asset.amount(paid.assets));
    document["shares"] = json!(paid.shares.to_string());
    session.sent(document, &receipt)
}
