//! Claimers: the accounts that may claim for another one. The reward is paid to the account itself, but when that happens is
//! its own choice: a stranger could push rewards into a pool that cannot own them.

use alloy_primitives::{Address, U256};

use super::Vault;
use crate::{
    components::events,
    stylus::{revert::Revert, slot::Slot},
};

/// Tag of the map from account and claimer: 1 if it may claim.
const CLAIMERS: u32 = 5;

impl Vault {
    /// Whether `claimer` may claim for `account`: it is the account itself, or one of its claimers, or anyone may.
    pub fn is_claimer(&self, account: Address, claimer: Address) -> bool {
        account == claimer || self.is_set(account, claimer) || self.is_set(account, Address::ZERO)
    }

    /// Sets whether `claimer` may claim for the caller; the zero address stands for anyone.
    pub fn set_claimer(&mut self, claimer: Address, allowed: bool) -> Result<(), Revert> {
        let account = self.host.msg_sender();
        self.claimer_slot(account, claimer).store(&self.host, U256::from(allowed));
        events::claimer_set(&self.host, account, claimer, allowed);
        Ok(())
    }

    fn is_set(&self, account: Address, claimer: Address) -> bool {
        !self.claimer_slot(account, claimer).load(&self.host).is_zero()
    }

    fn claimer_slot(&self, account: Address, claimer: Address) -> Slot {
        Slot::of_pair(&self.host, CLAIMERS, account, claimer)
    }
}
