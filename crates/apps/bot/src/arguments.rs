//! The arguments of the bot, shared by `weir bot` and the tests.
//! Clap parses each value; `resolve` turns names of the deployment record into addresses.

use std::{collections::HashMap, net::SocketAddr, str::FromStr, time::Duration};

use alloy::primitives::Address;
use anyhow::{Result, bail, ensure};
use clap::Args;
use num_bigint::BigUint;
use num_rational::Ratio;
use weir_client::Endpoint;
use weir_units::{Decimal, Rational, Seconds, parse_address, parse_duration};

use crate::{
    money::Margin,
    price::{ETHER, Limits, Source, Token},
    reference::{Reference, parse_token},
    sender::FeePolicy,
    strategy::Approval,
};

const EXAMPLE: &str = "\
Examples:
  Dry run on a vault of the deployment record, with prices in dollars:
    weir bot --dry-run --account 0xYOU --pair savings \\
        --price yield=fixed:1 --price usd=fixed:1 --price ether=fixed:2500

  Dry run on all pairs of a factory, with prices in dollars:
    weir bot --dry-run --account 0xYOU --factory 0xFACTORY \\
        --price 0xYIELD=fixed:1.02 --price 0xREWARD=fixed:1 --price ether=fixed:2500

  Buy from one vault, with prices from a Chainlink feed, a Uniswap V3 pool and an HTTP endpoint:
    weir bot --pair 0xVAULT --max-bid 0xREWARD=500 --margin-bps 100 --min-profit 0.25 \\
        --price 0xREWARD=chainlink:0xFEED --price-max-age 0xREWARD=25h \\
        --price 0xYIELD=uniswap:0xPOOL@30m --price-bounds 0xYIELD=0.9..1.2 \\
        --price ether=https://example.org/prices.json#/ether/usd --metrics 127.0.0.1:9184

A price is the value of one whole token. All prices are in one unit of your choice (dollars here).
TOKEN is an address, a name in the deployment record, or `ether`.
TIME is a number of seconds or has units: 90, 30s, 1.5h, \"7 days\".
docs/bot.md explains how the bot decides.";

/// Buys the lots of liquidation pairs when they are worth more than they cost.
///
/// For each pair the bot computes when the price falls to the limit: the worth of the lot minus gas and margin. At that
/// second it simulates the purchase and sends it. The transaction reverts if the price is above the limit. No state is
/// kept between runs.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = EXAMPLE)]
pub struct Arguments {
    /// RPC endpoint of the node.
    #[arg(long, value_name = "URL", env = "WEIR_RPC_URL", default_value = "http://127.0.0.1:8547")]
    pub rpc_url: Endpoint,

    /// Buy from every pair of this factory whose two tokens have a --price, including new pairs.
    #[arg(long, value_name = "ADDRESS|NAME", required_unless_present = "pair")]
    pub factory: Option<Reference>,

    /// Pair or vault to buy from. Repeatable.
    #[arg(long, value_name = "ADDRESS|NAME")]
    pub pair: Vec<Reference>,

    /// Router for pairs that are not vaults. It must belong to the pairs' factory.
    #[arg(long, value_name = "ADDRESS|NAME")]
    pub router: Option<Reference>,

    /// Price source of a token. Repeatable; `ether`, which pays for gas, is required.
    ///
    /// TOKEN is an address, a name in the deployment record, or `ether`. SOURCE is one of: fixed:1.25 (a constant);
    /// file:PATH (a file with a number, read at every interval); https://… (an endpoint that returns a number);
    /// chainlink:0xFEED (latestRoundData); uniswap:0xPOOL@TIME (mean price of a V3 pool over TIME; default 10 min, 0
    /// for the current price; the pool's other token needs a price too). For JSON, append #/json/pointer to PATH or the
    /// URL.
    #[arg(long, value_name = "TOKEN=SOURCE", required = true, value_parser = keyed::<Source>)]
    pub price: Vec<(Reference, Source)>,

    /// Lowest and highest accepted price of a token. No bids while the price is outside. Repeatable.
    ///
    /// For a uniswap source the bounds are in the pool's other token.
    #[arg(long, value_name = "TOKEN=LOW..HIGH", value_parser = keyed::<Bounds>)]
    pub price_bounds: Vec<(Reference, Bounds)>,

    /// Maximum age of a price, for all tokens or for one (TOKEN=TIME). Default 1 h. Repeatable.
    ///
    /// In chain time since the feed's update or the request; for a file, since it was written, by this machine's clock.
    #[arg(long, value_name = "[TOKEN=]TIME", value_parser = maybe_keyed)]
    pub price_max_age: Vec<(Option<Reference>, Seconds)>,

    /// Largest price change that is accepted at once, in basis points (1/10 000) of the previous price.
    #[arg(long, value_name = "BPS", default_value_t = 2_000)]
    pub max_jump_bps: u32,

    /// How long a price must stay after a larger change to be accepted, in chain time. Until then no bids.
    #[arg(long, value_name = "TIME", default_value = "10 min")]
    pub jump_patience: Seconds,

    /// Interval between reads of a price source.
    #[arg(long, value_name = "TIME", default_value = "10 s", value_parser = positive_duration)]
    pub price_interval: Duration,

    /// Timeout of one read of a price source.
    #[arg(long, value_name = "TIME", default_value = "5 s", value_parser = positive_duration)]
    pub price_timeout: Duration,

    /// Maximum payment for a lot, in whole tokens of the payment token. Repeatable.
    #[arg(long, value_name = "TOKEN=AMOUNT", value_parser = keyed::<Decimal>)]
    pub max_bid: Vec<(Reference, Decimal)>,

    /// Required profit after price and gas, in basis points (1/10 000) of the lot's worth.
    #[arg(long, value_name = "BPS", default_value_t = 50, value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub margin_bps: u32,

    /// Additional required profit, in the price unit.
    #[arg(long, value_name = "AMOUNT", default_value = "0")]
    pub min_profit: Decimal,

    /// Maximum gas price, in gwei.
    #[arg(long, value_name = "GWEI", default_value = "2")]
    pub max_fee_gwei: Decimal,

    /// Assumed gas of a bid until the first estimate.
    #[arg(long, value_name = "GAS", default_value_t = 150_000)]
    pub gas_units: u64,

    /// How much vaults and the router are approved to pull.
    #[arg(long, value_enum, default_value_t = Approval::Exact)]
    pub approval: Approval,

    /// Validity of a bid through the router, in chain time.
    #[arg(long, value_name = "TIME", default_value = "2 min")]
    pub deadline: Seconds,

    /// How long a transaction may stay unmined before it is replaced or cancelled.
    #[arg(long, value_name = "TIME", default_value = "10 s", value_parser = positive_duration)]
    pub replace_after: Duration,

    /// Interval between requests for the latest block.
    #[arg(long, value_name = "TIME", default_value = "1 s", value_parser = positive_duration)]
    pub poll: Duration,

    /// Interval between reads of a pair without events, in chain time.
    #[arg(long, value_name = "TIME", default_value = "1 min")]
    pub refresh: Seconds,

    /// Also renew the programs of the factory, the pairs and the router, so that they do not expire.
    ///
    /// With a time, only those that have this much left or less: --keep-alive="90 days". Else as soon as the chain lets
    /// them be renewed, which is 31 days after the last time. weir keepalive does the same without bidding.
    #[arg(long, value_name = "TIME", num_args = 0..=1, require_equals = true)]
    pub keep_alive: Option<Option<Seconds>>,

    /// Log bids without sending them. Needs no key.
    #[arg(long)]
    pub dry_run: bool,

    /// Account of a dry run without a key.
    #[arg(long, value_name = "ADDRESS", requires = "dry_run", value_parser = parse_address)]
    pub account: Option<Address>,

    /// Make the bids that are profitable now, wait for their results, then exit.
    #[arg(long)]
    pub once: bool,

    /// Serve Prometheus metrics at http://ADDRESS:PORT/metrics.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub metrics: Option<SocketAddr>,

    /// Write the log as JSON lines.
    #[arg(long)]
    pub log_json: bool,

    /// Log level.
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = LogLevel::Info)]
    pub log_level: LogLevel,

    /// How long to wait for a pending transaction before exiting.
    #[arg(long, value_name = "TIME", default_value = "10 s", value_parser = positive_duration)]
    pub stop_patience: Duration,
}

/// The least severe messages in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}

/// The lowest and highest accepted price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds(pub Rational, pub Rational);

impl FromStr for Bounds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = || format!("{text:?} is not a price range: write LOW..HIGH, such as 0.9..1.1");
        let (low, high) = text.split_once("..").ok_or_else(invalid)?;
        let number =
            |text: &str| text.parse::<Decimal>().map(|number| number.rational()).map_err(|_| invalid());
        let (low, high) = (number(low)?, number(high)?);
        if low <= high {
            Ok(Self(low, high))
        } else {
            Err(format!("{text:?} is not a price range: LOW is above HIGH"))
        }
    }
}

fn keyed<T: FromStr<Err: ToString>>(text: &str) -> Result<(Reference, T), String> {
    let (token, value) =
        text.split_once('=').ok_or_else(|| format!("{text:?} has no `=` after the token"))?;
    Ok((parse_token(token)?, value.parse().map_err(|error: T::Err| error.to_string())?))
}

fn maybe_keyed(text: &str) -> Result<(Option<Reference>, Seconds), String> {
    let (token, age) = match text.split_once('=') {
        Some((token, age)) => (Some(parse_token(token)?), age),
        None => (None, text),
    };
    Ok((token, age.parse()?))
}

fn positive_duration(text: &str) -> Result<Duration, String> {
    let duration = parse_duration(text)?;
    if duration.is_zero() {
        Err(format!("{text:?} is not positive: write a time above 0"))
    } else {
        Ok(duration)
    }
}

const DEFAULT_MAX_AGE: u64 = 3_600;
const WEI_PER_GWEI: u64 = 1_000_000_000;

impl Arguments {
    /// Replaces names by the addresses that `find` returns.
    ///
    /// # Errors
    /// The first error of `find`.
    pub fn resolve(mut self, find: impl Fn(&str) -> Result<Address>) -> Result<Self> {
        let contracts = self.factory.iter_mut().chain(&mut self.router).chain(&mut self.pair);
        let prices = self.price.iter_mut().map(|(token, _)| token);
        let bounds = self.price_bounds.iter_mut().map(|(token, _)| token);
        let ages = self.price_max_age.iter_mut().filter_map(|(token, _)| token.as_mut());
        let bids = self.max_bid.iter_mut().map(|(token, _)| token);
        for reference in contracts.chain(prices).chain(bounds).chain(ages).chain(bids) {
            reference.resolve(&find)?;
        }
        Ok(self)
    }

    /// Returns the price source and limits of each token.
    ///
    /// # Errors
    /// If a token has two sources, a limit names a token without one, or ether has none.
    pub fn sources(&self) -> Result<HashMap<Token, (Source, Limits)>> {
        let default_age = self.price_max_age.iter().rev().find(|(token, _)| token.is_none());
        let default_age = default_age.map_or(DEFAULT_MAX_AGE, |(_, age)| age.0);
        let mut sources = HashMap::new();
        for (token, source) in &self.price {
            let limits = Limits {
                bounds: None,
                max_age: default_age,
                max_jump_basis_points: self.max_jump_bps,
                jump_patience: self.jump_patience.0,
            };
            let previous = sources.insert(token.address()?, (source.clone(), limits));
            ensure!(previous.is_none(), "{token} has two price sources: give --price once per token");
        }
        ensure!(
            sources.contains_key(&ETHER),
            "ether has no price, so gas cannot be valued: give --price ether=SOURCE"
        );
        for (token, bounds) in &self.price_bounds {
            let Some((_, limits)) = sources.get_mut(&token.address()?) else {
                bail!(without_price(token, "--price-bounds"))
            };
            limits.bounds = Some((bounds.0.clone(), bounds.1.clone()));
        }
        for (token, age) in &self.price_max_age {
            let Some(token) = token else { continue };
            let Some((_, limits)) = sources.get_mut(&token.address()?) else {
                bail!(without_price(token, "--price-max-age"))
            };
            limits.max_age = age.0;
        }
        Ok(sources)
    }

    /// The required profit of a bid.
    pub fn margin(&self) -> Margin {
        Margin { basis_points: self.margin_bps, absolute: self.min_profit.rational() }
    }

    /// The cap on gas fees.
    pub fn fee_policy(&self) -> FeePolicy {
        let wei = self.max_fee_gwei.rational() * Ratio::from_integer(BigUint::from(WEI_PER_GWEI));
        FeePolicy { cap: u128::try_from(wei.to_integer()).unwrap_or(u128::MAX) }
    }
}

fn without_price(token: &Reference, flag: &str) -> String {
    format!("{flag} names {token}, which has no --price")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Program {
        #[command(flatten)]
        arguments: Arguments,
    }

    const A: &str = "0x000000000000000000000000000000000000000a";

    fn parsed(more: &[&str]) -> Result<Arguments, String> {
        let minimal = ["bot", "--pair", A, "--price", "ether=fixed:1"];
        let program = Program::try_parse_from(minimal.iter().chain(more));
        program.map(|program| program.arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn clap_accepts_the_definition() {
        use clap::CommandFactory;
        Program::command().debug_assert();
        let help = Program::command().render_long_help().to_string();
        assert!(help.contains("weir bot --dry-run"), "{help}");
    }

    #[test]
    fn limits_apply_to_one_token_or_to_all() {
        let price = format!("{A}=chainlink:{A}");
        let (bounds, age) = (format!("{A}=0.5..2"), format!("{A}=90000"));
        let arguments =
            ["--price", &price, "--price-bounds", &bounds, "--price-max-age", &age, "--price-max-age", "60"];
        let sources = parsed(&arguments).expect("arguments").sources().expect("sources");
        let limits = &sources[&A.parse::<Address>().expect("an address")].1;
        assert_eq!((limits.max_age, limits.bounds.is_some()), (90_000, true));
        assert_eq!(sources[&ETHER].1.max_age, 60);
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        for arguments in [
            ["--max-bid", "1"],
            ["--price-bounds", "ether=2..1"],
            ["--price", "=fixed:1"],
            ["--margin-bps", "10001"],
            ["--poll", "0"],
            ["--poll", "NaN"],
            ["--max-fee-gwei", "-1"],
        ] {
            assert!(parsed(&arguments).is_err(), "{arguments:?}");
        }
        let bounds = format!("{A}=1..2");
        let error = parsed(&["--price-bounds", &bounds]).expect("arguments").sources().expect_err("no price");
        assert!(error.to_string().contains("no --price"), "{error}");
    }

    #[test]
    fn keep_alive_may_have_a_time() {
        let keep_alive = |more: &[&str]| parsed(more).expect("arguments").keep_alive;
        assert_eq!(keep_alive(&[]), None);
        assert_eq!(keep_alive(&["--keep-alive"]), Some(None));
        assert_eq!(keep_alive(&["--keep-alive=90 days"]), Some(Some(Seconds(90 * 86_400))));
    }

    #[test]
    fn gas_prices_are_in_gwei() {
        let policy = parsed(&["--max-fee-gwei", "0.25"]).expect("arguments").fee_policy();
        assert_eq!(policy.cap, 250_000_000);
    }
}
