//! Executes a mined transaction again, on the state it was executed on: for whoever wants to look inside.

use super::{Chain, ChainError, lock::read, view::View};
use crate::execute::{Outcome, tx_env};
use alloy_primitives::B256;

impl Chain {
    /// What the transaction with this hash did, found out by executing it again. Nothing changes.
    ///
    /// # Errors
    /// There is no such transaction, or the state before it is no longer kept.
    pub fn replay(&self, hash: B256) -> Result<Outcome, ChainError> {
        let (view, context, tx) = {
            let ledger = read(&self.ledger);
            let (number, mined) = ledger.transaction(hash).ok_or(ChainError::UnknownTransaction(hash))?;
            if mined.before < ledger.state.oldest() {
                return Err(ChainError::StateGone { number, kept: self.config.kept_states });
            }
            let context = ledger.context(number).ok_or(ChainError::UnknownTransaction(hash))?;
            let view = View::new(self.ledger.clone(), mined.before, ledger.epoch);
            (view, context, tx_env(&mined.tx))
        };
        self.executor.transact(&view, &context, tx)
    }
}
