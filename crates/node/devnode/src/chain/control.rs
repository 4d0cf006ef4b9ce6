//! What only a development chain can do: mine empty blocks, set the clock, take snapshots, write the state.

use super::{
    Chain, ChainError, Impersonated, genesis,
    ledger::Ledger,
    lock::{lock, read, write},
    state::{Account, parse_code},
};
use alloy_primitives::{Address, Bytes, U256};
use std::sync::atomic::Ordering;

/// Empty blocks that one request may ask for.
pub const MAX_BLOCKS_AT_ONCE: u64 = 1_000_000;
/// Blocks mined before readers are let in between.
const BATCH: u64 = 1_000;

impl Chain {
    /// Mines `count` empty blocks, each `interval` seconds after the one before, or all at the time it is.
    ///
    /// # Errors
    /// More than [`MAX_BLOCKS_AT_ONCE`] are asked for.
    pub fn mine_blocks(&self, count: u64, interval: Option<u64>) -> Result<(), ChainError> {
        if count > MAX_BLOCKS_AT_ONCE {
            let text = format!("{count} blocks are too many at once: ask for at most {MAX_BLOCKS_AT_ONCE}");
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

    /// Mines one empty block, at `timestamp` if that is given.
    ///
    /// # Errors
    /// The timestamp lies before the latest block's.
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

    /// Moves the clock forward, from the next block on; gives how far it is ahead of the system's, in seconds.
    pub fn increase_time(&self, seconds: u64) -> i64 {
        self.change(|ledger| ledger.clock.increase(seconds))
    }

    /// Sets the clock (seconds since 1970), from the next block on; gives how far it is ahead of the system's.
    ///
    /// # Errors
    /// The time lies before the latest block's.
    pub fn set_time(&self, now: u64) -> Result<i64, ChainError> {
        self.change(|ledger| {
            check_time(ledger, now)?;
            Ok(ledger.clock.set(now))
        })
    }

    /// Sets the timestamp of the next block; the clock runs on from it. It may equal the latest block's.
    ///
    /// # Errors
    /// The timestamp lies before the latest block's.
    pub fn set_next_block_timestamp(&self, timestamp: u64) -> Result<(), ChainError> {
        self.change(|ledger| set_next(ledger, timestamp))
    }

    /// From now on every block is `seconds` after the one before; `None`: the clock tells again.
    /// Gives whether it was so before.
    pub fn set_block_interval(&self, seconds: Option<u64>) -> bool {
        self.change(|ledger| ledger.clock.set_interval(seconds))
    }

    /// Whether transactions are written to the log.
    pub fn set_logging(&self, on: bool) {
        self.logging.store(on, Ordering::Relaxed);
    }

    /// Remembers state, blocks and clock; gives the id for [`revert`](Self::revert).
    pub fn snapshot(&self) -> u64 {
        self.change(Ledger::snapshot)
    }

    /// Takes state, blocks and clock back to a snapshot. It and all later ones are used up.
    /// False if there is no such snapshot.
    pub fn revert(&self, snapshot: u64) -> bool {
        let reverted = self.change(|ledger| ledger.revert(snapshot));
        if reverted {
            self.announce();
        }
        reverted
    }

    /// Starts over from the first block, with the clock at the system's time or the configured one.
    pub fn reset(&self) {
        self.change(|ledger| {
            let former = std::mem::replace(ledger, genesis(&self.config, &self.accounts));
            ledger.succeed(former);
        });
        *write(&self.impersonated) = Impersonated::default();
        self.announce();
    }

    /// Sets a balance, in wei. Like all that is set by hand it belongs to the state at once, and to the
    /// history with the next block.
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
                sum.ok_or_else(|| ChainError::Invalid("the balance would not fit into 256 bits".into()))?;
            ledger.state.set_account(address, account);
            Ok(())
        })
    }

    pub fn set_nonce(&self, address: Address, nonce: u64) {
        self.change_account(address, |account| account.nonce = nonce);
    }

    /// Sets the code as it lies on chain (for a Stylus program: prefix and all).
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

    /// Accepts transactions from this account without a signature, or no longer does.
    pub fn impersonate(&self, address: Address, on: bool) {
        let accounts = &mut write(&self.impersonated).accounts;
        if on {
            accounts.insert(address);
        } else {
            accounts.remove(&address);
        }
    }

    /// Accepts transactions from every account without a signature, or no longer does.
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

    /// Changes the ledger while nobody mines.
    fn change<T>(&self, change: impl FnOnce(&mut Ledger) -> T) -> T {
        let _mining = lock(&self.mining);
        change(&mut write(&self.ledger))
    }

    /// Tells who waits for blocks which one is the latest now.
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
        let text = format!(
            "timestamp {timestamp} is lower than the latest block's, {latest}: time does not go back"
        );
        return Err(ChainError::Invalid(text));
    }
    Ok(())
}
