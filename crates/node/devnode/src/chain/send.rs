//! Sends transactions: decodes, checks and executes each one, and mines it at once in its own block.
//! Completes and signs those of the node's own and of impersonated accounts.

use super::{call::program_failure, handle::Chain, request::Call, validate::validate};
use crate::{
    accounts::impersonate,
    block_context::BASE_FEE,
    error::{ChainError, TransactionError},
    execute::tx_env,
    ledger::{Ledger, block::MinedTransaction, state::State},
    lock::{lock, read, write},
};
use alloy_consensus::{
    TxEnvelope, TypedTransaction,
    transaction::{Recovered, SignerRecoverable},
};
use alloy_eips::{BlockId, eip2718::Decodable2718};
use alloy_primitives::{Address, B256, U256};
use alloy_rpc_types_eth::TransactionRequest;
use revm::{bytecode::Bytecode, database_interface::DatabaseRef, state::AccountInfo};
use std::sync::{MutexGuard, atomic::Ordering};

impl Chain {
    /// Decodes a signed transaction (EIP-2718) and recovers its sender. Takes no lock, as recovery is slow.
    ///
    /// # Errors
    /// The transaction cannot be decoded, is a blob transaction, or has an invalid signature.
    pub fn decode(raw: &[u8]) -> Result<Recovered<TxEnvelope>, TransactionError> {
        let mut rest = raw;
        let tx = TxEnvelope::decode_2718(&mut rest)
            .map_err(|error| TransactionError::Undecodable(error.to_string()))?;
        if !rest.is_empty() {
            return Err(TransactionError::Undecodable(format!("{} bytes follow its end", rest.len())));
        }
        if tx.is_eip4844() {
            return Err(TransactionError::BlobTransaction);
        }
        let sender = tx.recover_signer().map_err(|_| TransactionError::InvalidSender)?;
        Ok(Recovered::new_unchecked(tx, sender))
    }

    /// Decodes and mines a signed transaction; returns its hash. A transaction that reverts is mined too.
    ///
    /// # Errors
    /// As [`decode`](Self::decode) and [`send`](Self::send).
    pub fn send_raw(&self, raw: &[u8]) -> Result<B256, ChainError> {
        self.send(Self::decode(raw)?)
    }

    /// Mines a transaction with a known sender; returns its hash.
    ///
    /// # Errors
    /// The transaction is not valid on the current state. Then nothing changes.
    pub fn send(&self, tx: Recovered<TxEnvelope>) -> Result<B256, ChainError> {
        let mining = lock(&self.mining);
        self.mine(&mining, tx, false)
    }

    /// Completes, signs and mines a transaction of an account that the node holds the key of, or of an impersonated
    /// account; returns its hash. Missing fields become the next nonce, the estimated gas, and twice the base fee as
    /// the highest price.
    ///
    /// # Errors
    /// As [`send`](Self::send) and [`estimate_gas`](Self::estimate_gas), or the node cannot sign for the sender.
    pub fn send_request(&self, request: TransactionRequest) -> Result<B256, ChainError> {
        let impersonated = request.from.is_some_and(|sender| self.is_impersonated(sender));
        self.complete_and_mine(request, impersonated)
    }

    /// Like [`send_request`](Self::send_request), for any sender.
    ///
    /// # Errors
    /// As [`send_request`](Self::send_request).
    pub fn send_unsigned(&self, request: TransactionRequest) -> Result<B256, ChainError> {
        self.complete_and_mine(request, true)
    }

    fn complete_and_mine(
        &self,
        mut request: TransactionRequest,
        impersonated: bool,
    ) -> Result<B256, ChainError> {
        let sender = request.from.or_else(|| self.accounts().first().map(|account| account.address()));
        let sender = sender.unwrap_or_default();
        request.from = Some(sender);
        let signer = self.account(sender);
        if signer.is_none() && !impersonated {
            return Err(ChainError::UnknownAccount(sender));
        }
        if let Some(have) = request.chain_id.filter(|&id| id != self.chain_id()) {
            return Err(TransactionError::ChainId { have, want: self.chain_id() }.into());
        }
        request.chain_id = Some(self.chain_id());
        if request.gas_price.is_none() {
            let tip = request.max_priority_fee_per_gas.unwrap_or_default();
            request.max_priority_fee_per_gas = Some(tip);
            request.max_fee_per_gas.get_or_insert(2 * u128::from(BASE_FEE) + tip);
        }
        if request.gas.is_none() {
            request.gas = Some(self.estimate_gas(Call::new(request.clone(), BlockId::pending()))?);
        }

        let mining = lock(&self.mining);
        if request.nonce.is_none() {
            request.nonce = Some(read(&self.ledger).state.account(sender).nonce);
        }
        let tx = build(request)?;
        let signed = match signer {
            Some(account) => account.sign(tx).map_err(ChainError::Internal)?,
            None => impersonate(tx, sender),
        };
        self.mine(&mining, Recovered::new_unchecked(signed, sender), impersonated)
    }

    /// Executes and records. Blocks readers only while it writes the result.
    fn mine(
        &self,
        _mining: &MutexGuard<'_, ()>,
        tx: Recovered<TxEnvelope>,
        impersonated: bool,
    ) -> Result<B256, ChainError> {
        let (context, before, outcome) = {
            let ledger = read(&self.ledger);
            validate(&tx, &ledger.state, self.chain_id(), impersonated)?;
            let context = ledger.next_context();
            let outcome = self.executor.block(&context).run(Latest(&ledger), tx_env(&tx))?;
            (context, ledger.state.mark(), outcome)
        };
        let failure = program_failure(&outcome);
        let mined = MinedTransaction::new(tx, before, outcome.gas_price.saturating_to(), outcome.result);
        let (hash, success, gas_used) = (mined.hash(), mined.success, mined.gas_used);
        write(&self.ledger).push(&context, mined, outcome.state);
        self.heads.send_replace(context.number);

        if self.logging.load(Ordering::Relaxed) {
            log_transaction(hash, context.number, gas_used, success, failure);
        }
        Ok(hash)
    }
}

fn log_transaction(hash: B256, block: u64, gas: u64, success: bool, failure: Option<String>) {
    let status = if success { "ok" } else { "failed" };
    match failure.filter(|_| !success) {
        None => tracing::info!(%hash, gas, status, block, "transaction"),
        Some(reason) => tracing::info!(%hash, gas, status, block, reason, "transaction"),
    }
}

fn build(request: TransactionRequest) -> Result<TypedTransaction, ChainError> {
    request
        .build_consensus_tx()
        .map_err(|error| ChainError::Invalid(format!("cannot complete the transaction: {}", error.error)))
}

/// The current state, for an execution under the ledger's lock.
struct Latest<'a>(&'a Ledger);

impl Latest<'_> {
    const fn state(&self) -> &State {
        &self.0.state
    }
}

impl DatabaseRef for Latest<'_> {
    type Error = ChainError;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, ChainError> {
        Ok(self.state().account(address).info())
    }

    fn code_by_hash_ref(&self, code_hash: B256) -> Result<Bytecode, ChainError> {
        Ok(self.state().code(code_hash))
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, ChainError> {
        Ok(self.state().slot(address, slot))
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, ChainError> {
        Ok(self.0.hash_for_evm(number))
    }
}
