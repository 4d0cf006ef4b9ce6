//! The chain's clock: the system's time plus an offset.
//! The timestamp of the next block, or the interval between blocks, can be set.

use serde::{Deserialize, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};

/// Determines the timestamps of new blocks. All times are in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Chain time minus system time.
    offset: i128,
    /// The timestamp set for the next block.
    next: Option<u64>,
    /// The interval set between blocks, in seconds.
    interval: Option<u64>,
}

/// A stopped clock, kept with a snapshot.
#[derive(Clone, Copy, Debug)]
pub struct StoppedClock {
    now: u64,
    next: Option<u64>,
    interval: Option<u64>,
}

impl Clock {
    /// A clock that shows `now`.
    pub fn starting_at(now: u64) -> Self {
        Self { offset: i128::from(now) - i128::from(system_seconds()), next: None, interval: None }
    }

    /// The time on this chain.
    pub fn now(&self) -> u64 {
        let now = i128::from(system_seconds()) + self.offset;
        u64::try_from(now).unwrap_or(if now < 0 { 0 } else { u64::MAX })
    }

    /// The timestamp of a block mined now whose parent has the timestamp `previous`: at least `previous`.
    pub fn next_timestamp(&self, previous: u64) -> u64 {
        let then = || self.interval.map_or_else(|| self.now(), |interval| previous.saturating_add(interval));
        self.next.unwrap_or_else(then).max(previous)
    }

    /// Moves the clock forward; returns its total offset from system time.
    pub fn increase(&mut self, seconds: u64) -> i64 {
        self.offset = self.offset.saturating_add(i128::from(seconds)).min(i128::from(i64::MAX));
        self.offset as i64
    }

    /// Sets the clock; returns its total offset from system time.
    pub fn set(&mut self, now: u64) -> i64 {
        self.show(now);
        self.offset as i64
    }

    /// Sets the timestamp of the next block; the clock continues from it.
    pub fn set_next(&mut self, timestamp: u64) {
        self.next = Some(timestamp);
    }

    /// Notes that a block with this timestamp was mined, which uses up a timestamp set for the next block.
    pub fn mined(&mut self, timestamp: u64) {
        if self.next.take().is_some() || self.interval.is_some() {
            self.show(timestamp);
        }
    }

    /// Sets or removes the interval between blocks; returns whether one was set before.
    pub fn set_interval(&mut self, seconds: Option<u64>) -> bool {
        std::mem::replace(&mut self.interval, seconds).is_some()
    }

    fn show(&mut self, now: u64) {
        self.offset = Self::starting_at(now).offset;
    }

    pub fn stop(&self) -> StoppedClock {
        StoppedClock { now: self.now(), next: self.next, interval: self.interval }
    }
}

impl StoppedClock {
    /// A running clock that continues from the stopped time.
    pub fn start(self) -> Clock {
        Clock { next: self.next, interval: self.interval, ..Clock::starting_at(self.now) }
    }
}

/// The system's time in seconds since 1970.
pub fn system_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
