//! [`Chain`], the handle of a development chain, and its configuration.
//! All clones of a handle share one ledger.

use super::genesis::genesis;
use crate::{
    accounts::{DevAccount, dev_accounts},
    config::ChainConfig,
    execute::Executor,
    ledger::Ledger,
    lock::read,
};
use alloy_primitives::{Address, map::AddressSet};
use std::sync::{Arc, Mutex, RwLock, atomic::AtomicBool};
use tokio::sync::watch;

/// A development chain. Cheap to clone; all clones are the same chain.
#[derive(Clone, Debug)]
pub struct Chain {
    pub(super) config: Arc<ChainConfig>,
    accounts: Arc<[DevAccount]>,
    pub(super) executor: Executor,
    pub(super) ledger: Arc<RwLock<Ledger>>,
    /// Held while the chain changes, from the first read of the state to the last write.
    pub(super) mining: Arc<Mutex<()>>,
    pub(super) impersonated: Arc<RwLock<Impersonated>>,
    /// The number of the latest block, for tasks that wait for the next one.
    pub(super) heads: watch::Sender<u64>,
    pub(super) logging: Arc<AtomicBool>,
}

/// The senders whose transactions need no signature.
#[derive(Clone, Debug, Default)]
pub struct Impersonated {
    pub everyone: bool,
    pub accounts: AddressSet,
}

impl Chain {
    /// A chain with only its first block.
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

    /// The funded accounts whose keys the node holds; Nitro's development account is the first.
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

    /// Receives the number of the latest block whenever a new one is mined.
    pub fn heads(&self) -> watch::Receiver<u64> {
        self.heads.subscribe()
    }

    pub(super) fn is_impersonated(&self, address: Address) -> bool {
        let impersonated = read(&self.impersonated);
        impersonated.everyone || impersonated.accounts.contains(&address)
    }
}
