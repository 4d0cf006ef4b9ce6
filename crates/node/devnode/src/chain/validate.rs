//! Which transactions are let onto the chain, checked in geth's order (`core/state_transition.go`, `preCheck`
//! and `buyGas`); what depends on the EVM's rules (intrinsic gas, init code size) revm checks.

use super::{
    block::{BASE_FEE, BLOCK_GAS_LIMIT},
    error::Refusal,
    state::{Account, State},
};
use alloy_consensus::{Transaction, TxEnvelope, TxType, transaction::Recovered};
use alloy_primitives::{Address, U256};

/// Refuses a transaction that cannot be executed on `state`.
///
/// # Errors
/// Why not.
pub fn validate(
    tx: &Recovered<TxEnvelope>,
    state: &State,
    chain_id: u64,
    impersonated: bool,
) -> Result<(), Refusal> {
    let (sender, tx) = (tx.signer(), tx.inner());
    if tx.tx_type() == TxType::Eip4844 {
        return Err(Refusal::BlobTransaction);
    }
    if let Some(have) = tx.chain_id().filter(|&id| id != chain_id) {
        return Err(Refusal::ChainId { have, want: chain_id });
    }
    let account = state.account(sender);
    check_nonce(sender, tx.nonce(), account.nonce)?;
    if !impersonated {
        check_sender(sender, &account, state)?;
    }
    check_fees(sender, tx)?;
    if tx.authorization_list().is_some_and(|list| list.is_empty()) {
        return Err(Refusal::EmptyAuthorizations(sender));
    }
    check_funds(sender, tx, account.balance)?;
    if tx.gas_limit() > BLOCK_GAS_LIMIT {
        return Err(Refusal::GasLimitReached { asked: tx.gas_limit(), limit: BLOCK_GAS_LIMIT });
    }
    Ok(())
}

fn check_nonce(address: Address, tx: u64, state: u64) -> Result<(), Refusal> {
    if tx < state {
        return Err(Refusal::NonceTooLow { address, tx, state });
    }
    if tx > state {
        return Err(Refusal::NonceTooHigh { address, tx, state });
    }
    if tx == u64::MAX {
        return Err(Refusal::NonceMax { address, nonce: tx });
    }
    Ok(())
}

/// EIP-3607: an account with code does not send, unless the code is a delegation.
fn check_sender(address: Address, account: &Account, state: &State) -> Result<(), Refusal> {
    if !account.has_code() {
        return Ok(());
    }
    let code = state.code(account.code_hash);
    if code.is_eip7702() {
        return Ok(());
    }
    Err(Refusal::SenderNotEoa { address, size: code.len() })
}

fn check_fees(address: Address, tx: &TxEnvelope) -> Result<(), Refusal> {
    let max = tx.max_fee_per_gas();
    if let Some(tip) = tx.max_priority_fee_per_gas().filter(|&tip| tip > max) {
        return Err(Refusal::TipAboveFeeCap { address, tip, max });
    }
    if max < u128::from(BASE_FEE) {
        return Err(Refusal::FeeCapTooLow { address, max, base: BASE_FEE });
    }
    Ok(())
}

fn check_funds(address: Address, tx: &TxEnvelope, have: U256) -> Result<(), Refusal> {
    let gas = U256::from(tx.gas_limit()).checked_mul(U256::from(tx.max_fee_per_gas()));
    let want = gas.and_then(|gas| gas.checked_add(tx.value())).ok_or(Refusal::CostOverflow { address })?;
    if have < want {
        return Err(Refusal::InsufficientFunds { address, have, want });
    }
    Ok(())
}
