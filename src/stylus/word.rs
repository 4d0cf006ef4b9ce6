//! Several numbers in one storage word, lowest bits first, as Solidity packs its storage.
//! Inlined, since their callers pass constant offsets: that is less code and less gas than a call.

use alloy_primitives::{Address, U256};

use crate::host::bytes::{from_be_bytes, to_be_bytes};

/// Bits `[offset, offset + width)` of `word`, with `width` at most 128.
#[inline(always)]
pub fn unpack(word: U256, offset: usize, width: usize) -> u128 {
    let limb = |index: usize| word.as_limbs().get(index).copied().unwrap_or_default();
    let (first, shift) = (offset / 64, offset % 64);
    // In two steps, because a shift by 64 would be no shift.
    let part = |index: usize| limb(index) >> shift | limb(index + 1) << 1 << (63 - shift);
    let (low, high) = (part(first), part(first + 1));
    u128::from(low & ones(width)) | u128::from(high & ones(width.saturating_sub(64))) << 64
}

/// `value` at `offset`. The caller makes sure that `value` fits its field.
#[inline(always)]
pub fn pack(value: u128, offset: usize) -> U256 {
    let (low, high) = (value as u64, (value >> 64) as u64);
    let (first, shift) = (offset / 64, offset % 64);
    let parts = [low << shift, high << shift | low >> 1 >> (63 - shift), high >> 1 >> (63 - shift)];
    let mut limbs = [0; 4];
    for (limb, part) in limbs[first.min(4)..].iter_mut().zip(parts) {
        *limb = part;
    }
    U256::from_limbs(limbs)
}

/// The lowest `count` bits set, at most 64.
fn ones(count: usize) -> u64 {
    if count < 64 { (1 << count) - 1 } else { u64::MAX }
}

/// The address in the lowest 160 bits.
pub fn unpack_address(word: U256) -> Address {
    Address::from_word(to_be_bytes(word).into())
}

/// An address in the lowest 160 bits.
pub fn pack_address(address: Address) -> U256 {
    from_be_bytes(&address.into_word())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_value_is_unpacked_without_its_neighbours() {
        let word = pack(0xabc, 112) | pack(u128::MAX >> 16, 0) | pack(u128::from(u32::MAX), 224);
        assert_eq!(unpack(word, 112, 112), 0xabc);
        assert_eq!(unpack(word, 0, 112), u128::MAX >> 16);
        assert_eq!(unpack(word, 224, 32), u128::from(u32::MAX));
        assert_eq!(unpack(U256::MAX, 3, 128), u128::MAX);
    }

    #[test]
    fn an_address_is_unpacked_without_the_bits_above_it() {
        let address = Address::repeat_byte(0x5a);
        assert_eq!(unpack_address(pack_address(address) | pack(u128::MAX >> 32, 160)), address);
    }
}
