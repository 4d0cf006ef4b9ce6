//! The exact model: rewards as rationals, and a stream that is stepped second by second.
//! It is written from the formulas, not from the code. `tests/arithmetic` and `tests/e2e` include it.

pub mod exact;
#[allow(dead_code, reason = "only the random run on the devnode has a whole vault")]
pub mod terms;
#[allow(dead_code, reason = "only the random run on the devnode has tokens")]
pub mod token;
#[allow(dead_code, reason = "only the random run on the devnode has a whole vault")]
pub mod vault;

use std::num::NonZeroU32;

use num_bigint::BigInt;
use num_rational::BigRational;
use weir::math::stream::Stream;

use exact::{floor, ratio};

/// Stakers and their exact rewards: of each amount handed out, the share of their stake at that time.
///
/// All rewards have one denominator and are not reduced: as exact as rationals, without the cost of reducing them.
#[derive(Clone)]
pub struct ExactLedger {
    stakes: Vec<u128>,
    numerators: Vec<BigInt>,
    denominator: BigInt,
}

impl ExactLedger {
    pub fn new(stakers: usize) -> Self {
        Self {
            stakes: vec![0; stakers],
            numerators: vec![BigInt::ZERO; stakers],
            denominator: BigInt::from(1),
        }
    }

    pub fn stake(&self, staker: usize) -> u128 {
        self.stakes[staker]
    }

    pub fn total(&self) -> u128 {
        self.stakes.iter().sum()
    }

    pub fn deposit(&mut self, staker: usize, shares: u128) {
        self.stakes[staker] += shares;
    }

    pub fn withdraw(&mut self, staker: usize, shares: u128) {
        self.stakes[staker] -= shares;
    }

    /// Distributes `amount` by the current stakes. Does nothing if it is 0.
    pub fn hand_out(&mut self, amount: &BigInt) {
        if *amount == BigInt::ZERO {
            return;
        }
        let total = BigInt::from(self.total());
        assert!(total > BigInt::ZERO, "there is no staker to hand out to");
        if &self.denominator % &total != BigInt::ZERO {
            self.denominator *= &total;
            self.numerators.iter_mut().for_each(|numerator| *numerator *= &total);
        }
        let per_share = amount * (&self.denominator / &total);
        for (numerator, stake) in self.numerators.iter_mut().zip(&self.stakes) {
            *numerator += &per_share * BigInt::from(*stake);
        }
    }

    /// The exact sum of all rewards of `staker`.
    pub fn reward(&self, staker: usize) -> BigRational {
        BigRational::new_raw(self.numerators[staker].clone(), self.denominator.clone())
    }
}

/// A reward stream by definition: in each second of an epoch the reward handed out so far rises to
/// `⌊R · seconds / L⌋`, or that rise is queued if there is no stake; at the epoch's end the queue becomes the next R.
#[derive(Clone)]
pub struct SecondBySecond {
    pub reward: BigInt,
    pub queued: BigInt,
    pub now: u32,
    length: u32,
}

impl SecondBySecond {
    pub fn new(length: NonZeroU32, stream: Stream) -> Self {
        Self {
            reward: stream.reward.into(),
            queued: stream.queued.into(),
            now: stream.updated,
            length: length.get(),
        }
    }

    /// Steps to `now` and returns what was handed out.
    pub fn run_to(&mut self, now: u32, staked: bool) -> BigInt {
        let mut handed_out = BigInt::ZERO;
        while self.now < now {
            let due = self.next_second();
            *(if staked { &mut handed_out } else { &mut self.queued }) += due;
            self.end_epoch();
        }
        handed_out
    }

    /// What this epoch's reward has handed out so far, or queued in unstaked time.
    pub fn streamed(&self) -> BigInt {
        self.after(self.now % self.length)
    }

    fn next_second(&mut self) -> BigInt {
        let second = self.now % self.length;
        self.now += 1;
        self.after(second + 1) - self.after(second)
    }

    fn after(&self, seconds: u32) -> BigInt {
        floor(&ratio(&self.reward * seconds, self.length))
    }

    fn end_epoch(&mut self) {
        if self.now.is_multiple_of(self.length) {
            self.reward = std::mem::take(&mut self.queued);
        }
    }
}
