//! A read-only state for calls: the state at a mark of the ledger, with overrides.
//!
//! A view locks the ledger only while it reads a value, so blocks are mined while a call runs. If the chain is rolled
//! back meanwhile, reads fail.

use crate::{
    error::ChainError,
    ledger::{Ledger, account::Account, state::parse_code, undo::Mark},
    lock::read,
};
use alloy_primitives::{
    Address, B256, U256,
    map::{AddressMap, B256Map, HashMap},
};
use alloy_rpc_types_eth::state::{AccountOverride, StateOverride};
use revm::{bytecode::Bytecode, database_interface::DatabaseRef, state::AccountInfo};
use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
};

/// A state to execute on.
#[derive(Clone, Debug)]
pub struct View {
    ledger: Arc<RwLock<Ledger>>,
    mark: Mark,
    epoch: u64,
    overrides: Overrides,
}

/// The values that a call replaces.
#[derive(Clone, Debug, Default)]
struct Overrides {
    accounts: AddressMap<OverriddenAccount>,
    codes: B256Map<Bytecode>,
    block_hashes: BTreeMap<u64, B256>,
}

#[derive(Clone, Debug, Default)]
struct OverriddenAccount {
    balance: Option<U256>,
    nonce: Option<u64>,
    code_hash: Option<B256>,
    slots: HashMap<U256, U256>,
    /// All slots that are not in `slots` are zero.
    replaces_storage: bool,
}

impl View {
    /// The state at `mark`, a mark of the ledger's epoch `epoch`.
    pub fn new(ledger: Arc<RwLock<Ledger>>, mark: Mark, epoch: u64) -> Self {
        Self { ledger, mark, epoch, overrides: Overrides::default() }
    }

    /// Adds the state overrides of `eth_call`.
    ///
    /// # Errors
    /// An override has both `state` and `stateDiff`, has invalid code, or moves a precompile.
    pub fn with_overrides(mut self, overrides: StateOverride) -> Result<Self, ChainError> {
        for (address, account) in overrides {
            self.overrides.add(address, account).map_err(ChainError::Invalid)?;
        }
        Ok(self)
    }

    /// Replaces results of BLOCKHASH.
    pub fn with_block_hashes(mut self, hashes: BTreeMap<u64, B256>) -> Self {
        self.overrides.block_hashes = hashes;
        self
    }

    /// The account, with overrides.
    ///
    /// # Errors
    /// The chain was rolled back since the view was created. The two methods below fail likewise.
    pub fn account(&self, address: Address) -> Result<Account, ChainError> {
        let mut account = self.read(|ledger| ledger.state.account_at(self.mark, address))?;
        if let Some(other) = self.overrides.accounts.get(&address) {
            account.balance = other.balance.unwrap_or(account.balance);
            account.nonce = other.nonce.unwrap_or(account.nonce);
            account.code_hash = other.code_hash.unwrap_or(account.code_hash);
        }
        Ok(account)
    }

    /// The storage slot, with overrides.
    pub fn slot(&self, address: Address, slot: U256) -> Result<U256, ChainError> {
        if let Some(account) = self.overrides.accounts.get(&address) {
            if let Some(value) = account.slots.get(&slot) {
                return Ok(*value);
            }
            if account.replaces_storage {
                return Ok(U256::ZERO);
            }
        }
        self.read(|ledger| ledger.state.slot_at(self.mark, address, slot))
    }

    /// The code with this hash.
    pub fn code(&self, hash: B256) -> Result<Bytecode, ChainError> {
        match self.overrides.codes.get(&hash) {
            Some(code) => Ok(code.clone()),
            None => self.read(|ledger| ledger.state.code(hash)),
        }
    }

    fn read<T>(&self, take: impl FnOnce(&Ledger) -> T) -> Result<T, ChainError> {
        let ledger = read(&self.ledger);
        if ledger.epoch != self.epoch || self.mark < ledger.state.oldest() {
            return Err(ChainError::Interrupted);
        }
        Ok(take(&ledger))
    }
}

impl Overrides {
    fn add(&mut self, address: Address, from: AccountOverride) -> Result<(), String> {
        if from.move_precompile_to.is_some() {
            return Err(format!("account {address}: moving precompiles is not supported"));
        }
        if from.state.is_some() && from.state_diff.is_some() {
            return Err(format!("account {address} has both 'state' and 'stateDiff'"));
        }
        let code_hash = from.code.map(|code| self.add_code(code)).transpose()?;
        let replaces_storage = from.state.is_some();
        let slots = from.state.or(from.state_diff).unwrap_or_default();
        let slots = slots.into_iter().map(|(slot, value)| (slot.into(), value.into())).collect();
        let account = OverriddenAccount {
            balance: from.balance,
            nonce: from.nonce,
            code_hash,
            slots,
            replaces_storage,
        };
        self.accounts.insert(address, account);
        Ok(())
    }

    fn add_code(&mut self, code: alloy_primitives::Bytes) -> Result<B256, String> {
        let code = parse_code(code)?;
        let hash = code.hash_slow();
        self.codes.insert(hash, code);
        Ok(hash)
    }
}

impl DatabaseRef for View {
    type Error = ChainError;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, ChainError> {
        Ok(self.account(address)?.info())
    }

    fn code_by_hash_ref(&self, code_hash: B256) -> Result<Bytecode, ChainError> {
        self.code(code_hash)
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, ChainError> {
        self.slot(address, slot)
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, ChainError> {
        match self.overrides.block_hashes.get(&number) {
            Some(hash) => Ok(*hash),
            None => self.read(|ledger| ledger.hash_for_evm(number)),
        }
    }
}
