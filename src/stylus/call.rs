//! Calls to other contracts whose results are checked as Solidity checks them.
//! Storage is not flushed before a call: the program rejects re-entrance, or has flushed what may be read meanwhile.

use alloc::vec::Vec;

use alloy_primitives::{Address, KECCAK256_EMPTY, U256};

use super::{decode, revert::Revert, word::unpack_address};
use crate::{
    abi::IEntry::InvalidAnswer,
    host::{CallKind, Host, bytes::from_be_bytes},
};

const WORD: usize = 32;

/// Makes a call, and returns what it returned.
///
/// # Errors
/// What the callee reverts with.
#[inline(never)]
fn checked(host: &Host, kind: CallKind, callee: Address, data: &[u8]) -> Result<Vec<u8>, Revert> {
    let result = host.call(kind, callee, data);
    let data = host.return_data();
    if result.is_success { Ok(data) } else { Err(Revert::bubble(data)) }
}

/// Calls `callee`, which may change state.
///
/// # Errors
/// What it reverts with.
pub fn call(host: &Host, callee: Address, data: &[u8]) -> Result<Vec<u8>, Revert> {
    checked(host, CallKind::Call, callee, data)
}

/// Calls `callee`, which must not change state.
///
/// # Errors
/// What it reverts with.
pub fn static_call(host: &Host, callee: Address, data: &[u8]) -> Result<Vec<u8>, Revert> {
    checked(host, CallKind::StaticCall, callee, data)
}

/// Runs `program`'s code on this contract's storage. Nothing may have been stored before in this call.
///
/// # Errors
/// What it reverts with.
pub fn delegate_call(host: &Host, program: Address, data: &[u8]) -> Result<Vec<u8>, Revert> {
    checked(host, CallKind::DelegateCall, program, data)
}

/// The `uint256` that `callee` returned.
///
/// # Errors
/// `InvalidAnswer` if it returned less than a word.
#[inline(never)]
pub fn uint(callee: Address, returned: &[u8]) -> Result<U256, Revert> {
    match returned.split_first_chunk::<WORD>() {
        Some((word, _)) => Ok(from_be_bytes(word)),
        None => Err(invalid(callee)),
    }
}

/// The `address` that `callee` returned.
///
/// # Errors
/// `InvalidAnswer` if it returned something else.
pub fn address(callee: Address, returned: &[u8]) -> Result<Address, Revert> {
    let word = uint(callee, returned)?;
    if word.bit_len() > 160 { Err(invalid(callee)) } else { Ok(unpack_address(word)) }
}

/// The `bytes` that `callee` returned, wherever the offset points.
///
/// # Errors
/// `InvalidAnswer` if they do not lie within what it returned.
pub fn bytes(callee: Address, returned: &[u8]) -> Result<&[u8], Revert> {
    decode::bytes_at(returned, 0).ok_or_else(|| invalid(callee))
}

/// Whether `account` has code. After a call the account is warm, and this costs about 110 gas.
#[inline(never)]
pub fn has_code(host: &Host, account: Address) -> bool {
    let hash = host.code_hash(account);
    !hash.is_zero() && hash != KECCAK256_EMPTY
}

#[cold]
#[inline(never)]
fn invalid(callee: Address) -> Revert {
    InvalidAnswer { callee }.into()
}

#[cfg(test)]
mod tests {
    use alloy_sol_types::SolValue;

    use super::*;

    const CALLEE: Address = Address::repeat_byte(0xca);

    fn invalid_answer<T>() -> Result<T, Revert> {
        Err(InvalidAnswer { callee: CALLEE }.into())
    }

    fn word(value: u64) -> [u8; WORD] {
        U256::from(value).to_be_bytes()
    }

    #[test]
    fn one_word_is_read_and_bytes_after_it_are_ignored() {
        let returned = (U256::from(7), U256::MAX).abi_encode_params();
        assert_eq!(uint(CALLEE, &returned), Ok(U256::from(7)));
        assert_eq!(uint(CALLEE, &returned[..31]), invalid_answer());
        assert_eq!(address(CALLEE, &CALLEE.abi_encode()), Ok(CALLEE));
        assert_eq!(address(CALLEE, &U256::from_limbs([0, 0, 1 << 32, 0]).abi_encode()), invalid_answer());
    }

    #[test]
    fn bytes_are_read_wherever_the_offset_points() {
        for data in [vec![], vec![7; 1], vec![7; 32], vec![7; 77]] {
            assert_eq!(bytes(CALLEE, &data.abi_encode()), Ok(data.as_slice()));
            let elsewhere = [&word(96)[..], &[0xff; 64], &word(data.len() as u64), &data].concat();
            assert_eq!(bytes(CALLEE, &elsewhere), Ok(data.as_slice()));
        }
    }

    #[test]
    fn bytes_outside_of_what_was_returned_revert() {
        let whole = vec![7u8; 33].abi_encode();
        assert_eq!(bytes(CALLEE, &whole[..97]), Ok(&[7; 33][..]));
        for length in [0, 31, 32, 63, 64, 96] {
            assert_eq!(bytes(CALLEE, &whole[..length]), invalid_answer(), "{length}");
        }
        for offset in [65, 96, u64::from(u32::MAX), u64::MAX] {
            assert_eq!(
                bytes(CALLEE, &[word(offset), word(0), word(0)].concat()),
                invalid_answer(),
                "{offset}"
            );
        }
        assert_eq!(bytes(CALLEE, &[[0xff; WORD], word(0)].concat()), invalid_answer());
        assert_eq!(bytes(CALLEE, &[word(32), [0xff; WORD]].concat()), invalid_answer());
    }
}
