//! `weir exit`: takes all principal and rewards of an account out of a vault, whether the vault's programs can run or not.

use alloy::{
    contract::Error,
    primitives::{Address, U256},
    providers::Provider,
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolEvent,
};
use anyhow::Result;
use serde_json::{Value, json};
use tokio::try_join;
use weir::clones::VaultCode;
use weir_bindings::{
    IVault::{self, IVaultInstance, RewardPaid, Withdraw},
    refusal::explain,
};
use weir_harness::{Account, Action, SendError};
use weir_units::exact;

use crate::{
    activity::{Activity, inactive_token},
    deployments::FolderArguments,
    exit::{Failure, Kind, sentence},
    genuine::{self, Verdict},
    keys::{self, KeyArguments},
    node::{Node, NodeArguments},
    output::Output,
    targets,
    token::Token,
};

/// Examples and words for `--help`.
pub const HELP: &str = "\
Redeems all shares of the account that signs and claims its rewards, in one transaction. If the reward token fails, it redeems
alone, and if the asset fails, it claims alone: the rest stays the account's.

It works as long as the chain runs: where the vault's program cannot run, its lifeboat pays (docs/lifeboat.md). The node's
estimate of the gas is then above 500 000.

Examples:
  weir exit savings --keystore ~/.foundry/keystores/me
  weir exit 0x… --receiver 0x…
  weir exit savings --dry-run --json

Exit codes: 0 done or nothing to take, 2 wrong arguments or no key, 3 no node, 4 refused by the chain,
5 there is no vault, or it is not genuine.";

/// Arguments of `weir exit`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The vault: its address, or its name in the deployment record.
    #[arg(value_name = "ADDRESS|NAME")]
    vault: String,

    /// Who gets assets and rewards. Default: the account that signs.
    #[arg(long, value_name = "ADDRESS")]
    receiver: Option<Address>,

    #[command(flatten)]
    node: NodeArguments,

    #[command(flatten)]
    folder: FolderArguments,

    #[command(flatten)]
    key: KeyArguments,

    /// Show what would leave, send nothing.
    #[arg(long)]
    dry_run: bool,

    /// Call the vault even if it is not genuine.
    #[arg(long)]
    anyway: bool,
}

/// What an account has in a vault.
struct Stake {
    shares: U256,
    /// What they are worth, in base units of the asset; or why that is not known.
    assets: Result<U256, String>,
    /// Base units of the reward token.
    rewards: U256,
}

/// A vault, what it pays in, and whether it can.
struct Place {
    vault: IVaultInstance<alloy::providers::DynProvider>,
    asset: Token,
    reward: Token,
    activity: Activity,
}

/// Leaves.
///
/// # Errors
/// In one sentence: no key, no vault, a node that does not answer, a revert on chain.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let Some(signer) = arguments.key.signer(|warning| output.note(warning))? else {
        return Err(keys::missing().into());
    };
    let node = arguments.node.connect().await?;
    let place = Place::find(arguments, &node, output).await?;
    let account = Account::new(node.provider.clone(), node.chain_id, signer).await?;
    let receiver = arguments.receiver.unwrap_or(account.address());
    let stake = place.stake(&node, account.address()).await?;
    output.say(place.words(&stake, account.address()))?;

    let mut document = json!({
        "vault": place.vault.address(),
        "account": account.address(),
        "receiver": receiver,
        "inactive": match &place.activity {
            Activity::Inactive(inactive) => inactive.document(),
            Activity::Active { .. } => Value::Null,
        },
        "shares": stake.shares.to_string(),
        "assets": stake.assets.as_ref().ok().map(|assets| place.asset.amount(*assets)),
        "rewards": place.reward.amount(stake.rewards),
        "transaction": null,
    });
    if stake.shares.is_zero() && stake.rewards.is_zero() {
        output.say("There is nothing to take out.")?;
        return output.result(&document);
    }
    let WayOut { request, stays } = place.way_out(&account, receiver, &stake).await?;
    if let Some(stays) = stays {
        output.note(format_args!("warning: {stays}"));
    }
    if arguments.dry_run {
        output.say("Nothing was sent (--dry-run).")?;
        return output.result(&document);
    }
    let receipt = account.send(request).await.map_err(refused)?;
    let paid = Paid::of(&receipt, *place.vault.address());
    output.say(format_args!(
        "{} and {} were paid to {receiver} in transaction {}, which used {} gas.",
        place.asset.exact(paid.assets),
        place.reward.exact(paid.rewards),
        receipt.transaction_hash,
        receipt.gas_used
    ))?;
    document["paid"] =
        json!({ "assets": place.asset.amount(paid.assets), "rewards": place.reward.amount(paid.rewards) });
    document["transaction"] = json!(receipt.transaction_hash);
    document["gas_used"] = json!(receipt.gas_used);
    output.result(&document)
}

/// A transaction that takes out what can leave now.
struct WayOut {
    request: TransactionRequest,
    /// What stays, and why.
    stays: Option<String>,
}

impl Place {
    async fn find(arguments: &Arguments, node: &Node, output: Output) -> Result<Self> {
        let words = std::slice::from_ref(&arguments.vault);
        let [target] = &targets::find(words, &arguments.folder, node.chain_id)?[..] else {
            return Err(Failure::usage(format!("{} is not one vault", arguments.vault)).into());
        };
        let address = target.address;
        let code = node.provider.get_code_at(address).await?;
        let Some(code) = VaultCode::decode(&code) else {
            return Err(Failure::check(format!(
                "the contract at {address} on chain {} is not a vault of this build: is the address right?",
                node.chain_id
            ))
            .into());
        };
        match genuine::judge_vault(node, address).await? {
            Verdict::Genuine => {}
            Verdict::Forged(why) if !arguments.anyway => {
                let why =
                    format!("{why}; to call it nevertheless, give --anyway: it decides what it does then");
                return Err(Failure::check(why).into());
            }
            verdict => {
                output.note(format_args!("warning: the vault's code and address are {}", verdict.words()))
            }
        }
        let (asset, reward) = Token::of_vault(node, &code.config).await;
        let activity = Activity::of(node, [code.program, code.config.extension]).await?;
        Ok(Self { vault: IVault::new(address, node.provider.clone()), asset, reward, activity })
    }

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
                None => told(vault.ask(IVault::previewRedeemCall { shares }).await)?,
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
        let Some(data) = error.revert_data() else { return Err(refused(error)) };
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
        Err(Failure::refused(format!("nothing can leave now, and all of it stays the account's: {why}"))
            .into())
    }
}

/// What a contract answered, or why it reverted.
fn told<T>(answer: Result<T, Error>) -> Result<Result<T, String>> {
    let error = match answer {
        Ok(value) => return Ok(Ok(value)),
        Err(error) => anyhow::Error::new(error),
    };
    if Kind::of(&error) == Kind::Refused { Ok(Err(sentence(&error))) } else { Err(error) }
}

/// What a transaction paid.
struct Paid {
    assets: U256,
    rewards: U256,
}

impl Paid {
    fn of(receipt: &TransactionReceipt, vault: Address) -> Self {
        let logs = || receipt.logs().iter().filter(|log| log.address() == vault);
        let assets = logs().find_map(|log| Withdraw::decode_log(&log.inner).ok()).map(|log| log.assets);
        let rewards = logs().find_map(|log| RewardPaid::decode_log(&log.inner).ok()).map(|log| log.amount);
        Self { assets: assets.unwrap_or_default(), rewards: rewards.unwrap_or_default() }
    }
}

fn refused(error: SendError) -> anyhow::Error {
    match error.revert_data() {
        Some(data) => Failure::refused(format!("the vault lets nothing leave: {}", explain(&data))).into(),
        None => anyhow::Error::new(error).context("nothing was taken out"),
    }
}
