//! The settings of a simulation: defaults, sources, and checks.

mod behaviour;
mod check;
mod flags;
mod merge;
mod mix;
pub mod quantity;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

pub use behaviour::Behaviour;
pub use flags::Flags;
pub use merge::{file, merged, set, table};
pub use mix::Mix;
use quantity::{DAY, Part, Seconds, Span, TOKEN, Tokens};
use weir::math::auction::WAD;

/// All settings of a simulation. [`Flags`] describes them; names are the same in flags and TOML files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Seed of all random numbers.
    pub seed: u64,
    pub stakers: usize,
    pub mix: Mix,
    /// *b_i*, in the asset.
    pub budget: Span,
    /// *x_i*, in the reward token, per day.
    pub expectation: Span,
    /// Per epoch.
    pub exit_chance: Part,
    pub seeker_threshold: Part,
    pub sniper_hold: Seconds,
    pub vaults: usize,
    pub epochs: u32,
    pub epoch_length: Seconds,
    pub payout: Payout,
    pub one_token: bool,
    pub target_period: Seconds,
    pub smoothing: Part,
    /// In the reward token. Default: the worth of the mean yield of a target period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_price: Option<Tokens>,
    pub route: Route,
    #[serde(rename = "yield")]
    pub pattern: Pattern,
    /// Per vault and day, in the yield token, or in the reward token if that is funded directly.
    pub yield_per_day: Tokens,
    pub yield_spread: Part,
    pub tick: Seconds,
    pub burst_share: Part,
    pub burst_every: Seconds,
    /// Reward tokens per yield token.
    pub yield_value: Tokens,
    pub buyers: u32,
    pub buyer_margin: Part,
}

/// When reward that arrived is paid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Payout {
    /// Queues it, and streams it over the next epoch, as Weir does.
    Queue,
    /// Pays it at once to the stakers of that second, as in a hypothetical vault without queue and stream.
    AtOnce,
}

/// How yield becomes reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// Sells yield tokens in the vault's auction.
    Auction,
    /// Funds the vault with reward tokens directly (`fund`).
    Fund,
}

/// How yield arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// The same each tick.
    Constant,
    /// Each tick from 0 to twice the mean, uniformly distributed.
    Random,
    /// A part steadily, the rest in bursts at random times.
    Bursty,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            seed: 0,
            stakers: 40,
            mix: Mix::default(),
            budget: Span { least: Tokens(10 * TOKEN), most: Tokens(1_000 * TOKEN) },
            expectation: Span { least: Tokens(TOKEN / 100), most: Tokens(TOKEN) },
            exit_chance: Part(0),
            seeker_threshold: Part(WAD / 10),
            sniper_hold: Seconds(1),
            vaults: 3,
            epochs: 60,
            epoch_length: Seconds(DAY),
            payout: Payout::Queue,
            one_token: false,
            target_period: Seconds(DAY / 2),
            smoothing: Part(WAD / 2),
            first_price: None,
            route: Route::Auction,
            pattern: Pattern::Random,
            yield_per_day: Tokens(24 * TOKEN),
            yield_spread: Part(WAD / 2),
            tick: Seconds(DAY / 24),
            burst_share: Part(WAD / 10 * 8),
            burst_every: Seconds(5 * DAY),
            yield_value: Tokens(TOKEN),
            buyers: 3,
            buyer_margin: Part(WAD / 50),
        }
    }
}

impl Config {
    /// Seconds during which stakers act and yield arrives.
    pub fn duration(&self) -> u32 {
        self.epochs * self.epoch_length.0
    }

    /// Seconds until all reward has streamed out: one epoch more.
    pub fn end(&self) -> u32 {
        self.duration() + self.epoch_length.0
    }
}
