//! The undo log: the values that changes of the state overwrote, oldest first.
//!
//! Dropping old entries does not change the positions of the others, so a block or a snapshot only stores the position
//! at which it ended.

use super::account::Account;
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

/// The part of the state that a [`Change`] overwrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    Account(Address),
    Slot(Address, U256),
}

impl Change {
    pub const fn location(&self) -> Location {
        match *self {
            Self::Account { address, .. } => Location::Account(address),
            Self::Slot { address, slot, .. } => Location::Slot(address, slot),
        }
    }
}

/// The first change of every location in a range of the log: enough to undo the whole range.
pub type Merged = HashMap<Location, Change>;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct UndoLog {
    changes: VecDeque<Change>,
    start: Mark,
}

impl UndoLog {
    /// The oldest position that the log can undo to.
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

    /// Removes and returns the latest change, unless its position is below `mark`.
    pub fn pop(&mut self, mark: Mark) -> Option<Change> {
        if self.end() <= mark {
            return None;
        }
        self.changes.pop_back()
    }

    /// Removes and returns the oldest change with its position, unless that is `mark` or above.
    pub fn forget(&mut self, mark: Mark) -> Option<(Mark, Change)> {
        if self.start >= mark {
            return None;
        }
        let change = self.changes.pop_front()?;
        self.start += 1;
        Some((self.start - 1, change))
    }

    /// Moves the end of the empty log to `mark`, after the changes above it were undone by other means.
    pub fn rewind(&mut self, mark: Mark) {
        debug_assert!(self.changes.is_empty(), "changes must be undone before the log is rewound");
        self.start = mark;
    }

    /// The first change of `location` since `mark`, which must not be below [`start`](Self::start).
    pub fn first_since(&self, mark: Mark, location: Location) -> Option<&Change> {
        let skip = mark.saturating_sub(self.start) as usize;
        self.changes.range(skip.min(self.changes.len())..).find(|change| change.location() == location)
    }
}
