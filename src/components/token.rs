//! Calls to ERC-20 tokens, and all that is assumed of them.
//!
//! - A transfer has succeeded if it returned the word 1, or nothing and the token has code (USDT). Anything else is a
//!   failure. A token's revert data is passed on; where there is none, `SafeERC20FailedOperation` names the token.
//! - What a transfer moved is never taken from its arguments: the callers compare balances.
//! - A balance is believed, whatever it is; the callers bound it.

use alloy_primitives::{Address, U256};

use super::permits::{Permit, Signature};
use crate::{
    abi::{
        IERC20::{allowanceCall, balanceOfCall, decimalsCall, transferCall, transferFromCall},
        IVault::{SafeERC20FailedOperation, permit_0Call},
    },
    host::{CallKind, CallResult, Host},
    stylus::{
        call::has_code,
        encode::calldata,
        entry::Selector,
        revert::{Revert, require},
    },
};

/// Decimals of a token that has no `decimals()`.
const DEFAULT_DECIMALS: u8 = 18;

/// `account`'s balance, in base units.
///
/// # Errors
/// The token's own, or `SafeERC20FailedOperation` if it does not return a word.
pub fn balance_of(host: &Host, token: Address, account: Address) -> Result<U256, Revert> {
    let result = ask_balance(host, token, account);
    if !result.is_success {
        return Err(bubble(host, token));
    }
    first_word(host, result).ok_or_else(|| SafeERC20FailedOperation { token }.into())
}

/// `account`'s balance, in base units; `None` if the token reverts or does not return a word.
pub fn balance_if_any(host: &Host, token: Address, account: Address) -> Option<U256> {
    let result = ask_balance(host, token, account);
    if result.is_success { first_word(host, result) } else { None }
}

fn ask_balance(host: &Host, token: Address, account: Address) -> CallResult {
    host.call(CallKind::StaticCall, token, &calldata(balanceOfCall::ID, account))
}

/// The token's decimals; 18 if it does not return a `uint8`.
pub fn decimals(host: &Host, token: Address) -> u8 {
    let result = host.call(CallKind::StaticCall, token, &calldata(decimalsCall::ID, ()));
    let returned = if result.is_success { first_word(host, result) } else { None };
    returned
        .filter(|decimals| decimals.bit_len() <= 8)
        .map_or(DEFAULT_DECIMALS, |decimals| decimals.as_limbs()[0] as u8)
}

/// Sends `value` base units of the contract's own to `to`.
///
/// # Errors
/// The token's own, or `SafeERC20FailedOperation` if it reverts without data or does not return true.
pub fn transfer(host: &Host, token: Address, to: Address, value: U256) -> Result<(), Revert> {
    checked(host, token, &calldata(transferCall::ID, (&to, &value)))
}

/// Pulls `value` base units from `from`, who has approved the contract.
///
/// # Errors
/// The token's own, or `SafeERC20FailedOperation` if it reverts without data or does not return true.
pub fn transfer_from(
    host: &Host,
    token: Address,
    from: Address,
    to: Address,
    value: U256,
) -> Result<(), Revert> {
    checked(host, token, &calldata(transferFromCall::ID, (&from, &to, &value)))
}

/// Uses the owner's signed approval of the token. If the token rejects it, an allowance of as much will do: somebody else may
/// have used the signature before.
///
/// # Errors
/// The permit's own, if it failed with one and the allowance is too small.
pub fn permit(
    host: &Host,
    token: Address,
    permit: Permit,
    Signature { v, r, s }: Signature,
) -> Result<(), Revert> {
    let Permit { owner, spender, value, deadline } = permit;
    let data = calldata(permit_0Call::ID, ((&owner, &spender, &value), (&deadline, v, (&r, &s))));
    if host.call(CallKind::Call, token, &data).is_success {
        return Ok(());
    }
    let error = host.return_data();
    if error.is_empty() {
        return Ok(());
    }
    let result = host.call(CallKind::StaticCall, token, &calldata(allowanceCall::ID, (owner, spender)));
    let allowance = if result.is_success { first_word(host, result) } else { None };
    if allowance >= Some(value) { Ok(()) } else { Err(Revert::bubble(error)) }
}

/// A call that has to return true, or nothing.
fn checked(host: &Host, token: Address, data: &[u8]) -> Result<(), Revert> {
    let result = host.call(CallKind::Call, token, data);
    if !result.is_success {
        return Err(bubble(host, token));
    }
    let is_true = match result.length {
        0 => has_code(host, token),
        _ => first_word(host, result) == Some(U256::ONE),
    };
    require(is_true, SafeERC20FailedOperation { token })
}

/// The first word that the last call returned, if it returned one.
fn first_word(host: &Host, result: CallResult) -> Option<U256> {
    (result.length >= 32).then(|| host.return_word())
}

/// Reverts with the token's revert data, or with an error that names the token if there is none.
fn bubble(host: &Host, token: Address) -> Revert {
    let data = host.return_data();
    if data.is_empty() { SafeERC20FailedOperation { token }.into() } else { Revert::bubble(data) }
}
