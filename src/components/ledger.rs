//! Shares and rewards of all stakers, and the vault's last sale: the slots EPOCH, INDEX, UNPAID, QUEUE and POSITIONS
//! (`docs/storage.md`).
//!
//! EPOCH and INDEX are written only when the total stake changes, or when reward arrives in a later epoch than they were
//! last written in. Every other call computes the index in memory.

use core::num::NonZeroU32;

use alloy_primitives::{Address, U256};

use super::auction::Sale;
use crate::{
    clones::{SALE_PRICE_AT, SALE_TIME_AT, first_queue},
    host::Host,
    math::{
        MAX_STAKE, MAX_UNPAID_REWARD,
        index::{self, Position},
        stream::Stream,
    },
    stylus::{
        slot::Slot,
        word::{pack, unpack},
    },
};

/// Bits of a stake, an epoch's reward, the queue and the reserve.
const AMOUNT_BITS: usize = 112;
/// Bits of a time in seconds since deployment.
const TIME_BITS: usize = 32;

/// Total shares u112, reward of the epoch u112, last update u32 (seconds since deployment).
const EPOCH: Slot = Slot::fixed(1);
/// Reward per share, Q128, modulo 2^256.
const INDEX: Slot = Slot::fixed(2);
/// Unpaid rewards less the queue u112, modulo 2^112; epoch of the queue u32.
const UNPAID: Slot = Slot::fixed(3);
/// Queued u112, time of the last sale u40 (Unix seconds), its price u104 (base units of the reward token). A sale queues its
/// price, so it writes this slot only.
const QUEUE: Slot = Slot::fixed(0);
const QUEUE_MASK: U256 = U256::from_limbs([u64::MAX, (1 << 48) - 1, 0, 0]);
/// Tag of the map from stakers: shares u112, debt u144.
const POSITIONS: u32 = 1;

/// The ledger of the contract that runs in `host`.
#[derive(Clone)]
pub struct Ledger {
    host: Host,
}

/// The time of a call, in the vault's own terms.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Seconds since deployment, at most 2^32 − 1 (136 years): rewards end there; principal can leave at any time.
    pub now: u32,
    /// Length of an epoch in seconds.
    pub epoch_length: NonZeroU32,
}

impl Clock {
    /// Number of the current epoch.
    pub fn epoch(self) -> u32 {
        self.now / self.epoch_length
    }
}

/// The global state as of now.
pub struct Accrual {
    /// Sum of all shares.
    pub total_shares: u128,
    /// Reward per share, Q128, modulo 2^256.
    pub index: U256,
    /// The stream as of now. Its queue is valid only if `queue_read`.
    stream: Stream,
    /// Whether the queue had to be read: an epoch has ended, or nobody is staked.
    queue_read: bool,
}

/// The slot UNPAID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unpaid {
    /// Credited, not yet paid out and not in the queue; base units of the reward token, modulo 2^112. Rewards may be paid
    /// out of a queue that no call has moved into the epoch yet: then this is below zero, and its sum with the queue is
    /// right.
    rest: u128,
    /// Number of the epoch that EPOCH was last updated in, so that reward that arrives in the same epoch need not read it.
    epoch: u32,
}

/// The amount exceeds this limit (a balance or a cap).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeds(pub u128);

impl Ledger {
    /// The ledger of the contract that runs in `host`.
    pub fn new(host: Host) -> Self {
        Self { host }
    }

    /// Sum of all shares, in base units of the asset.
    pub fn total_shares(&self) -> u128 {
        unpack(EPOCH.load(&self.host), 0, AMOUNT_BITS)
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

    /// The last sale. Before the first it is what the vault was created with.
    pub fn last_sale(&self) -> Sale {
        let word = QUEUE.load(&self.host);
        Sale {
            price: U256::from(unpack(word, SALE_PRICE_AT, 256 - SALE_PRICE_AT)),
            time: unpack(word, SALE_TIME_AT, SALE_PRICE_AT - SALE_TIME_AT) as u64,
        }
    }

    /// Records a sale. A price above 2^104 − 1 is recorded as that, and a time above 2^40 − 1 (the year 36 812) too.
    pub fn record_sale(&mut self, sale: Sale) {
        let word = QUEUE.load(&self.host) & QUEUE_MASK;
        QUEUE.store(&self.host, word | first_queue(sale.price, sale.time));
    }

    /// The stream as of now, its queue included.
    pub fn stream(&self, clock: Clock) -> Stream {
        let accrual = self.accrue(clock);
        let queued = if accrual.queue_read { accrual.stream.queued } else { self.queued() };
        Stream { queued, ..accrual.stream }
    }

    /// The global state as of now. Writes nothing.
    pub fn accrue(&self, clock: Clock) -> Accrual {
        let word = EPOCH.load(&self.host);
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
        let index = index::advance(INDEX.load(&self.host), handed_out, total_shares);
        Accrual { total_shares, index, stream, queue_read }
    }

    /// Adds `shares` to `account`. Writes EPOCH, INDEX and its position, and UNPAID and QUEUE if the
    /// queue moved.
    ///
    /// # Errors
    /// The room left below 2^112 − 1, if that is less.
    pub fn mint(&mut self, account: Address, shares: U256, clock: Clock) -> Result<(), Exceeds> {
        let mut accrual = self.accrue(clock);
        let shares = at_most(shares, MAX_STAKE - accrual.total_shares)?;
        let mut position = self.position(account);
        position.add_shares(shares, accrual.index);
        self.set_position(account, position);
        accrual.total_shares += shares;
        self.commit(&accrual, clock);
        Ok(())
    }

    /// Removes `shares` from `account`; its pending reward stays. Writes EPOCH, INDEX and its position, and UNPAID and QUEUE if the
    /// queue moved.
    ///
    /// # Errors
    /// The account's balance, if that is less.
    pub fn burn(&mut self, account: Address, shares: U256, clock: Clock) -> Result<(), Exceeds> {
        let mut position = self.position(account);
        let shares = at_most(shares, position.shares())?;
        let mut accrual = self.accrue(clock);
        position.remove_shares(shares, accrual.index).ok_or(Exceeds(position.shares()))?;
        self.set_position(account, position);
        accrual.total_shares -= shares;
        self.commit(&accrual, clock);
        Ok(())
    }

    /// Moves `shares` from one account to another; pending rewards stay where they were earned. Writes two
    /// positions.
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
        // Rounded up for the receiver: this index is not stored. The next one is rounded down once from the stored one, not
        // twice, so it may rise by up to one step more than was handed out since.
        receiver.add_shares(shares, index.wrapping_add(U256::ONE));
        self.set_position(to, receiver);
        Ok(())
    }

    /// Takes what `account` can claim out of its position and the reserve. Writes its position and UNPAID, or nothing if it
    /// is 0. Clears the position if no shares are left.
    pub fn claim(&mut self, account: Address, clock: Clock) -> u128 {
        let mut position = self.position(account);
        // Clearing a slot refunds 4 800 gas.
        let amount = position.claim_or_close(self.accrue(clock).index);
        if amount == 0 {
            return 0;
        }
        self.set_position(account, position);
        let unpaid = self.unpaid();
        self.set_unpaid(Unpaid { rest: unpaid.rest.wrapping_sub(amount), ..unpaid });
        amount
    }

    /// Queues `surplus` of new reward for the next epoch, or as much of it as fits, but at least `least`. Returns how much.
    /// Writes QUEUE, and EPOCH, INDEX and UNPAID in a later epoch than that of the last update.
    ///
    /// # Errors
    /// The unpaid rewards, if they would pass 2^111 − 1 by `least`.
    pub fn credit(&mut self, surplus: U256, least: U256, clock: Clock) -> Result<U256, Exceeds> {
        let Unpaid { rest, epoch } = self.unpaid();
        let reserve = reserve(rest, self.queued());
        let room = MAX_UNPAID_REWARD - reserve;
        let credited = surplus.min(U256::from(room)).max(least);
        let amount = at_most(credited, room).map_err(|_| Exceeds(reserve))?;
        // Move into the current epoch first, so that what is queued now counts as arrived in it.
        if epoch < clock.epoch() {
            let accrual = self.accrue(clock);
            self.commit(&accrual, clock);
        }
        // The queue has the lowest bits, and the sum fits them.
        QUEUE.store(&self.host, QUEUE.load(&self.host).wrapping_add(U256::from(amount)));
        Ok(credited)
    }

    fn commit(&mut self, accrual: &Accrual, clock: Clock) {
        let Stream { reward, queued, updated } = accrual.stream;
        let word = pack(accrual.total_shares, 0)
            | pack(reward, AMOUNT_BITS)
            | pack(u128::from(updated), 2 * AMOUNT_BITS);
        EPOCH.store(&self.host, word);
        INDEX.store(&self.host, accrual.index);
        if accrual.queue_read {
            // What leaves the queue joins the rest, so the sum of both stays the same.
            let rest = self.unpaid().rest.wrapping_add(self.queued()).wrapping_sub(queued);
            self.set_unpaid(Unpaid { rest, epoch: clock.epoch() });
            self.set_queued(queued);
        }
    }

    fn position(&self, account: Address) -> Position {
        Position::from_word(Slot::of_account(POSITIONS, account).load(&self.host))
    }

    fn set_position(&mut self, account: Address, position: Position) {
        Slot::of_account(POSITIONS, account).store(&self.host, position.word());
    }

    fn unpaid(&self) -> Unpaid {
        let word = UNPAID.load(&self.host);
        Unpaid { rest: unpack(word, 0, AMOUNT_BITS), epoch: unpack(word, AMOUNT_BITS, TIME_BITS) as u32 }
    }

    fn set_unpaid(&mut self, Unpaid { rest, epoch }: Unpaid) {
        UNPAID.store(&self.host, pack(rest & MAX_STAKE, 0) | pack(u128::from(epoch), AMOUNT_BITS));
    }

    fn queued(&self) -> u128 {
        unpack(QUEUE.load(&self.host), 0, AMOUNT_BITS)
    }

    fn set_queued(&mut self, queued: u128) {
        QUEUE.store(&self.host, QUEUE.load(&self.host) & !QUEUE_MASK | U256::from(queued));
    }
}

/// All that is unpaid. It is below 2^112, so it is right although `rest` wraps.
fn reserve(rest: u128, queued: u128) -> u128 {
    rest.wrapping_add(queued) & MAX_STAKE
}

/// `amount` as 128 bits, if it is at most `limit`.
fn at_most(amount: U256, limit: u128) -> Result<u128, Exceeds> {
    match u128::try_from(amount) {
        Ok(amount) if amount <= limit => Ok(amount),
        _ => Err(Exceeds(limit)),
    }
}
