//! `weir stake`: deposits assets into a vault, for shares that earn rewards.
//! The vault is approved for exactly the amount, if it is not yet.

use anyhow::{Context, Result};
use serde_json::json;
use weir_bindings::{IERC20, IVault::Deposit, Program};

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
Deposits 1:1: an asset token becomes a share. A share earns rewards from that second on, and can leave at any time
(weir withdraw, weir exit). Up to two transactions: an approval of exactly the amount if needed, and the deposit.

Examples:
  weir stake savings 12.5 --keystore ~/.foundry/keystores/me
  weir stake savings all
  weir stake 0x… 100 --receiver 0x… --dry-run",
    codes!()
);

/// Arguments of `weir stake`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    to: ReceiverArguments,

    /// How much of the asset, in whole tokens, or `all` that the account has.
    #[arg(value_name = "AMOUNT")]
    amount: HowMuch,
}

/// Deposits.
///
/// # Errors
/// If there is no key, vault or balance, the node does not answer, or the vault reverts.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let session = Session::open(&arguments.to.at, Some(Program::Vault), output).await?;
    let Session { node, place, account, .. } = &session;
    let receiver = arguments.to.receiver.unwrap_or(account.address());
    let amount = match arguments.amount.base_units(&place.asset)? {
        Some(amount) => amount,
        None => {
            let held = IERC20::balanceOfCall { account: account.address() };
            node.reader(place.asset.address).in_next_block().ask(held).await?
        }
    };
    let mut document = json!({ "receiver": receiver, "assets": place.asset.amount(amount), "shares": null });
    if amount.is_zero() {
        output.say(format_args!("{} has no {}.", account.address(), place.asset.symbol))?;
        return session.end(document);
    }
    let payment = session.deposit(amount);
    let needs_approval = payment.check(node, account.address()).await?;
    if arguments.to.at.act.dry_run {
        let approval = if needs_approval { "approve and " } else { "" };
        let amount = place.asset.exact(amount);
        output.say(format_args!("Would {approval}deposit {amount}; nothing was sent (--dry-run)."))?;
        return session.end(document);
    }
    session.approve(&payment, needs_approval).await?;
    let receipt = send(account, place.vault.deposit(amount, receiver), "the deposit").await?;
    let deposit: Deposit =
        event(&receipt, place.address()).context("the vault logged no deposit: look at the transaction")?;
    output.say(format_args!(
        "Staked {} for {receiver}, who got {} shares. {}",
        place.asset.exact(deposit.assets),
        weir_units::exact(deposit.shares, place.asset.decimals),
        mined(&receipt)
    ))?;
    document["shares"] = json!(deposit.shares.to_string());
    session.sent(document, &receipt)
}
