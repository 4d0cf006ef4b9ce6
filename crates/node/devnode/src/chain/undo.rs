//! The undo log: what every change of the state overwrote, oldest first.
//!
//! Positions in the log never change while older entries are dropped, so a block or a snapshot is
//! remembered by the position at which it ended.

use super::state::Account;
use alloy_primitives::{Address, U256, map::HashMap};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// A position in the log, counted from the chain's start.
pub type Mark = u64;

/// One overwritten value.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Change {
    Account { address: Address, before: Account },
    Slot { address: Address, slot: U256, before: U256 },
}

/// What a [`Change`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    Account(Address),
    Slot(Address, U256),
}

impl Change {
    pub const fn place(&self) -> Place {
        match *self {
            Self::Account { address, .. } => Place::Account(address),
            Self::Slot { address, slot, .. } => Place::Slot(address, slot),
        }
    }
}

/// The first change of every place in a stretch of the log: enough to undo the whole stretch.
pub type Merged = HashMap<Place, Change>;

/// The log.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct UndoLog {
    changes: VecDeque<Change>,
    start: Mark,
}

impl UndoLog {
    /// The oldest position that can be gone back to.
    pub const fn start(&self) -> Mark {
        self.start
    }

    /// The position of the next change.
    pub fn end(&self) -> Mark {
        self.start + self.changes.len() as u64
    }

    pub fn push(&mut self, change: Change) {
        self.changes.push_back(change);
    }

    /// Takes back the latest change, unless it lies before `mark`.
    pub fn pop(&mut self, mark: Mark) -> Option<Change> {
        if self.end() <= mark {
            return None;
        }
        self.changes.pop_back()
    }

    /// Drops the oldest change, unless it lies at `mark` or later; gives it with its position.
    pub fn forget(&mut self, mark: Mark) -> Option<(Mark, Change)> {
        if self.start >= mark {
            return None;
        }
        let change = self.changes.pop_front()?;
        self.start += 1;
        Some((self.start - 1, change))
    }

    /// Says that the log, now empty, ends at `mark`: what lay between was undone by other means.
    pub fn rewind(&mut self, mark: Mark) {
        debug_assert!(self.changes.is_empty(), "changes must be undone before the log is rewound");
        self.start = mark;
    }

    /// What `place` held at `mark`, if it has changed since. `mark` must not lie before [`start`](Self::start).
    pub fn first_since(&self, mark: Mark, place: Place) -> Option<&Change> {
        let skip = mark.saturating_sub(self.start) as usize;
        self.changes.range(skip.min(self.changes.len())..).find(|change| change.place() == place)
    }
}
