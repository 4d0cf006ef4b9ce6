//! The chain's clock: system time plus an offset, and at most one timestamp set for the next block.

use serde::{Deserialize, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds of chain time from one L1 block to the next.
pub const L1_BLOCK_SECONDS: u64 = 12;

/// Tells the timestamps of the blocks to come. All times are in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Chain time minus system time.
    offset: i128,
    /// The timestamp that the next block will have.
    next: Option<u64>,
    /// Seconds from each block to the next, where these are set.
    interval: Option<u64>,
}

/// A clock that stands still, kept with a snapshot.
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

    /// The timestamp of a block mined now after one of `previous`: never below it, possibly equal.
    pub fn next_timestamp(&self, previous: u64) -> u64 {
        let then = || self.interval.map_or_else(|| self.now(), |interval| previous.saturating_add(interval));
        self.next.unwrap_or_else(then).max(previous)
    }

    /// Moves the clock forward; gives all that it is ahead of the system's by now.
    pub fn increase(&mut self, seconds: u64) -> i64 {
        self.offset = self.offset.saturating_add(i128::from(seconds)).min(i128::from(i64::MAX));
        self.offset as i64
    }

    /// Sets the clock; gives all that it is ahead of the system's by now.
    pub fn set(&mut self, now: u64) -> i64 {
        self.show(now);
        self.offset as i64
    }

    /// Sets the timestamp of the next block; the clock runs on from it afterwards.
    pub fn set_next(&mut self, timestamp: u64) {
        self.next = Some(timestamp);
    }

    /// A block with this timestamp was mined: a timestamp that was set is used up.
    pub fn mined(&mut self, timestamp: u64) {
        if self.next.take().is_some() || self.interval.is_some() {
            self.show(timestamp);
        }
    }

    /// Sets how far apart blocks are, or lets the time tell; gives whether they were set apart before.
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
    /// The clock as it was stopped, going on from the time it shows.
    pub fn start(self) -> Clock {
        Clock { next: self.next, interval: self.interval, ..Clock::starting_at(self.now) }
    }
}

/// The system's time in seconds since 1970.
pub fn system_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
