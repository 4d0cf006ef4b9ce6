//! Storage slots: which there are, and words in and out of them.
//!
//! Fixed slots are numbered from 0. A map from accounts keeps each value at `tag · 2^160 + account`: no hash
//! to pay for, and no two maps, nor a map and a fixed slot, can meet. A list keeps its entries at `tag · 2^160 +
//! index`. A map from pairs of accounts hashes once.

use alloy_primitives::{Address, B256, U256};
use stylus_sdk::{host::VM, stylus_core::*};

use crate::math::wide::{from_be_bytes, to_be_bytes};

/// A storage slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(B256);

impl Slot {
    /// Fixed slot `number`.
    pub const fn fixed(number: u8) -> Self {
        Self(B256::with_last_byte(number))
    }

    /// The slot of `account` in the map `tag`, which is at least 1.
    pub fn of_account(tag: u32, account: Address) -> Self {
        let mut key = account.into_word();
        key[8..12].copy_from_slice(&tag.to_be_bytes());
        Self(key)
    }

    /// The slot of number `index` in the list `tag`, which is at least 1 and no map from accounts has.
    pub fn of_index(tag: u32, index: u64) -> Self {
        let mut key = B256::ZERO;
        key[8..12].copy_from_slice(&tag.to_be_bytes());
        key[24..].copy_from_slice(&index.to_be_bytes());
        Self(key)
    }

    /// The slot of the ordered pair in the map `tag`: `keccak256(tag u32 ‖ first ‖ second)`.
    pub fn of_pair(vm: &VM, tag: u32, first: Address, second: Address) -> Self {
        let mut key = [0; 44];
        key[..4].copy_from_slice(&tag.to_be_bytes());
        key[4..24].copy_from_slice(first.as_slice());
        key[24..].copy_from_slice(second.as_slice());
        Self(vm.native_keccak256(&key))
    }

    /// The word in the slot; 0 if none was ever stored.
    #[inline(never)]
    pub fn load(self, vm: &VM) -> U256 {
        from_be_bytes(&host::load(vm, self.0))
    }

    /// Puts `word` into the slot. It reaches the chain's state when the call ends well.
    #[inline(never)]
    pub fn store(self, vm: &VM, word: U256) {
        host::store(vm, self.0, to_be_bytes(word).into());
    }

    /// Text in the slot and, beyond 31 bytes, in those behind its hash: Solidity's layout of `string`.
    pub fn load_text(self, vm: &VM) -> Vec<u8> {
        let head = self.load(vm);
        if !head.bit(0) {
            let bytes = to_be_bytes(head);
            return bytes[..usize::from(bytes[31] >> 1).min(31)].to_vec();
        }
        let length = (head.as_limbs()[0] >> 1) as usize;
        let mut text = Vec::with_capacity(length.next_multiple_of(32));
        let mut at = self.behind(vm);
        while text.len() < length {
            text.extend_from_slice(&to_be_bytes(at.load(vm)));
            at = at.next();
        }
        text.truncate(length);
        text
    }

    /// Stores a text, once: the slots behind a longer one that stood there before are not cleared.
    pub fn store_text(self, vm: &VM, text: &[u8]) {
        let length = text.len();
        if length < 32 {
            let mut bytes = [0; 32];
            bytes[..length].copy_from_slice(text);
            bytes[31] = (length as u8) << 1;
            return self.store(vm, from_be_bytes(&bytes));
        }
        self.store(vm, U256::from(length) << 1 | U256::ONE);
        let mut at = self.behind(vm);
        for chunk in text.chunks(32) {
            let mut bytes = [0; 32];
            bytes[..chunk.len()].copy_from_slice(chunk);
            at.store(vm, from_be_bytes(&bytes));
            at = at.next();
        }
    }

    fn behind(self, vm: &VM) -> Self {
        Self(vm.native_keccak256(self.0.as_slice()))
    }

    fn next(self) -> Self {
        Self(to_be_bytes(from_be_bytes(&self.0).wrapping_add(U256::ONE)).into())
    }
}

/// Storage as the host has it. The SDK takes keys as numbers and turns them into bytes at every access.
#[cfg(target_arch = "wasm32")]
mod host {
    use super::*;

    #[link(wasm_import_module = "vm_hooks")]
    unsafe extern "C" {
        fn storage_load_bytes32(key: *const u8, word: *mut u8);
        fn storage_cache_bytes32(key: *const u8, word: *const u8);
    }

    pub fn load(_: &VM, key: B256) -> B256 {
        let mut word = B256::ZERO;
        // SAFETY: the host reads and writes 32 bytes at each pointer, and both arrays have 32.
        unsafe { storage_load_bytes32(key.as_ptr(), word.as_mut_ptr()) };
        word
    }

    pub fn store(_: &VM, key: B256, word: B256) {
        // SAFETY: as above; each slot has one owner, the component that names it, and none keeps a copy across a store.
        unsafe { storage_cache_bytes32(key.as_ptr(), word.as_ptr()) };
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod host {
    use super::*;

    pub fn load(vm: &VM, key: B256) -> B256 {
        vm.storage_load_bytes32(from_be_bytes(&key))
    }

    pub fn store(vm: &VM, key: B256, word: B256) {
        // SAFETY: each slot has one owner, the component that names it, and none keeps a copy across a store.
        unsafe { vm.storage_cache_bytes32(from_be_bytes(&key), word) }
    }
}

#[cfg(test)]
mod tests {
    use stylus_sdk::testing::TestVM;

    use super::*;

    fn vm() -> VM {
        VM { host: Box::new(TestVM::new()) }
    }

    #[test]
    fn a_text_of_any_length_comes_back() {
        let vm = vm();
        for length in [0, 1, 31, 32, 33, 64, 200] {
            let text = vec![b'w'; length];
            let slot = Slot::fixed(length as u8);
            slot.store_text(&vm, &text);
            assert_eq!(slot.load_text(&vm), text);
        }
    }

    #[test]
    fn maps_and_fixed_slots_never_meet() {
        let vm = vm();
        let account = Address::repeat_byte(0xff);
        let slots = [
            Slot::fixed(1),
            Slot::of_account(1, Address::ZERO),
            Slot::of_account(1, account),
            Slot::of_account(2, Address::ZERO),
            Slot::of_index(3, 0),
            Slot::of_index(3, u64::MAX),
            Slot::of_pair(&vm, 1, account, Address::ZERO),
            Slot::of_pair(&vm, 1, Address::ZERO, account),
        ];
        for (i, slot) in slots.iter().enumerate() {
            assert!(!slots[..i].contains(slot), "{slot:?}");
        }
        assert_eq!(Slot::of_account(1, Address::ZERO).0, B256::from(U256::from(1) << 160));
    }
}
