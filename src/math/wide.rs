//! 256-bit multiplication, division, and bytes. On chain the latter is the host function `math_div` (4 gas and 8 KB of code less than
//! `ruint`'s own division); off chain it is `ruint`. A test on the compiled contract holds that both agree.

use super::U256;

/// `a · b` modulo 2^256, in digits of 32 bits: WebAssembly has no product of 64 bits that is 128 long. Digits of `a` that
/// are 0 cost nothing: the smaller number goes first.
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

/// The lowest digit first.
fn digits(number: U256) -> [u32; 8] {
    let [a, b, c, d] = *number.as_limbs();
    let high = |limb: u64| (limb >> 32) as u32;
    [a as u32, high(a), b as u32, high(b), c as u32, high(c), d as u32, high(d)]
}

/// The number's 32 bytes, the highest first. (`ruint` goes byte by byte, which takes ten times the gas.)
#[inline(never)]
pub fn to_be_bytes(number: U256) -> [u8; 32] {
    let [a, b, c, d] = *number.as_limbs();
    let eights = [d.to_be_bytes(), c.to_be_bytes(), b.to_be_bytes(), a.to_be_bytes()];
    // SAFETY: four times eight bytes are thirty-two.
    unsafe { core::mem::transmute(eights) }
}

/// The number of these 32 bytes, the highest first.
#[inline(never)]
pub fn from_be_bytes(bytes: &[u8; 32]) -> U256 {
    // SAFETY: thirty-two bytes are four times eight.
    let [d, c, b, a]: [[u8; 8]; 4] = unsafe { core::mem::transmute(*bytes) };
    let limb = u64::from_be_bytes;
    U256::from_limbs([limb(a), limb(b), limb(c), limb(d)])
}

/// `⌊dividend / divisor⌋`; 0 when `divisor` is 0, as the EVM's DIV.
#[cfg(target_arch = "wasm32")]
#[inline(never)]
pub fn div(dividend: U256, divisor: U256) -> U256 {
    #[link(wasm_import_module = "vm_hooks")]
    unsafe extern "C" {
        fn math_div(value: *mut u8, divisor: *const u8);
    }
    let mut value = to_be_bytes(dividend);
    let divisor = to_be_bytes(divisor);
    // SAFETY: the host reads and writes 32 bytes at each pointer, and both arrays have 32.
    unsafe { math_div(value.as_mut_ptr(), divisor.as_ptr()) };
    from_be_bytes(&value)
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

        #[test]
        fn bytes_are_ruint_s(limbs: [u64; 4]) {
            let number = U256::from_limbs(limbs);
            prop_assert_eq!(to_be_bytes(number), number.to_be_bytes::<32>());
            prop_assert_eq!(from_be_bytes(&to_be_bytes(number)), number);
        }
    }
}
