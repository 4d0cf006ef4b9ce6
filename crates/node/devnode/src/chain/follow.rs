//! Follows the chain: a cursor remembers which blocks were read, and returns each new block once.
//!
//! The chain may be rolled back (`evm_revert`, a reset) and other blocks mined before a follower reads again. The
//! follower then continues with the first block that is new to it. It skips no block of the present chain, and never
//! returns blocks that were rolled back before it read them.

use super::{
    handle::Chain,
    logs::new_logs,
    rpc_types::{self, Header, Transaction},
};
use crate::{ledger::Ledger, lock::read};
use alloy_primitives::B256;
use alloy_rpc_types_eth::{Filter, Log};

/// The position of a follower.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    /// The ledger's epoch at the last read.
    epoch: u64,
    /// The number of the first block not read yet.
    next: u64,
}

impl Cursor {
    fn after_head(ledger: &Ledger) -> Self {
        Self { epoch: ledger.epoch, next: ledger.head() + 1 }
    }

    /// The number of the first block that is new.
    fn resume(self, ledger: &Ledger) -> u64 {
        ledger.rollbacks.lowest_since(self.epoch).map_or(self.next, |head| self.next.min(head + 1))
    }
}

impl Chain {
    /// A cursor after the latest block: only blocks mined from now on are new.
    pub fn cursor(&self) -> Cursor {
        Cursor::after_head(&read(&self.ledger))
    }

    /// The number of the next block at `cursor`; `None` if it is not mined yet.
    pub fn next_at(&self, cursor: &Cursor) -> Option<u64> {
        let ledger = read(&self.ledger);
        Some(cursor.resume(&ledger)).filter(|next| *next <= ledger.head())
    }

    /// The headers of up to `limit` new blocks. Advances the cursor, like the methods below.
    pub fn headers_since(&self, cursor: &mut Cursor, limit: u64) -> Vec<Header> {
        self.advance(cursor, limit, |ledger, from, end| {
            (from..end).filter_map(|number| rpc_types::header(ledger, number)).collect()
        })
    }

    /// The hashes of the new blocks.
    pub fn blocks_since(&self, cursor: &mut Cursor, limit: u64) -> Vec<B256> {
        self.advance(cursor, limit, |ledger, from, end| {
            (from..end).filter_map(|number| ledger.block(number)).map(|block| block.hash).collect()
        })
    }

    /// The transactions in the new blocks.
    pub fn transactions_since(&self, cursor: &mut Cursor, limit: u64) -> Vec<Transaction> {
        self.advance(cursor, limit, |ledger, from, end| {
            (from..end).filter_map(|number| rpc_types::transaction(ledger, number)).collect()
        })
    }

    /// The hashes of the transactions in the new blocks.
    pub fn transaction_hashes_since(&self, cursor: &mut Cursor, limit: u64) -> Vec<B256> {
        self.advance(cursor, limit, |ledger, from, end| {
            let mined = (from..end).filter_map(|number| ledger.block(number)?.mined.as_deref());
            mined.map(|mined| mined.hash()).collect()
        })
    }

    /// The logs in the new blocks that match the filter.
    pub fn logs_since(&self, filter: &Filter, cursor: &mut Cursor, limit: u64) -> Vec<Log> {
        self.advance(cursor, limit, |ledger, from, end| new_logs(ledger, filter, from, end - 1))
    }

    fn advance<T>(
        &self,
        cursor: &mut Cursor,
        limit: u64,
        take: impl FnOnce(&Ledger, u64, u64) -> Vec<T>,
    ) -> Vec<T> {
        let ledger = read(&self.ledger);
        let from = cursor.resume(&ledger);
        let end = from.saturating_add(limit).min(ledger.head() + 1);
        *cursor = Cursor { epoch: ledger.epoch, next: end.max(from) };
        if from < end { take(&ledger, from, end) } else { Vec::new() }
    }
}
