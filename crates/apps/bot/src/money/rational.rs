//! Conversions of exact fractions to token amounts and to text.
//! Each function states how it rounds.

use alloy::primitives::U256;
use num_bigint::BigUint;
use num_rational::Ratio;
use weir_units::{Decimal, Rational};

/// Maximum digits after the point of a small fraction that is shown.
const MAX_DIGITS: u32 = 60;
/// Usual digits after the point of a fraction that is shown.
const SHOWN_DIGITS: u32 = 6;

/// Returns 10^`exponent`.
pub fn power_of_ten(exponent: u32) -> BigUint {
    BigUint::from(10u8).pow(exponent)
}

/// Rounds down to a whole number, at most 2^256 − 1.
pub fn floor(number: &Rational) -> U256 {
    from_big(&number.to_integer())
}

/// Rounds up to a whole number, at most 2^256 − 1.
pub fn ceil(number: &Rational) -> U256 {
    from_big(&number.ceil().to_integer())
}

fn from_big(number: &BigUint) -> U256 {
    U256::try_from_le_slice(&number.to_bytes_le()).unwrap_or(U256::MAX)
}

/// Converts an integer.
pub fn rational(number: U256) -> Rational {
    Ratio::from_integer(BigUint::from_bytes_le(&number.to_le_bytes::<32>()))
}

/// Formats a fraction with six digits after the point, or more for small ones. Rounds down.
pub fn show(number: &Rational) -> String {
    if *number.numer() == BigUint::ZERO {
        return "0".into();
    }
    let mut digits = SHOWN_DIGITS;
    while number * power_of_ten(digits) < rational(U256::from(1_000)) && digits < MAX_DIGITS {
        digits += 1;
    }
    Decimal::round_down(number, digits).to_string()
}

/// Converts to a double, from the digits that [`show`] keeps. Only for gauges.
pub fn approximate(number: &Rational) -> f64 {
    show(number).parse().unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Rational {
        text.parse::<Decimal>().expect("a number").rational()
    }

    #[test]
    fn fractions_show_six_digits_or_their_first_significant_ones() {
        assert_eq!(show(&number("0.00000000123456")), "0.000000001234");
        assert_eq!(show(&number("1234.5")), "1234.5");
        assert_eq!(show(&number("0")), "0");
        assert_eq!(show(&(number("1") / number("3"))), "0.333333");
    }

    #[test]
    fn amounts_above_256_bits_saturate() {
        let huge = rational(U256::MAX);
        assert_eq!(ceil(&(huge + rational(U256::from(1)))), U256::MAX);
    }
}
