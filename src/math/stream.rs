//! The reward stream: what arrives in an epoch is queued and streams out linearly over the next one.
//!
//! Time is seconds since deployment, cut into epochs of `length` seconds. An epoch with reward *R* has handed
//! out *D(t) = ⌊R · (t − start) / length⌋* at time *t*, so it hands out exactly *R*.

use core::num::NonZeroU32;

use super::{
    U256,
    wide::{div, mul},
};

/// The stream as of `updated`. All amounts are base units of the reward token, each at most 2^111 − 1 with
/// their sum (see [`MAX_UNPAID_REWARD`](super::MAX_UNPAID_REWARD)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    /// Reward of the epoch that `updated` lies in.
    pub reward: u128,
    /// What has arrived in that epoch so far: the reward of the next.
    pub queued: u128,
    /// Up to when the stream has been handed out, in seconds since deployment.
    pub updated: u32,
}

impl Stream {
    /// Moves the stream on to `now`: the stream as of then, and what it handed out on the way.
    ///
    /// `staked` says whether anything was staked in all the time since `updated`; the caller moves the stream on before
    /// the total stake changes. While nothing is staked nothing is handed out: what would have been is queued again. Time that stands still or runs
    /// backwards changes nothing. Costs the same however many epochs have passed.
    pub fn advance(self, now: u32, length: NonZeroU32, staked: bool) -> (Self, u128) {
        if now <= self.updated {
            return (self, 0);
        }
        let handed_out = streamed(self.reward, self.updated % length, length);
        if now / length == self.updated / length {
            let due = streamed(self.reward, now % length, length) - handed_out;
            return self.hand_out(now, due, staked);
        }
        let rest = self.reward - handed_out;
        if staked { self.roll_staked(now, length, rest) } else { self.roll_unstaked(now, length, rest) }
    }

    /// Whether `now` lies in a later epoch than the last update.
    pub fn epoch_has_ended(&self, now: u32, length: NonZeroU32) -> bool {
        now / length > self.updated / length
    }

    fn hand_out(self, now: u32, due: u128, staked: bool) -> (Self, u128) {
        if staked {
            return (Self { updated: now, ..self }, due);
        }
        (Self { updated: now, queued: self.queued + due, ..self }, 0)
    }

    /// Into a later epoch with stakers: the rest of the old one is due, and the queue is the next one's reward.
    fn roll_staked(self, now: u32, length: NonZeroU32, rest: u128) -> (Self, u128) {
        let next = self.updated / length + 1;
        if now / length > next {
            return (Self { reward: 0, queued: 0, updated: now }, rest + self.queued);
        }
        let due = streamed(self.queued, now % length, length);
        (Self { reward: self.queued, queued: 0, updated: now }, rest + due)
    }

    /// Into a later epoch without stakers: rest and queue roll on from epoch to epoch whole, and of the last
    /// one what has streamed by already is queued once more.
    fn roll_unstaked(self, now: u32, length: NonZeroU32, rest: u128) -> (Self, u128) {
        let reward = self.queued + rest;
        let queued = streamed(reward, now % length, length);
        (Self { reward, queued, updated: now }, 0)
    }
}

/// `⌊reward · elapsed / length⌋` for `elapsed < length`.
#[inline(never)]
fn streamed(reward: u128, elapsed: u32, length: NonZeroU32) -> u128 {
    let whole = div(mul(U256::from(elapsed), U256::from(reward)), U256::from(length.get()));
    let [low, high, ..] = *whole.as_limbs();
    u128::from(low) | u128::from(high) << 64
}
