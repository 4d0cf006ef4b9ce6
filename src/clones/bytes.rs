//! Bytes of code: parts put together by the compiler, and packed big-endian fields read one after the other.

use alloy_primitives::{Address, U256};

use crate::host::bytes::from_be_bytes;

/// The bytes that have not been read yet. Reading past the end gives zeros: the callers check lengths.
pub struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The fields of `bytes`, from the first.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    #[inline(always)]
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let Some((field, rest)) = self.0.split_first_chunk() else {
            return [0; N];
        };
        self.0 = rest;
        *field
    }

    /// 20 bytes.
    #[inline(always)]
    pub fn address(&mut self) -> Address {
        self.take().into()
    }

    /// One byte.
    #[inline(always)]
    pub fn u8(&mut self) -> u8 {
        let [byte] = self.take();
        byte
    }

    /// 4 bytes.
    #[inline(always)]
    pub fn u32(&mut self) -> u32 {
        u32::from_be_bytes(self.take())
    }

    /// 8 bytes.
    #[inline(always)]
    pub fn u64(&mut self) -> u64 {
        u64::from_be_bytes(self.take())
    }

    /// 32 bytes.
    pub fn u256(&mut self) -> U256 {
        from_be_bytes(&self.take())
    }

    /// A byte with the length, and as many bytes; `None` if there are fewer.
    pub fn text(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first()?;
        let (text, rest) = rest.split_at_checked(usize::from(*length))?;
        self.0 = rest;
        Some(text)
    }

    /// Whether all bytes have been read.
    pub fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }
}

/// The parts, one after the other; that they are `N` bytes is checked by the compiler.
pub const fn join<const P: usize, const N: usize>(parts: [&[u8]; P]) -> [u8; N] {
    let mut joined = [0; N];
    let (mut at, mut part) = (0, 0);
    while part < P {
        let mut byte = 0;
        while byte < parts[part].len() {
            joined[at] = parts[part][byte];
            at += 1;
            byte += 1;
        }
        part += 1;
    }
    assert!(at == N, "the parts are not as long as their sum");
    joined
}
