//! Quantities as people write them, exactly: `12h`, `0.5`, `10..1000`. Flags and the TOML file share these types.

use std::{
    fmt::{self, Display, Formatter},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize};
use weir::math::{U256, auction::WAD};
use weir_units::{Decimal, WAD_DECIMALS, Written, exact};

/// Base units of a token: all have 18 decimals.
pub const TOKEN: u128 = 1_000_000_000_000_000_000;
/// Most tokens that a quantity may be, so that sums and products fit: a billion.
const MOST_TOKENS: u128 = 1_000_000_000;

/// Seconds of a day.
pub const DAY: u32 = weir_units::DAY as u32;

/// A length of time in seconds, at most the 136 years that a vault lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct Seconds(pub u32);

impl Seconds {
    /// As days.
    pub fn days(self) -> f64 {
        f64::from(self.0) / f64::from(DAY)
    }
}

impl FromStr for Seconds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let weir_units::Seconds(seconds) = text.parse()?;
        let fits = u32::try_from(seconds).map(Self);
        fits.map_err(|_| format!("{text} is longer than a vault lasts: write at most 136 years"))
    }
}

impl Display for Seconds {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        weir_units::Seconds(self.0.into()).fmt(f)
    }
}

/// An amount of a token, in base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct Tokens(pub u128);

impl Tokens {
    /// As whole tokens: for decisions and pictures.
    pub fn approximate(self) -> f64 {
        approximate(self.0)
    }
}

impl FromStr for Tokens {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let amount = wad(text).ok_or_else(|| {
            format!("{text:?} is no amount of tokens: write a number with at most 18 decimals, such as 0.5")
        })?;
        if amount > MOST_TOKENS * TOKEN {
            return Err(format!("{text} is more than the billion tokens there may be: write less"));
        }
        Ok(Self(amount))
    }
}

impl Display for Tokens {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal_text(self.0))
    }
}

/// A part of a whole, from 0 to 1, as a wad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct Part(pub u64);

impl Part {
    /// From 0 to 1.
    pub fn approximate(self) -> f64 {
        self.0 as f64 / WAD as f64
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let part = wad(text).filter(|wad| *wad <= u128::from(WAD));
        part.map(|wad| Self(wad as u64))
            .ok_or_else(|| format!("{text:?} is no part of a whole: write a number from 0 to 1, such as 0.9"))
    }
}

impl Display for Part {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal_text(u128::from(self.0)))
    }
}

/// From the least to the most, both included: `10..1000`; or one amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Span {
    pub least: Tokens,
    pub most: Tokens,
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (least, most) = text.split_once("..").unwrap_or((text, text));
        let span = Self { least: least.parse()?, most: most.parse()? };
        if span.least > span.most {
            return Err(format!("{text} ends below its beginning: write the smaller amount first"));
        }
        Ok(span)
    }
}

impl Display for Span {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.least == self.most {
            return self.least.fmt(f);
        }
        write!(f, "{}..{}", self.least, self.most)
    }
}

/// Files hold the quantities as text, as people write them.
macro_rules! written_as_text {
    ($($quantity:ty),*) => {$(
        impl<'de> Deserialize<'de> for $quantity {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Written::parse(deserializer, "a number, or text in quotes")
            }
        }

        impl From<$quantity> for String {
            fn from(value: $quantity) -> Self {
                value.to_string()
            }
        }
    )*};
}
written_as_text!(Seconds, Tokens, Part, Span);

/// Base units as whole tokens: for decisions, ratios and pictures, not for accounts.
pub fn approximate(base_units: u128) -> f64 {
    base_units as f64 / TOKEN as f64
}

/// A decimal number times 10^18, exactly; `None` if it is none, or has more than 18 digits after the point.
fn wad(text: &str) -> Option<u128> {
    let number: Decimal = text.parse().ok()?;
    number.base_units(WAD_DECIMALS).ok()?.try_into().ok()
}

/// Base units as a decimal number of tokens, every digit, without trailing zeros.
pub fn decimal_text(base_units: u128) -> String {
    exact(U256::from(base_units), WAD_DECIMALS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_exactly_and_written_as_they_are_read() {
        for text in ["1 s", "1 min 30 s", "5 min", "12 h", "1 day", "14 days", "0 s"] {
            assert_eq!(text.parse::<Seconds>().unwrap().to_string(), text);
        }
        assert_eq!("1.5h".parse(), Ok(Seconds(5_400)));
        for text in ["0", "7", "0.5", "0.000000000000000001", "1000000000"] {
            assert_eq!(text.parse::<Tokens>().unwrap().to_string(), text);
        }
        assert_eq!("0.9".parse(), Ok(Part(WAD / 10 * 9)));
        assert_eq!("10..1000".parse::<Span>().unwrap().to_string(), "10..1000");
        assert_eq!("5".parse::<Span>().unwrap().to_string(), "5");
    }

    #[test]
    fn what_is_no_quantity_is_rejected_in_a_sentence() {
        for text in ["", "h", "-1h", "137y", "1.00001s", "137000w", "1e3h"] {
            assert!(text.parse::<Seconds>().is_err(), "{text}");
        }
        for text in ["", "-1", "1e18", "0.0000000000000000001", "1000000001", "٣"] {
            assert!(text.parse::<Tokens>().is_err(), "{text}");
        }
        for text in ["1.1", "50%", "-0.1", ""] {
            assert!(text.parse::<Part>().is_err(), "{text}");
        }
        assert!("7..3".parse::<Span>().unwrap_err().contains("smaller amount first"));
    }
}
