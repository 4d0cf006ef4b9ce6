//! `weir exit`: takes all principal and rewards of an account out of a vault.
//! It works by the lifeboat, too, while the vault's programs cannot run.

use alloy::{
    primitives::{Address, U256},
    rpc::types::{TransactionReceipt, TransactionRequest},
};
use anyhow::Result;
use serde_json::{Value, json};
use tokio::try_join;
use weir_bindings::{
    IVault::{self, RewardPaid, Withdraw},
    revert::explain,
};
use weir_client::{Account, Action, Node, NodeError, SendError};
use weir_units::exact;

use super::{
    ReceiverArguments, codes,
    place::Place,
    sending::{event, mined},
    session::Session,
};
use crate::{
    activity::{Activity, inactive_token},
    exit::Failure,
    output::Output,
};

/// Examples and words for `--help`.
pub const HELP: &str = concat!(
    "\
Redeems all shares of the account that signs and claims its rewards, in one transaction. If the reward token fails, it redeems
alone, and if the asset fails, it claims alone: the rest stays the account's.

It works as long as the chain runs: where the vault's program cannot run, its lifeboat pays (docs/lifeboat.md). The node's
estimate of the gas is then above 500 000.

Examples:
  weir exit savings --keystore ~/.foundry/keystores/me
  weir exit 0x… --receiver 0x…
  weir exit savings --dry-run --json",
    codes!()
);

/// Arguments of `weir exit`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    to: ReceiverArguments,
}

/// What an account has in a vault.
struct Stake {
    shares: U256,
    /// What they are worth, in base units of the asset; or why that is not known.
    assets: Result<U256, String>,
    /// Base units of the reward token.
    rewards: U256,
}

/// Leaves.
///
/// # Errors
/// In one sentence: no key, no vault, a node that does not answer, a revert on chain.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let session = Session::open(&arguments.to.at, None, output).await?;
    let Session { node, place, account, .. } = &session;
    let receiver = arguments.to.receiver.unwrap_or(account.address());
    let stake = place.stake(node, account.address()).await?;
    output.say(place.words(&stake, account.address()))?;

    let mut document = json!({
        "receiver": receiver,
        "inactive": match &place.activity {
            Activity::Inactive(inactive) => inactive.document(),
            Activity::Active { .. } => Value::Null,
        },
        "shares": stake.shares.to_string(),
        "assets": stake.assets.as_ref().ok().map(|assets| place.asset.amount(*assets)),
        "rewards": place.reward.amount(stake.rewards),
    });
    if stake.shares.is_zero() && stake.rewards.is_zero() {
        output.say("There is nothing to take out.")?;
        return session.end(document);
    }
    let WayOut { request, stays } = place.way_out(account, receiver, &stake).await?;
    if let Some(stays) = stays {
        output.note(format_args!("warning: {stays}"));
    }
    if arguments.to.at.act.dry_run {
        output.say("Nothing was sent (--dry-run).")?;
        return session.end(document);
    }
    let receipt = account.send(request).await.map_err(nothing_left)?;
    let paid = Paid::of(&receipt, place.address());
    output.say(format_args!(
        "Paid {} and {} to {receiver}. {}",
        place.asset.exact(paid.assets),
        place.reward.exact(paid.rewards),
        mined(&receipt)
    ))?;
    document["paid"] =
        json!({ "assets": place.asset.amount(paid.assets), "rewards": place.reward.amount(paid.rewards) });
    session.sent(document, &receipt)
}

/// A transaction that takes out what can leave now.
struct WayOut {
    request: TransactionRequest,
    /// What stays, and why.
    stays: Option<String>,
}

impl Place {
    async fn stake(&self, node: &Node, account: Address) -> Result<Stake> {
        let vault = node.reader(*self.vault.address()).in_next_block();
        let (shares, rewards) = try_join!(
            vault.ask(IVault::balanceOfCall { account }),
            vault.ask(IVault::earnedCall { account })
        )?;
        // Not by `maxWithdraw`, which the extension would have to answer.
        let assets = match shares.is_zero() {
            true => Ok(U256::ZERO),
            false => match inactive_token(node, self.asset.address).await? {
                Some(why) => Err(why),
                None => answer(vault.ask(IVault::previewRedeemCall { shares }).await)?,
            },
        };
        Ok(Stake { shares, assets, rewards })
    }

    fn words(&self, stake: &Stake, account: Address) -> String {
        let shares = match &stake.assets {
            Ok(assets) => format!("shares worth {}", self.asset.exact(*assets)),
            Err(why) => {
                let shares = exact(stake.shares, self.asset.decimals);
                format!("{shares} shares, whose worth is not known ({why})")
            }
        };
        format!(
            "Vault {}: {}.\n{account} has {shares}, and rewards of {}.",
            self.vault.address(),
            self.activity.words(),
            self.reward.exact(stake.rewards)
        )
    }

    /// The call that takes out all there is; or else principal alone, or rewards alone.
    async fn way_out(&self, account: &Account, receiver: Address, stake: &Stake) -> Result<WayOut> {
        let whole = self.vault.exit(receiver).into_request();
        let error = match account.gas_for(whole.clone()).await {
            Ok(_) => return Ok(WayOut { request: whole, stays: None }),
            Err(error) => error,
        };
        let Some(data) = error.revert_data() else { return Err(nothing_left(error)) };
        let why = stake.assets.as_ref().err().cloned().unwrap_or_else(|| explain(&data));
        let principal = self.vault.redeem(stake.shares, receiver, account.address()).into_request();
        if !stake.shares.is_zero() && account.gas_for(principal.clone()).await.is_ok() {
            let stays = format!("the rewards cannot be paid now and stay claimable: {why}");
            return Ok(WayOut { request: principal, stays: Some(stays) });
        }
        let rewards = self.vault.claim(receiver).into_request();
        if !stake.rewards.is_zero() && account.gas_for(rewards.clone()).await.is_ok() {
            let stays = format!("the principal cannot leave now, and the shares stay: {why}");
            return Ok(WayOut { request: rewards, stays: Some(stays) });
        }
        Err(Failure::rejected(format!("nothing can leave now, and all of it stays the account's: {why}"))
            .into())
    }
}

/// What a contract returned, or why it did not.
fn answer<T>(result: Result<T, NodeError>) -> Result<Result<T, String>, NodeError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error) if error.is_answer() => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}

/// What a transaction paid.
struct Paid {
    assets: U256,
    rewards: U256,
}

impl Paid {
    fn of(receipt: &TransactionReceipt, vault: Address) -> Self {
        let assets = event::<Withdraw>(receipt, vault).map(|paid| paid.assets);
        let rewards = event::<RewardPaid>(receipt, vault).map(|paid| paid.amount);
        Self { assets: assets.unwrap_or_default(), rewards: rewards.unwrap_or_default() }
    }
}

fn nothing_left(error: SendError) -> anyhow::Error {
    anyhow::Error::new(error).context("nothing was taken out")
}
