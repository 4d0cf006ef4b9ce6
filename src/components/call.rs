//! Calls to other contracts, and answers checked as Solidity checks them.
//!
//! No storage is flushed before a call: the program refuses re-entrance, or has flushed what can be asked meanwhile.

use alloy_primitives::{Address, B256, KECCAK256_EMPTY, U256};
use stylus_sdk::{host::VM, stylus_core::*};

use super::{revert::Revert, word::unpack_address};
use crate::{abi::IEntry::InvalidAnswer, math::wide::from_be_bytes};

const WORD: usize = 32;

/// In whose name, and with which rights, a contract's code is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// In its own; it may change whatever it likes.
    Call,
    /// In its own; it must change nothing.
    Static,
    /// In that of the program that runs: with its storage and its caller.
    Delegate,
}

/// How a call ended.
pub struct Outcome {
    /// Whether it did not revert.
    pub is_success: bool,
    /// How many bytes it returned, or reverted with.
    pub length: usize,
}

/// Calls `callee` with all the gas there is (less a 64th) and no ether. What it returned is for [`returned`] or
/// [`first_word`] to read, until the next call.
#[inline(never)]
pub fn make(vm: &VM, way: Way, callee: Address, data: &[u8]) -> Outcome {
    let (to, from, value) = (callee.as_ptr(), data.as_ptr(), B256::ZERO);
    let mut length = 0;
    // SAFETY: the pointers are to 20 bytes, to as many as the length says, and to 32. No storage that is cached on our
    // side can go stale (see above).
    let status = unsafe {
        match way {
            Way::Call => vm.call_contract(to, from, data.len(), value.as_ptr(), u64::MAX, &mut length),
            Way::Static => vm.static_call_contract(to, from, data.len(), u64::MAX, &mut length),
            Way::Delegate => vm.delegate_call_contract(to, from, data.len(), u64::MAX, &mut length),
        }
    };
    Outcome { is_success: status == 0, length }
}

/// All that the last call returned.
#[inline(never)]
pub fn returned(vm: &VM) -> Vec<u8> {
    vm.read_return_data(0, None)
}

/// The first word of what the last call returned; zeros where it returned less.
pub fn first_word(vm: &VM) -> U256 {
    from_be_bytes(&host::first_word(vm))
}

/// Calls `callee`, and gives what it returned.
///
/// # Errors
/// What it reverts with.
#[inline(never)]
fn checked(vm: &VM, way: Way, callee: Address, data: &[u8]) -> Result<Vec<u8>, Revert> {
    let outcome = make(vm, way, callee, data);
    let data = returned(vm);
    if outcome.is_success { Ok(data) } else { Err(Revert::passed_on(data)) }
}

/// Calls `callee`, which may change whatever it likes.
///
/// # Errors
/// What it reverts with.
pub fn send(vm: &VM, callee: Address, data: &[u8]) -> Result<Vec<u8>, Revert> {
    checked(vm, Way::Call, callee, data)
}

/// Calls `callee`, which must change nothing.
///
/// # Errors
/// What it reverts with.
pub fn ask(vm: &VM, callee: Address, data: &[u8]) -> Result<Vec<u8>, Revert> {
    checked(vm, Way::Static, callee, data)
}

/// Runs `program`'s code in the name of the program that runs. That must not have stored anything before.
///
/// # Errors
/// What it reverts with.
pub fn delegate(vm: &VM, program: Address, data: &[u8]) -> Result<Vec<u8>, Revert> {
    checked(vm, Way::Delegate, program, data)
}

/// The `uint256` that `callee` answered.
///
/// # Errors
/// `InvalidAnswer` if there is less than a word.
#[inline(never)]
pub fn uint(callee: Address, answer: &[u8]) -> Result<U256, Revert> {
    match answer.split_first_chunk::<WORD>() {
        Some((word, _)) => Ok(from_be_bytes(word)),
        None => Err(invalid(callee)),
    }
}

/// The `address` that `callee` answered.
///
/// # Errors
/// `InvalidAnswer` if it is none.
pub fn address(callee: Address, answer: &[u8]) -> Result<Address, Revert> {
    let word = uint(callee, answer)?;
    if word.bit_len() > 160 { Err(invalid(callee)) } else { Ok(unpack_address(word)) }
}

/// The `bool` that `callee` answered.
///
/// # Errors
/// `InvalidAnswer` if it is none.
pub fn flag(callee: Address, answer: &[u8]) -> Result<bool, Revert> {
    let word = uint(callee, answer)?;
    if word.bit_len() > 1 { Err(invalid(callee)) } else { Ok(word.bit(0)) }
}

/// The `bytes` that `callee` answered, wherever in its answer they stand.
///
/// # Errors
/// `InvalidAnswer` if they do not lie within it.
pub fn bytes(callee: Address, answer: &[u8]) -> Result<&[u8], Revert> {
    let found = || {
        let behind = answer.get(small(answer)?..)?;
        behind.get(WORD..)?.get(..small(behind)?)
    };
    found().ok_or_else(|| invalid(callee))
}

/// The first word, if it is an index that memory can have.
fn small(words: &[u8]) -> Option<usize> {
    let (word, _) = words.split_first_chunk::<WORD>()?;
    let number = from_be_bytes(word);
    (number.bit_len() < 32).then(|| number.as_limbs()[0] as usize)
}

/// Whether `account` has code. After a call the account is warm and this costs about 110 gas.
#[inline(never)]
pub fn has_code(vm: &VM, account: Address) -> bool {
    let hash = vm.code_hash(account);
    !hash.is_zero() && hash != KECCAK256_EMPTY
}

#[cold]
#[inline(never)]
fn invalid(callee: Address) -> Revert {
    InvalidAnswer { callee }.into()
}

/// One word of return data, without the vector that the SDK puts it into.
#[cfg(target_arch = "wasm32")]
mod host {
    use super::*;

    #[link(wasm_import_module = "vm_hooks")]
    unsafe extern "C" {
        fn read_return_data(to: *mut u8, offset: usize, size: usize) -> usize;
    }

    pub fn first_word(_: &VM) -> [u8; WORD] {
        let mut word = [0; WORD];
        // SAFETY: the host writes no more than the size given, which the array has.
        unsafe { read_return_data(word.as_mut_ptr(), 0, WORD) };
        word
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod host {
    use super::*;

    pub fn first_word(vm: &VM) -> [u8; WORD] {
        let data = vm.read_return_data(0, Some(WORD));
        let mut word = [0; WORD];
        word[..data.len()].copy_from_slice(&data);
        word
    }
}

#[cfg(test)]
mod tests {
    use alloy_sol_types::SolValue;

    use super::*;

    const CALLEE: Address = Address::repeat_byte(0xca);

    fn refusal<T>() -> Result<T, Revert> {
        Err(InvalidAnswer { callee: CALLEE }.into())
    }

    fn word(value: u64) -> [u8; WORD] {
        U256::from(value).to_be_bytes()
    }

    #[test]
    fn one_word_is_read_and_more_behind_it_does_no_harm() {
        let answer = (U256::from(7), U256::MAX).abi_encode_params();
        assert_eq!(uint(CALLEE, &answer), Ok(U256::from(7)));
        assert_eq!(uint(CALLEE, &answer[..31]), refusal());
        assert_eq!(address(CALLEE, &CALLEE.abi_encode()), Ok(CALLEE));
        assert_eq!(address(CALLEE, &U256::from_limbs([0, 0, 1 << 32, 0]).abi_encode()), refusal());
        assert_eq!([0, 1].map(|value| flag(CALLEE, &word(value))), [Ok(false), Ok(true)]);
        assert_eq!(flag(CALLEE, &word(2)), refusal());
        assert_eq!(flag(CALLEE, &[]), refusal());
    }

    #[test]
    fn bytes_are_read_wherever_they_stand_as_solidity_does() {
        for data in [vec![], vec![7; 1], vec![7; 32], vec![7; 77]] {
            assert_eq!(bytes(CALLEE, &data.abi_encode()), Ok(data.as_slice()));
            let elsewhere = [&word(96)[..], &[0xff; 64], &word(data.len() as u64), &data].concat();
            assert_eq!(bytes(CALLEE, &elsewhere), Ok(data.as_slice()));
        }
    }

    #[test]
    fn bytes_that_do_not_lie_within_the_answer_are_refused() {
        let whole = vec![7u8; 33].abi_encode();
        assert_eq!(bytes(CALLEE, &whole[..97]), Ok(&[7; 33][..]));
        for length in [0, 31, 32, 63, 64, 96] {
            assert_eq!(bytes(CALLEE, &whole[..length]), refusal(), "{length}");
        }
        for offset in [65, 96, u64::from(u32::MAX), u64::MAX] {
            assert_eq!(bytes(CALLEE, &[word(offset), word(0), word(0)].concat()), refusal(), "{offset}");
        }
        assert_eq!(bytes(CALLEE, &[[0xff; WORD], word(0)].concat()), refusal());
        assert_eq!(bytes(CALLEE, &[word(32), [0xff; WORD]].concat()), refusal());
    }
}
