//! One vault, composed of the contracts' own arithmetic as the contract composes it.
//!
//! Amounts are base units, times are seconds since the vault's deployment. `--on-chain` compares it with the contract.

use std::num::NonZeroU32;

use anyhow::{Result, ensure};
use weir::math::{
    MAX_STAKE, MAX_UNPAID_REWARD, U256,
    auction::{self, MAX_RECORDED_PRICE},
    index::{self, Position},
    stream::Stream,
};

use crate::config::Payout;

/// Immutable settings of a vault.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub epoch_length: NonZeroU32,
    pub payout: Payout,
    /// Seconds.
    pub target_period: u32,
    /// Wad.
    pub smoothing: u64,
    /// Base units of the reward token, at least 1.
    pub first_price: u128,
}

/// The state of a vault. Stakers are numbers.
#[derive(Clone, Debug)]
pub struct Vault {
    terms: Terms,
    stream: Stream,
    index: U256,
    total: u128,
    positions: Vec<Position>,
    reserve: u128,
    last_claims: u128,
    last_price: U256,
    last_sale: u32,
    /// Balance of the yield token, in base units.
    unsold: u128,
    recent: Recent,
}

/// Reward that arrived in this and in the previous epoch, for the epoch reward of a vault without a queue.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    epoch: u32,
    current: u128,
    previous: u128,
}

impl Recent {
    fn at(self, epoch: u32) -> Self {
        match epoch - self.epoch {
            0 => self,
            1 => Self { epoch, current: 0, previous: self.current },
            _ => Self { epoch, current: 0, previous: 0 },
        }
    }
}

impl Vault {
    /// An empty vault at second 0.
    pub fn new(terms: Terms, stakers: usize) -> Self {
        Self {
            terms,
            stream: Stream::default(),
            index: U256::ZERO,
            total: 0,
            positions: vec![Position::default(); stakers],
            reserve: 0,
            last_claims: 0,
            last_price: U256::from(terms.first_price),
            last_sale: 0,
            unsold: 0,
            recent: Recent::default(),
        }
    }

    /// *S*, in base units of the asset.
    pub fn total_stake(&self) -> u128 {
        self.total
    }

    /// Stake of `staker`.
    pub fn stake(&self, staker: usize) -> u128 {
        self.positions[staker].shares()
    }

    /// Reward that is credited, but not paid out.
    pub fn reserve(&self) -> u128 {
        self.reserve
    }

    /// Number of claims by stakers without a stake. Each loses less than a base unit to rounding.
    pub fn last_claims(&self) -> u128 {
        self.last_claims
    }

    /// Price of the last sale, in base units of the reward token.
    pub fn last_price(&self) -> U256 {
        self.last_price
    }

    /// Time of the last sale.
    pub fn last_sale(&self) -> u32 {
        self.last_sale
    }

    /// Stream and index as of `now`, without storing them.
    pub fn accrued(&self, now: u32) -> (Stream, U256) {
        if self.terms.payout == Payout::AtOnce {
            return (self.stream, self.index);
        }
        let (stream, handed_out) = self.stream.advance(now, self.terms.epoch_length, self.total > 0);
        (stream, index::advance(self.index, handed_out, self.total))
    }

    /// *R*: reward of the epoch of `now`. Without a queue it cannot be known, so it is the reward of the previous
    /// epoch.
    pub fn epoch_reward(&self, now: u32) -> u128 {
        match self.terms.payout {
            Payout::Queue => self.accrued(now).0.reward,
            Payout::AtOnce => self.recent.at(self.epoch(now)).previous,
        }
    }

    /// Reward that is credited, but not yet distributed as of `now`.
    pub fn undistributed(&self, now: u32) -> u128 {
        let stream = self.accrued(now).0;
        match self.terms.payout {
            Payout::Queue => {
                // The rest of the running epoch: what it would distribute by its end.
                let end = (now / self.terms.epoch_length + 1) * self.terms.epoch_length.get();
                stream.queued + Stream { queued: 0, ..stream }.advance(end, self.terms.epoch_length, true).1
            }
            Payout::AtOnce => stream.queued,
        }
    }

    /// Claimable reward of `staker` at this index.
    pub fn earned(&self, staker: usize, index: U256) -> u128 {
        self.positions[staker].earned(index)
    }

    /// `deposit`.
    ///
    /// # Errors
    /// If the total stake would exceed its bound.
    pub fn deposit(&mut self, staker: usize, amount: u128, now: u32) -> Result<()> {
        let room = MAX_STAKE - self.total;
        ensure!(
            amount <= room,
            "a deposit of {amount} base units exceeds the {room} that still fit into the vault: take smaller budgets"
        );
        self.settle(now);
        self.positions[staker].add_shares(amount, self.index);
        self.total += amount;
        Ok(())
    }

    /// `redeem` of the whole stake of `staker`, which it returns.
    pub fn redeem_all(&mut self, staker: usize, now: u32) -> u128 {
        let stake = self.stake(staker);
        if stake == 0 {
            return 0;
        }
        self.settle(now);
        if self.positions[staker].remove_shares(stake, self.index).is_none() {
            return 0;
        }
        self.total -= stake;
        stake
    }

    /// `claim`. Returns the reward it pays.
    pub fn claim(&mut self, staker: usize, now: u32) -> u128 {
        let (_, index) = self.accrued(now);
        let paid = self.positions[staker].claim_or_close(index);
        self.reserve -= paid;
        self.last_claims += u128::from(paid != 0 && self.stake(staker) == 0);
        paid
    }

    /// Credits reward that arrived, as `fund`, `sync` and a sale do.
    ///
    /// # Errors
    /// If the unpaid rewards would exceed their bound.
    pub fn credit(&mut self, amount: u128, now: u32) -> Result<()> {
        let room = MAX_UNPAID_REWARD - self.reserve;
        ensure!(
            amount <= room,
            "a reward of {amount} base units exceeds the {room} that still fit into the vault: take less yield"
        );
        if self.stream.epoch_has_ended(now, self.terms.epoch_length) {
            self.settle(now);
        }
        self.stream.queued += amount;
        self.reserve += amount;
        self.recent = self.recent.at(self.epoch(now));
        self.recent.current += amount;
        if self.terms.payout == Payout::AtOnce {
            self.hand_out_at_once();
        }
        Ok(())
    }

    /// Adds yield tokens that arrived.
    pub fn accrue_yield(&mut self, amount: u128) {
        self.unsold += amount;
    }

    /// Balance of the yield token.
    pub fn unsold(&self) -> u128 {
        self.unsold
    }

    /// The lot: the amount for sale now, in base units of the yield token.
    pub fn lot(&self) -> u128 {
        let lot = auction::available(U256::from(self.unsold), self.terms.smoothing);
        // The lot never exceeds `unsold`, so this conversion cannot fail.
        u128::try_from(lot).unwrap_or(self.unsold)
    }

    /// Price of the lot at `now`, in base units of the reward token.
    pub fn price(&self, now: u32) -> U256 {
        let elapsed = u64::from(now.saturating_sub(self.last_sale));
        auction::price(u64::from(self.terms.target_period), self.last_price, elapsed)
    }

    /// The first second, not before `from`, whose price is at most `limit`; `None` if there is none.
    pub fn first_second_at(&self, limit: u128, from: u32) -> Option<u32> {
        let (period, since) = (u64::from(self.terms.target_period), u64::from(self.last_sale));
        let first = auction::first_second_at_most(period, self.last_price, since, U256::from(limit))?;
        u32::try_from(first).ok().map(|first| first.max(from))
    }

    /// `swapExactAmountOut` of the whole lot. Returns lot and price.
    ///
    /// # Errors
    /// As [`credit`](Self::credit).
    pub fn sell(&mut self, now: u32) -> Result<(u128, u128)> {
        let (lot, price) = (self.lot(), self.price(now));
        let paid = u128::try_from(price).unwrap_or(u128::MAX);
        self.credit(paid, now)?;
        self.unsold -= lot;
        (self.last_price, self.last_sale) = (price.min(MAX_RECORDED_PRICE), now);
        Ok((lot, paid))
    }

    fn settle(&mut self, now: u32) {
        (self.stream, self.index) = self.accrued(now);
    }

    /// Distributes the queued reward to the stakers. Without a stake it stays in the queue.
    fn hand_out_at_once(&mut self) {
        if self.total > 0 {
            self.index = index::advance(self.index, self.stream.queued, self.total);
            self.stream.queued = 0;
        }
    }

    fn epoch(&self, now: u32) -> u32 {
        now / self.terms.epoch_length
    }
}
