//! Calls to ERC-20 tokens, and all that is assumed of them.
//!
//! - A transfer succeeds by returning the word 1, or nothing if the token has code (USDT); anything else is a
//!   refusal. What the token says when it reverts is passed on; silence becomes `SafeERC20FailedOperation`.
//! - What a transfer really moved is never taken from its arguments: the callers look at balances.
//! - A balance is believed whatever it says; the callers bound it.
//! - No storage is flushed before a call: the program refuses re-entrance, so nobody can look meanwhile.

use alloy_primitives::{Address, U256};
use stylus_sdk::host::VM;

use super::{
    call::{self, Outcome, Way},
    calldata,
    entry::Function,
    permits::{Permit, Signature},
    revert::Revert,
};
use crate::abi::{
    IERC20::{balanceOfCall, decimalsCall, transferCall, transferFromCall},
    IVault::{SafeERC20FailedOperation, permitCall},
};

/// Decimals of a token that does not say.
const DEFAULT_DECIMALS: u8 = 18;

/// Balance of `account`, in base units.
///
/// # Errors
/// The token's own, or `SafeERC20FailedOperation` if it does not answer with a number.
pub fn balance_of(vm: &VM, token: Address, account: Address) -> Result<U256, Revert> {
    let outcome = call::make(vm, Way::Static, token, &calldata::call(balanceOfCall::ID, account));
    if !outcome.is_success {
        return Err(passed_on(vm, token));
    }
    number(vm, &outcome).ok_or_else(|| failed(token))
}

/// Decimals of a token; 18 if it has none or they are no `uint8`.
pub fn decimals(vm: &VM, token: Address) -> u8 {
    let outcome = call::make(vm, Way::Static, token, &calldata::call(decimalsCall::ID, ()));
    let answer = if outcome.is_success { number(vm, &outcome) } else { None };
    answer
        .filter(|decimals| decimals.bit_len() <= 8)
        .map_or(DEFAULT_DECIMALS, |decimals| decimals.as_limbs()[0] as u8)
}

/// Sends `value` base units of the program's own to `to`.
///
/// # Errors
/// The token's own, or `SafeERC20FailedOperation` if it fails in silence or returns false.
pub fn transfer(vm: &VM, token: Address, to: Address, value: U256) -> Result<(), Revert> {
    moved(vm, token, &calldata::call(transferCall::ID, (&to, &value)))
}

/// Pulls `value` base units from `from`, who has approved the program.
///
/// # Errors
/// The token's own, or `SafeERC20FailedOperation` if it fails in silence or returns false.
pub fn transfer_from(vm: &VM, token: Address, from: Address, to: Address, value: U256) -> Result<(), Revert> {
    moved(vm, token, &calldata::call(transferFromCall::ID, (&from, &to, &value)))
}

/// Lets the program spend `value` of `owner`'s tokens by the owner's signature, if the token takes it. Whether it did
/// is for the allowance to tell: somebody else may have used the signature before.
pub fn try_permit(vm: &VM, token: Address, permit: Permit, Signature { v, r, s }: Signature) {
    let Permit { owner, spender, value, deadline } = permit;
    let data =
        calldata::call(permitCall::ID, ((&owner, &spender, &value), (&deadline, U256::from(v), (&r, &s))));
    call::make(vm, Way::Call, token, &data);
}

fn moved(vm: &VM, token: Address, data: &[u8]) -> Result<(), Revert> {
    let outcome = call::make(vm, Way::Call, token, data);
    if !outcome.is_success {
        return Err(passed_on(vm, token));
    }
    let is_done = match outcome.length {
        0 => call::has_code(vm, token),
        _ => number(vm, &outcome) == Some(U256::ONE),
    };
    if is_done { Ok(()) } else { Err(failed(token)) }
}

/// The number that a token answered with, if there is a word at least.
fn number(vm: &VM, outcome: &Outcome) -> Option<U256> {
    (outcome.length >= 32).then(|| call::first_word(vm))
}

fn failed(token: Address) -> Revert {
    SafeERC20FailedOperation { token }.into()
}

/// What the token reverted with, all of it.
fn passed_on(vm: &VM, token: Address) -> Revert {
    let reason = call::returned(vm);
    if reason.is_empty() { failed(token) } else { Revert::passed_on(reason) }
}
