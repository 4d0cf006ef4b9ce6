//! Checks whether a transaction is valid, in geth's order (`core/state_transition.go`, `preCheck` and `buyGas`).
//! revm checks the rest: intrinsic gas and the size of creation code.

use crate::{
    block_context::{BASE_FEE, BLOCK_GAS_LIMIT},
    error::TransactionError,
    ledger::{account::Account, state::State},
};
use alloy_consensus::{Transaction, TxEnvelope, TxType, transaction::Recovered};
use alloy_primitives::{Address, U256};

/// # Errors
/// The transaction cannot be executed on `state`.
pub fn validate(
    tx: &Recovered<TxEnvelope>,
    state: &State,
    chain_id: u64,
    impersonated: bool,
) -> Result<(), TransactionError> {
    let (sender, tx) = (tx.signer(), tx.inner());
    if tx.tx_type() == TxType::Eip4844 {
        return Err(TransactionError::BlobTransaction);
    }
    if let Some(have) = tx.chain_id().filter(|&id| id != chain_id) {
        return Err(TransactionError::ChainId { have, want: chain_id });
    }
    let account = state.account(sender);
    check_nonce(sender, tx.nonce(), account.nonce)?;
    if !impersonated {
        check_sender(sender, &account, state)?;
    }
    check_fees(sender, tx)?;
    if tx.authorization_list().is_some_and(|list| list.is_empty()) {
        return Err(TransactionError::EmptyAuthorizations(sender));
    }
    check_funds(sender, tx, account.balance)?;
    if tx.gas_limit() > BLOCK_GAS_LIMIT {
        return Err(TransactionError::GasLimitReached { gas: tx.gas_limit(), limit: BLOCK_GAS_LIMIT });
    }
    Ok(())
}

fn check_nonce(address: Address, tx: u64, state: u64) -> Result<(), TransactionError> {
    if tx < state {
        return Err(TransactionError::NonceTooLow { address, tx, state });
    }
    if tx > state {
        return Err(TransactionError::NonceTooHigh { address, tx, state });
    }
    if tx == u64::MAX {
        return Err(TransactionError::NonceMax { address, nonce: tx });
    }
    Ok(())
}

/// Rejects a sender with code that is not a delegation (EIP-3607).
fn check_sender(address: Address, account: &Account, state: &State) -> Result<(), TransactionError> {
    if !account.has_code() {
        return Ok(());
    }
    let code = state.code(account.code_hash);
    if code.is_eip7702() {
        return Ok(());
    }
    Err(TransactionError::SenderNotEoa { address, size: code.len() })
}

fn check_fees(address: Address, tx: &TxEnvelope) -> Result<(), TransactionError> {
    let max = tx.max_fee_per_gas();
    if let Some(tip) = tx.max_priority_fee_per_gas().filter(|&tip| tip > max) {
        return Err(TransactionError::TipAboveFeeCap { address, tip, max });
    }
    if max < u128::from(BASE_FEE) {
        return Err(TransactionError::FeeCapTooLow { address, max, base: BASE_FEE });
    }
    Ok(())
}

fn check_funds(address: Address, tx: &TxEnvelope, have: U256) -> Result<(), TransactionError> {
    let gas = U256::from(tx.gas_limit()).checked_mul(U256::from(tx.max_fee_per_gas()));
    let want =
        gas.and_then(|gas| gas.checked_add(tx.value())).ok_or(TransactionError::CostOverflow { address })?;
    if have < want {
        return Err(TransactionError::InsufficientFunds { address, have, want });
    }
    Ok(())
}
