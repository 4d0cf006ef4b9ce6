//! Arguments of a call, decoded as the types that the ABI declares.
//!
//! As Solidity does: bytes after the last argument are ignored (wallets append attribution there, ERC-8021), and so are
//! the padding of `bytes` and gaps between arguments. Calldata that is too short, an address or a small integer with
//! bits above its type, and offsets or lengths that lead out of the calldata revert with `InvalidCalldata`.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::sol_data;

use super::revert::Revert;
use crate::{abi::IEntry::InvalidCalldata, host::bytes::from_be_bytes};

const WORD: usize = 32;

/// The calldata of a call, without the selector.
#[derive(Clone, Copy)]
pub struct Calldata<'a>(&'a [u8]);

impl<'a> Calldata<'a> {
    /// `arguments` are the bytes after the selector.
    pub fn new(arguments: &'a [u8]) -> Self {
        Self(arguments)
    }

    /// The arguments, of the types of the tuple `T`.
    ///
    /// # Errors
    /// `InvalidCalldata`.
    #[inline(always)]
    pub fn decode<T: Arguments>(self) -> Result<T::Values<'a>, Revert> {
        self.check_words(T::WORDS)?;
        T::read(self)
    }

    /// Reverts unless there are `count` words.
    #[inline(never)]
    fn check_words(self, count: usize) -> Result<(), Revert> {
        if self.0.len() < count * WORD { Err(self.invalid()) } else { Ok(()) }
    }

    /// Word `index`; zeros where there is none, which `check_words` has ruled out.
    fn word(self, index: usize) -> &'a [u8; WORD] {
        self.0.as_chunks().0.get(index).unwrap_or(&[0; WORD])
    }

    #[inline(never)]
    fn uint(self, index: usize) -> U256 {
        from_be_bytes(self.word(index))
    }

    #[inline(never)]
    fn address(self, index: usize) -> Result<Address, Revert> {
        let (padding, address) = self.word(index).split_at(12);
        if padding.iter().any(|byte| *byte != 0) {
            return Err(self.invalid());
        }
        Ok(Address::from_slice(address))
    }

    /// Word `index` as an unsigned integer of at most `bits` bits.
    #[inline(never)]
    fn bounded(self, index: usize, bits: usize) -> Result<U256, Revert> {
        let value = self.uint(index);
        if value.bit_len() > bits { Err(self.invalid()) } else { Ok(value) }
    }

    fn small(self, index: usize, bits: usize) -> Result<u64, Revert> {
        Ok(self.bounded(index, bits)?.as_limbs()[0])
    }

    fn tail(self, index: usize) -> Result<&'a [u8], Revert> {
        bytes_at(self.0, index).ok_or_else(|| self.invalid())
    }

    #[cold]
    #[inline(never)]
    fn invalid(self) -> Revert {
        InvalidCalldata { length: U256::from(self.0.len() + 4) }.into()
    }
}

/// The `bytes` or `string` that word `index` of `data` points to; `None` if they do not lie within `data`.
#[inline(never)]
pub fn bytes_at(data: &[u8], index: usize) -> Option<&[u8]> {
    let tail = data.get(position_at(data, index)?..)?;
    tail.get(WORD..)?.get(..position_at(tail, 0)?)
}

/// Word `index`, if it is below 2^31: then it is a position that memory can have, and sums of two fit.
fn position_at(data: &[u8], index: usize) -> Option<usize> {
    let number = from_be_bytes(data.as_chunks().0.get(index)?);
    (number.bit_len() < 32).then(|| number.as_limbs()[0] as usize)
}

/// A Solidity type that arguments can have.
pub trait Argument {
    /// What it is decoded to.
    type Value<'a>;
    /// Argument number `index`.
    fn read<'a>(calldata: Calldata<'a>, index: usize) -> Result<Self::Value<'a>, Revert>;
}

/// A tuple of [`Argument`]s: the parameters of a function.
pub trait Arguments {
    /// What they are decoded to.
    type Values<'a>;
    /// Words of the head.
    const WORDS: usize;
    /// All arguments; the head is there.
    fn read<'a>(calldata: Calldata<'a>) -> Result<Self::Values<'a>, Revert>;
}

impl Argument for sol_data::Address {
    type Value<'a> = Address;
    #[inline(always)]
    fn read<'a>(calldata: Calldata<'a>, index: usize) -> Result<Address, Revert> {
        calldata.address(index)
    }
}

impl Argument for sol_data::Bool {
    type Value<'a> = bool;
    #[inline(always)]
    fn read<'a>(calldata: Calldata<'a>, index: usize) -> Result<bool, Revert> {
        Ok(calldata.small(index, 1)? != 0)
    }
}

impl Argument for sol_data::Uint<256> {
    type Value<'a> = U256;
    #[inline(always)]
    fn read<'a>(calldata: Calldata<'a>, index: usize) -> Result<U256, Revert> {
        Ok(calldata.uint(index))
    }
}

impl Argument for sol_data::Uint<192> {
    type Value<'a> = U256;
    #[inline(always)]
    fn read<'a>(calldata: Calldata<'a>, index: usize) -> Result<U256, Revert> {
        calldata.bounded(index, 192)
    }
}

impl Argument for sol_data::Uint<64> {
    type Value<'a> = u64;
    #[inline(always)]
    fn read<'a>(calldata: Calldata<'a>, index: usize) -> Result<u64, Revert> {
        calldata.small(index, 64)
    }
}

impl Argument for sol_data::Uint<32> {
    type Value<'a> = u32;
    #[inline(always)]
    fn read<'a>(calldata: Calldata<'a>, index: usize) -> Result<u32, Revert> {
        Ok(calldata.small(index, 32)? as u32)
    }
}

impl Argument for sol_data::Uint<8> {
    type Value<'a> = u8;
    #[inline(always)]
    fn read<'a>(calldata: Calldata<'a>, index: usize) -> Result<u8, Revert> {
        Ok(calldata.small(index, 8)? as u8)
    }
}

impl Argument for sol_data::FixedBytes<32> {
    type Value<'a> = B256;
    #[inline(always)]
    fn read<'a>(calldata: Calldata<'a>, index: usize) -> Result<B256, Revert> {
        Ok(calldata.word(index).into())
    }
}

impl Argument for sol_data::Bytes {
    type Value<'a> = &'a [u8];
    #[inline(always)]
    fn read<'a>(calldata: Calldata<'a>, index: usize) -> Result<&'a [u8], Revert> {
        calldata.tail(index)
    }
}

impl Argument for sol_data::String {
    type Value<'a> = &'a [u8];
    #[inline(always)]
    fn read<'a>(calldata: Calldata<'a>, index: usize) -> Result<&'a [u8], Revert> {
        calldata.tail(index)
    }
}

/// [`Arguments`] for tuples of each length that the ABI has.
macro_rules! tuples {
    ($($count:literal: $($type:ident $index:literal)*;)*) => {$(
        impl<$($type: Argument),*> Arguments for ($($type,)*) {
            type Values<'a> = ($($type::Value<'a>,)*);
            const WORDS: usize = $count;
            #[inline(always)]
            #[allow(unused_variables, reason = "the empty tuple reads nothing")]
            fn read<'a>(calldata: Calldata<'a>) -> Result<Self::Values<'a>, Revert> {
                Ok(($($type::read(calldata, $index)?,)*))
            }
        }
    )*};
}

tuples! {
    0: ;
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
    7: A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    10: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9;
}

#[cfg(test)]
mod tests {
    use alloy_primitives::address;
    use alloy_sol_types::SolValue;

    use super::*;

    const ACCOUNT: Address = address!("00000000000000000000000000000000000000a1");

    type Uint256 = sol_data::Uint<256>;

    fn invalid<T>(length: usize) -> Result<T, Revert> {
        Err(InvalidCalldata { length: U256::from(4 + length) }.into())
    }

    fn word(value: u64) -> [u8; WORD] {
        U256::from(value).to_be_bytes()
    }

    #[test]
    fn short_calldata_reverts_and_bytes_after_the_arguments_are_ignored() {
        let data = (U256::from(7), ACCOUNT).abi_encode_params();
        let longer = [data.as_slice(), b"0x8021"].concat();
        for data in [&data, &longer] {
            let values = Calldata::new(data).decode::<(Uint256, sol_data::Address)>();
            assert_eq!(values, Ok((U256::from(7), ACCOUNT)));
        }
        for length in [0, 32, 63] {
            let values = Calldata::new(&data[..length]).decode::<(Uint256, sol_data::Address)>();
            assert_eq!(values, invalid(length));
        }
        assert_eq!(Calldata::new(&longer).decode::<()>(), Ok(()));
    }

    #[test]
    fn bits_above_an_address_or_a_small_integer_revert() {
        let bit = |bit: usize| (U256::from(1) << bit).abi_encode();
        macro_rules! check {
            ($type:ty, $bits:literal) => {
                assert!(Calldata::new(&bit($bits - 1)).decode::<($type,)>().is_ok());
                for above in [$bits, 255] {
                    assert_eq!(Calldata::new(&bit(above)).decode::<($type,)>(), invalid(32), "{above}");
                }
            };
        }
        check!(sol_data::Address, 160);
        check!(sol_data::Uint<192>, 192);
        check!(sol_data::Uint<64>, 64);
        check!(sol_data::Uint<32>, 32);
        check!(sol_data::Uint<8>, 8);
        check!(sol_data::Bool, 1);
        assert_eq!(Calldata::new(&bit(255)).decode::<(Uint256,)>(), Ok((U256::from(1) << 255,)));
    }

    #[test]
    fn dynamic_arguments_are_decoded_as_alloy_encodes_them() {
        for (name, symbol) in
            [("", ""), ("a", "exactly thirty-two bytes, really"), ("x".repeat(33).as_str(), "y")]
        {
            let data = (U256::from(9), name, symbol).abi_encode_params();
            let values = Calldata::new(&data).decode::<(Uint256, sol_data::String, sol_data::String)>();
            assert_eq!(values, Ok((U256::from(9), name.as_bytes(), symbol.as_bytes())));
        }
    }

    #[test]
    fn offsets_and_lengths_within_the_calldata_are_followed_and_others_revert() {
        let tail =
            |data: &[u8]| Calldata::new(data).decode::<(sol_data::Bytes,)>().map(|(bytes,)| bytes.to_vec());
        let good = [&word(32)[..], &word(3), &[1, 2, 3], &[0; 29]].concat();
        let with = |index: usize, value: [u8; WORD]| {
            let mut data = good.clone();
            data[WORD * index..][..WORD].copy_from_slice(&value);
            data
        };
        assert_eq!(tail(&good), Ok(vec![1, 2, 3]));
        // As Solidity: padding may be missing or dirty, and an offset may point anywhere, the head included.
        assert_eq!(tail(&good[..67]), Ok(vec![1, 2, 3]));
        assert_eq!(tail(&[&good[..67], &[0xff; 99]].concat()), Ok(vec![1, 2, 3]));
        assert_eq!(tail(&with(0, word(0))), Ok(vec![]));
        assert_eq!(tail(&with(1, word(32))), Ok([&[1, 2, 3][..], &[0; 29]].concat()));
        for length in [0, 31, 32, 63, 64, 66] {
            assert_eq!(tail(&good[..length]), invalid(length), "{length}");
        }
        for offset in [65, 97, 0x7fff_ffff, u64::from(u32::MAX), 1 << 32 | 32, u64::MAX] {
            assert_eq!(tail(&with(0, word(offset))), invalid(96), "offset {offset}");
        }
        for length in [33, 0x7fff_ffff, u64::from(u32::MAX), 1 << 32 | 3, u64::MAX] {
            assert_eq!(tail(&with(1, word(length))), invalid(96), "length {length}");
        }
        assert_eq!(tail(&with(0, [0xff; WORD])), invalid(96));
        assert_eq!(tail(&with(1, [0xff; WORD])), invalid(96));
    }
}
