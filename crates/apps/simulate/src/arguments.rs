//! Arguments of `weir simulate`.
//! The settings themselves are in `config::Flags`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::{config::Flags, measure::Measure, sweep::Axis};

/// Simulates stakers, buyers and yield on the vaults' own arithmetic, to choose parameters before deployment.
///
/// Stakers with budgets and expectations act in the first second of each epoch. Yield arrives tick by tick. A buyer
/// buys each lot in the second in which its price falls to its worth, and the proceeds stream to the stakers. Flags
/// override the settings of a file (--config), which override those of a scenario, which override the defaults.
///
/// Amounts are in tokens (18 decimals). Times are in seconds, or have units such as 12h or 1.5 days.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  weir simulate --seed 1                                   40 stakers in 3 vaults for 60 days
  weir simulate --stakers 1000 --vaults 10 --epochs 1000   a larger run, a second or two
  weir simulate --scenario sniper                          what the epoch queue does
  weir simulate --scenario bursts                          what smoothing does
  weir simulate --yield bursty --sweep target-period=1h..4d:8 --sweep smoothing=0..0.9:10
  weir simulate --on-chain --stakers 6 --vaults 2 --epochs 5")]
pub struct Arguments {
    /// Runs a built-in scenario, which compares several runs. Settings apply to all of them.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["sweep", "on_chain"])]
    pub scenario: Option<Scenario>,
    /// Reads settings from a TOML file, named as the flags without the dashes, such as epoch-length = "12h".
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Also sends every operation to the contracts, and compares all balances.
    ///
    /// Sends one transaction per operation to a devnode in this process. Fails if any balance differs by a base unit.
    /// Needs the programs of scripts/build.
    #[arg(long, conflicts_with = "sweep")]
    pub on_chain: bool,
    /// Runs once for each value of a setting; if given twice, for each pair of values.
    ///
    /// VALUES is a range with the number of values (smoothing=0..0.95:10, epoch-length=1h..14d:8) or a list
    /// (epoch-length=1h,12h,1d). A range of times has equal factors, any other equal steps. If epoch-length is swept,
    /// the number of epochs follows, so that the simulated time stays the same.
    #[arg(long, value_name = "SETTING=VALUES")]
    pub sweep: Vec<Axis>,
    /// The figure that the sweep's picture shows. Its CSV has all of them.
    #[arg(long, value_name = "MEASURE", default_value = "efficiency", requires = "sweep")]
    pub measure: Measure,
    /// Runs each value of a sweep with this many seeds, and shows the mean.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "sweep")]
    pub repeats: u32,
    /// Folder for pictures (PNG, SVG) and data (CSV, JSON, TOML). Replaces files of an earlier run.
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
    /// The agents and exercises of the toy vault model: how each changes the objective S/R.
    Toy,
    /// Stakers who come for the second in which reward arrives, with and without the epoch queue.
    Sniper,
    /// Yield in bursts, with and without smoothing.
    Bursts,
}
