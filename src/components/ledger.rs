//! Shares and rewards of all stakers, and the last sale: the slots A, B, C, D and P of the storage plan (`docs/storage.md`).
//!
//! A and B are written only when the total stake changes or reward arrives in a later epoch than they were
//! last written in. Everything else computes the index in memory and leaves them as they are.

use core::num::NonZeroU32;

use alloy_primitives::{Address, U256};
use stylus_sdk::host::VM;

use super::{
    auction::Sale,
    storage::Slot,
    word::{pack, unpack},
};
use crate::math::{
    MAX_STAKE, MAX_UNPAID_REWARD,
    auction::MAX_RECORDED_PRICE,
    index::{self, Position},
    stream::Stream,
};

/// Bits of a stake, of an epoch's reward, of the queue and of the reserve.
const AMOUNT_BITS: usize = 112;
/// Bits of a time in seconds since deployment.
const TIME_BITS: usize = 32;

/// A: total shares u112, reward of the epoch u112, last update u32 (seconds since deployment).
const EPOCH: Slot = Slot::fixed(0);
/// B: reward per share, Q128, modulo 2^256.
const INDEX: Slot = Slot::fixed(1);
/// C: unpaid rewards less the queue u112, modulo 2^112; epoch of the queue u32.
const UNPAID: Slot = Slot::fixed(2);
/// D: queued u112, time of the last sale u40 (Unix seconds), its price u104 (base units of the reward token). A sale queues
/// its price, so both stand in one slot.
const QUEUE: Slot = Slot::fixed(6);
const QUEUE_MASK: U256 = U256::from_limbs([u64::MAX, (1 << 48) - 1, 0, 0]);
const SALE_TIME_AT: usize = AMOUNT_BITS;
const SALE_TIME_BITS: usize = 40;
const SALE_PRICE_AT: usize = SALE_TIME_AT + SALE_TIME_BITS;
/// P, the tag of the map from stakers: shares u112, debt u144.
const POSITIONS: u32 = 1;

/// The ledger of the program that runs in `vm`.
#[derive(Clone)]
pub struct Ledger {
    vm: VM,
}

/// Where in time a call stands.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Seconds since deployment. Stands still at 2^32 − 1 (136 years): rewards end there, principal does not.
    pub now: u32,
    /// Seconds an epoch.
    pub epoch_length: NonZeroU32,
}

impl Clock {
    /// Number of the current epoch.
    pub fn epoch(self) -> u32 {
        self.now / self.epoch_length
    }
}

/// The global state moved on to now.
pub struct Accrual {
    /// Sum of all shares.
    pub total_shares: u128,
    /// Reward per share, Q128, modulo 2^256.
    pub index: U256,
    /// The stream as of now. Its queue is to be relied on only if `queue_read`.
    stream: Stream,
    /// Whether the queue had to be read: an epoch has ended, or nobody is staked.
    queue_read: bool,
}

/// Slot C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unpaid {
    /// Credited, not yet paid out and not in the queue; base units of the reward token, modulo 2^112. A queue that nobody
    /// has rolled on yet may be paid out of already: then this is below zero, and the sum with the queue is right.
    rest: u128,
    /// Number of the epoch that A was last updated in. So reward that arrives in the same epoch needs not look at A.
    epoch: u32,
}

/// An amount is above what there is (a balance) or what fits (a bound): which is the figure held here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeds(pub u128);

impl Ledger {
    /// The ledger of the program that runs in `vm`.
    pub fn new(vm: VM) -> Self {
        Self { vm }
    }

    /// Sum of all shares, in base units of the asset.
    pub fn total_shares(&self) -> u128 {
        unpack(EPOCH.load(&self.vm), 0, AMOUNT_BITS)
    }

    /// Shares of `account`.
    pub fn shares(&self, account: Address) -> u128 {
        self.position(account).shares()
    }

    /// What `account` could claim now. Rounds down.
    pub fn earned(&self, account: Address, clock: Clock) -> u128 {
        self.position(account).earned(self.accrue(clock).index)
    }

    /// Rewards credited and not yet paid out, in base units; at most 2^111 − 1.
    pub fn reserve(&self) -> u128 {
        reserve(self.unpaid().rest, self.queued())
    }

    /// The last sale, or what the constructor set in its place.
    pub fn last_sale(&self) -> Sale {
        let word = QUEUE.load(&self.vm);
        Sale {
            price: U256::from(unpack(word, SALE_PRICE_AT, 256 - SALE_PRICE_AT)),
            time: unpack(word, SALE_TIME_AT, SALE_TIME_BITS) as u64,
        }
    }

    /// Records a sale: a price above 2^104 − 1 as that, a time above 2^40 − 1 (the year 36 812) as that.
    pub fn record_sale(&mut self, sale: Sale) {
        let time = sale.time.min((1 << SALE_TIME_BITS) - 1);
        let price = sale.price.min(MAX_RECORDED_PRICE) << SALE_PRICE_AT;
        let word = QUEUE.load(&self.vm) & QUEUE_MASK;
        QUEUE.store(&self.vm, word | pack(u128::from(time), SALE_TIME_AT) | price);
    }

    /// The stream as of now, its queue included.
    pub fn stream(&self, clock: Clock) -> Stream {
        let accrual = self.accrue(clock);
        let queued = if accrual.queue_read { accrual.stream.queued } else { self.queued() };
        Stream { queued, ..accrual.stream }
    }

    /// Moves the global state on to now, in memory.
    pub fn accrue(&self, clock: Clock) -> Accrual {
        let word = EPOCH.load(&self.vm);
        let total_shares = unpack(word, 0, AMOUNT_BITS);
        let mut stream = Stream {
            reward: unpack(word, AMOUNT_BITS, AMOUNT_BITS),
            queued: 0,
            updated: unpack(word, 2 * AMOUNT_BITS, TIME_BITS) as u32,
        };
        let staked = total_shares != 0;
        let queue_read = !staked || stream.epoch_has_ended(clock.now, clock.epoch_length);
        if queue_read {
            stream.queued = self.queued();
        }
        let (stream, handed_out) = stream.advance(clock.now, clock.epoch_length, staked);
        let index = index::advance(INDEX.load(&self.vm), handed_out, total_shares);
        Accrual { total_shares, index, stream, queue_read }
    }

    /// Adds `shares` to `account`. Writes A, B and P, and C and D if the queue moved.
    ///
    /// # Errors
    /// The room left below 2^112 − 1, if that is less.
    pub fn mint(&mut self, account: Address, shares: U256, clock: Clock) -> Result<u128, Exceeds> {
        let mut accrual = self.accrue(clock);
        let shares = at_most(shares, MAX_STAKE - accrual.total_shares)?;
        let mut position = self.position(account);
        position.add_shares(shares, accrual.index);
        self.set_position(account, position);
        accrual.total_shares += shares;
        self.commit(&accrual, clock);
        Ok(shares)
    }

    /// Removes `shares` from `account`; its pending reward stays. Writes A, B and P, and C and D if the queue moved.
    ///
    /// # Errors
    /// The account's balance, if that is less.
    pub fn burn(&mut self, account: Address, shares: U256, clock: Clock) -> Result<u128, Exceeds> {
        let mut position = self.position(account);
        let shares = at_most(shares, position.shares())?;
        let mut accrual = self.accrue(clock);
        position.remove_shares(shares, accrual.index).ok_or(Exceeds(position.shares()))?;
        self.set_position(account, position);
        accrual.total_shares -= shares;
        self.commit(&accrual, clock);
        Ok(shares)
    }

    /// Moves `shares` from one account to another; pending rewards stay where they were earned. Writes two P.
    ///
    /// # Errors
    /// The sender's balance, if that is less.
    pub fn transfer(
        &mut self,
        from: Address,
        to: Address,
        shares: U256,
        clock: Clock,
    ) -> Result<(), Exceeds> {
        let mut sender = self.position(from);
        let shares = at_most(shares, sender.shares())?;
        if from == to || shares == 0 {
            return Ok(());
        }
        let index = self.accrue(clock).index;
        sender.remove_shares(shares, index).ok_or(Exceeds(sender.shares()))?;
        self.set_position(from, sender);
        let mut receiver = self.position(to);
        // Rounded up for the receiver: this index is not stored, and the next one, rounded down from the stored
        // one once and not twice, may rise by up to one step more than was handed out since.
        receiver.add_shares(shares, index.wrapping_add(U256::ONE));
        self.set_position(to, receiver);
        Ok(())
    }

    /// Takes what `account` can claim out of its position and the reserve. Writes P and C, or nothing if it is 0.
    /// Clears P if no shares are left.
    pub fn claim(&mut self, account: Address, clock: Clock) -> u128 {
        let mut position = self.position(account);
        // A slot that is cleared gives 4 800 gas back.
        let amount = position.claim_or_close(self.accrue(clock).index);
        if amount == 0 {
            return 0;
        }
        self.set_position(account, position);
        let unpaid = self.unpaid();
        self.set_unpaid(Unpaid { rest: unpaid.rest.wrapping_sub(amount), ..unpaid });
        amount
    }

    /// Queues `surplus` of new reward for the next epoch, or as much of it as there is room for, but at least `least`.
    /// Returns how much. Writes D, and in a later epoch than the last update A, B and C.
    ///
    /// # Errors
    /// The unpaid rewards, if they would pass 2^111 − 1 by `least`.
    pub fn credit(&mut self, surplus: U256, least: U256, clock: Clock) -> Result<U256, Exceeds> {
        let Unpaid { rest, epoch } = self.unpaid();
        let reserve = reserve(rest, self.queued());
        let room = MAX_UNPAID_REWARD - reserve;
        let credited = surplus.min(U256::from(room)).max(least);
        let amount = at_most(credited, room).map_err(|_| Exceeds(reserve))?;
        // Into the current epoch first, so that what is queued from now on counts as arrived in it.
        if epoch < clock.epoch() {
            let accrual = self.accrue(clock);
            self.commit(&accrual, clock);
        }
        // The sum stays within the queue's bits, which are the lowest.
        QUEUE.store(&self.vm, QUEUE.load(&self.vm).wrapping_add(U256::from(amount)));
        Ok(credited)
    }

    fn commit(&mut self, accrual: &Accrual, clock: Clock) {
        let Stream { reward, queued, updated } = accrual.stream;
        let word = pack(accrual.total_shares, 0)
            | pack(reward, AMOUNT_BITS)
            | pack(u128::from(updated), 2 * AMOUNT_BITS);
        EPOCH.store(&self.vm, word);
        INDEX.store(&self.vm, accrual.index);
        if accrual.queue_read {
            // What leaves the queue joins the rest: what is unpaid stays the same.
            let rest = self.unpaid().rest.wrapping_add(self.queued()).wrapping_sub(queued);
            self.set_unpaid(Unpaid { rest, epoch: clock.epoch() });
            self.set_queued(queued);
        }
    }

    fn position(&self, account: Address) -> Position {
        Position::from_word(Slot::of_account(POSITIONS, account).load(&self.vm))
    }

    fn set_position(&mut self, account: Address, position: Position) {
        Slot::of_account(POSITIONS, account).store(&self.vm, position.word());
    }

    fn unpaid(&self) -> Unpaid {
        let word = UNPAID.load(&self.vm);
        Unpaid { rest: unpack(word, 0, AMOUNT_BITS), epoch: unpack(word, AMOUNT_BITS, TIME_BITS) as u32 }
    }

    fn set_unpaid(&mut self, Unpaid { rest, epoch }: Unpaid) {
        UNPAID.store(&self.vm, pack(rest & MAX_STAKE, 0) | pack(u128::from(epoch), AMOUNT_BITS));
    }

    fn queued(&self) -> u128 {
        unpack(QUEUE.load(&self.vm), 0, AMOUNT_BITS)
    }

    fn set_queued(&mut self, queued: u128) {
        QUEUE.store(&self.vm, QUEUE.load(&self.vm) & !QUEUE_MASK | U256::from(queued));
    }
}

/// What is unpaid in all: less than 2^112, so that it is right whatever wrapped on the way.
fn reserve(rest: u128, queued: u128) -> u128 {
    rest.wrapping_add(queued) & MAX_STAKE
}

/// `amount` as 128 bits, if it is at most `bound`.
fn at_most(amount: U256, bound: u128) -> Result<u128, Exceeds> {
    match u128::try_from(amount) {
        Ok(amount) if amount <= bound => Ok(amount),
        _ => Err(Exceeds(bound)),
    }
}
