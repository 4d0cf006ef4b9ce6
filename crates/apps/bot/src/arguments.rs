//! The command line, and what it says once it has been checked.

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
  Try it on the local record's vault, without sending anything; prices are in dollars:
    weir bot --dry-run --account 0xYOU --pair savings --price yield=fixed:1 --price usd=fixed:1 --price ether=fixed:2500

  Watch a factory's pairs; prices are in dollars:
    weir bot --dry-run --account 0xYOU --factory 0xFACTORY \\
        --price 0xYIELD=fixed:1.02 --price 0xREWARD=fixed:1 --price ether=fixed:2500

  Buy at one vault, with prices from a Chainlink feed, a Uniswap V3 pool and an HTTP endpoint:
    weir bot --pair 0xVAULT --max-bid 0xREWARD=500 --margin-bps 100 --min-profit 0.25 \\
        --price 0xREWARD=chainlink:0xFEED --price-max-age 0xREWARD=90000 \\
        --price 0xYIELD=uniswap:0xPOOL@1800 --price-bounds 0xYIELD=0.9..1.2 \\
        --price ether=https://example.org/prices.json#/ether/usd --metrics 127.0.0.1:9184

All prices are of one whole token, in one unit that you choose (dollars here). TOKEN is an address,
a name of the deployment record, or `ether`.
TIME is in seconds, or with a unit: 90, 30s, 1.5h, \"7 days\".
docs/bot.md says how it decides.";

/// Buys the lots of liquidation pairs when they are worth more than they cost.
///
/// It computes the second in which each pair's price will have come down to what the lot is worth less margin and gas, simulates
/// the purchase then, and sends it with that as its limit: the chain refuses to take more. It keeps nothing between runs.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = EXAMPLE)]
pub struct Arguments {
    /// Node to use.
    #[arg(long, value_name = "URL", env = "WEIR_RPC_URL", default_value = "http://127.0.0.1:8547")]
    pub rpc_url: Endpoint,

    /// Factory whose pairs are bought at, new ones as they come: those whose two tokens have a --price.
    #[arg(long, value_name = "ADDRESS|NAME", required_unless_present = "pair")]
    pub factory: Option<Reference>,

    /// A pair to buy at; may be given often. A vault is a pair.
    #[arg(long, value_name = "ADDRESS|NAME")]
    pub pair: Vec<Reference>,

    /// Router to buy through at pairs that are no vaults. It must be one of the pairs' factory.
    #[arg(long, value_name = "ADDRESS|NAME")]
    pub router: Option<Reference>,

    /// Where the price of a token comes from; may be given often.
    ///
    /// TOKEN is an address, a name of the deployment record, or `ether` (for the gas). SOURCE is one of: fixed:1.25 (a number); file:PATH (a file with a number,
    /// read again and again; its age counts); https://… (an endpoint that answers with a number); both with #/json/pointer
    /// to a place in JSON; chainlink:0xFEED (latestRoundData); uniswap:0xPOOL@TIME (a V3 pool's mean price over that time,
    /// 10 min if not given, 0 for the price just now; the pool's other token needs a price too).
    #[arg(long, value_name = "TOKEN=SOURCE", required = true, value_parser = keyed::<Source>)]
    pub price: Vec<(Reference, Source)>,

    /// The lowest and highest price of a token that is believed: outside of them nothing is bid. May be given often.
    ///
    /// For a uniswap source they are in the pool's other token.
    #[arg(long, value_name = "TOKEN=LOW..HIGH", value_parser = keyed::<Bounds>)]
    pub price_bounds: Vec<(Reference, Bounds)>,

    /// Age at which a price is no longer used, for all tokens or for one (TOKEN=TIME). Default 1 h.
    ///
    /// Counted in the chain's time from when a feed was updated or an endpoint asked, and by this machine's clock from when
    /// a file was written.
    #[arg(long, value_name = "[TOKEN=]TIME", value_parser = maybe_keyed)]
    pub price_max_age: Vec<(Option<Reference>, Seconds)>,

    /// Largest step from one price to the next that is believed at once, in basis points (1/10 000) of the former.
    #[arg(long, value_name = "BPS", default_value_t = 2_000)]
    pub max_jump_bps: u32,

    /// How long a price must stay after a larger step before it is believed. Until then nothing is bid.
    #[arg(long, value_name = "TIME", default_value = "10 min")]
    pub jump_patience: Seconds,

    /// How often sources are read.
    #[arg(long, value_name = "TIME", default_value = "10 s", value_parser = positive_duration)]
    pub price_interval: Duration,

    /// How long a source may take to answer.
    #[arg(long, value_name = "TIME", default_value = "5 s", value_parser = positive_duration)]
    pub price_timeout: Duration,

    /// The most that is ever paid for a lot with a token, in whole tokens; may be given often.
    #[arg(long, value_name = "TOKEN=AMOUNT", value_parser = keyed::<Decimal>)]
    pub max_bid: Vec<(Reference, Decimal)>,

    /// Part of the lot's worth that a bid has to earn beyond price and gas, in basis points (1/10 000).
    #[arg(long, value_name = "BPS", default_value_t = 50, value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub margin_bps: u32,

    /// What a bid has to earn beyond that, in the unit that prices are in.
    #[arg(long, value_name = "AMOUNT", default_value = "0")]
    pub min_profit: Decimal,

    /// The highest gas price that is paid, in gwei.
    #[arg(long, value_name = "GWEI", default_value = "2")]
    pub max_fee_gwei: Decimal,

    /// Gas that a bid is thought to take until one has been estimated.
    #[arg(long, value_name = "GAS", default_value_t = 150_000)]
    pub gas_units: u64,

    /// How vaults and router are approved to pull the price.
    #[arg(long, value_enum, default_value_t = Approval::Exact)]
    pub approval: Approval,

    /// How long a bid through the router stays valid, in the chain's time.
    #[arg(long, value_name = "TIME", default_value = "2 min")]
    pub deadline: Seconds,

    /// How long a transaction may wait to be mined before it is cancelled, or replaced by one with a higher fee.
    #[arg(long, value_name = "TIME", default_value = "10 s", value_parser = positive_duration)]
    pub replace_after: Duration,

    /// How often the node is asked for a new block.
    #[arg(long, value_name = "TIME", default_value = "1 s", value_parser = positive_duration)]
    pub poll: Duration,

    /// How often a pair is read again without an event that reports a change, in the chain's time.
    #[arg(long, value_name = "TIME", default_value = "1 min")]
    pub refresh: Seconds,

    /// Say what would be sent, and send nothing. Needs no key.
    #[arg(long)]
    pub dry_run: bool,

    /// The account that a dry run without a key bids for.
    #[arg(long, value_name = "ADDRESS", requires = "dry_run", value_parser = parse_address)]
    pub account: Option<Address>,

    /// Bid for what is worth it now, see that through, and end.
    #[arg(long)]
    pub once: bool,

    /// Serve Prometheus metrics at http://ADDRESS:PORT/metrics.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub metrics: Option<SocketAddr>,

    /// Write the log as lines of JSON.
    #[arg(long)]
    pub log_json: bool,

    /// Which messages are logged.
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = LogLevel::Info)]
    pub log_level: LogLevel,

    /// How long the bot waits for its last transaction when it stops.
    #[arg(long, value_name = "TIME", default_value = "10 s", value_parser = positive_duration)]
    pub stop_patience: Duration,
}

/// Which messages are logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}

/// Lowest and highest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds(pub Rational, pub Rational);

impl FromStr for Bounds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no range such as 0.9..1.1");
        let (low, high) = text.split_once("..").ok_or_else(wrong)?;
        let number =
            |text: &str| text.parse::<Decimal>().map(|number| number.rational()).map_err(|_| wrong());
        let (low, high) = (number(low)?, number(high)?);
        if low <= high { Ok(Self(low, high)) } else { Err(format!("{text:?} ends below where it begins")) }
    }
}

fn keyed<T: FromStr<Err: ToString>>(text: &str) -> Result<(Reference, T), String> {
    let (token, value) = text.split_once('=').ok_or_else(|| format!("{text:?} has no = after its token"))?;
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
    if duration.is_zero() { Err(format!("{text:?} is no time: write more than 0")) } else { Ok(duration) }
}

const USUAL_MAX_AGE: u64 = 3_600;
const WEI_PER_GWEI: u64 = 1_000_000_000;

impl Arguments {
    /// The same by addresses; `find` looks names up.
    ///
    /// # Errors
    /// Those of `find`.
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

    /// The tokens with their sources and how far these are believed.
    ///
    /// # Errors
    /// If a token has two sources, a limit has none, or gas cannot be valued.
    pub fn sources(&self) -> Result<HashMap<Token, (Source, Limits)>> {
        let usual = self.price_max_age.iter().rev().find(|(token, _)| token.is_none());
        let usual = usual.map_or(USUAL_MAX_AGE, |(_, age)| age.0);
        let mut sources = HashMap::new();
        for (token, source) in &self.price {
            let limits = Limits {
                bounds: None,
                max_age: usual,
                max_jump_basis_points: self.max_jump_bps,
                jump_patience: self.jump_patience.0,
            };
            let former = sources.insert(token.address()?, (source.clone(), limits));
            ensure!(former.is_none(), "{token} has two sources: give one --price");
        }
        ensure!(sources.contains_key(&ETHER), "gas cannot be valued: give --price ether=SOURCE");
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

    /// What a bid has to earn.
    pub fn margin(&self) -> Margin {
        Margin { basis_points: self.margin_bps, absolute: self.min_profit.rational() }
    }

    /// What may be offered for gas.
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
        let few = ["bot", "--pair", A, "--price", "ether=fixed:1"];
        let program = Program::try_parse_from(few.iter().chain(more));
        program.map(|program| program.arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn clap_takes_the_description() {
        use clap::CommandFactory;
        Program::command().debug_assert();
        let help = Program::command().render_long_help().to_string();
        assert!(help.contains("weir bot --dry-run"), "{help}");
    }

    #[test]
    fn limits_are_a_token_s_own_or_everybody_s() {
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
    fn what_makes_no_sense_is_refused() {
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
    fn gas_prices_are_in_gwei() {
        let policy = parsed(&["--max-fee-gwei", "0.25"]).expect("arguments").fee_policy();
        assert_eq!(policy.cap, 250_000_000);
    }
}
