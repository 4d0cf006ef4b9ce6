//! What `weir simulate` can be told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::{config::Flags, measure::Measure, sweep::Axis};

/// Stakers, buyers and yield on the vaults' own arithmetic: shows what the parameters do before anything is deployed.
///
/// A run lets stakers with budgets and expectations act in the first second of each epoch, lets yield arrive tick by tick, and
/// lets a buyer buy each lot in the second its price falls to what it is worth; the proceeds stream to the stakers. Settings come from
/// flags, over those of a file (--config), over those of a scenario, over the defaults.
///
/// Amounts are in tokens (18 decimals), times have units: s, m, h, d, w.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  weir simulate --seed 1                                   forty stakers in three vaults for sixty days
  weir simulate --stakers 1000 --vaults 10 --epochs 1000   larger; takes a second or two
  weir simulate --scenario sniper                          what the epoch queue is for
  weir simulate --scenario bursts                          what smoothing is for
  weir simulate --yield bursty --sweep target-period=1h..4d:8 --sweep smoothing=0..0.9:10
  weir simulate --on-chain --stakers 6 --vaults 2 --epochs 5")]
pub struct Arguments {
    /// Runs a built-in scenario instead: several runs that are compared. Settings change all of them.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["sweep", "on_chain"])]
    pub scenario: Option<Scenario>,
    /// Takes settings from a TOML file: the flags' names without the dashes, such as epoch-length = "12h".
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Also does every operation on the contracts, and compares.
    ///
    /// Each is a transaction on a devnode in this process. Fails if any balance differs by a base unit. Needs the programs of
    /// scripts/build.
    #[arg(long, conflicts_with = "sweep")]
    pub on_chain: bool,
    /// Runs for each value of a setting, or each pair of values if given twice.
    ///
    /// A range and how many values: smoothing=0..0.95:10 or epoch-length=1h..14d:8; or a list: epoch-length=1h,12h,1d. Times of a
    /// range go by equal factors, all else by equal steps. The time simulated stays the same, whatever the epoch length.
    #[arg(long, value_name = "SETTING=VALUES")]
    pub sweep: Vec<Axis>,
    /// What the sweep's picture shows; its CSV has all of them.
    #[arg(long, value_name = "MEASURE", default_value = "efficiency", requires = "sweep")]
    pub measure: Measure,
    /// Runs each value of a sweep with so many seeds, and shows the mean.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "sweep")]
    pub repeats: u32,
    /// Folder for pictures (PNG, SVG) and data (CSV, JSON, TOML); files of an earlier run are overwritten.
    #[arg(long, value_name = "DIR", default_value = "target/simulate")]
    pub out: PathBuf,
    /// Also writes every operation to operations.csv.
    #[arg(long)]
    pub operations: bool,
    #[command(flatten)]
    pub flags: Flags,
}

/// A built-in scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// The toy vault model's agents, and its exercises: what each does to the objective S/R.
    Toy,
    /// Stakers who come for the second in which reward arrives, with and without the epoch queue.
    Sniper,
    /// Yield in bursts, without smoothing and with some.
    Bursts,
}
