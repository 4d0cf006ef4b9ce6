//! The storage of ArbOS: a tree of spaces in the storage of one account. Each access costs gas
//! (Nitro `arbos/storage/storage.go`).

use revm::{
    context_interface::{JournalTr, journaled_state::account::JournaledAccountTr},
    database_interface::Database,
    primitives::{Address, B256, U256, address, keccak256},
};

/// The account whose storage is ArbOS's state (go-ethereum fork, `core/types/arbitrum_signer.go`).
pub const STATE_ADDRESS: Address = address!("A4B05FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF");

const READ_GAS: u64 = 800;
const WRITE_GAS: u64 = 20_000;
const WRITE_ZERO_GAS: u64 = 5_000;
const CODE_HASH_GAS: u64 = 2_600;
const KECCAK_GAS: u64 = 30;
const KECCAK_WORD_GAS: u64 = 6;

/// A part of the storage with its own keys.
#[derive(Clone, Debug)]
pub struct Space {
    key: Vec<u8>,
}

impl Space {
    pub fn root() -> Self {
        Self { key: Vec::new() }
    }

    pub fn child(&self, id: &[u8]) -> Self {
        Self { key: keccak256([&self.key, id].concat()).to_vec() }
    }

    /// Slot of a key in the storage of the account. 256 keys that differ only in the last byte have adjacent slots.
    pub fn slot(&self, key: B256) -> U256 {
        let (page, offset) = key.split_at(31);
        let mut slot = keccak256([&self.key, page].concat());
        slot[31] = offset[0];
        slot.into()
    }
}

/// The key of a numbered value.
pub fn key(number: u64) -> B256 {
    B256::from(U256::from(number))
}

/// Why an operation on the state of ArbOS ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault<E> {
    /// The gas does not suffice; all of it is used up.
    OutOfGas,
    /// The operation reverts with this data and keeps the remaining gas.
    Revert(Vec<u8>),
    /// The operation fails with an error that is no revert, and uses up all gas.
    Failed,
    /// The database failed.
    Database(E),
}

/// Gas of an operation; `None` for free operations of the system.
#[derive(Clone, Copy, Debug)]
pub struct Burner {
    left: Option<u64>,
}

impl Burner {
    pub fn of(gas: u64) -> Self {
        Self { left: Some(gas) }
    }

    pub fn free() -> Self {
        Self { left: None }
    }

    pub fn left(&self) -> u64 {
        self.left.unwrap_or(u64::MAX)
    }

    pub fn burn<E>(&mut self, gas: u64) -> Result<(), Fault<E>> {
        let Some(left) = &mut self.left else { return Ok(()) };
        match left.checked_sub(gas) {
            Some(rest) => *left = rest,
            None => {
                *left = 0;
                return Err(Fault::OutOfGas);
            }
        }
        Ok(())
    }
}

/// The state of ArbOS in a journal, and the gas that pays for accesses.
pub struct State<'a, J> {
    pub journal: &'a mut J,
    pub gas: Burner,
}

/// Result of an operation on the state.
pub type StateResult<T, J> = Result<T, Fault<<<J as JournalTr>::Database as Database>::Error>>;

impl<'a, J: JournalTr> State<'a, J> {
    pub fn new(journal: &'a mut J, gas: Burner) -> Self {
        Self { journal, gas }
    }

    pub fn get(&mut self, space: &Space, key: B256) -> StateResult<B256, J> {
        self.gas.burn(READ_GAS)?;
        self.get_free(space, key)
    }

    /// A value whose price the caller has charged.
    pub(super) fn get_free(&mut self, space: &Space, key: B256) -> StateResult<B256, J> {
        self.without_warming(|journal| {
            let load = journal.sload(STATE_ADDRESS, space.slot(key))?;
            Ok(B256::from(load.data))
        })
    }

    /// Loads the account for an access, and keeps it cold if it was.
    fn without_warming<T>(
        &mut self,
        access: impl FnOnce(&mut J) -> Result<T, <J::Database as Database>::Error>,
    ) -> StateResult<T, J> {
        let was_cold = self.journal.load_account_mut(STATE_ADDRESS).map_err(Fault::Database)?.is_cold;
        let result = access(self.journal).map_err(Fault::Database)?;
        if was_cold {
            let mut account = self.journal.load_account_mut(STATE_ADDRESS).map_err(Fault::Database)?;
            account.data.unsafe_mark_cold();
        }
        Ok(result)
    }

    pub fn set(&mut self, space: &Space, key: B256, value: B256) -> StateResult<(), J> {
        self.gas.burn(if value.is_zero() { WRITE_ZERO_GAS } else { WRITE_GAS })?;
        self.without_warming(|journal| {
            // The journal would delete an account without nonce, balance and code, with its storage.
            let mut account = journal.load_account_mut(STATE_ADDRESS)?;
            if account.nonce() == 0 {
                account.set_nonce(1);
            }
            drop(account);
            journal.sstore(STATE_ADDRESS, space.slot(key), value.into()).map(drop)
        })
    }

    pub fn get_u64(&mut self, space: &Space, number: u64) -> StateResult<u64, J> {
        self.get(space, key(number)).map(to_u64)
    }

    pub fn set_u64(&mut self, space: &Space, number: u64, value: u64) -> StateResult<(), J> {
        self.set(space, key(number), key(value))
    }

    pub fn get_address(&mut self, space: &Space, number: u64) -> StateResult<Address, J> {
        self.get(space, key(number)).map(Address::from_word)
    }

    pub fn set_address(&mut self, space: &Space, number: u64, value: Address) -> StateResult<(), J> {
        self.set(space, key(number), value.into_word())
    }

    pub fn keccak(&mut self, data: &[u8]) -> StateResult<B256, J> {
        self.gas.burn(KECCAK_GAS + KECCAK_WORD_GAS * (data.len() as u64).div_ceil(32))?;
        Ok(keccak256(data))
    }

    /// The code hash of an account, zero if it does not exist. Keeps a cold account cold.
    pub fn code_hash(&mut self, address: Address) -> StateResult<B256, J> {
        self.gas.burn(CODE_HASH_GAS)?;
        let mut account = self.journal.load_account_mut(address).map_err(Fault::Database)?;
        if account.is_cold {
            account.data.unsafe_mark_cold();
        }
        let empty = account.data.account().info.is_empty();
        Ok(if empty { B256::ZERO } else { *account.data.code_hash() })
    }
}

/// The low 64 bits of a word.
pub fn to_u64(word: B256) -> u64 {
    U256::from_be_bytes(word.0).as_limbs()[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use revm::primitives::hex;

    /// The key of the root space is empty, so its slots begin with keccak256 of 31 zero bytes; the version
    /// has offset 0.
    #[test]
    fn the_root_space_hashes_the_page_and_keeps_the_offset() {
        let page = keccak256([0u8; 31]);
        let slot = B256::from(Space::root().slot(key(4)));
        assert_eq!(slot[..31], page[..31]);
        assert_eq!(slot[31], 4);
        // Slot of the version in the storage of 0xA4B05FFF… on a Nitro chain.
        let version = hex!("15fed0451499512d95f3ec5a41c878b9de55f21878b5b4e190d4667ec709b400");
        assert_eq!(B256::from(Space::root().slot(key(0))), B256::from(version));
    }

    #[test]
    fn insufficient_gas_is_used_up() {
        let mut burner = Burner::of(1_000);
        assert_eq!(burner.burn::<()>(800), Ok(()));
        assert_eq!(burner.burn::<()>(800), Err(Fault::OutOfGas));
        assert_eq!(burner.left(), 0);
        assert_eq!(Burner::free().burn::<()>(u64::MAX), Ok(()));
    }
}
