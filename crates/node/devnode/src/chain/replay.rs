//! Executes a mined transaction again, on the state that it executed on.
//! Tracers start from here.

use super::{handle::Chain, view::View};
use crate::{
    error::ChainError,
    execute::{BlockExecutor, Outcome, tx_env},
    lock::read,
};
use alloy_primitives::B256;
use revm::context::TxEnv;

/// A transaction or call that is ready to execute.
#[derive(Clone, Debug)]
pub struct Execution {
    pub view: View,
    pub executor: BlockExecutor,
    pub tx: TxEnv,
}

impl Chain {
    /// Executes a mined transaction again. Changes nothing.
    ///
    /// # Errors
    /// There is no such transaction, or the state before it is no longer kept.
    pub fn replay(&self, hash: B256) -> Result<Outcome, ChainError> {
        let execution = self.mined_execution(hash)?;
        execution.executor.run(&execution.view, execution.tx)
    }

    /// A mined transaction, ready to execute again.
    pub fn mined_execution(&self, hash: B256) -> Result<Execution, ChainError> {
        let ledger = read(&self.ledger);
        let (number, mined) = ledger.transaction(hash).ok_or(ChainError::UnknownTransaction(hash))?;
        if mined.before < ledger.state.oldest() {
            return Err(ChainError::StateGone { number, kept: self.config.kept_states });
        }
        let context = ledger.context(number).ok_or(ChainError::UnknownTransaction(hash))?;
        let view = View::new(self.ledger.clone(), mined.before, ledger.epoch);
        Ok(Execution { view, executor: self.executor.block(&context), tx: tx_env(&mined.tx) })
    }
}
