//! Where a price comes from, as the command line names it, and what a source can answer.

use std::{path::PathBuf, str::FromStr};

use alloy::{primitives::Address, transports::http::reqwest::Url};

use weir_client::NodeError;
use weir_units::{Decimal, DecimalError, Rational, Seconds, parse_address};

/// Seconds that a Uniswap pool's price is averaged over unless told otherwise.
const USUAL_WINDOW: u32 = 600;

/// A source of the price of one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Always the same.
    Fixed(Rational),
    /// A file, read again and again: a decimal number, or JSON with the place of the number in it (RFC 6901).
    File { path: PathBuf, pointer: Option<String> },
    /// An HTTP endpoint that answers with a decimal number, or JSON with the place of the number in it (RFC 6901).
    Http { url: Url, pointer: Option<String> },
    /// A contract with Chainlink's `latestRoundData` and `decimals`.
    Chainlink(Address),
    /// A Uniswap V3 pool of the token: its mean price over `window` seconds, or its price just now if that is 0.
    Uniswap { pool: Address, window: u32 },
}

/// What a source told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What one whole token is worth; [`Kind`] says in what.
    pub price: Rational,
    /// In what.
    pub kind: Kind,
    /// Since when, in the chain's time (Unix seconds).
    pub at: u64,
}

/// In what a source tells a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In the unit that all prices are in.
    Unit,
    /// In whole tokens of another kind, which has a price of its own.
    InToken(Address),
}

/// Why a source told no price. What makes it a liar ([`is_lie`](Self::is_lie)) stops bids at once; where it merely did
/// not answer, what it told before holds until that is too old.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// It did not answer, or too late.
    #[error("it does not answer: {0}")]
    Silent(String),
    /// What it told is no decimal number.
    #[error("it told no number: {0}")]
    NotANumber(String),
    /// Zero or below.
    #[error("it told a price that is not above 0: {0}")]
    NotPositive(String),
    /// A contract does not answer as such a contract does.
    #[error("it is no such contract: {0}")]
    WrongContract(String),
    /// The price is of a time that has not come.
    #[error("it told a price of {0}, which is later than the chain's time {1}")]
    FromTheFuture(u64, u64),
}

impl SourceError {
    /// Whether it answered, with something that cannot be true.
    pub fn is_lie(&self) -> bool {
        !matches!(self, Self::Silent(_))
    }

    /// A word for metrics.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Silent(_) => "silent",
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
            false => Self::Silent(error.to_string()),
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

/// Why a text names no source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} names no price source: write fixed:1.25, file:PATH, file:PATH#/json/pointer, https://HOST/PATH#/json/pointer, \
     chainlink:0xFEED, uniswap:0xPOOL or uniswap:0xPOOL@TIME"
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
                None => (rest, USUAL_WINDOW),
            };
            // A tick's sum over so long fits the contract's 56 bits by far.
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
    fn every_kind_of_source_has_its_text() {
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
    fn what_names_no_source_is_told_what_would() {
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
