//! Snapshots: points that the whole chain (state, blocks, clock) can be taken back to.
//!
//! A snapshot is a position in the undo log. When the log drops what is too old, the first change of
//! every place since the snapshot moves over to it: however long the chain runs on, a snapshot needs
//! no more room than the places that have changed.

use super::{
    clock::StoppedClock,
    ledger::Ledger,
    undo::{Change, Mark, Merged},
};

#[derive(Clone, Debug)]
struct Snapshot {
    id: u64,
    mark: Mark,
    head: u64,
    clock: StoppedClock,
    /// Changes since `mark`, up to the next snapshot's, that the log no longer has.
    merged: Merged,
}

/// The snapshots that can be gone back to, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Snapshots {
    taken: Vec<Snapshot>,
    last_id: u64,
}

impl Snapshots {
    /// Id and latest block of each.
    pub fn list(&self) -> Vec<(u64, u64)> {
        self.taken.iter().map(|snapshot| (snapshot.id, snapshot.head)).collect()
    }

    /// No snapshots, and ids go on after `last_id`.
    pub fn after(last_id: u64) -> Self {
        Self { taken: Vec::new(), last_id }
    }

    pub const fn last_id(&self) -> u64 {
        self.last_id
    }

    /// Keeps a change that the log drops, if a snapshot needs it.
    pub fn keep(&mut self, at: Mark, change: Change) {
        let before = self.taken.partition_point(|snapshot| snapshot.mark <= at);
        if let Some(snapshot) = before.checked_sub(1).and_then(|index| self.taken.get_mut(index)) {
            snapshot.merged.entry(change.place()).or_insert(change);
        }
    }
}

impl Ledger {
    /// Remembers the chain as it is now; gives the id to come back with.
    pub fn snapshot(&mut self) -> u64 {
        let (mark, head, clock) = (self.state.mark(), self.head(), self.clock.stop());
        let snapshots = &mut self.snapshots;
        snapshots.last_id += 1;
        let id = snapshots.last_id;
        snapshots.taken.push(Snapshot { id, mark, head, clock, merged: Merged::default() });
        id
    }

    /// Takes the chain back to a snapshot, which is used up, as are all later ones.
    /// False if there is no such snapshot.
    pub fn revert(&mut self, id: u64) -> bool {
        let Some(index) = self.snapshots.taken.iter().position(|snapshot| snapshot.id == id) else {
            return false;
        };
        let mut dropped = self.snapshots.taken.split_off(index);
        let target = dropped.remove(0);
        self.state.undo_to(target.mark);
        if self.state.oldest() > target.mark {
            for snapshot in dropped.into_iter().rev() {
                self.restore(snapshot.merged);
            }
            self.restore(target.merged);
            self.state.rewind(target.mark);
        }
        self.truncate(target.head);
        self.clock = target.clock.start();
        true
    }

    fn restore(&mut self, merged: Merged) {
        for change in merged.into_values() {
            self.state.restore(change);
        }
    }
}
