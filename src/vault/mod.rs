//! The vault: its storage and configuration. Behavior is split by topic into sibling modules.
//!
//! Vaults are clones created by a factory: they delegate every call to the program `vault`, with the vault's configuration
//! after the calldata (`clones`).

mod checks;
mod claimers;
mod deposits;
mod extension;
mod holdings;
mod pairs;
mod rewards;
mod shares;
mod source;

use core::num::NonZeroU32;

use alloy_primitives::Address;

use crate::{
    abi::IVault::NotAVault,
    clones::{OWNER_SLOT, VaultConfig},
    components::{
        allowances::Allowances,
        ledger::{Clock, Ledger},
        ownership::Ownership,
        permits::Permits,
    },
    host::Host,
    stylus::{entry::Contract, revert::Revert, slot::Slot},
};

/// Owner u160.
const OWNER: Slot = Slot::fixed(OWNER_SLOT);
/// The account that the ownership is offered to u160.
const PENDING_OWNER: Slot = Slot::fixed(OWNER_SLOT + 1);

/// A vault. Its slots 0 to 3 are the ledger's, 4 and 5 are above; those of maps are named where the maps are.
pub struct Vault {
    host: Host,
    config: VaultConfig,
    ledger: Ledger,
    allowances: Allowances,
    permits: Permits,
    ownership: Ownership,
}

impl Contract for Vault {
    /// # Errors
    /// `NotAVault` if the program is called directly, without a clone's configuration after the calldata.
    #[inline(always)]
    fn open(host: Host, calldata: &[u8]) -> Result<(Self, &[u8]), Revert> {
        let Some((calldata, config)) = calldata.split_last_chunk() else {
            return Err(NotAVault {}.into());
        };
        let vault = Self {
            config: VaultConfig::decode(config),
            ledger: Ledger::new(host.clone()),
            allowances: Allowances::new(host.clone()),
            permits: Permits::new(host.clone()),
            ownership: Ownership::new(host.clone(), OWNER, PENDING_OWNER),
            host,
        };
        Ok((vault, calldata))
    }
}

impl Vault {
    /// The vault's own address.
    pub fn address(&self) -> Address {
        self.host.contract_address()
    }

    /// What the vault was created with.
    pub fn config(&self) -> &VaultConfig {
        &self.config
    }

    /// The account that may set standalone pairs, and nothing else.
    pub fn ownership(&self) -> &Ownership {
        &self.ownership
    }

    /// The same, to be handed over.
    pub fn ownership_mut(&mut self) -> &mut Ownership {
        &mut self.ownership
    }

    /// The time of the call.
    fn clock(&self) -> Clock {
        let since = self.host.block_timestamp().saturating_sub(self.config.deployed_at);
        Clock {
            now: u32::try_from(since).unwrap_or(u32::MAX),
            epoch_length: NonZeroU32::new(self.config.epoch_length).unwrap_or(NonZeroU32::MIN),
        }
    }
}
