//! `weir status`: what vaults, pairs and factories do just now, as tables or JSON, once or again and again.

mod auction;
mod contract;
mod factory;
mod inactive;
mod pair;
mod rates;
mod vault;
mod watch;

use alloy::{
    providers::{DynProvider, Provider},
    rpc::types::BlockNumberOrTag,
};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use weir_units::{Decimal, Moment};

use self::contract::Contract;
use crate::{
    deployments::FolderArguments,
    exit::Failure,
    genuine::Verdict,
    node::{Node, NodeArguments},
    output::Output,
    targets::{self, Target},
};

/// Examples and words for `--help`.
pub const HELP: &str = "\
Examples:
  weir status                                  all that deployments/CHAIN-ID.json names
  weir status savings --at-price 12.5          one vault, and when its lot costs 12.5 reward tokens
  weir status 0x… --reward-price 2500          a vault whose reward token is worth 2500 of its asset
  weir status --watch                          redrawn every 2 seconds; --watch=10: every 10
  weir status savings --json                   for a script; with --watch one document a line

Rate: what the current epoch streams out, spread evenly over it. Annualised yield: a year of such epochs without compound
interest, by what is staked now. It compares two tokens, so unless reward and asset are the same one it needs
--reward-price; without it the yield is told in reward tokens for each asset staked.
Prices are for the whole lot, in whole tokens of what is paid in.
Times are those of the block to come; a node without one gives those of its latest.
Code and address: a vault is genuine if they prove that a factory created it and that it runs the programs of this build
(target/wasm, or WEIR_WASM_DIR). If one is not, the exit code is 5.
Programs: a vault whose program cannot run is inactive. Principal and rewards leave by its lifeboat (weir exit), until somebody
activates the program again; docs/lifeboat.md.";

/// Arguments of `weir status`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What to show: addresses, or names of the deployment record. Default: all that it names.
    #[arg(value_name = "ADDRESS|NAME")]
    targets: Vec<String>,

    #[command(flatten)]
    node: NodeArguments,

    #[command(flatten)]
    folder: FolderArguments,

    /// Tell when the lot costs this much or less, in whole tokens of what is paid in.
    #[arg(long, value_name = "AMOUNT")]
    at_price: Option<Decimal>,

    /// What a whole reward token is worth in whole asset tokens, for the annualised yield.
    #[arg(long, value_name = "AMOUNT")]
    reward_price: Option<Decimal>,

    /// Show it again every so many seconds, in place, until Ctrl-C. A node that goes away is waited for.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "2",
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    watch: Option<u64>,
}

/// What is asked of every contract.
#[derive(Clone, Debug)]
pub struct Question {
    /// Whole tokens of what is paid in.
    pub at_price: Option<Decimal>,
    /// Whole asset tokens for a whole reward token.
    pub reward_price: Option<Decimal>,
}

/// Shows it.
///
/// # Errors
/// In one sentence: a name that nobody knows, an address without a contract of ours, a vault that is not genuine, a node that
/// does not answer.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let question =
        Question { at_price: arguments.at_price.clone(), reward_price: arguments.reward_price.clone() };
    if let Some(seconds) = arguments.watch {
        return watch::run(arguments, &question, seconds, output).await;
    }
    let session = Session::open(arguments).await?;
    let view = session.look(&question).await?;
    output.say(view.text.trim_end())?;
    session.check()?;
    output.result(&view.document)
}

/// Contracts that were found, on a node that answered.
struct Session {
    node: Node,
    contracts: Vec<(Target, Contract)>,
}

/// One look at all of them.
struct View {
    text: String,
    document: Value,
}

/// The block that a look belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Number of the latest block.
    pub block: u64,
    /// Time of the block to come, in Unix seconds.
    pub time: u64,
}

/// How often a look is taken again because a block came in the middle of it.
const LOOKS: usize = 3;

impl Session {
    async fn open(arguments: &Arguments) -> Result<Self> {
        let node = arguments.node.connect().await?;
        let mut contracts = Vec::new();
        for target in targets::find(&arguments.targets, &arguments.folder, node.chain_id)? {
            let contract = Contract::find(&target, &node).await?;
            contracts.push((target, contract));
        }
        Ok(Self { node, contracts })
    }

    /// Checks that all vaults are genuine.
    ///
    /// # Errors
    /// If one is not.
    fn check(&self) -> Result<()> {
        for (_, contract) in &self.contracts {
            if let Contract::Vault(vault) = contract
                && let Verdict::Forged(why) = &vault.verdict
            {
                return Err(Failure::check(why).into());
            }
        }
        Ok(())
    }

    /// Reads everything at one block, if no block comes in between three times in a row.
    async fn look(&self, question: &Question) -> Result<View> {
        let provider = &self.node.provider;
        let mut now = Now::of(provider).await?;
        let mut parts = Vec::new();
        for _ in 0..LOOKS {
            parts = self.read(question, now).await?;
            let then = Now::of(provider).await?;
            if then.block == now.block {
                break;
            }
            now = then;
        }
        let (texts, documents): (Vec<String>, Vec<Value>) = parts.into_iter().unzip();
        let head = format!(
            "Chain {} at {}, block {}, {}\n",
            self.node.chain_id,
            self.node.url,
            now.block,
            Moment(now.time)
        );
        let document = json!({
            "chain_id": self.node.chain_id, "block": now.block, "time": now.time, "contracts": documents,
        });
        Ok(View { text: format!("{head}\n{}", texts.join("\n")), document })
    }

    async fn read(&self, question: &Question, now: Now) -> Result<Vec<(String, Value)>> {
        let mut parts = Vec::new();
        for (target, contract) in &self.contracts {
            let read = contract.read(&self.node, target, question, now).await;
            parts.push(read.with_context(|| format!("cannot read {}", target.words()))?);
        }
        Ok(parts)
    }
}

impl Now {
    async fn of(provider: &DynProvider) -> Result<Self> {
        let latest = provider.get_block_by_number(BlockNumberOrTag::Latest).await?;
        let latest = latest.context("the node has no latest block")?.header;
        let pending = provider.get_block_by_number(BlockNumberOrTag::Pending).await.ok().flatten();
        let time = pending.map_or(latest.timestamp, |block| block.header.timestamp);
        Ok(Self { block: latest.number, time: time.max(latest.timestamp) })
    }
}
