//! Snapshots: points that the whole chain (state, blocks, clock) can return to.
//!
//! A snapshot is a position in the undo log. When the log drops old changes, the first change of every location since
//! the snapshot moves into the snapshot. So a snapshot needs space only for the locations that changed, however long
//! the chain runs.

use super::{
    clock::StoppedClock,
    undo::{Change, Mark, Merged},
};

/// A point to return to.
#[derive(Clone, Debug)]
pub struct Snapshot {
    id: u64,
    pub mark: Mark,
    /// The number of the latest block.
    pub head: u64,
    pub clock: StoppedClock,
    /// Changes that the log has dropped, from `mark` to the next snapshot's mark.
    pub merged: Merged,
}

/// All snapshots, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Snapshots {
    taken: Vec<Snapshot>,
    last_id: u64,
}

impl Snapshots {
    /// No snapshots; the next id is the one after `last_id`.
    pub fn after(last_id: u64) -> Self {
        Self { taken: Vec::new(), last_id }
    }

    /// Id and latest block of each snapshot.
    pub fn list(&self) -> Vec<(u64, u64)> {
        self.taken.iter().map(|snapshot| (snapshot.id, snapshot.head)).collect()
    }

    pub const fn last_id(&self) -> u64 {
        self.last_id
    }

    /// Adds a snapshot; returns its id.
    pub fn add(&mut self, mark: Mark, head: u64, clock: StoppedClock) -> u64 {
        self.last_id += 1;
        self.taken.push(Snapshot { id: self.last_id, mark, head, clock, merged: Merged::default() });
        self.last_id
    }

    /// Removes the snapshot `id` and all later ones; returns them, oldest first. Empty if there is no such snapshot.
    pub fn remove_from(&mut self, id: u64) -> Vec<Snapshot> {
        let found = self.taken.iter().position(|snapshot| snapshot.id == id);
        found.map(|index| self.taken.split_off(index)).unwrap_or_default()
    }

    /// Keeps a change that the log drops, if a snapshot needs it.
    pub fn keep(&mut self, at: Mark, change: Change) {
        let before = self.taken.partition_point(|snapshot| snapshot.mark <= at);
        if let Some(snapshot) = before.checked_sub(1).and_then(|index| self.taken.get_mut(index)) {
            snapshot.merged.entry(change.location()).or_insert(change);
        }
    }
}
