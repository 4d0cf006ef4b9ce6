//! Conversions between the contract's integers and exact numbers.
//! Both test crates use them.

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use weir::math::U256;

/// An integer as a rational.
pub fn integer(value: impl Into<BigInt>) -> BigRational {
    BigRational::from_integer(value.into())
}

/// `numerator / denominator`, reduced.
pub fn ratio(numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> BigRational {
    BigRational::new(numerator.into(), denominator.into())
}

/// The largest integer that is at most `value`.
pub fn floor(value: &BigRational) -> BigInt {
    value.floor().to_integer()
}

/// `2^exponent`.
pub fn power_of_two(exponent: u32) -> BigInt {
    BigInt::from(1) << exponent
}

/// A 256-bit word as an integer.
pub fn big(word: U256) -> BigInt {
    BigInt::from_bytes_be(Sign::Plus, &word.to_be_bytes::<32>())
}

/// `value` modulo 2^256 as a 256-bit word.
pub fn word(value: &BigInt) -> U256 {
    let modulus = power_of_two(256);
    let least = ((value % &modulus) + &modulus) % &modulus;
    U256::from_be_slice(&least.to_bytes_be().1)
}
