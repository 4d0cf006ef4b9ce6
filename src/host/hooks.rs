//! Host functions that are bound here and not by the SDK: first as the VM offers them, then their native twins.
//!
//! Why not by the SDK: it has no `math_div` and no `exit_early`; it turns storage keys and `msg_value` from bytes into
//! numbers and back byte by byte; and it puts return data of one word into a vector.

#[cfg(not(target_arch = "wasm32"))]
pub use native::*;
#[cfg(target_arch = "wasm32")]
pub use on_chain::*;

#[cfg(target_arch = "wasm32")]
mod on_chain {
    #[cfg(feature = "contracts")]
    use alloy_primitives::B256;
    #[cfg(feature = "contracts")]
    use stylus_sdk::host::VM;

    #[link(wasm_import_module = "vm_hooks")]
    // Without `contracts` only the arithmetic is built, which calls `math_div` alone.
    #[cfg_attr(not(feature = "contracts"), allow(dead_code))]
    unsafe extern "C" {
        #[link_name = "math_div"]
        fn host_math_div(value: *mut u8, divisor: *const u8);
        #[link_name = "msg_value"]
        fn host_msg_value(value: *mut u8);
        #[link_name = "read_return_data"]
        fn host_read_return_data(to: *mut u8, offset: usize, size: usize) -> usize;
        fn storage_load_bytes32(key: *const u8, word: *mut u8);
        fn storage_cache_bytes32(key: *const u8, word: *const u8);
        fn write_result(data: *const u8, length: usize);
        fn exit_early(status: u32) -> !;
    }

    /// `value = ⌊value / divisor⌋`, big-endian; 0 when `divisor` is 0, as the EVM's DIV.
    pub fn math_div(value: &mut [u8; 32], divisor: &[u8; 32]) {
        // SAFETY: the host reads and writes 32 bytes at `value`, and reads 32 bytes at `divisor`.
        unsafe { host_math_div(value.as_mut_ptr(), divisor.as_ptr()) }
    }

    /// Wei sent with the call, big-endian.
    #[cfg(feature = "contracts")]
    pub fn msg_value(_: &VM) -> [u8; 32] {
        let mut value = [0; 32];
        // SAFETY: the host writes 32 bytes.
        unsafe { host_msg_value(value.as_mut_ptr()) };
        value
    }

    /// The first 32 bytes of the last call's return data; zeros where it is shorter.
    #[cfg(feature = "contracts")]
    pub fn return_word(_: &VM) -> [u8; 32] {
        let mut word = [0; 32];
        // SAFETY: the host writes at most `word.len()` bytes.
        unsafe { host_read_return_data(word.as_mut_ptr(), 0, word.len()) };
        word
    }

    /// The word in a storage slot.
    #[cfg(feature = "contracts")]
    pub fn storage_load(_: &VM, key: B256) -> [u8; 32] {
        let mut word = [0; 32];
        // SAFETY: the host reads 32 bytes at `key` and writes 32 bytes at `word`.
        unsafe { storage_load_bytes32(key.as_ptr(), word.as_mut_ptr()) };
        word
    }

    /// Puts a word into the VM's storage cache, which reaches the chain's state when it is flushed.
    #[cfg(feature = "contracts")]
    pub fn storage_cache(_: &VM, key: B256, word: &[u8; 32]) {
        // SAFETY: the host reads 32 bytes at each pointer. No Rust value mirrors a slot across a store.
        unsafe { storage_cache_bytes32(key.as_ptr(), word.as_ptr()) };
    }

    /// What [`revert`] returns: nothing, ever.
    #[cfg(feature = "contracts")]
    pub type Ended = core::convert::Infallible;

    /// Ends the program's run: the call reverts with `data`. What it stored is never flushed.
    #[cfg(feature = "contracts")]
    pub fn revert(data: alloc::vec::Vec<u8>) -> Ended {
        // SAFETY: the host reads `data.len()` bytes at `data`. Nothing runs after `exit_early`, so no destructor is missed.
        unsafe {
            write_result(data.as_ptr(), data.len());
            exit_early(1)
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    #[cfg(feature = "contracts")]
    use alloy_primitives::B256;
    use alloy_primitives::U256;
    #[cfg(feature = "contracts")]
    use stylus_sdk::{host::VM, stylus_core::*};

    /// `value = ⌊value / divisor⌋`, big-endian; 0 when `divisor` is 0, as the EVM's DIV.
    pub fn math_div(value: &mut [u8; 32], divisor: &[u8; 32]) {
        let (dividend, divisor) = (U256::from_be_bytes(*value), U256::from_be_bytes(*divisor));
        *value = dividend.checked_div(divisor).unwrap_or_default().to_be_bytes();
    }

    /// Wei sent with the call, big-endian.
    #[cfg(feature = "contracts")]
    pub fn msg_value(vm: &VM) -> [u8; 32] {
        vm.msg_value().to_be_bytes()
    }

    /// The first 32 bytes of the last call's return data; zeros where it is shorter.
    #[cfg(feature = "contracts")]
    pub fn return_word(vm: &VM) -> [u8; 32] {
        let data = vm.read_return_data(0, Some(32));
        let mut word = [0; 32];
        word[..data.len()].copy_from_slice(&data);
        word
    }

    /// The word in a storage slot.
    #[cfg(feature = "contracts")]
    pub fn storage_load(vm: &VM, key: B256) -> [u8; 32] {
        vm.storage_load_bytes32(key.into()).0
    }

    /// Puts a word into the VM's storage cache, which reaches the chain's state when it is flushed.
    #[cfg(feature = "contracts")]
    pub fn storage_cache(vm: &VM, key: B256, word: &[u8; 32]) {
        // SAFETY: no Rust value mirrors a slot across a store.
        unsafe { vm.storage_cache_bytes32(key.into(), word.into()) }
    }

    /// What [`revert`] returns: the data, which the caller has to carry to the entry point.
    #[cfg(feature = "contracts")]
    pub type Ended = Vec<u8>;

    /// Does not end anything: see `stylus::revert::Revert`.
    #[cfg(feature = "contracts")]
    pub fn revert(data: Vec<u8>) -> Ended {
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_by_zero_is_zero() {
        let mut value = [7; 32];
        math_div(&mut value, &[0; 32]);
        assert_eq!(value, [0; 32]);
    }
}
