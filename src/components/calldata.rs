//! Arguments in and results out, as Solidity encodes them.
//!
//! Decoding is strict: dirty padding, offsets that are not canonical, bytes missing or left over are refused
//! with `InvalidCalldata`, so a call that was cut or garbled on the way can never mean something else.

use alloy_primitives::{Address, B256, FixedBytes, U256};

use super::revert::Revert;
use crate::abi::IEntry::InvalidCalldata;

const WORD: usize = 32;

/// One 32-byte argument.
#[derive(Clone, Copy)]
pub struct Word(U256, usize);

impl Word {
    /// The word as `uint256`.
    pub fn uint(self) -> U256 {
        self.0
    }

    /// The word as `address`; refused if its upper 96 bits are not zero.
    pub fn address(self) -> Result<Address, Revert> {
        self.bounded(160)?;
        Ok(Address::from_word(B256::from(self.0)))
    }

    /// The word as an unsigned integer of at most 64 bits; refused if it has more.
    pub fn small(self, bits: usize) -> Result<u64, Revert> {
        self.bounded(bits)?;
        Ok(self.0.as_limbs()[0])
    }

    fn bounded(self, bits: usize) -> Result<(), Revert> {
        if self.0.bit_len() > bits {
            return Err(InvalidCalldata { length: U256::from(self.1) }.into());
        }
        Ok(())
    }
}

/// The arguments of a call, behind the selector.
#[derive(Clone, Copy)]
pub struct Calldata<'a>(&'a [u8]);

impl<'a> Calldata<'a> {
    /// `arguments` are the bytes behind the selector.
    pub fn new(arguments: &'a [u8]) -> Self {
        Self(arguments)
    }

    /// For a function without arguments.
    pub fn none(self) -> Result<(), Revert> {
        self.words::<0>().map(|_| ())
    }

    /// All arguments, when there are exactly `N` and each is a word.
    pub fn words<const N: usize>(self) -> Result<[Word; N], Revert> {
        if self.0.len() != N * WORD {
            return Err(self.invalid());
        }
        self.head()
    }

    /// The first `N` words, where dynamic arguments follow.
    pub fn head<const N: usize>(self) -> Result<[Word; N], Revert> {
        if self.0.len() < N * WORD {
            return Err(self.invalid());
        }
        Ok(core::array::from_fn(|i| self.word_at(i * WORD)))
    }

    /// The `bytes` or `string` arguments, whose heads are `offsets`, in the order in which they are encoded.
    pub fn tails<const D: usize>(self, head: usize, offsets: [Word; D]) -> Result<[&'a [u8]; D], Revert> {
        let mut at = head * WORD;
        let mut tails = [&self.0[..0]; D];
        for (tail, offset) in tails.iter_mut().zip(offsets) {
            if offset.0 != U256::from(at) || self.0.len() < at + WORD {
                return Err(self.invalid());
            }
            let length = self.word_at(at).0;
            at += WORD;
            let left = self.0.len() - at;
            if length > U256::from(left) {
                return Err(self.invalid());
            }
            let length = length.as_limbs()[0] as usize;
            let padded = length.next_multiple_of(WORD);
            if padded > left || self.0[at + length..at + padded].iter().any(|byte| *byte != 0) {
                return Err(self.invalid());
            }
            *tail = &self.0[at..at + length];
            at += padded;
        }
        if at != self.0.len() {
            return Err(self.invalid());
        }
        Ok(tails)
    }

    #[inline(never)]
    fn word_at(self, at: usize) -> Word {
        let mut bytes = [0; WORD];
        bytes.copy_from_slice(&self.0[at..at + WORD]);
        Word(U256::from_be_bytes(bytes), self.0.len() + 4)
    }

    fn invalid(self) -> Revert {
        InvalidCalldata { length: U256::from(self.0.len() + 4) }.into()
    }
}

/// What a function returns, ABI-encoded.
pub trait Reply {
    /// Appends the encoding to `out`.
    fn encode(&self, out: &mut Vec<u8>);
}

impl Reply for U256 {
    #[inline(never)]
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_be_bytes::<WORD>());
    }
}

impl Reply for u128 {
    fn encode(&self, out: &mut Vec<u8>) {
        U256::from(*self).encode(out);
    }
}

impl Reply for bool {
    fn encode(&self, out: &mut Vec<u8>) {
        u128::from(*self).encode(out);
    }
}

impl Reply for Address {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.into_word().as_slice());
    }
}

impl Reply for () {
    fn encode(&self, _: &mut Vec<u8>) {}
}

impl Reply for FixedBytes<4> {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(B256::right_padding_from(self.as_slice()).as_slice());
    }
}

impl<A: Reply> Reply for (A,) {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
}

impl<A: Reply, B: Reply> Reply for (A, B) {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
        self.1.encode(out);
    }
}

impl<A: Reply, B: Reply, C: Reply> Reply for (A, B, C) {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
        self.1.encode(out);
        self.2.encode(out);
    }
}

/// A `string` or `bytes` that stands alone: its offset, its length, and the padded bytes.
impl Reply for Vec<u8> {
    fn encode(&self, out: &mut Vec<u8>) {
        (WORD as u128, self.len() as u128).encode(out);
        out.extend_from_slice(self);
        out.resize(out.len().next_multiple_of(WORD), 0);
    }
}

/// `value` as return data.
pub fn reply(value: impl Reply) -> Result<Vec<u8>, Revert> {
    let mut out = Vec::with_capacity(WORD);
    value.encode(&mut out);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use alloy_primitives::address;
    use alloy_sol_types::SolValue;

    use super::*;

    const ACCOUNT: Address = address!("00000000000000000000000000000000000000a1");

    fn invalid(length: usize) -> Revert {
        InvalidCalldata { length: U256::from(length) }.into()
    }

    #[test]
    fn words_are_taken_only_at_their_exact_length() {
        let data = (U256::from(7), ACCOUNT).abi_encode_params();
        let [amount, account] = Calldata::new(&data).words().ok().unwrap();
        assert_eq!((amount.uint(), account.address()), (U256::from(7), Ok(ACCOUNT)));
        for length in [0, 32, 63] {
            assert_eq!(Calldata::new(&data[..length]).words::<2>().err(), Some(invalid(4 + length)));
        }
        let longer = [data.as_slice(), &[0]].concat();
        assert_eq!(Calldata::new(&longer).words::<2>().err(), Some(invalid(4 + 65)));
    }

    #[test]
    fn dirty_padding_of_an_address_or_a_small_integer_is_refused() {
        let data = (U256::from(1) << 160, U256::from(1) << 32).abi_encode_params();
        let [account, seconds] = Calldata::new(&data).words().ok().unwrap();
        assert_eq!(account.address(), Err(invalid(68)));
        assert_eq!(seconds.small(32), Err(invalid(68)));
        assert_eq!(seconds.small(33), Ok(1 << 32));
    }

    #[test]
    fn dynamic_arguments_are_read_as_alloy_encodes_them() {
        for (name, symbol) in
            [("", ""), ("a", "exactly thirty-two bytes, really"), ("x".repeat(33).as_str(), "y")]
        {
            let data = (U256::from(9), name, symbol).abi_encode_params();
            let [_, first, second] = Calldata::new(&data).head().ok().unwrap();
            let [first, second] = Calldata::new(&data).tails(3, [first, second]).unwrap();
            assert_eq!((first, second), (name.as_bytes(), symbol.as_bytes()));
        }
    }

    #[test]
    fn dynamic_arguments_that_are_cut_padded_dirty_or_point_elsewhere_are_refused() {
        let data = (vec![1u8, 2, 3].as_slice(),).abi_encode_params();
        let data = [&U256::from(32).to_be_bytes::<32>()[..], &U256::from(3).to_be_bytes::<32>(), &data[64..]]
            .concat();
        let tail = |data: &[u8]| {
            let [offset] = Calldata::new(data).head().ok().unwrap();
            Calldata::new(data).tails(1, [offset]).map(|[tail]| tail.len())
        };
        let good = [&data[..64], &[1, 2, 3], &[0; 29]].concat();
        assert_eq!(tail(&good), Ok(3));
        assert_eq!(tail(&good[..95]), Err(invalid(99)));
        assert_eq!(tail(&good[..64]), Err(invalid(68)));
        assert_eq!(tail(&good[..32]), Err(invalid(36)));
        assert_eq!(tail(&[good.as_slice(), &[0; 32]].concat()), Err(invalid(132)));
        let mut dirty = good.clone();
        dirty[95] = 1;
        assert_eq!(tail(&dirty), Err(invalid(100)));
        let mut elsewhere = good.clone();
        elsewhere[31] = 64;
        assert_eq!(tail(&elsewhere), Err(invalid(100)));
        let mut endless = good.clone();
        endless[32..64].fill(0xff);
        assert_eq!(tail(&endless), Err(invalid(100)));
    }

    #[test]
    fn replies_are_what_alloy_decodes() {
        assert_eq!(reply((U256::MAX, 5u128)).unwrap(), (U256::MAX, U256::from(5)).abi_encode_params());
        assert_eq!(reply((ACCOUNT, true)).unwrap(), (ACCOUNT, true).abi_encode_params());
        let text = "thirty-four bytes of text, really!";
        assert_eq!(reply(text.as_bytes().to_vec()).unwrap(), text.abi_encode());
        assert_eq!(reply(()).unwrap(), Vec::<u8>::new());
    }
}
