//! Decimal numbers as people and price feeds write them, read exactly, and amounts written for people.

use alloy::primitives::U256;
use num_bigint::BigUint;
use num_rational::Ratio;

/// A fraction that is never below 0.
pub type Rational = Ratio<BigUint>;

/// Longest number that is read, in characters.
const MAX_LENGTH: usize = 100;
/// Largest exponent that is read, either way: no price needs more.
const MAX_EXPONENT: u32 = 60;
/// Digits behind the point that are shown of a fraction.
const SHOWN_DIGITS: u32 = 6;

/// Why a text is no number that money can be counted with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not a decimal number at all, or one too long to be a price.
    #[error("{0:?} is not a decimal number such as 1234.5 or 1.2e-7")]
    NotANumber(String),
    /// Below 0.
    #[error("{0:?} is negative")]
    Negative(String),
}

/// Reads a decimal number such as `1234.5`, `.5` or `1.2e-7` exactly.
///
/// # Errors
/// [`DecimalError`]: what is no number (`NaN`, an empty text), has more than 100 characters or an exponent beyond ±60,
/// or is negative.
pub fn parse_decimal(text: &str) -> Result<Rational, DecimalError> {
    let trimmed = text.trim();
    let wrong = || DecimalError::NotANumber(trimmed.chars().take(MAX_LENGTH).collect());
    if trimmed.len() > MAX_LENGTH {
        return Err(wrong());
    }
    if let Some(positive) = trimmed.strip_prefix('-') {
        let magnitude = unsigned(positive).ok_or_else(wrong)?;
        return if magnitude == zero() { Ok(magnitude) } else { Err(DecimalError::Negative(trimmed.into())) };
    }
    unsigned(trimmed.strip_prefix('+').unwrap_or(trimmed)).ok_or_else(wrong)
}

fn unsigned(text: &str) -> Option<Rational> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{part}");
    if digits.is_empty()
        || !digits.bytes().all(|digit| digit.is_ascii_digit())
        || exponent.unsigned_abs() > MAX_EXPONENT
    {
        return None;
    }
    let digits = BigUint::parse_bytes(digits.as_bytes(), 10)?;
    let number = Ratio::new(digits, power_of_ten(u32::try_from(part.len()).ok()?));
    let shift = Ratio::from_integer(power_of_ten(exponent.unsigned_abs()));
    Some(if exponent < 0 { number / shift } else { number * shift })
}

fn zero() -> Rational {
    Ratio::from_integer(BigUint::ZERO)
}

/// 10^`exponent`.
pub fn power_of_ten(exponent: u32) -> BigUint {
    BigUint::from(10u8).pow(exponent)
}

/// `amount` whole tokens in base units, rounded down; 2^256 − 1 if that is less.
pub fn base_units(amount: &Rational, decimals: u8) -> U256 {
    floor(&(amount * power_of_ten(decimals.into())))
}

/// The whole part, at most 2^256 − 1.
pub fn floor(number: &Rational) -> U256 {
    from_big(&number.to_integer())
}

/// The next whole number that is not below, at most 2^256 − 1.
pub fn ceil(number: &Rational) -> U256 {
    from_big(&number.ceil().to_integer())
}

fn from_big(number: &BigUint) -> U256 {
    U256::try_from_le_slice(&number.to_bytes_le()).unwrap_or(U256::MAX)
}

/// `number` as a fraction.
pub fn rational(number: U256) -> Rational {
    Ratio::from_integer(BigUint::from_bytes_le(&number.to_le_bytes::<32>()))
}

/// A fraction for people: six digits behind the point at most, rounded down; if that is nothing, its first digits.
pub fn show(number: &Rational) -> String {
    if *number == zero() {
        return "0".into();
    }
    let mut digits = SHOWN_DIGITS;
    while number * power_of_ten(digits) < rational(U256::from(1_000)) && digits < MAX_EXPONENT {
        digits += 1;
    }
    point_into((number * power_of_ten(digits)).to_integer().to_string(), digits as usize)
}

/// An amount of base units for people, exact.
pub fn show_units(amount: U256, decimals: u8) -> String {
    point_into(amount.to_string(), decimals.into())
}

/// Puts the point before the last `decimals` digits and drops the zeros at the end.
fn point_into(digits: String, decimals: usize) -> String {
    if decimals == 0 {
        return digits;
    }
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, part) = padded.split_at(padded.len() - decimals);
    let part = part.trim_end_matches('0');
    if part.is_empty() { whole.into() } else { format!("{whole}.{part}") }
}

/// For gauges alone, which are floating point: the nearest double, as far as its digits go.
pub fn approximate(number: &Rational) -> f64 {
    show(number).parse().unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_are_read_exactly() {
        let fraction = |n: u64, d: u64| Ratio::new(BigUint::from(n), BigUint::from(d));
        for (text, numerator, denominator) in [
            ("1", 1, 1),
            ("0.1", 1, 10),
            (" 1234.50\n", 2469, 2),
            (".5", 1, 2),
            ("5.", 5, 1),
            ("1.2e-7", 12, 100_000_000),
            ("2E3", 2000, 1),
            ("+7", 7, 1),
            ("-0.0", 0, 1),
        ] {
            assert_eq!(parse_decimal(text), Ok(fraction(numerator, denominator)), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_amount_of_money_is_refused() {
        for text in
            ["", " ", ".", "NaN", "inf", "1,5", "0x10", "1e999", "1e", "e5", "1 2", "٣", &"9".repeat(101)]
        {
            assert!(matches!(parse_decimal(text), Err(DecimalError::NotANumber(_))), "{text:?}");
        }
        assert_eq!(parse_decimal("-1.5"), Err(DecimalError::Negative("-1.5".into())));
    }

    #[test]
    fn amounts_are_shown_with_their_point() {
        let shown = |amount: u64, decimals| show_units(U256::from(amount), decimals);
        assert_eq!(
            [shown(1_500_000, 6), shown(1, 18), shown(7, 0), shown(0, 6)],
            ["1.5", "0.000000000000000001", "7", "0"]
        );
        let small = parse_decimal("0.00000000123456").expect("a number");
        assert_eq!(show(&small), "0.000000001234");
        assert_eq!(show(&parse_decimal("1234.5").expect("a number")), "1234.5");
    }

    #[test]
    fn amounts_beyond_256_bits_stay_at_the_highest() {
        let huge = rational(U256::MAX);
        assert_eq!(base_units(&huge, 18), U256::MAX);
        assert_eq!(ceil(&(huge + rational(U256::from(1)))), U256::MAX);
    }

    proptest! {
        #[test]
        fn what_is_shown_of_an_amount_reads_back(amount: [u64; 4], decimals in 0u8..=40) {
            let amount = U256::from_limbs(amount);
            let read = parse_decimal(&show_units(amount, decimals));
            prop_assert_eq!(read, Ok(rational(amount) / power_of_ten(decimals.into())));
        }
    }
}
