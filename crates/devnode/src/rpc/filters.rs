//! Installed filters: each remembers up to which block it has told what is new.

use super::{
    error::{REFUSED, RpcError},
    method::{Answer, value},
};
use crate::chain::Chain;
use alloy_primitives::{U64, map::HashMap};
use alloy_rpc_types_eth::Filter;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A filter that is not asked for so long is dropped (geth's default).
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// What a filter tells.
#[derive(Clone, Debug)]
pub enum Kind {
    Blocks,
    Transactions,
    Logs(Box<Filter>),
}

#[derive(Debug)]
struct Installed {
    kind: Kind,
    /// The number of the first block not told of yet.
    next: u64,
    asked: Instant,
}

/// All filters of all clients.
#[derive(Debug, Default)]
pub struct Filters {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    installed: HashMap<u64, Installed>,
    last_id: u64,
}

impl Filters {
    /// Installs a filter that tells of blocks after `head`; gives its id.
    pub fn add(&self, kind: Kind, head: u64) -> U64 {
        let mut table = self.lock();
        table.installed.retain(|_, filter| filter.asked.elapsed() < PATIENCE);
        table.last_id += 1;
        let id = table.last_id;
        table.installed.insert(id, Installed { kind, next: head + 1, asked: Instant::now() });
        U64::from(id)
    }

    /// Removes a filter; false if there was none.
    pub fn remove(&self, id: u64) -> bool {
        self.lock().installed.remove(&id).is_some()
    }

    /// What is new since the filter was asked last.
    ///
    /// # Errors
    /// There is no such filter.
    pub fn changes(&self, id: u64, chain: &Chain) -> Answer {
        let mut table = self.lock();
        let filter = table.installed.get_mut(&id).ok_or_else(not_found)?;
        filter.asked = Instant::now();
        // Blocks may have been taken back: those that replace them are new.
        let from = filter.next.min(chain.block_number() + 1);
        let (news, next) = match &filter.kind {
            Kind::Blocks => {
                let (hashes, next) = chain.blocks_since(from);
                (value(&hashes), next)
            }
            Kind::Transactions => {
                let (hashes, next) = chain.transactions_since(from);
                (value(&hashes), next)
            }
            Kind::Logs(wanted) => {
                let (logs, next) = chain.logs_since(wanted, from);
                (value(&logs), next)
            }
        };
        filter.next = next;
        news
    }

    /// The filter, if it is one for logs.
    ///
    /// # Errors
    /// There is no such filter, or it is none for logs.
    pub fn log_filter(&self, id: u64) -> Result<Filter, RpcError> {
        let mut table = self.lock();
        let filter = table.installed.get_mut(&id).ok_or_else(not_found)?;
        filter.asked = Instant::now();
        match &filter.kind {
            Kind::Logs(filter) => Ok((**filter).clone()),
            _ => Err(not_found()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_found() -> RpcError {
    RpcError::new(REFUSED, "filter not found: it was never installed, or not asked for five minutes")
}
