//! Stream, index and positions combined as in the vault: which calls store the index, and which only compute it.
//! It has no tokens and no storage.

use std::num::NonZeroU32;

use weir::math::index::{self, Position};
use weir::math::stream::Stream;
use weir::math::{MAX_STAKE, MAX_UNPAID_REWARD, U256};

/// A vault's state without tokens and storage. Times are seconds since deployment and never run backwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Vault {
    pub length: NonZeroU32,
    pub stream: Stream,
    pub index: U256,
    pub total: u128,
    pub positions: Vec<Position>,
    /// Funded and not claimed yet.
    pub reserve: u128,
}

impl Vault {
    /// An empty vault at the time `now`.
    pub fn new(length: NonZeroU32, now: u32, index: U256, stakers: usize) -> Self {
        Self {
            length,
            stream: Stream { updated: now, ..Stream::default() },
            index,
            total: 0,
            positions: vec![Position::default(); stakers],
            reserve: 0,
        }
    }

    /// The stream and the index as of `now`, with nothing stored.
    pub fn view(&self, now: u32) -> (Stream, U256) {
        let (stream, handed_out) = self.stream.advance(now, self.length, self.total > 0);
        (stream, index::advance(self.index, handed_out, self.total))
    }

    /// Stores the stream and the index as of `now`.
    pub fn settle(&mut self, now: u32) {
        (self.stream, self.index) = self.view(now);
    }

    pub fn deposit(&mut self, staker: usize, shares: u128, now: u32) {
        self.settle(now);
        self.positions[staker].add_shares(shares, self.index);
        self.total += shares;
    }

    pub fn withdraw(&mut self, staker: usize, shares: u128, now: u32) {
        self.settle(now);
        self.positions[staker].remove_shares(shares, self.index).expect("no more than it has");
        self.total -= shares;
    }

    /// Changes two positions at an index computed in memory, rounded up for the receiver.
    pub fn transfer(&mut self, from: usize, to: usize, shares: u128, now: u32) {
        let (_, index) = self.view(now);
        self.positions[from].remove_shares(shares, index).expect("no more than it has");
        self.positions[to].add_shares(shares, index.wrapping_add(U256::from(1)));
    }

    /// Pays at an index computed in memory. A claim without shares clears the position.
    pub fn claim(&mut self, staker: usize, now: u32) -> u128 {
        let (_, index) = self.view(now);
        let claimed = self.positions[staker].claim_or_close(index);
        self.reserve -= claimed;
        claimed
    }

    /// Queues `amount`; first moves to the current epoch if the last update was in an earlier one.
    pub fn fund(&mut self, amount: u128, now: u32) {
        if self.stream.epoch_has_ended(now, self.length) {
            self.settle(now);
        }
        self.stream.queued += amount;
        self.reserve += amount;
    }

    pub fn earned(&self, staker: usize, now: u32) -> u128 {
        self.positions[staker].earned(self.view(now).1)
    }

    pub fn room_for_stake(&self) -> u128 {
        MAX_STAKE - self.total
    }

    pub fn room_for_reward(&self) -> u128 {
        MAX_UNPAID_REWARD - self.reserve
    }
}
