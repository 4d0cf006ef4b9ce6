//! `weir withdraw`: takes assets out of a vault, and leaves the rewards to be claimed.
//! It works by the lifeboat, too, while the vault's programs cannot run.

use alloy::primitives::Address;
use anyhow::{Context, Result};
use serde_json::json;
use weir_bindings::IVault::{self, Withdraw};
use weir_client::Action;
use weir_units::parse_address;

use super::{
    ActArguments,
    amount::HowMuch,
    codes,
    place::Place,
    sending::{account, event, mined, send},
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
    /// The vault: its address, or its name in the deployment record.
    #[arg(value_name = "ADDRESS|NAME")]
    vault: String,

    /// How much of the asset, in whole tokens, or `all` that the shares are worth.
    #[arg(value_name = "AMOUNT")]
    amount: HowMuch,

    /// Who gets the assets. Default: the account that signs.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    receiver: Option<Address>,

    #[command(flatten)]
    act: ActArguments,
}

/// Withdraws.
///
/// # Errors
/// If there is no key or vault, the node does not answer, or the vault reverts.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let act = &arguments.act;
    let node = act.node.connect().await?;
    let place = Place::find(&arguments.vault, act, &node, output).await?;
    let account = account(act, &node, output).await?;
    let owner = account.address();
    let receiver = arguments.receiver.unwrap_or(owner);
    let shares = node.reader(place.address()).in_next_block();
    let shares = shares.ask(IVault::balanceOfCall { account: owner }).await?;
    let mut document = json!({
        "vault": place.address(), "account": owner, "receiver": receiver,
        "assets": null, "shares": null, "transaction": null,
    });
    if shares.is_zero() {
        output.say(format_args!("{owner} has no shares."))?;
        return output.result(&document);
    }
    let request = match arguments.amount.base_units(&place.asset)? {
        Some(assets) => place.vault.withdraw(assets, receiver, owner).into_request(),
        None => place.vault.redeem(shares, receiver, owner).into_request(),
    };
    if act.dry_run {
        account.gas_for(request).await.context("the withdrawal would not be made")?;
        output.say("The withdrawal would succeed; nothing was sent (--dry-run).")?;
        return output.result(&document);
    }
    let receipt = send(&account, request, "the withdrawal").await?;
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
    document["transaction"] = json!(receipt.transaction_hash);
    document["gas_used"] = json!(receipt.gas_used);
    output.result(&document)
}
