//! Arguments of `weir status`, and its help.
//! They name contracts, a node, and two prices that the answers depend on.

use alloy::primitives::Address;
use weir_units::Decimal;

use super::question::Question;
use crate::{deployments::FolderArguments, node::NodeArguments};

/// Examples and words for `--help`.
pub const HELP: &str = "\
Examples:
  weir status                                  all that deployments/CHAIN-ID.json names
  weir status savings --at-price 12.5          one vault, and when its lot costs 12.5 reward tokens
  weir status 0x… --reward-price 2500          a vault whose reward token is worth 2500 of its asset
  weir status savings --account 0x…            and what an account has in it, with its history
  weir status --watch                          redrawn every 2 seconds; --watch=10: every 10
  weir status savings --json                   for a script; with --watch one document a line

Rate: what the current epoch streams out, spread evenly over it. Annualised yield: a year of such epochs without compound
interest, by what is staked now. It compares two tokens, so unless reward and asset are the same one it needs
--reward-price; without it the yield is told in reward tokens for each asset staked.
Prices are for the whole lot, in whole tokens of what is paid in.
Times are those of the block to come; a node without one gives those of its latest.
Code and address: a vault is genuine if they prove that a factory created it and that it runs the programs of this build
(weir deploy --help says where they come from). If one is not, the exit code is 5.
Programs: a vault whose program cannot run is inactive. Principal and rewards leave by its lifeboat (weir exit), until somebody
activates the program again; docs/lifeboat.md.";

/// Arguments of `weir status`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What to show: addresses, or names of the deployment record. Default: all that it names.
    #[arg(value_name = "ADDRESS|NAME")]
    pub(super) targets: Vec<String>,

    #[command(flatten)]
    pub(super) node: NodeArguments,

    #[command(flatten)]
    pub(super) folder: FolderArguments,

    /// Tell when the lot costs this much or less, in whole tokens of what is paid in.
    #[arg(long, value_name = "AMOUNT")]
    at_price: Option<Decimal>,

    /// What a whole reward token is worth in whole asset tokens, for the annualised yield.
    #[arg(long, value_name = "AMOUNT")]
    reward_price: Option<Decimal>,

    /// Show what this account has in each vault, too: its address, or its name in the deployment record.
    #[arg(long, value_name = "ADDRESS|NAME")]
    pub(super) account: Option<String>,

    /// Show it again every so many seconds, in place, until Ctrl-C. A node that goes away is waited for.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "2",
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(super) watch: Option<u64>,
}

impl Arguments {
    /// The prices in them, and the account.
    pub fn question(&self, account: Option<Address>) -> Question {
        Question {
            at_price: self.at_price.clone(),
            reward_price: self.reward_price.clone(),
            is_watched: self.watch.is_some(),
            account,
        }
    }
}
