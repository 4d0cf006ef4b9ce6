//! Shares and rewards of all stakers: the slots A, B, C and P of the storage plan (`docs/storage.md`).
//!
//! A and B are written only when the total stake changes or reward arrives in a later epoch than they were
//! last written in. Everything else computes the index in memory and leaves them as they are.

use core::num::NonZeroU32;

use alloy_primitives::{Address, U256};
use stylus_sdk::host::VM;

use super::{
    storage::Slot,
    word::{pack, unpack},
};
use crate::math::{
    MAX_STAKE, MAX_UNPAID_REWARD,
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
/// C: queued u112, reserve u112, epoch of the queue u32.
const TREASURY: Slot = Slot::fixed(2);
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

/// What the vault holds for its stakers, in base units of the reward token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Treasury {
    /// What has arrived in `epoch`.
    pub queued: u128,
    /// Credited and not yet paid out.
    pub reserve: u128,
    /// Number of the epoch that A was last updated in. So reward that arrives in the same epoch needs not look at A.
    pub epoch: u32,
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

    /// Queue and reserve, as they were written last.
    pub fn treasury(&self) -> Treasury {
        let word = TREASURY.load(&self.vm);
        Treasury {
            queued: unpack(word, 0, AMOUNT_BITS),
            reserve: unpack(word, AMOUNT_BITS, AMOUNT_BITS),
            epoch: unpack(word, 2 * AMOUNT_BITS, TIME_BITS) as u32,
        }
    }

    /// The stream as of now, its queue included.
    pub fn stream(&self, clock: Clock) -> Stream {
        let accrual = self.accrue(clock);
        let queued = if accrual.queue_read { accrual.stream.queued } else { self.treasury().queued };
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
            stream.queued = self.treasury().queued;
        }
        let (stream, handed_out) = stream.advance(clock.now, clock.epoch_length, staked);
        let index = index::advance(INDEX.load(&self.vm), handed_out, total_shares);
        Accrual { total_shares, index, stream, queue_read }
    }

    /// Adds `shares` to `account`. Writes A, B and P, and C if the queue moved.
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

    /// Removes `shares` from `account`; its pending reward stays. Writes A, B and P, and C if the queue moved.
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
        let amount = position.claim(self.accrue(clock).index);
        if amount == 0 {
            return 0;
        }
        // Without shares this is the last claim: the fraction of a unit that is still pending is given up, and the slot
        // that is cleared gives 4 800 gas back.
        let left = if position.shares() == 0 { Position::default() } else { position };
        self.set_position(account, left);
        let treasury = self.treasury();
        self.set_treasury(Treasury { reserve: treasury.reserve - amount, ..treasury });
        amount
    }

    /// Queues `amount` of new reward for the next epoch. Writes C, and in a later epoch than the last update A and B.
    ///
    /// # Errors
    /// The unpaid rewards, if they would pass 2^111 − 1.
    pub fn credit(&mut self, amount: U256, clock: Clock) -> Result<(), Exceeds> {
        let before = self.treasury();
        let amount =
            at_most(amount, MAX_UNPAID_REWARD - before.reserve).map_err(|_| Exceeds(before.reserve))?;
        let epoch = clock.epoch();
        // Into the current epoch first, so that what is queued from now on counts as arrived in it.
        let treasury = if before.epoch < epoch { self.roll(clock) } else { before };
        self.set_treasury(Treasury {
            queued: treasury.queued + amount,
            reserve: treasury.reserve + amount,
            ..treasury
        });
        Ok(())
    }

    /// Brings A, B and C into the current epoch.
    fn roll(&mut self, clock: Clock) -> Treasury {
        let accrual = self.accrue(clock);
        self.commit(&accrual, clock);
        self.treasury()
    }

    fn commit(&mut self, accrual: &Accrual, clock: Clock) {
        let Stream { reward, queued, updated } = accrual.stream;
        let word = pack(accrual.total_shares, 0)
            | pack(reward, AMOUNT_BITS)
            | pack(u128::from(updated), 2 * AMOUNT_BITS);
        EPOCH.store(&self.vm, word);
        INDEX.store(&self.vm, accrual.index);
        if accrual.queue_read {
            let reserve = self.treasury().reserve;
            self.set_treasury(Treasury { queued, reserve, epoch: clock.epoch() });
        }
    }

    fn position(&self, account: Address) -> Position {
        Position::from_word(Slot::of_account(POSITIONS, account).load(&self.vm))
    }

    fn set_position(&mut self, account: Address, position: Position) {
        Slot::of_account(POSITIONS, account).store(&self.vm, position.word());
    }

    fn set_treasury(&mut self, Treasury { queued, reserve, epoch }: Treasury) {
        let word = pack(queued, 0) | pack(reserve, AMOUNT_BITS) | pack(u128::from(epoch), 2 * AMOUNT_BITS);
        TREASURY.store(&self.vm, word);
    }
}

/// `amount` as 128 bits, if it is at most `bound`.
fn at_most(amount: U256, bound: u128) -> Result<u128, Exceeds> {
    match u128::try_from(amount) {
        Ok(amount) if amount <= bound => Ok(amount),
        _ => Err(Exceeds(bound)),
    }
}
