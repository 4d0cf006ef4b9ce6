//! What is executed again to look inside: a mined transaction, on the state it was executed on, or a call.

use super::{Chain, ChainError, lock::read, view::View};
use crate::execute::{Outcome, Setting, tx_env};
use alloy_primitives::B256;
use revm::context::TxEnv;

/// Everything that an execution needs.
#[derive(Clone, Debug)]
pub struct Scene {
    pub view: View,
    pub setting: Setting,
    pub tx: TxEnv,
}

impl Chain {
    /// What the transaction with this hash did, found out by executing it again. Nothing changes.
    ///
    /// # Errors
    /// There is no such transaction, or the state before it is no longer kept.
    pub fn replay(&self, hash: B256) -> Result<Outcome, ChainError> {
        let scene = self.mined_scene(hash)?;
        scene.setting.run(&scene.view, scene.tx)
    }

    /// A mined transaction ready to be executed again.
    pub fn mined_scene(&self, hash: B256) -> Result<Scene, ChainError> {
        let ledger = read(&self.ledger);
        let (number, mined) = ledger.transaction(hash).ok_or(ChainError::UnknownTransaction(hash))?;
        if mined.before < ledger.state.oldest() {
            return Err(ChainError::StateGone { number, kept: self.config.kept_states });
        }
        let context = ledger.context(number).ok_or(ChainError::UnknownTransaction(hash))?;
        let view = View::new(self.ledger.clone(), mined.before, ledger.epoch);
        Ok(Scene { view, setting: self.executor.block(&context), tx: tx_env(&mined.tx) })
    }
}
