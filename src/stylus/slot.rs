//! Storage slots: where values are kept, and how words get in and out.
//!
//! Fixed slots are numbered from 0. A map from accounts keeps each value at `tag · 2^160 + account`, and a list keeps its
//! entries at `tag · 2^160 + index`: no hash to pay for, and no two maps, nor a map and a fixed slot, can collide. A map
//! from pairs of accounts hashes once.

use alloy_primitives::{Address, B256, U256};

use crate::host::{
    Host,
    bytes::{from_be_bytes, to_be_bytes},
};

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

    /// The slot of entry `index` in the list `tag`, which is at least 1 and not that of a map.
    pub fn of_index(tag: u32, index: u64) -> Self {
        let mut key = B256::ZERO;
        key[8..12].copy_from_slice(&tag.to_be_bytes());
        key[24..].copy_from_slice(&index.to_be_bytes());
        Self(key)
    }

    /// The slot of the ordered pair in the map `tag`: `keccak256(tag u32 ‖ first ‖ second)`.
    pub fn of_pair(host: &Host, tag: u32, first: Address, second: Address) -> Self {
        let mut key = [0; 44];
        key[..4].copy_from_slice(&tag.to_be_bytes());
        key[4..24].copy_from_slice(first.as_slice());
        key[24..].copy_from_slice(second.as_slice());
        Self(host.keccak256(&key))
    }

    /// The word in the slot; 0 if none was stored.
    #[inline(never)]
    pub fn load(self, host: &Host) -> U256 {
        host.storage_load(self.0)
    }

    /// Puts `word` into the slot. It reaches the chain's state when the call succeeds.
    #[inline(never)]
    pub fn store(self, host: &Host, word: U256) {
        host.storage_store(self.0, word);
    }

    /// The slot at this one's hash, where Solidity keeps what does not fit into this one.
    pub fn hashed(self, host: &Host) -> Self {
        Self(host.keccak256(self.0.as_slice()))
    }

    /// The next slot.
    pub fn next(self) -> Self {
        Self(to_be_bytes(from_be_bytes(&self.0).wrapping_add(U256::ONE)).into())
    }
}

#[cfg(test)]
mod tests {
    use stylus_sdk::{host::VM, testing::TestVM};

    use super::*;

    #[test]
    fn maps_lists_and_fixed_slots_never_collide() {
        let host = Host::new(VM { host: Box::new(TestVM::new()) });
        let account = Address::repeat_byte(0xff);
        let slots = [
            Slot::fixed(1),
            Slot::of_account(1, Address::ZERO),
            Slot::of_account(1, account),
            Slot::of_account(2, Address::ZERO),
            Slot::of_index(3, 0),
            Slot::of_index(3, u64::MAX),
            Slot::of_pair(&host, 1, account, Address::ZERO),
            Slot::of_pair(&host, 1, Address::ZERO, account),
        ];
        for (i, slot) in slots.iter().enumerate() {
            assert!(!slots[..i].contains(slot), "{slot:?}");
        }
        assert_eq!(Slot::of_account(1, Address::ZERO).0, B256::from(U256::from(1) << 160));
    }
}
