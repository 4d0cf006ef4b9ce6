//! Exact amounts: rationals of whole tokens, and their conversion to and from base units.
//! Every token of the demo has [`DECIMALS`] decimals.

use alloy::primitives::U256;
use num_bigint::{BigInt, Sign};
use num_rational::BigRational;

/// Decimals of the tokens: a token is 10^18 base units.
pub const DECIMALS: u8 = 18;

/// `numerator / denominator`. The denominator must not be 0.
pub fn ratio(numerator: u64, denominator: u64) -> BigRational {
    BigRational::new(numerator.into(), denominator.into())
}

/// Base units as a rational.
pub fn units(value: U256) -> BigRational {
    BigRational::from_integer(BigInt::from_bytes_le(Sign::Plus, &value.to_le_bytes::<32>()))
}

/// Whole tokens in base units, which may be a fraction.
pub fn units_of(tokens: &BigRational) -> BigRational {
    tokens * BigInt::from(10_u8).pow(DECIMALS.into())
}

/// Whole tokens in base units.
pub fn tokens(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(DECIMALS))
}

/// Base units as a decimal number of tokens with every digit: `2.5`.
pub fn decimal(value: U256) -> String {
    weir_units::exact(value, DECIMALS)
}

/// Base units as a floating-point number of tokens, for pictures and ratios only.
pub fn approximate(value: U256) -> f64 {
    decimal(value).parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_every_digit_and_no_trailing_zero() {
        assert_eq!(decimal(U256::ZERO), "0");
        assert_eq!(decimal(tokens(7)), "7");
        assert_eq!(decimal(tokens(100)), "100");
        assert_eq!(decimal(U256::from(1)), "0.000000000000000001");
        assert_eq!(decimal(tokens(5) / U256::from(2)), "2.5");
    }

    #[test]
    fn base_units_and_tokens_convert_exactly() {
        let amount = tokens(21) / U256::from(11);
        let short = units_of(&ratio(21, 11)) - units(amount);
        assert!(short > ratio(0, 1) && short < ratio(1, 1), "{short}");
        assert_eq!(units(U256::MAX) + ratio(1, 1), units(U256::ONE << 255) * BigInt::from(2));
        assert_eq!(approximate(tokens(3) / U256::from(4)), 0.75);
    }
}
