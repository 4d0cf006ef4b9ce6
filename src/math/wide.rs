//! 256-bit multiplication and division. On chain the latter is the host function `math_div` (4 gas and 8 KB of code less than
//! `ruint`'s own division); off chain it is `ruint`. A test on the compiled contract holds that both agree.

use super::U256;

/// `a · b` modulo 2^256. Limbs of `a` that are 0 cost nothing: the smaller number goes first.
#[inline(never)]
pub fn mul(a: U256, b: U256) -> U256 {
    let mut product = [0; 4];
    for (at, &limb) in a.as_limbs().iter().enumerate() {
        if limb == 0 {
            continue;
        }
        let mut carry = 0;
        for (sum, &other) in product[at..].iter_mut().zip(b.as_limbs()) {
            // At most (2^64 − 1)² + 2 · (2^64 − 1) = 2^128 − 1.
            let wide = u128::from(limb) * u128::from(other) + u128::from(*sum) + carry;
            *sum = wide as u64;
            carry = wide >> 64;
        }
    }
    U256::from_limbs(product)
}

/// `⌊dividend / divisor⌋`; 0 when `divisor` is 0, as the EVM's DIV.
#[cfg(target_arch = "wasm32")]
#[inline(never)]
pub fn div(dividend: U256, divisor: U256) -> U256 {
    #[link(wasm_import_module = "vm_hooks")]
    unsafe extern "C" {
        fn math_div(value: *mut u8, divisor: *const u8);
    }
    let mut value = dividend.to_be_bytes::<32>();
    let divisor = divisor.to_be_bytes::<32>();
    // SAFETY: the host reads and writes 32 bytes at each pointer, and both arrays have 32.
    unsafe { math_div(value.as_mut_ptr(), divisor.as_ptr()) };
    U256::from_be_bytes(value)
}

/// `⌊dividend / divisor⌋`; 0 when `divisor` is 0, as the EVM's DIV.
#[cfg(not(target_arch = "wasm32"))]
pub fn div(dividend: U256, divisor: U256) -> U256 {
    dividend.checked_div(divisor).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_product_is_ruint_s(a: [u64; 4], b: [u64; 4], a_limbs in 0..=4_usize, b_limbs in 0..=4_usize) {
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
