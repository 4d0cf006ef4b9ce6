//! Several numbers in one storage word, lowest bits first, as Solidity packs its storage.

use alloy_primitives::{Address, U256};

/// Bits `[offset, offset + width)` of `word`, with `width` at most 128.
pub fn unpack(word: U256, offset: usize, width: usize) -> u128 {
    let [low, high, ..] = *(word >> offset).as_limbs();
    let bits = u128::from(low) | u128::from(high) << 64;
    if width == 128 { bits } else { bits & ((1 << width) - 1) }
}

/// `value` at `offset`. The caller keeps `value` within its width.
pub fn pack(value: u128, offset: usize) -> U256 {
    U256::from(value) << offset
}

/// The address in the lowest 160 bits.
pub fn unpack_address(word: U256) -> Address {
    Address::from_word(word.into())
}

/// An address in the lowest 160 bits.
pub fn pack_address(address: Address) -> U256 {
    U256::from_be_bytes(address.into_word().0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_value_comes_back_from_its_place_and_no_neighbour_leaks_in() {
        let word = pack(0xabc, 112) | pack(u128::MAX >> 16, 0) | pack(u128::from(u32::MAX), 224);
        assert_eq!(unpack(word, 112, 112), 0xabc);
        assert_eq!(unpack(word, 0, 112), u128::MAX >> 16);
        assert_eq!(unpack(word, 224, 32), u128::from(u32::MAX));
        assert_eq!(unpack(U256::MAX, 3, 128), u128::MAX);
    }

    #[test]
    fn an_address_survives_whatever_stands_above_it() {
        let address = Address::repeat_byte(0x5a);
        assert_eq!(unpack_address(pack_address(address) | pack(u128::MAX >> 32, 160)), address);
    }
}
