//! State of one transaction in addition to revm's context.

use crate::{
    env::{Env, Options},
    pricing::memory::Pages,
    profile::Profiler,
    run::program::{Environment, ModuleCache},
};
use revm::primitives::{Address, B256, U256};
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

/// State of a transaction outside of the journal: a revert does not undo it.
#[derive(Clone, Debug, Default)]
pub struct TransactionState {
    pub(crate) options: Options,
    pub(crate) modules: ModuleCache,
    pub(crate) environment: Arc<Environment>,
    pub(crate) l2_block_number: u64,
    /// Pages of WASM memory open now, and the maximum so far.
    pub(crate) pages: Pages,
    pub(crate) recent: RecentPrograms,
    /// Number of running calls of each contract, delegate calls not counted.
    pub(crate) running: HashMap<Address, u32>,
    /// The caller of each running frame, outermost first.
    pub(crate) callers: Vec<Address>,
    /// Gas above the limit of a transaction, held back until it ends.
    pub(crate) held_gas: u64,
    pub(crate) failures: Vec<ProgramFailure>,
    /// Set if the transaction is profiled.
    pub(crate) profiler: Option<Profiler>,
}

/// A failure of a Stylus program. A revert by the program itself is not a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramFailure {
    /// The contract that ran the program.
    pub contract: Address,
    /// Depth of the call in the transaction, 0 for the outermost.
    pub depth: usize,
    /// The cause, in one sentence.
    pub reason: String,
}

impl TransactionState {
    /// The price of gas is set when the transaction begins.
    pub fn new(env: &Env, origin: Address) -> Self {
        let environment = Environment {
            chain_id: env.cfg.chain_id,
            block_basefee: U256::from(env.block.basefee),
            block_coinbase: env.block.beneficiary,
            block_gas_limit: env.block.gas_limit,
            block_number: env.block.number.saturating_to(),
            block_timestamp: env.block.timestamp.saturating_to(),
            tx_gas_price: U256::ZERO,
            tx_origin: origin,
        };
        Self {
            options: env.options.clone(),
            modules: env.modules.clone(),
            environment: Arc::new(environment),
            l2_block_number: env.l2_block_number,
            ..Self::default()
        }
    }

    /// Failures of programs so far, innermost first.
    pub fn failures(&self) -> &[ProgramFailure] {
        &self.failures
    }

    pub(crate) fn enter(&mut self, contract: Address) {
        *self.running.entry(contract).or_default() += 1;
    }

    pub(crate) fn leave(&mut self, contract: Address) {
        if let Some(count) = self.running.get_mut(&contract) {
            *count = count.saturating_sub(1);
        }
    }

    /// Whether another call of this contract is running.
    pub(crate) fn is_reentrant(&self, contract: Address) -> bool {
        self.running.get(&contract).is_some_and(|count| *count > 1)
    }
}

/// Programs run in this block, the latest at the back (Nitro `GetRecentWasms`).
#[derive(Clone, Debug, Default)]
pub(crate) struct RecentPrograms(VecDeque<B256>);

impl RecentPrograms {
    /// Records a run, and forgets all but the last `capacity` programs. Returns whether the program was already present.
    pub fn note(&mut self, code_hash: B256, capacity: usize) -> bool {
        let place = self.0.iter().position(|hash| *hash == code_hash);
        if let Some(place) = place {
            self.0.remove(place);
        }
        self.0.push_back(code_hash);
        while self.0.len() > capacity {
            self.0.pop_front();
        }
        place.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_run_last_are_remembered() {
        let mut recent = RecentPrograms::default();
        let mut note = |byte| recent.note(B256::repeat_byte(byte), 32);
        for byte in 0..32 {
            assert!(!note(byte));
        }
        assert!(note(0));
        // The 33rd evicts the least recently run, which is now 1.
        assert!(!note(32));
        assert!(note(0));
        assert!(!note(1));
        assert!(!recent.note(B256::repeat_byte(99), 0));
        assert!(!recent.note(B256::repeat_byte(99), 0), "without a cache nothing is remembered");
    }
}
