//! `weir stake`: deposits assets into a vault, for shares that earn rewards.
//! The vault is approved for exactly the amount, if it is not yet.

use alloy::primitives::Address;
use anyhow::{Context, Result};
use serde_json::json;
use weir_bindings::{IERC20, IVault::Deposit, Program};
use weir_units::parse_address;

use super::{
    ActArguments,
    amount::HowMuch,
    codes,
    place::Place,
    sending::{Payment, account, event, mined, send},
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
    /// The vault: its address, or its name in the deployment record.
    #[arg(value_name = "ADDRESS|NAME")]
    vault: String,

    /// How much of the asset, in whole tokens, or `all` that the account has.
    #[arg(value_name = "AMOUNT")]
    amount: HowMuch,

    /// Who gets the shares. Default: the account that signs.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    receiver: Option<Address>,

    #[command(flatten)]
    act: ActArguments,
}

/// Deposits.
///
/// # Errors
/// If there is no key, vault or balance, the node does not answer, or the vault reverts.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let act = &arguments.act;
    let node = act.node.connect().await?;
    let place = Place::find(&arguments.vault, act, &node, output).await?;
    place.needs(Program::Vault)?;
    let account = account(act, &node, output).await?;
    let receiver = arguments.receiver.unwrap_or(account.address());
    let amount = match arguments.amount.base_units(&place.asset)? {
        Some(amount) => amount,
        None => {
            let held = IERC20::balanceOfCall { account: account.address() };
            node.reader(place.asset.address).in_next_block().ask(held).await?
        }
    };
    let mut document = json!({
        "vault": place.address(), "account": account.address(), "receiver": receiver,
        "assets": place.asset.amount(amount), "shares": null, "transaction": null,
    });
    if amount.is_zero() {
        output.say(format_args!("{} has no {}.", account.address(), place.asset.symbol))?;
        return output.result(&document);
    }
    let payment = Payment { token: &place.asset, amount, spender: place.address() };
    let needs_approval = payment.check(&node, account.address()).await?;
    if act.dry_run {
        let approval = if needs_approval { "approve and " } else { "" };
        output.say(format_args!(
            "Would {approval}deposit {}; nothing was sent (--dry-run).",
            place.asset.exact(amount)
        ))?;
        return output.result(&document);
    }
    if needs_approval {
        payment.approve(&node, &account, output).await?;
    }
    let receipt = send(&account, place.vault.deposit(amount, receiver), "the deposit").await?;
    let deposit: Deposit =
        event(&receipt, place.address()).context("the vault logged no deposit: look at the transaction")?;
    output.say(format_args!(
        "Staked {} for {receiver}, who got {} shares. {}",
        place.asset.exact(deposit.assets),
        weir_units::exact(deposit.shares, place.asset.decimals),
        mined(&receipt)
    ))?;
    document["shares"] = json!(deposit.shares.to_string());
    document["transaction"] = json!(receipt.transaction_hash);
    document["gas_used"] = json!(receipt.gas_used);
    output.result(&document)
}
