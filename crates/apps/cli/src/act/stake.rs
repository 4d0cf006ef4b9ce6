//! `weir stake`: deposits assets into a vault, for shares that earn rewards.
//! If the vault needs an approval, it is for exactly the amount.

use anyhow::{Context, Result};
use serde_json::json;
use weir_bindings::{IERC20, IVault::Deposit, Program};

use super::{ReceiverArguments, amount::AmountArgument, codes, sending::mined, session::Session};
use crate::{
    output::Output,
    transaction::{event, send},
};

/// Explanation and examples for `--help`.
pub const HELP: &str = concat!(
    "\
Deposits assets for the same number of shares. Shares earn rewards from that second on, and can be redeemed at any time
(weir withdraw, weir exit). Sends up to two transactions: an approval of exactly the amount if needed, and the deposit.

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

    /// Amount of the asset, in whole tokens, or `all` for the account's whole balance.
    #[arg(value_name = "AMOUNT")]
    amount: AmountArgument,
}

/// Runs `weir stake`.
///
/// # Errors
/// If there is no key or vault, the balance is too low, the node does not answer, or the vault reverts.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let session = Session::open(&arguments.to.at, Some(Program::Vault), output).await?;
    let Session { node, vault, account, .. } = &session;
    let receiver = arguments.to.receiver.unwrap_or(account.address());
    let amount = match arguments.amount.base_units(&vault.asset)? {
        Some(amount) => amount,
        None => {
            let held = IERC20::balanceOfCall { account: account.address() };
            node.reader(vault.asset.address).in_next_block().ask(held).await?
        }
    };
    let mut document = json!({ "receiver": receiver, "assets": vault.asset.amount(amount), "shares": null });
    if amount.is_zero() {
        output.say(format_args!("{} has no {}.", account.address(), vault.asset.symbol))?;
        return session.end(document);
    }
    let payment = session.deposit(amount);
    let needs_approval = payment.check(node, account.address()).await?;
    if arguments.to.at.act.dry_run {
        let approval = if needs_approval { "approve and " } else { "" };
        let amount = vault.asset.exact(amount);
        output.say(format_args!("Would {approval}deposit {amount}. Nothing was sent (--dry-run)."))?;
        return session.end(document);
    }
    session.approve(&payment, needs_approval).await?;
    let receipt = send(account, vault.contract.deposit(amount, receiver), "the deposit").await?;
    let deposit: Deposit =
        event(&receipt, vault.address()).context("the vault logged no deposit: check the transaction")?;
    output.say(format_args!(
        "Staked {}: {receiver} received {} shares. {}",
        vault.asset.exact(deposit.assets),
        weir_units::exact(deposit.shares, vault.asset.decimals),
        mined(&receipt)
    ))?;
    document["shares"] = json!(deposit.shares.to_string());
    session.sent(document, &receipt)
}
