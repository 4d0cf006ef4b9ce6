//! The storage cache; each call of a program has its own (Nitro `crates/arbutil/src/evm/storage.rs`, `req.rs`).

use crate::pricing::{Gas, host};
use revm::primitives::B256;
use std::collections::BTreeMap;

/// Slots read or written by this call, by key.
#[derive(Debug, Default)]
pub struct StorageCache {
    slots: BTreeMap<B256, Slot>,
    reads: u64,
    writes: u64,
}

#[derive(Debug)]
struct Slot {
    value: B256,
    /// Value in the state, if this call has read or stored it.
    known: Option<B256>,
}

impl StorageCache {
    /// Counts a read; returns its price, and the value if it is cached.
    pub fn read(&mut self, key: B256) -> (Gas, Option<B256>) {
        self.reads += 1;
        (host::nth_storage_read(self.reads), self.slots.get(&key).map(|slot| slot.value))
    }

    /// Caches a value from the state.
    pub fn learn(&mut self, key: B256, value: B256) {
        self.slots.insert(key, Slot { value, known: Some(value) });
    }

    /// Counts a write; returns its price.
    pub fn write(&mut self, key: B256, value: B256) -> Gas {
        self.writes += 1;
        self.slots.entry(key).and_modify(|slot| slot.value = value).or_insert(Slot { value, known: None });
        host::nth_storage_write(self.writes)
    }

    /// Returns the slots whose value differs from the known value in the state, ordered by key, and marks them as
    /// stored. With `clear`, the cache is emptied.
    pub fn flush(&mut self, clear: bool) -> Vec<(B256, B256)> {
        let mut dirty = Vec::new();
        for (key, slot) in &mut self.slots {
            if slot.known != Some(slot.value) {
                slot.known = Some(slot.value);
                dirty.push((*key, slot.value));
            }
        }
        if clear {
            self.slots.clear();
        }
        dirty
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(byte: u8) -> B256 {
        B256::repeat_byte(byte)
    }

    #[test]
    fn a_slot_rewritten_with_the_value_read_is_not_stored() {
        let mut cache = StorageCache::default();
        cache.learn(word(1), word(7));
        cache.write(word(1), word(8));
        cache.write(word(1), word(7));
        assert_eq!(cache.flush(false), []);
    }

    #[test]
    fn a_slot_written_unread_is_stored_once() {
        let mut cache = StorageCache::default();
        cache.write(word(2), word(0));
        cache.write(word(1), word(9));
        assert_eq!(cache.flush(false), [(word(1), word(9)), (word(2), word(0))]);
        assert_eq!(cache.flush(false), []);
        assert_eq!(cache.read(word(1)).1, Some(word(9)));
    }

    #[test]
    fn clearing_forgets_values_but_not_the_count_of_accesses() {
        let mut cache = StorageCache::default();
        for _ in 0..32 {
            assert_eq!(cache.read(word(1)).0, Gas(0));
        }
        cache.flush(true);
        assert_eq!(cache.read(word(1)), (Gas(2), None));
        for _ in 0..8 {
            assert_eq!(cache.write(word(1), word(1)), Gas(0));
        }
        assert_eq!(cache.write(word(1), word(1)), Gas(7));
    }
}
