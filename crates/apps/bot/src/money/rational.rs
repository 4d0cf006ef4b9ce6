//! Exact fractions of money, and how they become amounts and numbers for people.
//! Rounding is said by each function's name or comment.

use alloy::primitives::U256;
use num_bigint::BigUint;
use num_rational::Ratio;
use weir_units::{Decimal, Rational};

/// The most digits after the point of a fraction that is shown.
const MAX_DIGITS: u32 = 60;
/// Digits after the point that are shown of a fraction.
const SHOWN_DIGITS: u32 = 6;

/// 10^`exponent`.
pub fn power_of_ten(exponent: u32) -> BigUint {
    BigUint::from(10u8).pow(exponent)
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

/// A fraction for people: at most six digits after the point, more if these would be 0. Rounds down.
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

/// For gauges alone, which are floating point: the nearest double, as far as its digits go.
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
    fn fractions_are_shown_with_six_digits_or_their_first_ones() {
        assert_eq!(show(&number("0.00000000123456")), "0.000000001234");
        assert_eq!(show(&number("1234.5")), "1234.5");
        assert_eq!(show(&number("0")), "0");
        assert_eq!(show(&(number("1") / number("3"))), "0.333333");
    }

    #[test]
    fn amounts_above_256_bits_become_the_highest() {
        let huge = rational(U256::MAX);
        assert_eq!(ceil(&(huge + rational(U256::from(1)))), U256::MAX);
    }
}
