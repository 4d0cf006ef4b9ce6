//! `weir exit`: withdraws all principal and rewards of an account.
//! The lifeboat makes it work even while the vault's programs cannot run.

use alloy::{
    primitives::{Address, U256},
    rpc::types::{TransactionReceipt, TransactionRequest},
};
use anyhow::Result;
use serde_json::json;
use tokio::try_join;
use weir_bindings::{
    IVault::{self, RewardPaid, Withdraw},
    revert::explain,
};
use weir_client::{Account, Action, Node, NodeError, SendError};
use weir_units::exact;

use super::{ReceiverArguments, codes, sending::mined, session::Session, vault::VaultHandle};
use crate::{activity::inactive_token, exit::Failure, output::Output, transaction::event};

/// Explanation and examples for `--help`.
pub const HELP: &str = concat!(
    "\
Redeems all shares of the account and claims its rewards, in one transaction. If the reward token fails, it only
redeems. If the asset fails, it only claims. The rest stays in the vault and belongs to the account.

It works as long as the chain runs: if the vault's program cannot run, its lifeboat pays (docs/lifeboat.md). The gas
estimate is then above 500 000.

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

/// An account's stake and rewards in a vault.
struct Stake {
    shares: U256,
    /// Value of the shares in base units of the asset, or the reason why it is unknown.
    assets: Result<U256, String>,
    /// Base units of the reward token.
    rewards: U256,
}

/// Runs `weir exit`.
///
/// # Errors
/// If there is no key or vault, the node does not answer, or nothing can leave.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let session = Session::open(&arguments.to.at, None, output).await?;
    let Session { node, vault, account, .. } = &session;
    let receiver = arguments.to.receiver.unwrap_or(account.address());
    let stake = vault.stake(node, account.address()).await?;
    output.say(vault.words(&stake, account.address()))?;

    let mut document = json!({
        "receiver": receiver,
        "inactive": vault.activity.inactive().map(|inactive| inactive.document()),
        "shares": stake.shares.to_string(),
        "assets": stake.assets.as_ref().ok().map(|assets| vault.asset.amount(*assets)),
        "rewards": vault.reward.amount(stake.rewards),
    });
    if stake.shares.is_zero() && stake.rewards.is_zero() {
        output.say("There is nothing to withdraw.")?;
        return session.end(document);
    }
    let ExitRequest { request, remaining } = vault.exit_request(account, receiver, &stake).await?;
    if let Some(remaining) = remaining {
        output.note(format_args!("warning: {remaining}"));
    }
    if arguments.to.at.act.dry_run {
        output.say("Nothing was sent (--dry-run).")?;
        return session.end(document);
    }
    let receipt = account.send(request).await.map_err(exit_failed)?;
    let paid = Paid::of(&receipt, vault.address());
    output.say(format_args!(
        "Paid {} and {} to {receiver}. {}",
        vault.asset.exact(paid.assets),
        vault.reward.exact(paid.rewards),
        mined(&receipt)
    ))?;
    document["paid"] =
        json!({ "assets": vault.asset.amount(paid.assets), "rewards": vault.reward.amount(paid.rewards) });
    session.sent(document, &receipt)
}

/// A transaction that withdraws everything that can leave now.
struct ExitRequest {
    request: TransactionRequest,
    /// Describes the part that has to stay, if any, and why.
    remaining: Option<String>,
}

impl VaultHandle {
    async fn stake(&self, node: &Node, account: Address) -> Result<Stake> {
        let vault = node.reader(*self.contract.address()).in_next_block();
        let (shares, rewards) = try_join!(
            vault.ask(IVault::balanceOfCall { account }),
            vault.ask(IVault::earnedCall { account })
        )?;
        // `previewRedeem` needs no extension, unlike `maxWithdraw`.
        let assets = match shares.is_zero() {
            true => Ok(U256::ZERO),
            false => match inactive_token(node, self.asset.address).await? {
                Some(token) => Err(format!("the token {} {}; {}", self.asset.address, token.why, token.how)),
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
                format!("{shares} shares of unknown value ({why})")
            }
        };
        format!(
            "Vault {}: {}.\n{account} has {shares} and rewards of {}.",
            self.contract.address(),
            self.activity.words(),
            self.reward.exact(stake.rewards)
        )
    }

    /// The call that withdraws principal and rewards, or only principal, or only rewards.
    async fn exit_request(&self, account: &Account, receiver: Address, stake: &Stake) -> Result<ExitRequest> {
        let whole = self.contract.exit(receiver).into_request();
        let error = match account.gas_for(whole.clone()).await {
            Ok(_) => return Ok(ExitRequest { request: whole, remaining: None }),
            Err(error) => error,
        };
        let Some(data) = error.revert_data() else { return Err(exit_failed(error)) };
        let why = stake.assets.as_ref().err().cloned().unwrap_or_else(|| explain(&data));
        let principal = self.contract.redeem(stake.shares, receiver, account.address()).into_request();
        if !stake.shares.is_zero() && account.gas_for(principal.clone()).await.is_ok() {
            let remaining = format!("the rewards cannot be paid now and stay claimable: {why}");
            return Ok(ExitRequest { request: principal, remaining: Some(remaining) });
        }
        let rewards = self.contract.claim(receiver).into_request();
        if !stake.rewards.is_zero() && account.gas_for(rewards.clone()).await.is_ok() {
            let remaining = format!("the principal cannot be paid now and the shares stay: {why}");
            return Ok(ExitRequest { request: rewards, remaining: Some(remaining) });
        }
        Err(Failure::rejected(format!(
            "nothing can be paid now; shares and rewards stay the account's: {why}"
        ))
        .into())
    }
}

/// The value that a contract returned. The inner error is the reason why it returned none.
fn answer<T>(result: Result<T, NodeError>) -> Result<Result<T, String>, NodeError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error) if error.is_answer() => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}

/// Amounts that a transaction paid.
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

fn exit_failed(error: SendError) -> anyhow::Error {
    anyhow::Error::new(error).context("nothing was withdrawn")
}
