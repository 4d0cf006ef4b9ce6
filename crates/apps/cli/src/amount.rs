//! Amounts as people write them: whole tokens with a decimal point, exactly, beside the chain's base units.

use std::{
    fmt::{self, Formatter},
    str::FromStr,
};

use alloy::primitives::{U256, utils::format_units};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, Visitor},
};

/// Decimals of a wad, the contracts' fractions: one is 10^18.
pub const WAD_DECIMALS: u8 = 18;

/// A decimal number, not negative: `12.5`. It is kept as it was written and becomes base units only exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// All digits without the point.
    digits: U256,
    /// How many of them stand behind it.
    scale: u8,
}

impl FromStr for Decimal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse =
            |why| format!("{text:?} is no amount ({why}): write digits with a point, such as \"12.5\"");
        let trimmed = text.trim().replace('_', "");
        let (whole, rest) = trimmed.split_once('.').unwrap_or((&trimmed, ""));
        let rest = rest.trim_end_matches('0');
        let digits = format!("{whole}{rest}");
        if whole.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(refuse("not a decimal number"));
        }
        let digits = U256::from_str_radix(&digits, 10).map_err(|_| refuse("too many digits"))?;
        let scale = u8::try_from(rest.len()).map_err(|_| refuse("too many digits"))?;
        Ok(Self { digits, scale })
    }
}

impl Decimal {
    /// In base units of a token with so many decimals.
    ///
    /// # Errors
    /// If it has more digits behind the point than the token, or does not fit 256 bits: nothing is rounded.
    pub fn base_units(&self, decimals: u8) -> Result<U256, String> {
        let Some(missing) = decimals.checked_sub(self.scale) else {
            return Err(format!("{} digits behind the point are too many: it has {decimals}", self.scale));
        };
        let power = U256::from(10).checked_pow(U256::from(missing));
        power
            .and_then(|power| self.digits.checked_mul(power))
            .ok_or_else(|| "it does not fit 256 bits".into())
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Decimal;

            fn expecting(&self, f: &mut Formatter) -> fmt::Result {
                f.write_str("a decimal number such as \"12.5\"")
            }

            fn visit_i64<E: Error>(self, whole: i64) -> Result<Decimal, E> {
                whole.to_string().parse().map_err(E::custom)
            }

            /// The shortest text that is this float: what was written, unless it has more than 15 digits.
            fn visit_f64<E: Error>(self, value: f64) -> Result<Decimal, E> {
                let text = value.to_string();
                if text.bytes().filter(u8::is_ascii_digit).count() > 15 {
                    return Err(E::custom("a number of so many digits has to stand in quotes"));
                }
                text.parse().map_err(E::custom)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Decimal, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// Base units as whole tokens, every digit, without trailing zeros: `2.5`.
pub fn decimal(value: U256, decimals: u8) -> String {
    // Above 77 decimals a token is below what 256 bits can count: base units are all there is to show.
    let Ok(text) = format_units(value, decimals) else { return format!("{value} base units") };
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// As [`decimal`] with `digits` significant digits at most (but every digit before the point). Rounds down.
pub fn short(value: U256, decimals: u8, digits: usize) -> String {
    let text = decimal(value, decimals);
    let Some((whole, rest)) = text.split_once('.') else { return text };
    let leading = if whole == "0" { rest.len() - rest.trim_start_matches('0').len() } else { 0 };
    let kept = if whole == "0" { leading + digits } else { digits.saturating_sub(whole.len()) };
    let rest: String = rest.chars().take(kept).collect();
    let rest = rest.trim_end_matches('0');
    if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") }
}

/// An amount in a JSON document: base units for programs, whole tokens for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// Base units, in decimal.
    pub base_units: String,
    /// Whole tokens, exactly.
    pub tokens: String,
}

impl Amount {
    /// `value` base units of a token with these decimals.
    pub fn new(value: U256, decimals: u8) -> Self {
        Self { base_units: value.to_string(), tokens: decimal(value, decimals) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str, decimals: u8) -> Result<U256, String> {
        text.parse::<Decimal>()?.base_units(decimals)
    }

    #[test]
    fn an_amount_becomes_base_units_exactly_or_not_at_all() {
        assert_eq!(units("12.5", 6), Ok(U256::from(12_500_000)));
        assert_eq!(units("1_000", 0), Ok(U256::from(1000)));
        assert_eq!(units("0.500", 1), Ok(U256::from(5)));
        assert_eq!(units("1.", 0), Ok(U256::from(1)));
        assert!(units("0.0000001", 6).unwrap_err().contains("7 digits behind the point are too many"));
        assert!(units("1", 78).unwrap_err().contains("256 bits"));
        for text in ["", ".5", "-1", "1e6", "1,5", "a", "1.2.3", &"9".repeat(90)] {
            assert!(units(text, 18).unwrap_err().contains("such as \"12.5\""), "{text}");
        }
    }

    #[test]
    fn a_float_is_what_was_written_or_refused() {
        #[derive(Debug, Deserialize)]
        struct Holder {
            value: Decimal,
        }
        let read = |text: &str| toml::from_str::<Holder>(&format!("value = {text}"));
        for text in ["0.9", "0.3", "\"0.3\"", "0.123456789", "3"] {
            let value = read(text).unwrap().value;
            assert_eq!(value, text.trim_matches('"').parse().unwrap(), "{text}");
        }
        assert!(read("0.1234567890123456789").unwrap_err().message().contains("in quotes"));
        assert!(read("-0.5").is_err() && read("nan").is_err() && read("inf").is_err());
    }

    #[test]
    fn amounts_are_shown_with_every_digit_or_the_first_ones() {
        let value = U256::from(1_234_567_890_123_u64);
        assert_eq!(decimal(value, 6), "1234567.890123");
        assert_eq!(decimal(value, 200), "1234567890123 base units");
        assert_eq!(short(value, 6, 8), "1234567.8");
        assert_eq!(short(value, 6, 3), "1234567");
        assert_eq!(short(value, 18, 4), "0.000001234");
        assert_eq!(short(U256::from(5_000_000), 6, 4), "5");
    }
}
