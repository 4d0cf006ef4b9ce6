//! 256-bit multiplication and division. On chain the latter is the host function `math_div`: 4 gas and 8 KB of code less
//! than `ruint`'s own division. A test on the compiled contract shows that both agree.

use super::U256;
use crate::host::{
    bytes::{from_be_bytes, to_be_bytes},
    math_div,
};

/// `a · b` modulo 2^256, in digits of 32 bits: WebAssembly cannot multiply 64 bits into 128. Zero digits of `a` cost
/// nothing, so pass the smaller number first.
#[inline(never)]
pub fn mul(a: U256, b: U256) -> U256 {
    let (a, b) = (digits(a), digits(b));
    let mut product = [0; 8];
    for (at, &digit) in a.iter().enumerate() {
        if digit == 0 {
            continue;
        }
        let mut carry = 0;
        for (sum, &other) in product[at..].iter_mut().zip(&b) {
            // At most (2^32 − 1)² + 2 · (2^32 − 1) = 2^64 − 1.
            let wide = u64::from(digit) * u64::from(other) + u64::from(*sum) + carry;
            *sum = wide as u32;
            carry = wide >> 32;
        }
    }
    let [a, b, c, d, e, f, g, h] = product;
    let limb = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    U256::from_limbs([limb(a, b), limb(c, d), limb(e, f), limb(g, h)])
}

/// 32-bit digits, the lowest first.
fn digits(number: U256) -> [u32; 8] {
    let [a, b, c, d] = *number.as_limbs();
    let high = |limb: u64| (limb >> 32) as u32;
    [a as u32, high(a), b as u32, high(b), c as u32, high(c), d as u32, high(d)]
}

/// `⌊dividend / divisor⌋`; 0 when `divisor` is 0, as the EVM's DIV.
#[inline(never)]
pub fn div(dividend: U256, divisor: U256) -> U256 {
    let mut value = to_be_bytes(dividend);
    math_div(&mut value, &to_be_bytes(divisor));
    from_be_bytes(&value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn product_matches_ruint(a: [u64; 4], b: [u64; 4], a_limbs in 0..=4_usize, b_limbs in 0..=4_usize) {
            let cut = |mut limbs: [u64; 4], count: usize| {
                limbs[count..].fill(0);
                U256::from_limbs(limbs)
            };
            let (a, b) = (cut(a, a_limbs), cut(b, b_limbs));
            prop_assert_eq!(mul(a, b), a.wrapping_mul(b));
            prop_assert_eq!(mul(a, U256::MAX), a.wrapping_mul(U256::MAX));
        }
    }
}
