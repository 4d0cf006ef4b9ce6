//! Text in storage, as Solidity lays out `string`: up to 31 bytes in the slot itself, longer text from the slot's hash on.

use alloc::vec::Vec;

use alloy_primitives::U256;

use super::slot::Slot;
use crate::host::{
    Host,
    bytes::{from_be_bytes, to_be_bytes},
};

/// The text stored in `slot`.
pub fn load(host: &Host, slot: Slot) -> Vec<u8> {
    let head = slot.load(host);
    if !head.bit(0) {
        let bytes = to_be_bytes(head);
        return bytes[..usize::from(bytes[31] >> 1).min(31)].to_vec();
    }
    let length = (head.as_limbs()[0] >> 1) as usize;
    let mut text = Vec::with_capacity(length.next_multiple_of(32));
    let mut at = slot.hashed(host);
    for _ in 0..length.div_ceil(32) {
        text.extend_from_slice(&to_be_bytes(at.load(host)));
        at = at.next();
    }
    text.truncate(length);
    text
}

/// Stores `text` in `slot`, once: words of a longer text that was there before are not cleared.
pub fn store(host: &Host, slot: Slot, text: &[u8]) {
    let length = text.len();
    if length < 32 {
        let mut bytes = [0; 32];
        bytes[..length].copy_from_slice(text);
        bytes[31] = (length as u8) << 1;
        return slot.store(host, from_be_bytes(&bytes));
    }
    slot.store(host, U256::from(length) << 1 | U256::ONE);
    let mut at = slot.hashed(host);
    for chunk in text.chunks(32) {
        let mut bytes = [0; 32];
        bytes[..chunk.len()].copy_from_slice(chunk);
        at.store(host, from_be_bytes(&bytes));
        at = at.next();
    }
}

#[cfg(test)]
mod tests {
    use stylus_sdk::{host::VM, testing::TestVM};

    use super::*;

    #[test]
    fn text_of_any_length_is_loaded_as_stored() {
        let host = Host::new(VM { host: Box::new(TestVM::new()) });
        for length in [0, 1, 31, 32, 33, 64, 200] {
            let text = vec![b'w'; length];
            let slot = Slot::fixed(length as u8);
            store(&host, slot, &text);
            assert_eq!(load(&host, slot), text);
        }
    }
}
