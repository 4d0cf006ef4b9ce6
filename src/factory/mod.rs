//! The factory: creates pairs and vaults, and keeps a list of each.

pub mod clones;

use alloy_primitives::{Address, B256, U256};

use crate::{
    abi::{
        IEntry::AlreadyInitialized,
        IFactory::{CreationFailed, IndexOutOfBounds, InvalidTemplate, SmoothingGteOne},
    },
    components::{
        auction::{Sale, Terms},
        events,
    },
    host::Host,
    math::auction::WAD,
    pair::Setup,
    stylus::{
        call::{call, has_code},
        entry::Contract,
        revert::{Revert, require},
        slot::Slot,
        word::{pack_address, unpack, unpack_address},
    },
    vault::Settings,
};

/// The clones of one template, in the order of their creation.
struct Clones {
    /// The template u160, and the number of clones u64.
    head: Slot,
    /// Tag of the list.
    entries: u32,
}

/// Everything with an auction: pairs, and vaults too.
const PAIRS: Clones = Clones { head: Slot::fixed(0), entries: 1 };
/// The vaults.
const VAULTS: Clones = Clones { head: Slot::fixed(1), entries: 2 };
/// The vaults' second program u160.
const EXTENSION: Slot = Slot::fixed(2);
/// Tag of the map from accounts to what the factory created there.
const CREATED: u32 = 3;

const IS_PAIR: U256 = U256::from_limbs([1, 0, 0, 0]);
/// A vault, which is a pair too.
const IS_VAULT: U256 = U256::from_limbs([2, 0, 0, 0]);

const TOTAL_AT: usize = 160;
const ONE_MORE: U256 = U256::from_limbs([0, 0, 1 << 32, 0]);

/// A factory.
pub struct Factory {
    host: Host,
}

/// What a pair is created with.
pub struct PairOrder {
    /// The contract whose balance is sold.
    pub source: Address,
    /// The token that the price is paid in.
    pub token_in: Address,
    /// The token that is sold.
    pub token_out: Address,
    /// Seconds.
    pub target_period: u64,
    /// First price, base units of `token_in`; at most 2^192 − 1.
    pub target_price: U256,
    /// A wad below 1e18.
    pub smoothing: U256,
}

impl Contract for Factory {
    fn open(host: Host, calldata: &[u8]) -> Result<(Self, &[u8]), Revert> {
        Ok((Self { host }, calldata))
    }
}

impl Factory {
    /// Sets up the factory, once.
    ///
    /// # Errors
    /// `AlreadyInitialized`; `InvalidTemplate` for an account without code.
    pub fn construct(&mut self, pair: Address, vault: Address, extension: Address) -> Result<(), Revert> {
        require(PAIRS.head.load(&self.host).is_zero(), AlreadyInitialized {})?;
        for (slot, template) in [(PAIRS.head, pair), (VAULTS.head, vault), (EXTENSION, extension)] {
            require(has_code(&self.host, template), InvalidTemplate { template })?;
            slot.store(&self.host, pack_address(template));
        }
        Ok(())
    }

    /// Creates and registers a pair, and emits `PairCreated`.
    ///
    /// # Errors
    /// `SmoothingGteOne`, `CreationFailed`.
    pub fn create_pair(&mut self, order: &PairOrder) -> Result<Address, Revert> {
        let &PairOrder { source, token_in, token_out, target_period, target_price, smoothing } = order;
        require(smoothing < U256::from(WAD), SmoothingGteOne {})?;
        let terms = Terms { target_period, smoothing: smoothing.as_limbs()[0] };
        let first = Sale { price: target_price, time: self.host.block_timestamp() };
        let setup = Setup { source, token_in, token_out, terms };
        let number = PAIRS.total(&self.host) as u64;
        let init_code = clones::pair_init_code(PAIRS.template(&self.host), &setup, first, number);
        let pair = self.create(&init_code, Some(B256::ZERO))?;

        self.register_pair(pair, IS_PAIR, order);
        Ok(pair)
    }

    /// Creates a vault, runs its constructor with `arguments`, which encode `settings`, registers it as a vault and as a
    /// pair, and emits `VaultCreated` and `PairCreated`.
    ///
    /// # Errors
    /// Those of the constructor; `CreationFailed`.
    pub fn create_vault(&mut self, settings: &Settings, arguments: &[u8]) -> Result<Address, Revert> {
        let vault = self.create(&clones::copy_init_code(VAULTS.template(&self.host)), None)?;
        call(&self.host, vault, &Settings::constructor(self.vault_extension(), arguments))?;

        let &Settings { asset, reward, yield_token, epoch_length, owner, .. } = settings;
        VAULTS.push(&self.host, vault);
        events::vault_created(&self.host, [vault, asset, reward, yield_token, owner], epoch_length);
        let order = PairOrder {
            source: vault,
            token_in: reward,
            token_out: yield_token,
            target_period: u64::from(settings.target_period),
            target_price: settings.target_price,
            smoothing: U256::from(settings.smoothing),
        };
        self.register_pair(vault, IS_VAULT, &order);
        Ok(vault)
    }

    fn register_pair(&mut self, pair: Address, created: U256, order: &PairOrder) {
        PAIRS.push(&self.host, pair);
        Slot::of_account(CREATED, pair).store(&self.host, created);
        events::pair_created(
            &self.host,
            [pair, order.source, order.token_in, order.token_out],
            [U256::from(order.target_period), order.target_price, order.smoothing],
        );
    }

    /// The init code never reverts: creation fails only for lack of gas.
    fn create(&self, init_code: &[u8], salt: Option<B256>) -> Result<Address, Revert> {
        self.host.create(init_code, salt).ok_or_else(|| CreationFailed {}.into())
    }

    /// Pair number `index`, from 0 in the order of creation; vaults are among them.
    ///
    /// # Errors
    /// `IndexOutOfBounds`.
    pub fn pair(&self, index: U256) -> Result<Address, Revert> {
        PAIRS.get(&self.host, index)
    }

    /// Vault number `index`, from 0 in the order of creation.
    ///
    /// # Errors
    /// `IndexOutOfBounds`.
    pub fn vault(&self, index: U256) -> Result<Address, Revert> {
        VAULTS.get(&self.host, index)
    }

    /// Number of pairs, vaults included.
    pub fn total_pairs(&self) -> u128 {
        PAIRS.total(&self.host)
    }

    /// Number of vaults.
    pub fn total_vaults(&self) -> u128 {
        VAULTS.total(&self.host)
    }

    /// Whether this factory created `account`: a pair or a vault.
    pub fn is_pair(&self, account: Address) -> bool {
        !Slot::of_account(CREATED, account).load(&self.host).is_zero()
    }

    /// Whether this factory created the vault `account`.
    pub fn is_vault(&self, account: Address) -> bool {
        Slot::of_account(CREATED, account).load(&self.host) == IS_VAULT
    }

    /// The program that pairs delegate to.
    pub fn pair_template(&self) -> Address {
        PAIRS.template(&self.host)
    }

    /// The program that vaults are copies of.
    pub fn vault_template(&self) -> Address {
        VAULTS.template(&self.host)
    }

    /// The vaults' second program.
    pub fn vault_extension(&self) -> Address {
        unpack_address(EXTENSION.load(&self.host))
    }
}

impl Clones {
    fn template(&self, host: &Host) -> Address {
        unpack_address(self.head.load(host))
    }

    fn total(&self, host: &Host) -> u128 {
        unpack(self.head.load(host), TOTAL_AT, 64)
    }

    fn get(&self, host: &Host, index: U256) -> Result<Address, Revert> {
        let total = U256::from(self.total(host));
        require(index < total, IndexOutOfBounds { index, total })?;
        Ok(unpack_address(Slot::of_index(self.entries, index.as_limbs()[0]).load(host)))
    }

    fn push(&self, host: &Host, clone: Address) {
        Slot::of_index(self.entries, self.total(host) as u64).store(host, pack_address(clone));
        self.head.store(host, self.head.load(host) + ONE_MORE);
    }
}
