//! Following the chain: a cursor stands behind the last block that was told, and moves on with what is told next.
//!
//! Blocks may be taken back (`evm_revert`, a reset) and others mined in their place before a follower
//! looks again. It then goes on with the first block that is new to it: none is left out, and blocks that
//! were taken back before they were told never are.

use super::{Chain, ledger::Ledger, lock::read, types::Header};
use alloy_primitives::B256;
use alloy_rpc_types_eth::{Filter, Log};

/// Where a follower stands.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    /// How often blocks had been taken back when it looked last.
    epoch: u64,
    /// The number of the first block not told yet.
    next: u64,
}

/// At which heights blocks were taken back: as much of it as is needed to tell the lowest since any time.
#[derive(Clone, Debug, Default)]
pub struct Cuts(Vec<Cut>);

#[derive(Clone, Copy, Debug)]
struct Cut {
    epoch: u64,
    head: u64,
}

impl Cuts {
    /// Blocks above `head` were taken back, which began `epoch`.
    pub fn note(&mut self, epoch: u64, head: u64) {
        while self.0.last().is_some_and(|cut| cut.head >= head) {
            self.0.pop();
        }
        self.0.push(Cut { epoch, head });
    }

    /// The lowest head that was gone back to after `epoch`.
    fn lowest_since(&self, epoch: u64) -> Option<u64> {
        let first = self.0.partition_point(|cut| cut.epoch <= epoch);
        self.0.get(first).map(|cut| cut.head)
    }
}

impl Ledger {
    /// A cursor behind the latest block.
    pub fn cursor(&self) -> Cursor {
        Cursor { epoch: self.epoch, next: self.head() + 1 }
    }

    /// The number of the first block that is new to who stands at `cursor`.
    fn resume(&self, cursor: Cursor) -> u64 {
        self.cuts.lowest_since(cursor.epoch).map_or(cursor.next, |head| cursor.next.min(head + 1))
    }
}

impl Chain {
    /// A cursor behind the latest block: what is mined from now on is new.
    pub fn cursor(&self) -> Cursor {
        read(&self.ledger).cursor()
    }

    /// The number of the next block to be told at `cursor`; `None` if it has not been mined.
    pub fn next_at(&self, cursor: &Cursor) -> Option<u64> {
        let ledger = read(&self.ledger);
        Some(ledger.resume(*cursor)).filter(|next| *next <= ledger.head())
    }

    /// The headers of the next blocks, `most` at the most; the cursor moves behind them. So for those that follow.
    pub fn headers_since(&self, cursor: &mut Cursor, most: u64) -> Vec<Header> {
        self.advance(cursor, most, |ledger, from, end| {
            (from..end).filter_map(|number| ledger.rpc_header(number)).collect()
        })
    }

    /// The hashes of the next blocks.
    pub fn blocks_since(&self, cursor: &mut Cursor, most: u64) -> Vec<B256> {
        self.advance(cursor, most, |ledger, from, end| {
            (from..end).filter_map(|number| ledger.block(number)).map(|block| block.hash).collect()
        })
    }

    /// The transactions in the next blocks.
    pub fn transactions_since(&self, cursor: &mut Cursor, most: u64) -> Vec<super::Transaction> {
        self.advance(cursor, most, |ledger, from, end| {
            (from..end).filter_map(|number| ledger.rpc_transaction(number)).collect()
        })
    }

    /// The hashes of the transactions in the next blocks.
    pub fn transaction_hashes_since(&self, cursor: &mut Cursor, most: u64) -> Vec<B256> {
        self.advance(cursor, most, |ledger, from, end| {
            let mined = (from..end).filter_map(|number| ledger.block(number)?.mined.as_deref());
            mined.map(|mined| mined.hash()).collect()
        })
    }

    /// The logs in the next blocks that the filter matches.
    pub fn logs_since(&self, filter: &Filter, cursor: &mut Cursor, most: u64) -> Vec<Log> {
        self.advance(cursor, most, |ledger, from, end| ledger.new_logs(filter, from, end - 1))
    }

    fn advance<T>(
        &self,
        cursor: &mut Cursor,
        most: u64,
        take: impl FnOnce(&Ledger, u64, u64) -> Vec<T>,
    ) -> Vec<T> {
        let ledger = read(&self.ledger);
        let from = ledger.resume(*cursor);
        let end = from.saturating_add(most).min(ledger.head() + 1);
        *cursor = Cursor { epoch: ledger.epoch, next: end.max(from) };
        if from < end { take(&ledger, from, end) } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_lowest_cut_since_any_time_is_found(heads in prop::collection::vec(0..20_u64, 1..40)) {
            let mut cuts = Cuts::default();
            for (index, &head) in heads.iter().enumerate() {
                cuts.note(index as u64 + 1, head);
                for epoch in 0..=index {
                    prop_assert_eq!(cuts.lowest_since(epoch as u64), heads[epoch..=index].iter().copied().min());
                }
                prop_assert_eq!(cuts.lowest_since(index as u64 + 1), None);
            }
        }
    }
}
