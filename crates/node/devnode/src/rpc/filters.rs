//! The installed filters. Each remembers the last block that it reported.
//! A filter that is not used for five minutes is dropped.

use super::{
    answer::{Answer, value},
    error::{RpcError, SERVER_ERROR},
    limits::MAX_FILTERS,
};
use crate::{
    chain::{Chain, Cursor},
    lock::lock,
};
use alloy_primitives::{U64, map::HashMap};
use alloy_rpc_types_eth::Filter;
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// The time after which an unused filter is dropped (geth's default).
const FILTER_TIMEOUT: Duration = Duration::from_secs(5 * 60);
/// The number of blocks that one answer covers; the next answer continues after them.
const MAX_BLOCKS: u64 = 100_000;

/// What a filter reports.
#[derive(Clone, Debug)]
pub enum FilterKind {
    Blocks,
    Transactions,
    Logs(Box<Filter>),
}

#[derive(Debug)]
struct InstalledFilter {
    kind: FilterKind,
    /// Locked during a lookup, so that of two concurrent requests only one receives a change.
    cursor: Mutex<Cursor>,
    last_used: Mutex<Instant>,
}

impl InstalledFilter {
    fn touch(&self) {
        *lock(&self.last_used) = Instant::now();
    }

    fn is_alive(&self) -> bool {
        lock(&self.last_used).elapsed() < FILTER_TIMEOUT
    }
}

/// All filters of all clients.
#[derive(Debug, Default)]
pub struct Filters {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    installed: HashMap<u64, Arc<InstalledFilter>>,
    last_id: u64,
}

impl Filters {
    /// Installs a filter that reports changes after `cursor`; returns its id.
    ///
    /// # Errors
    /// There are too many filters.
    pub fn add(&self, kind: FilterKind, cursor: Cursor) -> Result<U64, RpcError> {
        let mut table = lock(&self.table);
        table.installed.retain(|_, filter| filter.is_alive());
        if table.installed.len() >= MAX_FILTERS {
            let text = format!("too many filters: {MAX_FILTERS} are installed; uninstall unused ones");
            return Err(RpcError::new(SERVER_ERROR, text));
        }
        table.last_id += 1;
        let id = table.last_id;
        let (cursor, last_used) = (Mutex::new(cursor), Mutex::new(Instant::now()));
        table.installed.insert(id, Arc::new(InstalledFilter { kind, cursor, last_used }));
        Ok(U64::from(id))
    }

    /// Removes a filter; false if there is none with this id.
    pub fn remove(&self, id: u64) -> bool {
        lock(&self.table).installed.remove(&id).is_some()
    }

    /// The changes since the last request for this filter.
    ///
    /// # Errors
    /// There is no such filter.
    pub fn changes(&self, id: u64, chain: &Chain) -> Answer {
        let filter = self.find(id)?;
        let cursor = &mut lock(&filter.cursor);
        match &filter.kind {
            FilterKind::Blocks => value(&chain.blocks_since(cursor, MAX_BLOCKS)),
            FilterKind::Transactions => value(&chain.transaction_hashes_since(cursor, MAX_BLOCKS)),
            FilterKind::Logs(wanted) => value(&chain.logs_since(wanted, cursor, MAX_BLOCKS)),
        }
    }

    /// The filter with this id, which must be one for logs.
    ///
    /// # Errors
    /// There is no such filter, or it is not for logs.
    pub fn log_filter(&self, id: u64) -> Result<Filter, RpcError> {
        match &self.find(id)?.kind {
            FilterKind::Logs(filter) => Ok((**filter).clone()),
            _ => Err(not_found()),
        }
    }

    fn find(&self, id: u64) -> Result<Arc<InstalledFilter>, RpcError> {
        let filter = lock(&self.table).installed.get(&id).cloned().ok_or_else(not_found)?;
        filter.touch();
        Ok(filter)
    }
}

fn not_found() -> RpcError {
    RpcError::new(SERVER_ERROR, "filter not found: it was never installed, or not used for five minutes")
}
