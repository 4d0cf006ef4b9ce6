//! ABI encoding of what programs return, emit and send. Our own: `alloy`'s encoder takes about a kilobyte of code for each
//! function, event and error. Results are checked against the declared types at compile time ([`EncodesAs`]).

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, FixedBytes, U256, aliases::U192};
use alloy_sol_types::{SolCall, sol_data};

use crate::host::bytes::to_be_bytes;

const WORD: usize = 32;

/// A value that can be ABI-encoded.
pub trait Encode {
    /// Appends the encoding to `out`.
    fn encode(&self, out: &mut Vec<u8>);
}

/// Encodes by reference, to avoid copying large values.
impl<T: Encode> Encode for &T {
    fn encode(&self, out: &mut Vec<u8>) {
        T::encode(self, out);
    }
}

impl Encode for U256 {
    #[inline(never)]
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&to_be_bytes(*self));
    }
}

impl Encode for U192 {
    fn encode(&self, out: &mut Vec<u8>) {
        U256::from(*self).encode(out);
    }
}

impl Encode for u128 {
    fn encode(&self, out: &mut Vec<u8>) {
        U256::from(*self).encode(out);
    }
}

impl Encode for u64 {
    fn encode(&self, out: &mut Vec<u8>) {
        u128::from(*self).encode(out);
    }
}

impl Encode for u32 {
    fn encode(&self, out: &mut Vec<u8>) {
        u128::from(*self).encode(out);
    }
}

impl Encode for u8 {
    fn encode(&self, out: &mut Vec<u8>) {
        u128::from(*self).encode(out);
    }
}

impl Encode for bool {
    fn encode(&self, out: &mut Vec<u8>) {
        u128::from(*self).encode(out);
    }
}

impl Encode for Address {
    #[inline(never)]
    fn encode(&self, out: &mut Vec<u8>) {
        self.into_word().encode(out);
    }
}

impl Encode for B256 {
    #[inline(never)]
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_slice());
    }
}

impl Encode for FixedBytes<4> {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(B256::right_padding_from(self.as_slice()).as_slice());
    }
}

impl Encode for () {
    fn encode(&self, _: &mut Vec<u8>) {}
}

impl<A: Encode> Encode for (A,) {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
}

impl<A: Encode, B: Encode> Encode for (A, B) {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
        self.1.encode(out);
    }
}

impl<A: Encode, B: Encode, C: Encode> Encode for (A, B, C) {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
        self.1.encode(out);
        self.2.encode(out);
    }
}

/// A `string` or `bytes` as the only value.
impl Encode for Vec<u8> {
    fn encode(&self, out: &mut Vec<u8>) {
        put_bytes(out, 1, self);
    }
}

/// Appends a `string` or `bytes` as the last word of a head of `head` words: its offset, length and padded bytes.
#[inline(never)]
pub fn put_bytes(out: &mut Vec<u8>, head: usize, data: &[u8]) {
    U256::from(WORD * head).encode(out);
    put_tail(out, data);
}

/// Appends two `string`s as the last words of a head of `head` words: both offsets, then length and padded bytes of each.
pub fn put_strings(out: &mut Vec<u8>, head: usize, first: &[u8], second: &[u8]) {
    let first_at = WORD * head;
    let second_at = first_at + WORD + first.len().next_multiple_of(WORD);
    (U256::from(first_at), U256::from(second_at)).encode(out);
    put_tail(out, first);
    put_tail(out, second);
}

/// Appends length and padded bytes of a `string` or `bytes`.
pub fn put_tail(out: &mut Vec<u8>, data: &[u8]) {
    U256::from(data.len()).encode(out);
    out.extend_from_slice(data);
    let padding = data.len().next_multiple_of(WORD) - data.len();
    out.extend_from_slice(&[0; WORD][..padding]);
}

/// A selector, for arguments to be appended to. It is passed as a number, which is part of the code: a byte of constant
/// data costs 0.75 gas on every call of the program.
#[inline(never)]
pub fn selector(selector: u32) -> Vec<u8> {
    let mut data = Vec::with_capacity(4 + 8 * WORD);
    data.extend_from_slice(&selector.to_be_bytes());
    data
}

/// The calldata of a call with these arguments, or with the first of them.
pub fn calldata(function: u32, arguments: impl Encode) -> Vec<u8> {
    let mut data = selector(function);
    arguments.encode(&mut data);
    data
}

/// A Rust type whose every value encodes as one of the Solidity type `T`.
pub trait EncodesAs<T>: Encode {}

impl EncodesAs<sol_data::Address> for Address {}
impl EncodesAs<sol_data::Bool> for bool {}
impl EncodesAs<sol_data::Bytes> for Vec<u8> {}
impl EncodesAs<sol_data::FixedBytes<32>> for B256 {}
impl EncodesAs<sol_data::String> for Vec<u8> {}
impl EncodesAs<sol_data::Uint<8>> for u8 {}
impl EncodesAs<sol_data::Uint<64>> for u64 {}
impl EncodesAs<sol_data::Uint<192>> for U192 {}
impl EncodesAs<sol_data::Uint<256>> for U256 {}
impl EncodesAs<sol_data::Uint<256>> for u128 {}
impl EncodesAs<sol_data::Uint<256>> for u64 {}
impl EncodesAs<sol_data::Uint<256>> for u32 {}

/// A Rust type whose every value encodes as the results of a function, which have the types of the tuple `T`.
pub trait Returns<T>: Encode {}

impl Returns<()> for () {}
impl<T, A: EncodesAs<T>> Returns<(T,)> for A {}
impl<T, U, A: EncodesAs<T>, B: EncodesAs<U>> Returns<(T, U)> for (A, B) {}

/// What a call returns.
#[derive(Default)]
pub struct ReturnData(Vec<u8>);

impl ReturnData {
    /// Returns `value` as the results that the ABI declares for the function `C`.
    pub fn put<C: SolCall>(&mut self, value: impl Returns<C::ReturnTuple<'static>>) {
        self.encode(value);
    }

    /// Once for all functions that return the same Rust type.
    #[inline(never)]
    fn encode(&mut self, value: impl Encode) {
        value.encode(&mut self.0);
    }

    /// Returns `data`, which is encoded already.
    pub fn forward(&mut self, data: Vec<u8>) {
        self.0 = data;
    }

    /// The bytes.
    pub fn into_data(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use alloy_sol_types::SolValue;

    use super::*;

    #[test]
    fn encodings_match_alloy() {
        let encoding = |value: &dyn Encode| {
            let mut out = Vec::new();
            value.encode(&mut out);
            out
        };
        let account = Address::repeat_byte(0xa1);
        assert_eq!(encoding(&(U256::MAX, 5u128)), (U256::MAX, U256::from(5)).abi_encode_params());
        assert_eq!(encoding(&(account, true)), (account, true).abi_encode_params());
        assert_eq!(encoding(&(7u8, 8u32, 9u64)), (7u16, 8u32, 9u64).abi_encode_params());
        assert_eq!(encoding(&U192::MAX), U192::MAX.abi_encode());
        assert_eq!(encoding(&FixedBytes([1, 2, 3, 4])), FixedBytes([1, 2, 3, 4]).abi_encode());
        let text = "thirty-four bytes of text, really!";
        assert_eq!(encoding(&text.as_bytes().to_vec()), text.abi_encode());
        assert_eq!(encoding(&()), Vec::<u8>::new());
        let mut out = encoding(&U256::from(7));
        put_strings(&mut out, 3, text.as_bytes(), b"");
        assert_eq!(out, (U256::from(7), text, "").abi_encode_params());
    }
}
