//! Calls to ERC-20 tokens, and all that is assumed of them.
//!
//! - A transfer succeeds by returning the word 1, or nothing if the token has code (USDT); anything else is a
//!   refusal. What the token says when it reverts is passed on; silence becomes `SafeERC20FailedOperation`.
//! - What a transfer really moved is never taken from its arguments: the callers look at balances.
//! - A balance is believed whatever it says; the callers bound it.
//! - No storage is flushed before a call: the program refuses re-entrance, so nobody can look meanwhile.

use alloy_primitives::{Address, U256};
use stylus_sdk::{call::RawCall, host::VM};

use super::{
    call::has_code,
    calldata,
    entry::Function,
    permits::{Permit, Signature},
    revert::Revert,
};
use crate::{
    abi::{
        IERC20::{balanceOfCall, decimalsCall, transferCall, transferFromCall},
        IVault::{SafeERC20FailedOperation, permitCall},
    },
    math::wide::from_be_bytes,
};

/// Decimals of a token that does not say.
const DEFAULT_DECIMALS: u8 = 18;

/// Balance of `account`, in base units.
///
/// # Errors
/// The token's own, or `SafeERC20FailedOperation` if it does not answer with a number.
pub fn balance_of(vm: &VM, token: Address, account: Address) -> Result<U256, Revert> {
    match view(vm, token, &calldata::call(balanceOfCall::ID, account)) {
        Ok(word) => number(&word).ok_or_else(|| failed(token)),
        Err(reason) => Err(passed_on(token, reason)),
    }
}

/// Decimals of a token; 18 if it has none or they are no `uint8`.
pub fn decimals(vm: &VM, token: Address) -> u8 {
    let answer = view(vm, token, &calldata::call(decimalsCall::ID, ())).ok();
    let decimals = answer.and_then(|word| number(&word)).filter(|decimals| decimals.bit_len() <= 8);
    decimals.map_or(DEFAULT_DECIMALS, |decimals| decimals.as_limbs()[0] as u8)
}

/// Sends `value` base units of the program's own to `to`.
///
/// # Errors
/// The token's own, or `SafeERC20FailedOperation` if it fails in silence or returns false.
pub fn transfer(vm: &VM, token: Address, to: Address, value: U256) -> Result<(), Revert> {
    moved(vm, token, &calldata::call(transferCall::ID, (to, value)))
}

/// Pulls `value` base units from `from`, who has approved the program.
///
/// # Errors
/// The token's own, or `SafeERC20FailedOperation` if it fails in silence or returns false.
pub fn transfer_from(vm: &VM, token: Address, from: Address, to: Address, value: U256) -> Result<(), Revert> {
    moved(vm, token, &calldata::call(transferFromCall::ID, (from, to, value)))
}

/// Lets the program spend `value` of `owner`'s tokens by the owner's signature, if the token takes it. Whether it did
/// is for the allowance to tell: somebody else may have used the signature before.
pub fn try_permit(vm: &VM, token: Address, permit: Permit, Signature { v, r, s }: Signature) {
    let Permit { owner, spender, value, deadline } = permit;
    let data = calldata::call(permitCall::ID, ((owner, spender, value), (deadline, U256::from(v), (r, s))));
    // SAFETY: nothing in storage is cached on our side; the program refuses re-entrance.
    let _ = unsafe { RawCall::new(vm).limit_return_data(0, 0).call(token, &data) };
}

fn moved(vm: &VM, token: Address, data: &[u8]) -> Result<(), Revert> {
    // SAFETY: nothing in storage is cached on our side; the program refuses re-entrance.
    let answer = unsafe { RawCall::new(vm).limit_return_data(0, 32).call(token, data) };
    match answer {
        Ok(word) if is_true(&word) || (word.is_empty() && has_code(vm, token)) => Ok(()),
        Ok(_) => Err(failed(token)),
        Err(_) => Err(passed_on(token, vm_return_data(vm))),
    }
}

fn view(vm: &VM, token: Address, data: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    // SAFETY: a static call changes nothing.
    let answer = unsafe { RawCall::new_static(vm).limit_return_data(0, 32).call(token, data) };
    answer.map_err(|_| vm_return_data(vm))
}

/// All of the last call's return data: the reason of a failure, not only its first word.
fn vm_return_data(vm: &VM) -> Vec<u8> {
    use stylus_sdk::stylus_core::CalldataAccess;
    vm.read_return_data(0, None)
}

fn is_true(word: &[u8]) -> bool {
    number(word) == Some(U256::ONE)
}

/// The number that a token answers with, if it is one word.
fn number(word: &[u8]) -> Option<U256> {
    word.try_into().ok().map(from_be_bytes)
}

fn failed(token: Address) -> Revert {
    SafeERC20FailedOperation { token }.into()
}

fn passed_on(token: Address, reason: Vec<u8>) -> Revert {
    if reason.is_empty() { failed(token) } else { Revert::passed_on(reason) }
}
