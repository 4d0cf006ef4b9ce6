//! A decimal number that is not negative, such as `12.5`, `1_000` or `1.2e-7`, kept exactly.
//! Amounts, prices and parts of a whole are all read by it.

use std::{
    fmt::{self, Display, Formatter},
    str::FromStr,
};

use alloy_primitives::U256;
use num_bigint::BigUint;
use num_rational::Ratio;
use serde::{Deserialize, Deserializer};

use crate::written::Written;

/// An exact fraction that is never below 0.
pub type Rational = Ratio<BigUint>;

/// Longest text that is read, in characters.
const MAX_LENGTH: usize = 100;
/// Largest exponent that is read, either way: no amount or price needs more.
const MAX_EXPONENT: u32 = 60;

/// A decimal number, not negative: `digits / 10^scale`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// All digits, without the point.
    digits: BigUint,
    /// The number of digits after the point. The last of them is not 0.
    scale: u32,
}

/// Why a text is no such number, or cannot become base units.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not a decimal number, or one of more than 100 characters or with an exponent beyond ±60.
    #[error("{0:?} is no decimal number: write digits with a point, such as 12.5")]
    NotANumber(String),
    #[error("{0:?} is negative: write a number from 0 up")]
    Negative(String),
    /// Base units would have to be rounded.
    #[error("{value} has more than {decimals} digits after the point: write fewer")]
    TooPrecise { value: Decimal, decimals: u8 },
    #[error("{0} does not fit 256 bits: write less")]
    TooLarge(Decimal),
}

impl Decimal {
    /// `value` base units of a token with these decimals, exactly.
    pub fn from_base_units(value: U256, decimals: u8) -> Self {
        Self::new(BigUint::from_bytes_le(&value.to_le_bytes::<32>()), decimals.into())
    }

    fn new(mut digits: BigUint, mut scale: u32) -> Self {
        let ten = BigUint::from(10_u8);
        while scale > 0 && &digits % &ten == BigUint::ZERO {
            digits /= &ten;
            scale -= 1;
        }
        Self { digits, scale }
    }

    /// A fraction with so many digits after the point. Rounds down.
    pub fn round_down(number: &Rational, digits: u32) -> Self {
        Self::new((number * power_of_ten(digits)).to_integer(), digits)
    }

    /// In base units of a token with these decimals.
    ///
    /// # Errors
    /// If it has more digits after the point than the token, or does not fit 256 bits: nothing is rounded.
    pub fn base_units(&self, decimals: u8) -> Result<U256, DecimalError> {
        let Some(missing) = u32::from(decimals).checked_sub(self.scale) else {
            return Err(DecimalError::TooPrecise { value: self.clone(), decimals });
        };
        let units = &self.digits * power_of_ten(missing);
        U256::try_from_le_slice(&units.to_bytes_le()).ok_or_else(|| DecimalError::TooLarge(self.clone()))
    }

    pub fn is_zero(&self) -> bool {
        self.digits == BigUint::ZERO
    }

    /// As a fraction, exactly.
    pub fn rational(&self) -> Rational {
        Ratio::new(self.digits.clone(), power_of_ten(self.scale))
    }
}

fn power_of_ten(exponent: u32) -> BigUint {
    BigUint::from(10_u8).pow(exponent)
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let text = text.trim();
        let wrong = || DecimalError::NotANumber(text.chars().take(MAX_LENGTH).collect());
        if text.len() > MAX_LENGTH {
            return Err(wrong());
        }
        if let Some(magnitude) = text.strip_prefix('-') {
            return Err(match unsigned(magnitude) {
                Some(_) => DecimalError::Negative(text.into()),
                None => wrong(),
            });
        }
        unsigned(text.strip_prefix('+').unwrap_or(text)).ok_or_else(wrong)
    }
}

fn unsigned(text: &str) -> Option<Decimal> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    if exponent.unsigned_abs() > MAX_EXPONENT || mantissa.starts_with('_') {
        return None;
    }
    let mantissa = mantissa.replace('_', "");
    let (whole, part) = mantissa.split_once('.').unwrap_or((&mantissa, ""));
    let digits = format!("{whole}{part}");
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let digits = BigUint::parse_bytes(digits.as_bytes(), 10)?;
    let scale = i32::try_from(part.len()).ok()? - exponent;
    Some(match u32::try_from(scale) {
        Ok(scale) => Decimal::new(digits, scale),
        Err(_) => Decimal::new(digits * power_of_ten(scale.unsigned_abs()), 0),
    })
}

/// Every digit, without zeros at the end: `2.5`.
impl Display for Decimal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.digits.to_string(), width = scale + 1);
        match digits.split_at(digits.len() - scale) {
            (whole, "") => f.write_str(whole),
            (whole, part) => write!(f, "{whole}.{part}"),
        }
    }
}

/// A number or a text of a file.
impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Written::parse(deserializer, "a decimal number such as \"12.5\"")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn units(text: &str, decimals: u8) -> Result<U256, DecimalError> {
        text.parse::<Decimal>()?.base_units(decimals)
    }

    #[test]
    fn decimals_are_read_exactly() {
        for (text, numerator, denominator) in [
            ("1", 1_u64, 1_u64),
            ("0.1", 1, 10),
            (" 1234.50\n", 2469, 2),
            ("1_000", 1_000, 1),
            (".5", 1, 2),
            ("5.", 5, 1),
            ("1.2e-7", 12, 100_000_000),
            ("2E3", 2_000, 1),
            ("1.25e1", 25, 2),
            ("+7", 7, 1),
        ] {
            let fraction = Ratio::new(BigUint::from(numerator), BigUint::from(denominator));
            assert_eq!(text.parse::<Decimal>().unwrap().rational(), fraction, "{text:?}");
        }
    }

    #[test]
    fn anything_else_is_an_error() {
        let long = "9".repeat(101);
        for text in [
            "", " ", ".", "NaN", "inf", "1,5", "0x10", "1e999", "1e", "e5", "1 2", "1.2.3", "_1", "٣", "--1",
            &long,
        ] {
            assert!(matches!(text.parse::<Decimal>(), Err(DecimalError::NotANumber(_))), "{text:?}");
        }
        assert_eq!("-1.5".parse::<Decimal>(), Err(DecimalError::Negative("-1.5".into())));
    }

    #[test]
    fn a_decimal_becomes_base_units_exactly_or_not_at_all() {
        assert_eq!(units("12.5", 6), Ok(U256::from(12_500_000)));
        assert_eq!(units("0.500", 1), Ok(U256::from(5)));
        assert_eq!(units("1e6", 0), Ok(U256::from(1_000_000)));
        assert!(matches!(units("0.0000001", 6), Err(DecimalError::TooPrecise { decimals: 6, .. })));
        assert!(matches!(units("1", 78), Err(DecimalError::TooLarge(_))));
    }

    #[test]
    fn a_fraction_is_cut_after_some_digits() {
        let third = Ratio::new(BigUint::from(2_u8), BigUint::from(3_u8));
        assert_eq!(Decimal::round_down(&third, 4).to_string(), "0.6666");
        assert_eq!(Decimal::round_down(&third, 0).to_string(), "0");
        assert_eq!(Decimal::round_down(&(third * BigUint::from(3_u8)), 4).to_string(), "2");
    }

    proptest! {
        #[test]
        fn a_shown_amount_reads_back(amount: [u64; 4], decimals in 0u8..=60) {
            let amount = U256::from_limbs(amount);
            let shown = Decimal::from_base_units(amount, decimals).to_string();
            prop_assert_eq!(units(&shown, decimals), Ok(amount));
            prop_assert!(!shown.contains('.') || !shown.ends_with(['0', '.']), "{}", shown);
        }
    }
}
