//! Arguments in and results out, as Solidity encodes them.
//!
//! Decoding is strict: dirty padding, offsets that are not canonical, bytes missing or left over are refused
//! with `InvalidCalldata`, so a call that was cut or garbled on the way can never mean something else.

use alloy_primitives::{Address, B256, FixedBytes, U256};

use super::revert::Revert;
use crate::{
    abi::IEntry::InvalidCalldata,
    math::wide::{from_be_bytes, to_be_bytes},
};

const WORD: usize = 32;

/// The arguments of a call, behind the selector.
#[derive(Clone, Copy)]
pub struct Calldata<'a>(&'a [u8]);

impl<'a> Calldata<'a> {
    /// `arguments` are the bytes behind the selector.
    pub fn new(arguments: &'a [u8]) -> Self {
        Self(arguments)
    }

    /// The bytes as they are.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// What stands before the last `N` bytes, and those; `None` if there are fewer.
    pub fn split_end<const N: usize>(self) -> Option<(Self, &'a [u8; N])> {
        let (arguments, end) = self.0.split_last_chunk()?;
        Some((Self(arguments), end))
    }

    /// Nothing, when there are no arguments.
    #[inline(never)]
    pub fn none(self) -> Result<(), Revert> {
        if self.0.is_empty() { Ok(()) } else { Err(self.invalid()) }
    }

    /// The arguments, when there are exactly `count` and each is a word. Word `i` is an address if bit `i` of
    /// `addresses` is set: its upper 96 bits must be zero.
    #[inline(never)]
    pub fn words(self, count: usize, addresses: u32) -> Result<Words<'a>, Revert> {
        if self.0.len() != count * WORD {
            return Err(self.invalid());
        }
        self.head(count, addresses)
    }

    /// The first word, which is an address; whatever stands behind it is for somebody else to look at.
    pub fn first_address(self) -> Result<Address, Revert> {
        if self.0.len() < WORD {
            return Err(self.invalid());
        }
        Ok(self.head(1, 0b1)?.address(0))
    }

    /// The first `count` words, addresses among them as in [`words`](Self::words), and the `bytes` or `string`
    /// arguments that the `dynamic` ones of them point to, in the order in which they are encoded.
    pub fn with_tails<const D: usize>(
        self,
        count: usize,
        addresses: u32,
        dynamic: [usize; D],
    ) -> Result<(Words<'a>, [&'a [u8]; D]), Revert> {
        let mut at = count * WORD;
        if self.0.len() < at {
            return Err(self.invalid());
        }
        let mut tails = [&self.0[..0]; D];
        for (tail, head) in tails.iter_mut().zip(dynamic) {
            (*tail, at) = self.tail(head, at)?;
        }
        if at != self.0.len() {
            return Err(self.invalid());
        }
        Ok((self.head(count, addresses)?, tails))
    }

    fn head(self, count: usize, addresses: u32) -> Result<Words<'a>, Revert> {
        for index in (0..count).filter(|index| addresses >> index & 1 == 1) {
            let [.., middle, high] = *from_be_bytes(self.word(index)).as_limbs();
            if high != 0 || middle >> 32 != 0 {
                return Err(self.invalid());
            }
        }
        Ok(Words(self))
    }

    /// The tail that word `head` points to, which must begin at `at`; and where it ends.
    #[inline(never)]
    fn tail(self, head: usize, at: usize) -> Result<(&'a [u8], usize), Revert> {
        if self.small(head, 32)? != at as u64 || self.0.len() < at + WORD {
            return Err(self.invalid());
        }
        let (length, start) = (self.small(at / WORD, 31)? as usize, at + WORD);
        let end = start + length.next_multiple_of(WORD);
        let padding = end - start - length;
        if end > self.0.len() || (padding != 0 && self.trailing_zeros(end / WORD - 1) < 8 * padding) {
            return Err(self.invalid());
        }
        Ok((&self.0[start..start + length], end))
    }

    /// How many of the lowest bits of word `index` are zero.
    fn trailing_zeros(self, index: usize) -> usize {
        from_be_bytes(self.word(index)).trailing_zeros()
    }

    /// Word `index`, zeros beyond the end.
    fn word(self, index: usize) -> &'a [u8; WORD] {
        self.0.as_chunks().0.get(index).unwrap_or(&[0; WORD])
    }

    #[inline(never)]
    fn bounded(self, index: usize, bits: usize) -> Result<U256, Revert> {
        let value = from_be_bytes(self.word(index));
        if value.bit_len() > bits { Err(self.invalid()) } else { Ok(value) }
    }

    fn small(self, index: usize, bits: usize) -> Result<u64, Revert> {
        Ok(self.bounded(index, bits)?.as_limbs()[0])
    }

    #[cold]
    #[inline(never)]
    fn invalid(self) -> Revert {
        InvalidCalldata { length: U256::from(self.0.len() + 4) }.into()
    }
}

/// Arguments whose number has been checked, by index.
#[derive(Clone, Copy)]
pub struct Words<'a>(Calldata<'a>);

impl Words<'_> {
    /// The word as `uint256`.
    #[inline(never)]
    pub fn uint(self, index: usize) -> U256 {
        from_be_bytes(self.0.word(index))
    }

    /// The word as `address`.
    #[inline(never)]
    pub fn address(self, index: usize) -> Address {
        Address::from_word(self.0.word(index).into())
    }

    /// The word as an unsigned integer of at most `bits` bits; refused if it has more.
    pub fn bounded(self, index: usize, bits: usize) -> Result<U256, Revert> {
        self.0.bounded(index, bits)
    }

    /// The word as an unsigned integer of at most `bits` bits, 64 or fewer; refused if it has more.
    pub fn small(self, index: usize, bits: usize) -> Result<u64, Revert> {
        self.0.small(index, bits)
    }
}

/// A selector, to be followed by arguments. It comes as a number, for that stands in the code: a byte of constant data
/// costs 0.75 gas on every call of the program.
#[inline(never)]
pub fn begin(selector: u32) -> Vec<u8> {
    let mut data = Vec::with_capacity(4 + 8 * WORD);
    data.extend_from_slice(&selector.to_be_bytes());
    data
}

/// The calldata of a call with these arguments, or with those of them that come first.
pub fn call(selector: u32, arguments: impl Reply) -> Vec<u8> {
    let mut data = begin(selector);
    arguments.encode(&mut data);
    data
}

/// What a function returns, ABI-encoded.
pub trait Reply {
    /// Appends the encoding to `out`.
    fn encode(&self, out: &mut Vec<u8>);
}

/// A result that need not be moved: what is large is copied otherwise.
impl<T: Reply> Reply for &T {
    fn encode(&self, out: &mut Vec<u8>) {
        T::encode(self, out);
    }
}

impl Reply for U256 {
    #[inline(never)]
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&to_be_bytes(*self));
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
    #[inline(never)]
    fn encode(&self, out: &mut Vec<u8>) {
        self.into_word().encode(out);
    }
}

impl Reply for () {
    fn encode(&self, _: &mut Vec<u8>) {}
}

impl Reply for B256 {
    #[inline(never)]
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_slice());
    }
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

/// A `string` or `bytes` that stands alone.
impl Reply for Vec<u8> {
    fn encode(&self, out: &mut Vec<u8>) {
        put_bytes(out, 1, self);
    }
}

/// Appends the one `string` or `bytes` behind a head of `head` words, its own offset included: offset, length, and the
/// padded bytes.
#[inline(never)]
pub fn put_bytes(out: &mut Vec<u8>, head: usize, data: &[u8]) {
    U256::from(WORD * head).encode(out);
    U256::from(data.len()).encode(out);
    out.extend_from_slice(data);
    let padding = data.len().next_multiple_of(WORD) - data.len();
    out.extend_from_slice(&[0; WORD][..padding]);
}

/// What a call returns.
#[derive(Default)]
pub struct Output(Vec<u8>);

impl Output {
    /// Puts `value` in, ABI-encoded, as the one thing that is returned.
    #[inline(never)]
    pub fn put(&mut self, value: impl Reply) {
        value.encode(&mut self.0);
    }

    /// Returns `data`, which is ABI-encoded already.
    pub fn pass_on(&mut self, data: Vec<u8>) {
        self.0 = data;
    }

    /// The return data.
    pub fn into_data(self) -> Vec<u8> {
        self.0
    }
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
        let words = Calldata::new(&data).words(2, 0b10).ok().unwrap();
        assert_eq!((words.uint(0), words.address(1)), (U256::from(7), ACCOUNT));
        for length in [0, 32, 63] {
            assert_eq!(Calldata::new(&data[..length]).words(2, 0).err(), Some(invalid(4 + length)));
        }
        let longer = [data.as_slice(), &[0]].concat();
        assert_eq!(Calldata::new(&longer).words(2, 0).err(), Some(invalid(4 + 65)));
    }

    #[test]
    fn dirty_padding_of_an_address_or_a_small_integer_is_refused() {
        let data = (U256::from(1) << 160, U256::from(1) << 32).abi_encode_params();
        assert_eq!(Calldata::new(&data).words(2, 0b01).err(), Some(invalid(68)));
        let words = Calldata::new(&data).words(2, 0b10).ok().unwrap();
        assert_eq!(words.small(1, 32), Err(invalid(68)));
        assert_eq!(words.small(1, 33), Ok(1 << 32));
        assert_eq!(words.bounded(0, 160), Err(invalid(68)));
        assert_eq!(words.bounded(0, 161), Ok(U256::from(1) << 160));
    }

    #[test]
    fn what_stands_behind_the_arguments_is_split_off() {
        let data = Calldata::new(&[1, 2, 3, 4, 5]);
        let (arguments, end) = data.split_end::<2>().unwrap();
        assert_eq!((arguments.bytes(), end), (&[1, 2, 3][..], &[4, 5]));
        assert!(data.split_end::<5>().unwrap().0.bytes().is_empty());
        assert!(data.split_end::<6>().is_none());
    }

    #[test]
    fn dynamic_arguments_are_read_as_alloy_encodes_them() {
        for (name, symbol) in
            [("", ""), ("a", "exactly thirty-two bytes, really"), ("x".repeat(33).as_str(), "y")]
        {
            let data = (U256::from(9), name, symbol).abi_encode_params();
            let (words, [first, second]) = Calldata::new(&data).with_tails(3, 0, [1, 2]).ok().unwrap();
            assert_eq!((words.uint(0), first, second), (U256::from(9), name.as_bytes(), symbol.as_bytes()));
        }
    }

    #[test]
    fn dynamic_arguments_that_are_cut_padded_dirty_or_point_elsewhere_are_refused() {
        let word = |value: u64| U256::from(value).to_be_bytes::<32>();
        let tail = |data: &[u8]| Calldata::new(data).with_tails(1, 0, [0]).map(|(_, [tail])| tail.len());
        let good = [&word(32)[..], &word(3), &[1, 2, 3], &[0; 29]].concat();
        assert_eq!(tail(&good), Ok(3));
        assert_eq!(tail(&good[..95]), Err(invalid(99)));
        assert_eq!(tail(&good[..64]), Err(invalid(68)));
        assert_eq!(tail(&good[..32]), Err(invalid(36)));
        assert_eq!(tail(&good[..31]), Err(invalid(35)));
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
        endless[32..60].fill(0);
        endless[60] = 0x7f;
        assert_eq!(tail(&endless), Err(invalid(100)));
    }

    #[test]
    fn replies_are_what_alloy_decodes() {
        let reply = |value: &dyn Reply| {
            let mut out = Vec::new();
            value.encode(&mut out);
            out
        };
        assert_eq!(reply(&(U256::MAX, 5u128)), (U256::MAX, U256::from(5)).abi_encode_params());
        assert_eq!(reply(&(ACCOUNT, true)), (ACCOUNT, true).abi_encode_params());
        let text = "thirty-four bytes of text, really!";
        assert_eq!(reply(&text.as_bytes().to_vec()), text.abi_encode());
        assert_eq!(reply(&()), Vec::<u8>::new());
    }
}
