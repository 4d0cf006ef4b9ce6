//! Arguments of `weir keepalive` and its help.
//! They name the contracts, and what is renewed and paid.

use std::net::SocketAddr;

use alloy::primitives::U256;
use anyhow::Result;
use weir_units::{Decimal, Seconds, WAD_DECIMALS};

use super::Limits;
use crate::{deployments::FolderArguments, exit::Failure, keys::KeyArguments, node::NodeArguments};

/// Explanation and examples for `--help`.
pub const HELP: &str = "\
The chain stops running a program 365 days after its activation. Anyone can start that time again for a small fee, from
31 days after the last time on. Programs are renewed by the hash of their code, so one renewal serves every vault of the
chain that runs the same code, whoever made it. A factory stands for itself and the programs of its clones, a vault for
its two programs and those of its tokens.

A program that has expired, or is not activated for the chain's Stylus version, cannot be renewed. It must be activated
again, which anyone can do unless the chain has activations paused; renewals work even then. The command says so, renews
the others, and ends with exit code 5.

Examples:
  weir keepalive --dry-run                     what there is to renew in deployments/CHAIN-ID.json, and the cost
  weir keepalive factory --yes --json          the programs of a factory, for a script
  weir keepalive 0xVAULT --left \"90 days\"      a vault's programs, once they have less than 90 days left
  weir keepalive --watch --yes --metrics 127.0.0.1:9185
                                               renew whenever it is possible, with Prometheus metrics
  weir keepalive --watch --dry-run --metrics 127.0.0.1:9185
                                               only the metrics; needs no key

weir status warns 60 days before a program expires. weir bot --keep-alive renews on the side.
Exit codes: 0 success or nothing to do, 2 wrong arguments or no key, 3 no node, 4 rejected by the chain,
5 a program cannot run or the account has too little ether, 6 not confirmed.";

/// Arguments of `weir keepalive`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Contracts whose programs to renew, by address or by name in the deployment record: factories, vaults, pairs,
    /// routers, tokens, programs. Default: all of the record.
    #[arg(value_name = "ADDRESS|NAME")]
    pub(super) targets: Vec<String>,

    #[command(flatten)]
    pub(super) node: NodeArguments,

    #[command(flatten)]
    pub(super) folder: FolderArguments,

    #[command(flatten)]
    pub(super) key: KeyArguments,

    /// Renew only programs with this much time left or less. Default: all that may be renewed.
    #[arg(long, value_name = "TIME")]
    left: Option<Seconds>,

    /// Most to pay for one program, gas and data fee, in ether.
    #[arg(long, value_name = "ETHER", default_value = "0.01")]
    max_cost: Decimal,

    /// Show everything, and send nothing. Needs no key.
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Renew without asking.
    #[arg(long, short)]
    pub(super) yes: bool,

    /// Check every so many seconds (default: every hour), and renew what may be renewed, until Ctrl-C. Asks once, at the
    /// start. Waits for a node that stops answering.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "3600",
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(super) watch: Option<u64>,

    /// Serve Prometheus metrics at http://ADDRESS:PORT/metrics.
    #[arg(long, value_name = "ADDRESS:PORT", requires = "watch")]
    pub(super) metrics: Option<SocketAddr>,
}

impl Arguments {
    /// What is renewed and paid.
    ///
    /// # Errors
    /// If --max-cost is not an amount of ether.
    pub(super) fn limits(&self) -> Result<Limits> {
        let max_cost: U256 = self.max_cost.base_units(WAD_DECIMALS).map_err(|error| {
            Failure::usage(format!("--max-cost {} is not an amount of ether: {error}", self.max_cost))
        })?;
        Ok(Limits { left: self.left.map(|left| left.0), max_cost })
    }
}
