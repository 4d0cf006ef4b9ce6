//! The chain, in process: everything the node can do, without HTTP.
//!
//! Every transaction is mined at once, in a block of its own. What changes the chain is done one at a
//! time; calls and queries run beside it and beside one another, a call on the state it began with.

mod block;
mod call;
mod clock;
mod control;
mod error;
mod follow;
mod ledger;
mod lock;
mod logs;
mod query;
mod replay;
mod send;
mod snapshots;
mod state;
mod store;
#[cfg(test)]
mod tests;
pub mod trace;
mod types;
mod undo;
mod validate;
mod view;

pub use block::{ARBOS_VERSION, BASE_FEE, BLOCK_GAS_LIMIT, BlockContext, COINBASE};
pub use call::{CALL_GAS_CAP, Call};
pub use control::MAX_BLOCKS_AT_ONCE;
pub use error::{ChainError, Refusal, Reverted};
pub use follow::Cursor;
pub use store::{Fingerprint, ImageError};
pub use types::{Block, Header, Receipt, Transaction};

use crate::{
    accounts::{DevAccount, dev_accounts},
    config::ChainConfig,
    execute::Executor,
};
use alloy_primitives::{Address, map::AddressSet};
use clock::{Clock, system_seconds};
use ledger::Ledger;
use lock::read;
use state::{Account, State};
use std::sync::{Arc, Mutex, RwLock, atomic::AtomicBool};
use tokio::sync::watch;

/// A development chain. Cheap to clone; all clones are the same chain.
#[derive(Clone, Debug)]
pub struct Chain {
    config: Arc<ChainConfig>,
    accounts: Arc<[DevAccount]>,
    executor: Executor,
    ledger: Arc<RwLock<Ledger>>,
    /// Held by whoever changes the chain, from the first look at the state to the last write.
    mining: Arc<Mutex<()>>,
    impersonated: Arc<RwLock<Impersonated>>,
    /// The number of the latest block, for those who wait for the next.
    heads: watch::Sender<u64>,
    logging: Arc<AtomicBool>,
}

/// For whom transactions are accepted without a signature.
#[derive(Clone, Debug, Default)]
struct Impersonated {
    everyone: bool,
    accounts: AddressSet,
}

impl Chain {
    /// A chain with its first block.
    pub fn new(config: ChainConfig) -> Self {
        let accounts: Arc<[DevAccount]> = dev_accounts(config.accounts).into();
        let ledger = genesis(&config, &accounts);
        Self {
            executor: Executor::new(&config),
            config: Arc::new(config),
            accounts,
            ledger: Arc::new(RwLock::new(ledger)),
            mining: Arc::default(),
            impersonated: Arc::default(),
            heads: watch::Sender::new(0),
            logging: Arc::new(AtomicBool::new(true)),
        }
    }

    pub fn chain_id(&self) -> u64 {
        self.config.chain_id
    }

    /// The funded accounts whose keys the node holds, Nitro's development account first.
    pub fn accounts(&self) -> &[DevAccount] {
        &self.accounts
    }

    /// The account with this address, if the node holds its key.
    pub fn account(&self, address: Address) -> Option<&DevAccount> {
        self.accounts.iter().find(|account| account.address() == address)
    }

    /// The number of the latest block.
    pub fn block_number(&self) -> u64 {
        read(&self.ledger).head()
    }

    /// Tells the number of the latest block whenever there is a new one.
    pub fn heads(&self) -> watch::Receiver<u64> {
        self.heads.subscribe()
    }

    fn is_impersonated(&self, address: Address) -> bool {
        let impersonated = read(&self.impersonated);
        impersonated.everyone || impersonated.accounts.contains(&address)
    }
}

fn genesis(config: &ChainConfig, accounts: &[DevAccount]) -> Ledger {
    let mut state = State::default();
    for account in stylus_evm::genesis() {
        if let Some(code) = account.info.code.clone() {
            state.add_code(code);
        }
        state.set_account(account.address, (&account.info).into());
        for (slot, value) in account.storage {
            state.set_slot(account.address, slot, value);
        }
    }
    for account in accounts {
        let before = state.account(account.address());
        state.set_account(account.address(), Account { balance: config.balance, ..before });
    }
    let timestamp = config.genesis_timestamp.unwrap_or_else(system_seconds);
    Ledger::new(state, Clock::starting_at(timestamp), timestamp, config.kept_states)
}
