//! Price sources as `--price` names them, and the results of reading one.
//! The sibling modules read them.

use std::{path::PathBuf, str::FromStr};

use alloy::{primitives::Address, transports::http::reqwest::Url};
use weir_client::NodeError;
use weir_units::{Decimal, DecimalError, Rational, Seconds, parse_address};

/// Default averaging time of a Uniswap pool's price, in seconds.
const DEFAULT_WINDOW: u32 = 600;

/// A source of the price of one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A constant.
    Fixed(Rational),
    /// A file with a decimal number, or JSON with one at `pointer` (RFC 6901).
    File { path: PathBuf, pointer: Option<String> },
    /// An HTTP endpoint that returns a decimal number, or JSON with one at `pointer` (RFC 6901).
    Http { url: Url, pointer: Option<String> },
    /// A contract with Chainlink's `latestRoundData` and `decimals`.
    Chainlink(Address),
    /// A Uniswap V3 pool of the token. The price is its mean over `window` seconds, or its current price if that is 0.
    Uniswap { pool: Address, window: u32 },
}

/// A price returned by a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The value of one whole token.
    pub price: Rational,
    pub denomination: Denomination,
    /// Chain time of the price (Unix seconds), from which its age counts.
    pub at: u64,
}

/// The unit of a source's price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denomination {
    /// The price unit.
    PriceUnit,
    /// Whole units of another token, which needs a price of its own.
    Token(Address),
}

/// The reason why a source returned no price. An [invalid](Self::is_invalid) result removes the price at once. If the
/// source is unavailable, its last price stays until it is too old.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The source did not answer in time.
    #[error("the source does not answer: {0}")]
    Unavailable(String),
    /// The result is not a decimal number.
    #[error("the source returns no number: {0}")]
    NotANumber(String),
    /// The price is zero or negative.
    #[error("the price is not above 0: {0}")]
    NotPositive(String),
    /// The contract does not have the expected functions.
    #[error("the contract is not a price source of this kind: {0}")]
    WrongContract(String),
    /// The timestamp of the price is in the future.
    #[error("the price has timestamp {0}, after the chain's time {1}")]
    FromTheFuture(u64, u64),
}

impl SourceError {
    /// Returns whether the source answered with an invalid result.
    pub fn is_invalid(&self) -> bool {
        !matches!(self, Self::Unavailable(_))
    }

    /// Returns the label for metrics.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "unavailable",
            Self::NotANumber(_) => "not_a_number",
            Self::NotPositive(_) => "not_positive",
            Self::WrongContract(_) => "wrong_contract",
            Self::FromTheFuture(..) => "future",
        }
    }
}

impl From<NodeError> for SourceError {
    fn from(error: NodeError) -> Self {
        match error.is_rejection() {
            true => Self::WrongContract(error.to_string()),
            false => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<DecimalError> for SourceError {
    fn from(error: DecimalError) -> Self {
        match error {
            DecimalError::NotANumber(_) => Self::NotANumber(error.to_string()),
            _ => Self::NotPositive(error.to_string()),
        }
    }
}

/// The text is not a price source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a price source: write fixed:1.25, file:PATH, file:PATH#/json/pointer, \
     https://HOST/PATH#/json/pointer, chainlink:0xFEED, uniswap:0xPOOL or uniswap:0xPOOL@TIME"
)]
pub struct SourceParseError(String);

impl FromStr for Source {
    type Err = SourceParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| SourceParseError(text.into()))
    }
}

fn parse(text: &str) -> Option<Source> {
    let (kind, rest) = text.split_once(':')?;
    Some(match kind {
        "fixed" => Source::Fixed(rest.parse().ok().filter(|price: &Decimal| !price.is_zero())?.rational()),
        "file" => {
            let (path, pointer) = with_pointer(rest)?;
            Source::File { path: PathBuf::from(path), pointer }
        }
        "http" | "https" => {
            let (url, pointer) = with_pointer(text)?;
            Source::Http { url: url.parse().ok()?, pointer }
        }
        "chainlink" => Source::Chainlink(parse_address(rest).ok()?),
        "uniswap" => {
            let (pool, window) = match rest.split_once('@') {
                Some((pool, window)) => (pool, u32::try_from(window.parse::<Seconds>().ok()?.0).ok()?),
                None => (rest, DEFAULT_WINDOW),
            };
            // The sum of ticks over 2^30 seconds fits the pool's 56 bits.
            Source::Uniswap {
                pool: parse_address(pool).ok()?,
                window: Some(window).filter(|window| *window < 1 << 30)?,
            }
        }
        _ => return None,
    })
}

/// Splits `place#/json/pointer`.
fn with_pointer(text: &str) -> Option<(&str, Option<String>)> {
    match text.split_once('#') {
        None => Some((text, None)).filter(|(place, _)| !place.is_empty()),
        Some((place, pointer)) if !place.is_empty() && pointer.starts_with('/') => {
            Some((place, Some(pointer.to_owned())))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_parsed() {
        let address = "0x00000000000000000000000000000000000000aa";
        let parsed = |text: &str| text.parse::<Source>().expect(text);
        assert_eq!(
            parsed("fixed:1.5"),
            Source::Fixed("1.5".parse::<Decimal>().expect("a number").rational())
        );
        assert_eq!(parsed("file:a/b.txt"), Source::File { path: "a/b.txt".into(), pointer: None });
        assert_eq!(
            parsed("file:b.json#/weth/usd"),
            Source::File { path: "b.json".into(), pointer: Some("/weth/usd".into()) }
        );
        let Source::Http { url, pointer } = parsed("https://example.org/p?a=b:c#/data/0/price") else {
            panic!()
        };
        assert_eq!(
            (url.as_str(), pointer.as_deref()),
            ("https://example.org/p?a=b:c", Some("/data/0/price"))
        );
        let pool = address.parse().expect("an address");
        assert_eq!(parsed(&format!("chainlink:{address}")), Source::Chainlink(pool));
        assert_eq!(parsed(&format!("uniswap:{address}")), Source::Uniswap { pool, window: 600 });
        assert_eq!(parsed(&format!("uniswap:{address}@0")), Source::Uniswap { pool, window: 0 });
    }

    #[test]
    fn parse_errors_list_the_sources() {
        for text in [
            "",
            "1.5",
            "fixed:",
            "fixed:0",
            "fixed:-1",
            "file:",
            "file:a#b",
            "http://",
            "chainlink:0x1",
            "uniswap:0xaa@x",
        ] {
            let error = text.parse::<Source>().expect_err(text).to_string();
            assert!(error.contains("fixed:1.25"), "{error}");
        }
    }
}
