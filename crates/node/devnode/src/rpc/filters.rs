//! Installed filters: each remembers up to which block it has told what is new.

use super::{
    error::{REFUSED, RpcError},
    method::{Answer, value},
};
use crate::chain::{Chain, Cursor};
use alloy_primitives::{U64, map::HashMap};
use alloy_rpc_types_eth::Filter;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A filter that is not asked for so long is dropped (geth's default).
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// Filters that may be installed at a time.
const MAX_FILTERS: usize = 10_000;
/// Blocks that one answer may cover; the next answer goes on behind them.
const MAX_BLOCKS: u64 = 100_000;

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
    /// Locked while what is new is looked up: of two that ask at once, one is told.
    cursor: Mutex<Cursor>,
    asked: Mutex<Instant>,
}

impl Installed {
    fn touch(&self) {
        *lock(&self.asked) = Instant::now();
    }

    fn is_alive(&self) -> bool {
        lock(&self.asked).elapsed() < PATIENCE
    }
}

/// All filters of all clients.
#[derive(Debug, Default)]
pub struct Filters {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    installed: HashMap<u64, Arc<Installed>>,
    last_id: u64,
}

impl Filters {
    /// Installs a filter that tells of what comes after `cursor`; gives its id.
    ///
    /// # Errors
    /// There are too many filters.
    pub fn add(&self, kind: Kind, cursor: Cursor) -> Result<U64, RpcError> {
        let mut table = lock(&self.table);
        table.installed.retain(|_, filter| filter.is_alive());
        if table.installed.len() >= MAX_FILTERS {
            let text = format!("too many filters: {MAX_FILTERS} are installed; uninstall those not needed");
            return Err(RpcError::new(REFUSED, text));
        }
        table.last_id += 1;
        let id = table.last_id;
        let asked = Mutex::new(Instant::now());
        table.installed.insert(id, Arc::new(Installed { kind, cursor: Mutex::new(cursor), asked }));
        Ok(U64::from(id))
    }

    /// Removes a filter; false if there was none.
    pub fn remove(&self, id: u64) -> bool {
        lock(&self.table).installed.remove(&id).is_some()
    }

    /// What is new since the filter was asked last.
    ///
    /// # Errors
    /// There is no such filter.
    pub fn changes(&self, id: u64, chain: &Chain) -> Answer {
        let filter = self.find(id)?;
        let cursor = &mut lock(&filter.cursor);
        match &filter.kind {
            Kind::Blocks => value(&chain.blocks_since(cursor, MAX_BLOCKS)),
            Kind::Transactions => value(&chain.transaction_hashes_since(cursor, MAX_BLOCKS)),
            Kind::Logs(wanted) => value(&chain.logs_since(wanted, cursor, MAX_BLOCKS)),
        }
    }

    /// The filter, if it is one for logs.
    ///
    /// # Errors
    /// There is no such filter, or it is none for logs.
    pub fn log_filter(&self, id: u64) -> Result<Filter, RpcError> {
        match &self.find(id)?.kind {
            Kind::Logs(filter) => Ok((**filter).clone()),
            _ => Err(not_found()),
        }
    }

    fn find(&self, id: u64) -> Result<Arc<Installed>, RpcError> {
        let filter = lock(&self.table).installed.get(&id).cloned().ok_or_else(not_found)?;
        filter.touch();
        Ok(filter)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn not_found() -> RpcError {
    RpcError::new(REFUSED, "filter not found: it was never installed, or not asked for five minutes")
}
