//! The settings as optional flags, under the names that the TOML file uses.
//! File, scenario and defaults provide the rest.

use clap::Args;
use serde::Serialize;

use super::{
    Mix, Pattern, Payout, Route,
    quantity::{Part, Seconds, Span, Tokens},
};

/// The settings, all optional.
#[derive(Clone, Debug, Default, Args, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Flags {
    /// Seed of all random numbers. [default: drawn at random and printed]
    ///
    /// The same seed gives the same result, byte for byte.
    #[arg(long, value_name = "NUMBER", help_heading = "Settings")]
    seed: Option<u32>,

    /// Number of stakers. [default: 40]
    #[arg(long, value_name = "N", help_heading = "Settings: stakers")]
    stakers: Option<usize>,
    /// Weights of the behaviours. [default: coin-flipper=5,seeker=2,holder=2,sniper=1]
    ///
    /// coin-flipper: deposits a random part of its wallet on a coin flip; otherwise withdraws all if its share of the
    /// reward is below its expectation; otherwise claims on a coin flip if its rewards exceed its expectation. seeker:
    /// moves to the vault with the best reward per stake. holder: deposits once and stays. sniper: deposits right
    /// before reward arrives and leaves right after.
    #[arg(long, value_name = "WEIGHTS", help_heading = "Settings: stakers")]
    mix: Option<Mix>,
    /// Initial asset tokens of a staker, drawn from this range. [default: 10..1000]
    #[arg(long, value_name = "FROM..TO", help_heading = "Settings: stakers")]
    budget: Option<Span>,
    /// Reward tokens a day that a coin-flipper expects, drawn from this range. [default: 0.01..1]
    #[arg(long, value_name = "FROM..TO", help_heading = "Settings: stakers")]
    expectation: Option<Span>,
    /// Chance per epoch that a staker withdraws everything and leaves for good, 0 to 1. [default: 0]
    #[arg(long, value_name = "CHANCE", help_heading = "Settings: stakers")]
    exit_chance: Option<Part>,
    /// How much better another vault must be for a seeker to move; 0.1 is 10 %. [default: 0.1]
    #[arg(long, value_name = "PART", help_heading = "Settings: stakers")]
    seeker_threshold: Option<Part>,
    /// How long a sniper stays. [default: 1 s]
    #[arg(long, value_name = "TIME", help_heading = "Settings: stakers")]
    sniper_hold: Option<Seconds>,

    /// Number of vaults, all with the same asset and reward token. [default: 3]
    #[arg(long, value_name = "M", help_heading = "Settings: vaults")]
    vaults: Option<usize>,
    /// Number of epochs; stakers act in the first second of each. [default: 60]
    #[arg(long, value_name = "T", help_heading = "Settings: vaults")]
    epochs: Option<u32>,
    /// Length of an epoch: seconds, or with units such as 12h, 1.5 days. [default: 1 day]
    #[arg(long, value_name = "TIME", help_heading = "Settings: vaults")]
    epoch_length: Option<Seconds>,
    /// When reward is paid: from a queue, or at once when it arrives. [default: queue]
    ///
    /// queue: streams over the next epoch, as in the contracts. at-once: goes to the stakers of that second, as in a
    /// hypothetical vault without queue and stream.
    #[arg(long, value_name = "HOW", help_heading = "Settings: vaults")]
    payout: Option<Payout>,
    /// Whether asset and reward are the same token, so that claimed rewards can be staked. [default: false]
    #[arg(long, value_name = "BOOL", help_heading = "Settings: vaults")]
    one_token: Option<bool>,

    /// Target period of the auction: about one sale in each. [default: 12 h]
    #[arg(long, value_name = "TIME", help_heading = "Settings: auction")]
    target_period: Option<Seconds>,
    /// Part of the yield that each sale holds back, from 0 to 0.99. [default: 0.5]
    #[arg(long, value_name = "PART", help_heading = "Settings: auction")]
    smoothing: Option<Part>,
    /// First price of the auction, in reward tokens. [default: worth of the mean yield of a target period]
    #[arg(long, value_name = "TOKENS", help_heading = "Settings: auction")]
    first_price: Option<Tokens>,
    /// Worth of a yield token to the buyers, in reward tokens. [default: 1]
    #[arg(long, value_name = "TOKENS", help_heading = "Settings: auction")]
    yield_value: Option<Tokens>,
    /// Number of buyers. Each draws a margin before each sale, and the smallest margin buys. [default: 3]
    #[arg(long, value_name = "N", help_heading = "Settings: auction")]
    buyers: Option<u32>,
    /// Largest margin of a buyer, as a part of the lot's worth; margins are drawn from 0 to this. [default: 0.02]
    #[arg(long, value_name = "PART", help_heading = "Settings: auction")]
    buyer_margin: Option<Part>,

    /// How yield becomes reward: sold in the auction, or funded as reward tokens directly. [default: auction]
    #[arg(long, value_name = "HOW", help_heading = "Settings: yield")]
    route: Option<Route>,
    /// How yield arrives: constant, random (each tick from 0 to twice the mean) or bursty. [default: random]
    #[arg(long = "yield", value_name = "PATTERN", help_heading = "Settings: yield")]
    #[serde(rename = "yield")]
    pattern: Option<Pattern>,
    /// Mean yield of a vault, in tokens a day. [default: 24]
    #[arg(long, value_name = "TOKENS", help_heading = "Settings: yield")]
    yield_per_day: Option<Tokens>,
    /// Spread of the vaults' mean yields: each is drawn up to this part below or above. [default: 0.5]
    #[arg(long, value_name = "PART", help_heading = "Settings: yield")]
    yield_spread: Option<Part>,
    /// Time from one arrival of yield to the next. [default: 1 h]
    #[arg(long, value_name = "TIME", help_heading = "Settings: yield")]
    tick: Option<Seconds>,
    /// Part of a bursty yield that arrives in bursts. [default: 0.8]
    #[arg(long, value_name = "PART", help_heading = "Settings: yield")]
    burst_share: Option<Part>,
    /// Mean time from one burst to the next. [default: 5 days]
    #[arg(long, value_name = "TIME", help_heading = "Settings: yield")]
    burst_every: Option<Seconds>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use toml::Value;

    use super::{
        super::{Config, table},
        *,
    };

    #[derive(clap::Parser)]
    struct Command {
        #[command(flatten)]
        flags: Flags,
    }

    /// The defaults in the help texts are those of `Config`, for every setting.
    #[test]
    fn help_shows_the_defaults() {
        let defaults = table(&Config::default()).unwrap();
        for argument in Command::command().get_arguments() {
            let name = argument.get_long().unwrap();
            let help = argument.get_help().unwrap().to_string();
            let default = match defaults.get(name) {
                Some(Value::String(text)) => text.clone(),
                Some(value) => value.to_string(),
                None => "worth of the mean yield of a target period".into(),
            };
            let is_drawn = name == "seed";
            assert!(is_drawn || help.contains(&format!("[default: {default}]")), "{name}: {help}");
        }
        let flags = Command::command();
        for name in defaults.keys() {
            assert!(flags.get_arguments().any(|argument| argument.get_long() == Some(name)), "{name}");
        }
    }
}
