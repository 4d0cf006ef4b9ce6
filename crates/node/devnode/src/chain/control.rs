//! Controls of a development chain: mines empty blocks, sets the clock, takes snapshots, writes the state.
//! Every change holds the `mining` lock, so it never interrupts a transaction.

use super::{
    genesis::{genesis, pause_activations},
    handle::{Chain, Impersonated},
};
use crate::{
    error::ChainError,
    ledger::{Ledger, account::Account, state::parse_code},
    lock::{lock, read, write},
};
use alloy_primitives::{Address, Bytes, U256};
use std::sync::atomic::Ordering;

/// The number of empty blocks that one request may mine.
pub const MAX_BLOCKS_AT_ONCE: u64 = 1_000_000;
/// The number of blocks mined before waiting readers get the lock.
const BATCH: u64 = 1_000;

impl Chain {
    /// Mines `count` empty blocks, `interval` seconds apart, or all with the current time.
    ///
    /// # Errors
    /// `count` is above [`MAX_BLOCKS_AT_ONCE`].
    pub fn mine_blocks(&self, count: u64, interval: Option<u64>) -> Result<(), ChainError> {
        if count > MAX_BLOCKS_AT_ONCE {
            let text = format!("cannot mine {count} blocks at once: the limit is {MAX_BLOCKS_AT_ONCE}");
            return Err(ChainError::Invalid(text));
        }
        let _mining = lock(&self.mining);
        let mut left = count;
        while left > 0 {
            let batch = left.min(BATCH);
            let mut ledger = write(&self.ledger);
            for _ in 0..batch {
                mine_empty(&mut ledger, interval);
            }
            left -= batch;
        }
        self.announce();
        Ok(())
    }

    /// Mines one empty block, with this timestamp if one is given.
    ///
    /// # Errors
    /// The timestamp is below the latest block's.
    pub fn mine_block(&self, timestamp: Option<u64>) -> Result<(), ChainError> {
        let _mining = lock(&self.mining);
        let mut ledger = write(&self.ledger);
        if let Some(timestamp) = timestamp {
            set_next(&mut ledger, timestamp)?;
        }
        mine_empty(&mut ledger, None);
        drop(ledger);
        self.announce();
        Ok(())
    }

    /// Moves the clock forward, from the next block on; returns its total offset from system time, in seconds.
    pub fn increase_time(&self, seconds: u64) -> i64 {
        self.change(|ledger| ledger.clock.increase(seconds))
    }

    /// Sets the clock (seconds since 1970), from the next block on; returns its total offset from system time.
    ///
    /// # Errors
    /// The time is below the latest block's timestamp.
    pub fn set_time(&self, now: u64) -> Result<i64, ChainError> {
        self.change(|ledger| {
            check_time(ledger, now)?;
            Ok(ledger.clock.set(now))
        })
    }

    /// Sets the timestamp of the next block; the clock continues from it. It may equal the latest block's.
    ///
    /// # Errors
    /// The timestamp is below the latest block's.
    pub fn set_next_block_timestamp(&self, timestamp: u64) -> Result<(), ChainError> {
        self.change(|ledger| set_next(ledger, timestamp))
    }

    /// Sets the interval between blocks; `None` removes it, so that blocks follow the clock again.
    /// Returns whether an interval was set before.
    pub fn set_block_interval(&self, seconds: Option<u64>) -> bool {
        self.change(|ledger| ledger.clock.set_interval(seconds))
    }

    /// Switches the log line of each transaction on or off.
    pub fn set_logging(&self, on: bool) {
        self.logging.store(on, Ordering::Relaxed);
    }

    /// Takes a snapshot of state, blocks and clock; returns the id for [`revert`](Self::revert).
    pub fn snapshot(&self) -> u64 {
        self.change(Ledger::snapshot)
    }

    /// Returns state, blocks and clock to a snapshot, and removes it and all later ones.
    /// False if there is no such snapshot.
    pub fn revert(&self, snapshot: u64) -> bool {
        let reverted = self.change(|ledger| ledger.revert(snapshot));
        if reverted {
            self.announce();
        }
        reverted
    }

    /// Starts over from the first block, with the clock at the configured time or the system's.
    pub fn reset(&self) {
        self.change(|ledger| {
            let former = std::mem::replace(ledger, genesis(&self.config, self.accounts()));
            ledger.succeed(former);
        });
        *write(&self.impersonated) = Impersonated::default();
        self.announce();
    }

    /// Sets a balance, in wei. Like all changes of this kind, it applies to the latest state at once, and belongs to
    /// the next block in history.
    pub fn set_balance(&self, address: Address, balance: U256) {
        self.change_account(address, |account| account.balance = balance);
    }

    /// Adds to a balance, in wei.
    ///
    /// # Errors
    /// The sum does not fit into 256 bits.
    pub fn add_balance(&self, address: Address, more: U256) -> Result<(), ChainError> {
        self.change(|ledger| {
            let mut account = ledger.state.account(address);
            let sum = account.balance.checked_add(more);
            account.balance =
                sum.ok_or_else(|| ChainError::Invalid("the balance does not fit into 256 bits".into()))?;
            ledger.state.set_account(address, account);
            Ok(())
        })
    }

    pub fn set_nonce(&self, address: Address, nonce: u64) {
        self.change_account(address, |account| account.nonce = nonce);
    }

    /// Sets the code; that of a Stylus program includes the prefix.
    ///
    /// # Errors
    /// The code begins like an EIP-7702 delegation, but is none.
    pub fn set_code(&self, address: Address, code: Bytes) -> Result<(), ChainError> {
        let code = parse_code(code).map_err(ChainError::Invalid)?;
        self.change(|ledger| {
            let code_hash = ledger.state.add_code(code);
            let account = Account { code_hash, ..ledger.state.account(address) };
            ledger.state.set_account(address, account);
        });
        Ok(())
    }

    pub fn set_storage(&self, address: Address, slot: U256, value: U256) {
        self.change(|ledger| ledger.state.set_slot(address, slot, value));
    }

    /// Pauses or opens the activation of Stylus programs (see [`ChainConfig::activations_paused`](crate::ChainConfig::activations_paused)).
    pub fn pause_activations(&self, paused: bool) {
        self.change(|ledger| pause_activations(&mut ledger.state, paused));
    }

    /// Starts or stops accepting transactions of this account without a signature.
    pub fn impersonate(&self, address: Address, on: bool) {
        let accounts = &mut write(&self.impersonated).accounts;
        if on {
            accounts.insert(address);
        } else {
            accounts.remove(&address);
        }
    }

    /// Starts or stops accepting transactions of every account without a signature.
    pub fn impersonate_everyone(&self, on: bool) {
        write(&self.impersonated).everyone = on;
    }

    fn change_account(&self, address: Address, change: impl FnOnce(&mut Account)) {
        self.change(|ledger| {
            let mut account = ledger.state.account(address);
            change(&mut account);
            ledger.state.set_account(address, account);
        });
    }

    fn change<T>(&self, change: impl FnOnce(&mut Ledger) -> T) -> T {
        let _mining = lock(&self.mining);
        change(&mut write(&self.ledger))
    }

    /// Wakes the tasks that wait for blocks.
    fn announce(&self) {
        self.heads.send_replace(read(&self.ledger).head());
    }
}

fn mine_empty(ledger: &mut Ledger, interval: Option<u64>) {
    if let Some(interval) = interval {
        let previous = ledger.latest().timestamp;
        let timestamp = previous.saturating_add(interval);
        ledger.clock.set_next(timestamp.max(ledger.clock.next_timestamp(previous)));
    }
    let timestamp = ledger.next_context().timestamp;
    ledger.push_empty(timestamp);
}

fn set_next(ledger: &mut Ledger, timestamp: u64) -> Result<(), ChainError> {
    check_time(ledger, timestamp)?;
    ledger.clock.set_next(timestamp);
    Ok(())
}

fn check_time(ledger: &Ledger, timestamp: u64) -> Result<(), ChainError> {
    let latest = ledger.latest().timestamp;
    if timestamp < latest {
        let text = format!("timestamp {timestamp} is lower than the latest block's timestamp {latest}");
        return Err(ChainError::Invalid(text));
    }
    Ok(())
}
