//! The table of addresses in the state of ArbOS: each registered address has an index
//! (Nitro v3.10.0 `arbos/addressTable/addressTable.go`).

use super::storage::{Space, State, StateResult, key, to_u64};
use revm::{
    context_interface::JournalTr,
    primitives::{Address, U256},
};

/// Slot of the number of addresses. The addresses follow it.
const SIZE: u64 = 0;
/// Most bytes of an index that is compressed.
const INDEX_BYTES: usize = 8;

fn table() -> Space {
    Space::root().child(&[3])
}

/// The index of each address, plus one.
fn places() -> Space {
    table().child(&[])
}

/// The decompressed form of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    Address(Address),
    Index(u64),
}

impl<J: JournalTr> State<'_, J> {
    pub fn table_size(&mut self) -> StateResult<u64, J> {
        self.get_u64(&table(), SIZE)
    }

    pub fn index_of(&mut self, address: Address) -> StateResult<Option<u64>, J> {
        Ok(to_u64(self.get(&places(), address.into_word())?).checked_sub(1))
    }

    pub fn address_at(&mut self, index: u64) -> StateResult<Option<Address>, J> {
        if index >= self.table_size()? {
            return Ok(None);
        }
        self.get_address(&table(), index + 1).map(Some)
    }

    /// Adds an address, unless it is in the table, and returns its index.
    pub fn register_address(&mut self, address: Address) -> StateResult<u64, J> {
        if let Some(index) = self.index_of(address)? {
            return Ok(index);
        }
        let place = self.table_size()? + 1;
        self.set_u64(&table(), SIZE, place)?;
        self.set_address(&table(), place, address)?;
        self.set(&places(), address.into_word(), key(place))?;
        Ok(place - 1)
    }
}

/// The RLP encoding of an item: an address has 21 bytes, an index at most nine.
pub fn compress(item: Item) -> Vec<u8> {
    let bytes = match item {
        Item::Address(address) => address.to_vec(),
        Item::Index(index) => U256::from(index).to_be_bytes_trimmed_vec(),
    };
    if let [byte @ ..=0x7F] = bytes[..] {
        return vec![byte];
    }
    [&[0x80 + bytes.len() as u8], &bytes[..]].concat()
}

/// The item at the start of the bytes, and the number of bytes that it takes; `None` if they are not its RLP encoding.
pub fn decompress(bytes: &[u8]) -> Option<(Item, usize)> {
    let (&first, rest) = bytes.split_first()?;
    let (payload, size) = match first {
        ..=0x7F => (&bytes[..1], 1),
        _ => {
            let length = usize::from(first - 0x80);
            let payload = rest.get(..length).filter(|_| length <= Address::len_bytes())?;
            (payload, 1 + length)
        }
    };
    let is_canonical = size == 1 || payload.len() != 1 || payload[0] > 0x7F;
    if !is_canonical {
        return None;
    }
    if payload.len() == Address::len_bytes() {
        return Some((Item::Address(Address::from_slice(payload)), size));
    }
    if payload.len() > INDEX_BYTES || payload.first() == Some(&0) {
        return None;
    }
    let index = payload.iter().fold(0, |index, byte| index << 8 | u64::from(*byte));
    Some((Item::Index(index), size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_round_trip_through_their_compressed_form() {
        for (item, bytes) in [
            (Item::Index(0), 1),
            (Item::Index(1), 1),
            (Item::Index(0x7F), 1),
            (Item::Index(0x80), 2),
            (Item::Index(0x1234), 3),
            (Item::Index(u64::MAX), 9),
            (Item::Address(Address::repeat_byte(7)), 21),
        ] {
            let compressed = compress(item);
            assert_eq!(compressed.len(), bytes, "{item:?}");
            assert_eq!(decompress(&[&compressed[..], &[1, 2, 3]].concat()), Some((item, bytes)));
        }
    }

    #[test]
    fn bytes_that_are_not_canonical_are_rejected() {
        let long = [&[0x95][..], &[7; 21]].concat();
        for bytes in [&[][..], &[0], &[0x81, 0x7F], &[0x82, 1], &[0x82, 0, 1], &[0x89; 10], &[0xC0], &long] {
            assert_eq!(decompress(bytes), None, "{bytes:?}");
        }
    }
}
