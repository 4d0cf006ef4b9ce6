//! The current state of all accounts, with an undo log that leads back to earlier states.
//!
//! There is no Merkle trie. In place of a state root stands a digest of the state: the sum of the hashes of all
//! accounts and slots, modulo 2^256. Each change updates it with two hashes. Equal states have equal digests, but a
//! digest proves nothing about a single account.

use super::{
    account::Account,
    undo::{Change, Location, Mark, UndoLog},
};
use alloy_primitives::{
    Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256,
    map::{AddressMap, B256Map, HashMap},
};
use revm::{bytecode::Bytecode, state::EvmState};

#[derive(Clone, Debug)]
struct Entry {
    account: Account,
    /// The slots that are not zero.
    storage: HashMap<U256, U256>,
}

/// All accounts, their storage and code.
#[derive(Clone, Debug, Default)]
pub struct State {
    entries: AddressMap<Entry>,
    codes: B256Map<Bytecode>,
    digest: U256,
    undo: UndoLog,
}

impl State {
    /// The digest that headers carry as the state root; see the module's documentation.
    pub fn digest(&self) -> B256 {
        self.digest.into()
    }

    /// The end of the undo log: the mark under which the current state can be read later.
    pub fn mark(&self) -> Mark {
        self.undo.end()
    }

    /// The oldest mark whose state can still be read.
    pub fn oldest(&self) -> Mark {
        self.undo.start()
    }

    pub fn account(&self, address: Address) -> Account {
        self.entries.get(&address).map_or(Account::EMPTY, |entry| entry.account)
    }

    pub fn slot(&self, address: Address, slot: U256) -> U256 {
        self.entries.get(&address).and_then(|entry| entry.storage.get(&slot)).copied().unwrap_or_default()
    }

    /// The account as it was at `mark`.
    /// All slots of an account that are not zero, in no particular order.
    pub fn slots(&self, address: Address) -> impl Iterator<Item = (U256, U256)> {
        let entry = self.entries.get(&address);
        entry.into_iter().flat_map(|entry| entry.storage.iter().map(|(slot, value)| (*slot, *value)))
    }

    pub fn account_at(&self, mark: Mark, address: Address) -> Account {
        match self.undo.first_since(mark, Location::Account(address)) {
            Some(Change::Account { before, .. }) => *before,
            _ => self.account(address),
        }
    }

    /// The slot as it was at `mark`.
    pub fn slot_at(&self, mark: Mark, address: Address, slot: U256) -> U256 {
        match self.undo.first_since(mark, Location::Slot(address, slot)) {
            Some(Change::Slot { before, .. }) => *before,
            _ => self.slot(address, slot),
        }
    }

    /// The code with this hash; empty if there is none.
    pub fn code(&self, hash: B256) -> Bytecode {
        self.codes.get(&hash).cloned().unwrap_or_default()
    }

    /// Keeps `code` under its hash and returns the hash. Code is never dropped: an older state may still use it.
    pub fn add_code(&mut self, code: Bytecode) -> B256 {
        let hash = code.hash_slow();
        if hash != KECCAK256_EMPTY {
            self.codes.entry(hash).or_insert(code);
        }
        hash
    }

    pub fn set_account(&mut self, address: Address, account: Account) {
        if let Some(before) = self.write_account(address, account) {
            self.undo.push(Change::Account { address, before });
        }
    }

    pub fn set_slot(&mut self, address: Address, slot: U256, value: U256) {
        if let Some(before) = self.write_slot(address, slot, value) {
            self.undo.push(Change::Slot { address, slot, before });
        }
    }

    /// Sets every slot of `address` to zero.
    pub fn clear_storage(&mut self, address: Address) {
        let Some(entry) = self.entries.get(&address) else { return };
        let slots: Vec<U256> = entry.storage.keys().copied().collect();
        for slot in slots {
            self.set_slot(address, slot, U256::ZERO);
        }
    }

    /// Writes the changes of a transaction.
    pub fn commit(&mut self, outcome: EvmState) {
        for (address, account) in outcome {
            if !account.is_touched() {
                continue;
            }
            if account.is_selfdestructed() {
                self.clear_storage(address);
                self.set_account(address, Account::EMPTY);
                continue;
            }
            if account.is_created() {
                self.clear_storage(address);
            }
            if let Some(code) = &account.info.code
                && account.info.code_hash != KECCAK256_EMPTY
            {
                self.codes.entry(account.info.code_hash).or_insert_with(|| code.clone());
            }
            self.set_account(address, (&account.info).into());
            for (slot, value) in account.storage {
                if value.is_changed() {
                    self.set_slot(address, slot, value.present_value);
                }
            }
        }
    }

    /// Undoes all changes since `mark` that are still in the log.
    pub fn undo_to(&mut self, mark: Mark) {
        while let Some(change) = self.undo.pop(mark) {
            self.restore(change);
        }
    }

    /// Undoes one change that is no longer in the log.
    pub fn restore(&mut self, change: Change) {
        match change {
            Change::Account { address, before } => drop(self.write_account(address, before)),
            Change::Slot { address, slot, before } => drop(self.write_slot(address, slot, before)),
        }
    }

    /// Continues the log from `mark`, after [`restore`](Self::restore) has undone everything down to it.
    pub fn rewind(&mut self, mark: Mark) {
        self.undo.rewind(mark);
    }

    /// Drops the oldest change below `mark`; the states before that change can no longer be read.
    pub fn forget(&mut self, mark: Mark) -> Option<(Mark, Change)> {
        self.undo.forget(mark)
    }

    /// All accounts that are not empty, with their slots that are not zero.
    pub fn accounts(&self) -> impl Iterator<Item = (Address, Account, impl Iterator<Item = (U256, U256)>)> {
        let slots =
            |entry: &Entry| entry.storage.iter().map(|(slot, value)| (*slot, *value)).collect::<Vec<_>>();
        self.entries.iter().map(move |(address, entry)| (*address, entry.account, slots(entry).into_iter()))
    }

    /// All code, including that of earlier states.
    pub fn codes(&self) -> impl Iterator<Item = &Bytecode> {
        self.codes.values()
    }

    pub const fn undo_log(&self) -> &UndoLog {
        &self.undo
    }

    /// Replaces the undo log by the one that led to this state.
    pub fn replace_undo_log(&mut self, undo: UndoLog) {
        self.undo = undo;
    }

    /// Writes and returns the former value, or `None` if nothing changed.
    fn write_account(&mut self, address: Address, account: Account) -> Option<Account> {
        let before = self.account(address);
        if before == account {
            return None;
        }
        self.digest = self.digest.wrapping_sub(account_digest(address, &before));
        self.digest = self.digest.wrapping_add(account_digest(address, &account));
        self.entry(address).account = account;
        self.drop_if_empty(address);
        Some(before)
    }

    /// Writes and returns the former value, or `None` if nothing changed.
    fn write_slot(&mut self, address: Address, slot: U256, value: U256) -> Option<U256> {
        let before = self.slot(address, slot);
        if before == value {
            return None;
        }
        self.digest = self.digest.wrapping_sub(slot_digest(address, slot, before));
        self.digest = self.digest.wrapping_add(slot_digest(address, slot, value));
        if value.is_zero() {
            self.entry(address).storage.remove(&slot);
            self.drop_if_empty(address);
        } else {
            self.entry(address).storage.insert(slot, value);
        }
        Some(before)
    }

    fn entry(&mut self, address: Address) -> &mut Entry {
        self.entries
            .entry(address)
            .or_insert_with(|| Entry { account: Account::EMPTY, storage: HashMap::default() })
    }

    fn drop_if_empty(&mut self, address: Address) {
        let empty = |entry: &Entry| entry.account == Account::EMPTY && entry.storage.is_empty();
        if self.entries.get(&address).is_some_and(empty) {
            self.entries.remove(&address);
        }
    }
}

/// Parses code that a client sent.
///
/// # Errors
/// The code begins like an EIP-7702 delegation, but is none.
pub fn parse_code(code: Bytes) -> Result<Bytecode, String> {
    Bytecode::new_raw_checked(code)
        .map_err(|error| format!("the code is neither EVM code nor an EIP-7702 delegation: {error}"))
}

fn account_digest(address: Address, account: &Account) -> U256 {
    if *account == Account::EMPTY {
        return U256::ZERO;
    }
    let mut leaf = [0; 20 + 32 + 8 + 32];
    leaf[..20].copy_from_slice(address.as_slice());
    leaf[20..52].copy_from_slice(&account.balance.to_be_bytes::<32>());
    leaf[52..60].copy_from_slice(&account.nonce.to_be_bytes());
    leaf[60..].copy_from_slice(account.code_hash.as_slice());
    keccak256(leaf).into()
}

fn slot_digest(address: Address, slot: U256, value: U256) -> U256 {
    if value.is_zero() {
        return U256::ZERO;
    }
    let mut leaf = [0; 20 + 32 + 32];
    leaf[..20].copy_from_slice(address.as_slice());
    leaf[20..52].copy_from_slice(&slot.to_be_bytes::<32>());
    leaf[52..].copy_from_slice(&value.to_be_bytes::<32>());
    keccak256(leaf).into()
}
