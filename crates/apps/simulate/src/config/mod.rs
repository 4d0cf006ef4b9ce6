//! What is simulated: the settings with their defaults, where they come from, and what is refused.

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

/// One simulation, whole. Names are those of the flags and of the TOML file; [`Flags`] says what each means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Of all random numbers.
    pub seed: u64,
    pub stakers: usize,
    pub mix: Mix,
    /// *b_i*, of the asset.
    pub budget: Span,
    /// *x_i*, of the reward token, a day.
    pub expectation: Span,
    /// A day.
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
    /// Of the reward token. Without it: what a target period's yield is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_price: Option<Tokens>,
    pub route: Route,
    #[serde(rename = "yield")]
    pub pattern: Pattern,
    /// Of the yield token (of the reward token where it is paid in directly), a vault and day.
    pub yield_per_day: Tokens,
    pub yield_spread: Part,
    pub tick: Seconds,
    pub burst_share: Part,
    pub burst_every: Seconds,
    /// Reward tokens for a yield token.
    pub yield_value: Tokens,
    pub buyers: u32,
    pub buyer_margin: Part,
}

/// When what has arrived is paid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Payout {
    /// As Weir does: it is queued, and streams over the next epoch.
    Queue,
    /// A hypothetical vault without queue and stream: to whoever is staked in that second, at once.
    AtOnce,
}

/// How yield becomes reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// Yield tokens are sold in the vault's auction.
    Auction,
    /// Reward tokens are paid in directly (`fund`).
    Fund,
}

/// How yield arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// The same each tick.
    Constant,
    /// Each tick anything from nothing to twice the mean, all alike likely.
    Random,
    /// A part of it steadily, the rest in bursts at random times.
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
    /// Seconds until nobody acts any more and nothing arrives.
    pub fn duration(&self) -> u32 {
        self.epochs * self.epoch_length.0
    }

    /// Seconds until all that arrived has streamed out, one epoch later.
    pub fn end(&self) -> u32 {
        self.duration() + self.epoch_length.0
    }
}
