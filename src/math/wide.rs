//! 256-bit division. On chain it is the host function `math_div` (4 gas and 8 KB of code less than `ruint`'s
//! own division); off chain it is `ruint`. A test on the compiled contract holds that both agree.

use super::U256;

/// `⌊dividend / divisor⌋`; 0 when `divisor` is 0, as the EVM's DIV.
#[cfg(target_arch = "wasm32")]
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
