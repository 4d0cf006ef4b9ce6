//! Shares and rewards of all stakers, as in `weir::components::ledger`.

use core::num::NonZeroU32;

use alloy_primitives::{aliases::U112, Address, U256, U32};
use weir::math::{
    index::{self, Position},
    stream::Stream,
    MAX_STAKE, MAX_UNPAID_REWARD,
};

use crate::Vault;

/// The time of a call, in seconds since deployment.
#[derive(Clone, Copy)]
pub struct Clock {
    pub now: u32,
    pub epoch_length: NonZeroU32,
}

/// The global state as of now. The stream's queue is valid only if `queue_read`.
pub struct Accrual {
    pub index: U256,
    total_shares: u128,
    stream: Stream,
    queue_read: bool,
}

impl Vault {
    pub(crate) fn position(&self, account: Address) -> Position {
        let staker = self.stakers.getter(account);
        Position::new(staker.shares.get().to(), staker.debt.get())
    }

    fn set_position(&mut self, account: Address, position: Position) {
        let mut staker = self.stakers.setter(account);
        staker.shares.set(U112::from(position.shares()));
        staker.debt.set(position.debt());
    }

    /// Rewards credited and not yet paid out.
    pub(crate) fn reserve(&self) -> u128 {
        self.unpaid.get().wrapping_add(self.queued.get()).to()
    }

    /// The global state as of now. Writes nothing.
    pub(crate) fn accrue(&self, clock: Clock) -> Accrual {
        let total_shares = self.total_shares.get().to();
        let mut stream =
            Stream { reward: self.epoch_reward.get().to(), queued: 0, updated: self.updated.get().to() };
        let is_staked = total_shares != 0;
        let queue_read = !is_staked || stream.epoch_has_ended(clock.now, clock.epoch_length);
        if queue_read {
            stream.queued = self.queued.get().to();
        }
        let (stream, handed_out) = stream.advance(clock.now, clock.epoch_length, is_staked);
        let index = index::advance(self.index.get(), handed_out, total_shares);
        Accrual { index, total_shares, stream, queue_read }
    }

    /// Adds `shares` to `account`; fails with what still fits.
    pub(crate) fn mint(&mut self, account: Address, shares: U256, clock: Clock) -> Result<(), u128> {
        let mut accrual = self.accrue(clock);
        let shares = at_most(shares, MAX_STAKE - accrual.total_shares)?;
        let mut position = self.position(account);
        position.add_shares(shares, accrual.index);
        self.set_position(account, position);
        accrual.total_shares += shares;
        self.commit(&accrual, clock);
        Ok(())
    }

    /// Removes `shares` from `account`; fails with its balance.
    pub(crate) fn burn(&mut self, account: Address, shares: U256, clock: Clock) -> Result<(), u128> {
        let mut position = self.position(account);
        let shares = at_most(shares, position.shares())?;
        let mut accrual = self.accrue(clock);
        position.remove_shares(shares, accrual.index).ok_or(position.shares())?;
        self.set_position(account, position);
        accrual.total_shares -= shares;
        self.commit(&accrual, clock);
        Ok(())
    }

    /// Takes what `account` can claim out of its position and the reserve.
    pub(crate) fn take_reward(&mut self, account: Address, clock: Clock) -> u128 {
        let mut position = self.position(account);
        let amount = position.claim_or_close(self.accrue(clock).index);
        if amount != 0 {
            self.set_position(account, position);
            self.unpaid.update_wrap_sub(U112::from(amount));
        }
        amount
    }

    /// Queues `surplus`, or as much of it as fits, but at least `least`; fails with what is unpaid.
    pub(crate) fn credit(&mut self, surplus: U256, least: U256, clock: Clock) -> Result<U256, u128> {
        let reserve = self.reserve();
        let room = MAX_UNPAID_REWARD - reserve;
        let credited = surplus.min(U256::from(room)).max(least);
        let amount = at_most(credited, room).map_err(|_| reserve)?;
        if self.queue_epoch.get().to::<u32>() < clock.now / clock.epoch_length {
            let accrual = self.accrue(clock);
            self.commit(&accrual, clock);
        }
        self.queued.update_wrap_add(U112::from(amount));
        Ok(credited)
    }

    fn commit(&mut self, accrual: &Accrual, clock: Clock) {
        self.total_shares.set(U112::from(accrual.total_shares));
        self.epoch_reward.set(U112::from(accrual.stream.reward));
        self.updated.set(U32::from(accrual.stream.updated));
        self.index.set(accrual.index);
        if accrual.queue_read {
            let queued = U112::from(accrual.stream.queued);
            let moved = self.queued.get().wrapping_sub(queued);
            self.unpaid.update_wrap_add(moved);
            self.queue_epoch.set(U32::from(clock.now / clock.epoch_length));
            self.queued.set(queued);
        }
    }
}

/// `amount` as 128 bits, if it is at most `limit`.
fn at_most(amount: U256, limit: u128) -> Result<u128, u128> {
    u128::try_from(amount).ok().filter(|amount| *amount <= limit).ok_or(limit)
}
