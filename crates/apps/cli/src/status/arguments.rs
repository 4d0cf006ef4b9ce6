//! Arguments of `weir status` and its help.
//! They name the contracts, an account, and prices for derived figures.

use alloy::primitives::Address;
use weir_units::Decimal;

use super::options::ViewOptions;
use crate::{deployments::FolderArguments, node::NodeArguments};

/// Explanation and examples for `--help`.
pub const HELP: &str = "\
Examples:
  weir status                                  all contracts of deployments/CHAIN-ID.json
  weir status savings --at-price 12.5          one vault, and when its lot costs 12.5 reward tokens
  weir status 0x… --reward-price 2500          a vault whose reward token is worth 2500 of its asset
  weir status savings --account 0x…            a vault, and an account's stake, rewards and history
  weir status --watch                          redrawn every 2 seconds; --watch=10: every 10
  weir status savings --json                   for a script; with --watch one document a line

Rate: the reward of the current epoch, divided by its length. Annualised yield: the reward of a year of such epochs,
without compound interest, divided by the current stake. If reward and asset are different tokens, it needs
--reward-price. Without that, it is shown in reward tokens for each asset staked.
Prices are for the whole lot, in whole tokens of the token paid in.
Times are those of the next block, or of the latest block if the node has no pending one.
Code and address: a vault is genuine if they prove that a factory created it and that it runs the programs of this
build (see weir deploy --help). If a vault is not genuine, the exit code is 5.
Programs: each expires 365 days after its activation unless somebody renews it (weir keepalive). From 60 days before on,
there is a warning on standard error and in the JSON. If a program cannot run, the exit code is 5, and the JSON has the
error beside the state. A vault whose program cannot run is inactive: principal and rewards can be withdrawn by its
lifeboat (weir exit) until somebody activates the program again. docs/lifeboat.md has the details.";

/// Arguments of `weir status`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Contracts to show, by address or by name in the deployment record. Default: all of the record.
    #[arg(value_name = "ADDRESS|NAME")]
    pub(super) targets: Vec<String>,

    #[command(flatten)]
    pub(super) node: NodeArguments,

    #[command(flatten)]
    pub(super) folder: FolderArguments,

    /// Show when the lot costs this much or less, in whole tokens of the token paid in.
    #[arg(long, value_name = "AMOUNT")]
    at_price: Option<Decimal>,

    /// Value of a reward token in asset tokens, for the annualised yield.
    #[arg(long, value_name = "AMOUNT")]
    reward_price: Option<Decimal>,

    /// Also show this account's stake in each vault, by address or by name in the deployment record.
    #[arg(long, value_name = "ADDRESS|NAME")]
    pub(super) account: Option<String>,

    /// Redraw every so many seconds until Ctrl-C. Waits for a node that stops answering.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "2",
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(super) watch: Option<u64>,
}

impl Arguments {
    /// The options that apply to every contract.
    pub fn options(&self, account: Option<Address>) -> ViewOptions {
        ViewOptions {
            at_price: self.at_price.clone(),
            reward_price: self.reward_price.clone(),
            is_watched: self.watch.is_some(),
            account,
        }
    }
}
