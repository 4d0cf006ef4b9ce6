//! The factory: makes pairs and vaults, and keeps the list of both.

pub mod clones;

use alloy_primitives::{Address, B256, U256};
use stylus_sdk::{deploy::RawDeploy, host::VM, stylus_core::*};

use crate::{
    abi::{
        IEntry::AlreadyInitialized,
        IFactory::{CreationFailed, IndexOutOfBounds, InvalidTemplate, SmoothingGteOne},
    },
    components::{
        auction::{Sale, Terms},
        call, events,
        revert::Revert,
        storage::Slot,
        word::{pack_address, unpack, unpack_address},
    },
    math::auction::WAD,
    pair::Setup,
    vault::Settings,
};

/// What is made of one template: the template u160 and how many there are u64, in one slot; and the list of them.
struct Clones {
    head: Slot,
    /// Tag of the list.
    entries: u32,
}

/// All that can be asked for its price: pairs, and the vaults.
const PAIRS: Clones = Clones { head: Slot::fixed(0), entries: 1 };
/// The vaults.
const VAULTS: Clones = Clones { head: Slot::fixed(1), entries: 2 };
/// The second program of the vaults u160.
const EXTENSION: Slot = Slot::fixed(2);
/// Tag of the map from accounts to what the factory made there.
const MADE: u32 = 3;

const MADE_PAIR: U256 = U256::from_limbs([1, 0, 0, 0]);
/// A vault, which is a pair too.
const MADE_VAULT: U256 = U256::from_limbs([2, 0, 0, 0]);

const TOTAL_AT: usize = 160;
const ONE_MORE: U256 = U256::from_limbs([0, 0, 1 << 32, 0]);

/// A factory.
pub struct Factory {
    vm: VM,
}

/// What a pair is to be made with.
pub struct PairOrder {
    /// Whoever's balance is sold.
    pub source: Address,
    /// The token that the price is paid in.
    pub token_in: Address,
    /// The token that is sold.
    pub token_out: Address,
    /// Seconds.
    pub target_period: u64,
    /// First price, base units of `token_in`; at most 2^192 − 1.
    pub target_price: U256,
    /// A wad; refused unless below 1e18.
    pub smoothing: U256,
}

impl Factory {
    /// The factory that runs in `vm`.
    pub fn new(vm: VM) -> Self {
        Self { vm }
    }

    /// Sets up the factory, once.
    ///
    /// # Errors
    /// `AlreadyInitialized`; `InvalidTemplate` for an account without code.
    pub fn construct(&mut self, pair: Address, vault: Address, extension: Address) -> Result<(), Revert> {
        if !PAIRS.head.load(&self.vm).is_zero() {
            return Err(AlreadyInitialized {}.into());
        }
        for (slot, template) in [(PAIRS.head, pair), (VAULTS.head, vault), (EXTENSION, extension)] {
            if !call::has_code(&self.vm, template) {
                return Err(InvalidTemplate { template }.into());
            }
            slot.store(&self.vm, pack_address(template));
        }
        Ok(())
    }

    /// Makes a pair, registers and announces it.
    ///
    /// # Errors
    /// `SmoothingGteOne`, `CreationFailed`.
    pub fn create_pair(&mut self, order: &PairOrder) -> Result<Address, Revert> {
        let &PairOrder { source, token_in, token_out, target_period, target_price, smoothing } = order;
        if smoothing >= U256::from(WAD) {
            return Err(SmoothingGteOne {}.into());
        }
        let terms = Terms { target_period, smoothing: smoothing.as_limbs()[0] };
        let first = Sale { price: target_price, time: self.vm.block_timestamp() };
        let setup = Setup { source, token_in, token_out, terms };
        let number = PAIRS.total(&self.vm) as u64;
        let init_code = clones::pair_init_code(PAIRS.template(&self.vm), &setup, first, number);
        let pair = self.create(RawDeploy::new().salt(B256::ZERO), &init_code)?;

        self.register_pair(pair, MADE_PAIR, order);
        Ok(pair)
    }

    /// Makes a vault, runs its constructor with `arguments`, which encode `settings`, and registers and announces it
    /// as a vault and as a pair.
    ///
    /// # Errors
    /// What the constructor refuses; `CreationFailed`.
    pub fn create_vault(&mut self, settings: &Settings, arguments: &[u8]) -> Result<Address, Revert> {
        let vault = self.create(RawDeploy::new(), &clones::copy_init_code(VAULTS.template(&self.vm)))?;
        call::send(&self.vm, vault, &Settings::constructor(self.vault_extension(), arguments))?;

        let &Settings { asset, reward, yield_token, epoch_length, owner, .. } = settings;
        VAULTS.push(&self.vm, vault);
        events::vault_created(&self.vm, [vault, asset, reward, yield_token, owner], epoch_length);
        let order = PairOrder {
            source: vault,
            token_in: reward,
            token_out: yield_token,
            target_period: u64::from(settings.target_period),
            target_price: settings.target_price,
            smoothing: U256::from(settings.smoothing),
        };
        self.register_pair(vault, MADE_VAULT, &order);
        Ok(vault)
    }

    fn register_pair(&mut self, pair: Address, made: U256, order: &PairOrder) {
        PAIRS.push(&self.vm, pair);
        Slot::of_account(MADE, pair).store(&self.vm, made);
        events::pair_created(
            &self.vm,
            [pair, order.source, order.token_in, order.token_out],
            [U256::from(order.target_period), order.target_price, order.smoothing],
        );
    }

    fn create(&self, way: RawDeploy, init_code: &[u8]) -> Result<Address, Revert> {
        // SAFETY: the program refuses re-entrance, so no storage cached on our side can go stale.
        let created = unsafe { way.deploy(&self.vm, init_code, U256::ZERO) };
        // The init code never reverts.
        created.map_err(|_| CreationFailed {}.into())
    }

    /// Pair number `index`, from 0 in the order in which they were made; vaults are among them.
    ///
    /// # Errors
    /// `IndexOutOfBounds`.
    pub fn pair(&self, index: U256) -> Result<Address, Revert> {
        PAIRS.get(&self.vm, index)
    }

    /// Vault number `index`, from 0 in the order in which they were made.
    ///
    /// # Errors
    /// `IndexOutOfBounds`.
    pub fn vault(&self, index: U256) -> Result<Address, Revert> {
        VAULTS.get(&self.vm, index)
    }

    /// How many pairs there are, vaults included.
    pub fn total_pairs(&self) -> u128 {
        PAIRS.total(&self.vm)
    }

    /// How many vaults there are.
    pub fn total_vaults(&self) -> u128 {
        VAULTS.total(&self.vm)
    }

    /// Whether this factory made `account`: a pair, or a vault.
    pub fn is_pair(&self, account: Address) -> bool {
        !Slot::of_account(MADE, account).load(&self.vm).is_zero()
    }

    /// Whether this factory made the vault `account`.
    pub fn is_vault(&self, account: Address) -> bool {
        Slot::of_account(MADE, account).load(&self.vm) == MADE_VAULT
    }

    /// The program that pairs delegate to.
    pub fn pair_template(&self) -> Address {
        PAIRS.template(&self.vm)
    }

    /// The program that vaults are copies of.
    pub fn vault_template(&self) -> Address {
        VAULTS.template(&self.vm)
    }

    /// The second program of the vaults.
    pub fn vault_extension(&self) -> Address {
        unpack_address(EXTENSION.load(&self.vm))
    }
}

impl Clones {
    fn template(&self, vm: &VM) -> Address {
        unpack_address(self.head.load(vm))
    }

    fn total(&self, vm: &VM) -> u128 {
        unpack(self.head.load(vm), TOTAL_AT, 64)
    }

    fn get(&self, vm: &VM, index: U256) -> Result<Address, Revert> {
        let total = U256::from(self.total(vm));
        if index >= total {
            return Err(IndexOutOfBounds { index, total }.into());
        }
        Ok(unpack_address(Slot::of_index(self.entries, index.as_limbs()[0]).load(vm)))
    }

    fn push(&self, vm: &VM, clone: Address) {
        Slot::of_index(self.entries, self.total(vm) as u64).store(vm, pack_address(clone));
        self.head.store(vm, self.head.load(vm) + ONE_MORE);
    }
}
