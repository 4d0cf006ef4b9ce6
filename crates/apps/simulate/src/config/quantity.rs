//! Quantities as people write them, exactly: `12h`, `0.5`, `10..1000`. Flags and the TOML file share these types.

use std::{
    fmt::{self, Display, Formatter},
    str::FromStr,
};

use serde::{Deserialize, Serialize};
use weir::math::auction::WAD;

/// Base units of a token: all have 18 decimals.
pub const TOKEN: u128 = 1_000_000_000_000_000_000;
/// Most tokens that a quantity may be, so that sums and products fit: a billion.
const MOST_TOKENS: u128 = 1_000_000_000;
/// Digits after the point.
const DECIMALS: usize = 18;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
/// Seconds of a day.
pub const DAY: u32 = 24 * HOUR;
const WEEK: u32 = 7 * DAY;
const UNITS: [(&str, u32); 5] = [("w", WEEK), ("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", 1)];

/// A value of a TOML file: with or without quotes.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Written {
    Whole(i64),
    Decimal(f64),
    Text(String),
}

impl Display for Written {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(number) => number.fmt(f),
            Self::Decimal(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// A length of time, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "String")]
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
        let refused =
            || format!("{text:?} is no length of time: write a number with s, m, h, d or w, such as 12h");
        let number = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
        let unit = match &text[number.len()..] {
            "" if number == "0" => 1,
            suffix => UNITS.iter().find(|(name, _)| *name == suffix).ok_or_else(refused)?.1,
        };
        let seconds = decimal(number).ok_or_else(refused)?.checked_mul(u128::from(unit));
        let whole = seconds.filter(|exact| exact.is_multiple_of(TOKEN)).map(|exact| exact / TOKEN);
        let whole =
            whole.ok_or_else(|| format!("{text} is no whole number of seconds: write it in seconds"))?;
        let fits = u32::try_from(whole).map(Self);
        fits.map_err(|_| format!("{text} is longer than a vault lasts: write at most 136 years"))
    }
}

impl Display for Seconds {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let fits = |unit: u32| self.0 != 0 && self.0.is_multiple_of(unit);
        let (name, unit) = UNITS.into_iter().find(|(_, unit)| fits(*unit)).unwrap_or(("s", 1));
        write!(f, "{}{name}", self.0 / unit)
    }
}

/// An amount of a token, in base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "String")]
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
        let amount = decimal(text).ok_or_else(|| {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "String")]
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
        let wad = decimal(text).filter(|wad| *wad <= u128::from(WAD));
        wad.map(|wad| Self(wad as u64))
            .ok_or_else(|| format!("{text:?} is no part of a whole: write a number from 0 to 1, such as 0.9"))
    }
}

impl Display for Part {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal_text(u128::from(self.0)))
    }
}

/// From the least to the most, both included: `10..1000`; or one amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "String")]
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
        impl TryFrom<Written> for $quantity {
            type Error = String;

            fn try_from(written: Written) -> Result<Self, String> {
                written.to_string().parse()
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

/// A decimal number times 10^18, exactly; `None` if it is none, or has more digits.
fn decimal(text: &str) -> Option<u128> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(rest) || rest.len() > DECIMALS || text.ends_with('.') {
        return None;
    }
    let whole: u128 = whole.parse().ok()?;
    let rest: u128 = format!("{rest:0<DECIMALS$}").parse().ok()?;
    whole.checked_mul(TOKEN)?.checked_add(rest)
}

/// Base units as a decimal number of tokens, every digit, without trailing zeros.
pub fn decimal_text(base_units: u128) -> String {
    let (whole, rest) = (base_units / TOKEN, base_units % TOKEN);
    if rest == 0 {
        return whole.to_string();
    }
    format!("{whole}.{rest:0DECIMALS$}").trim_end_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_exactly_and_written_as_they_are_read() {
        for text in ["1s", "90s", "5m", "12h", "1d", "2w", "0s"] {
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
    fn what_is_no_quantity_is_refused_in_a_sentence() {
        for text in ["", "12", "h", "-1h", "1y", "1.00001s", "137000w", "1e3h"] {
            assert!(text.parse::<Seconds>().is_err(), "{text}");
        }
        for text in ["", "-1", "1.", ".5", "1e18", "0.0000000000000000001", "1000000001", "٣"] {
            assert!(text.parse::<Tokens>().is_err(), "{text}");
        }
        for text in ["1.1", "50%", "-0.1", ""] {
            assert!(text.parse::<Part>().is_err(), "{text}");
        }
        assert!("7..3".parse::<Span>().unwrap_err().contains("smaller amount first"));
    }
}
