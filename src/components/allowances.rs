//! ERC-20 allowances: what a spender may spend of an owner's tokens.
//! Used by the vault's shares and by the test token.

use alloy_primitives::{Address, U256};

use super::events;
use crate::{
    abi::IERC20::{ERC20InsufficientAllowance, ERC20InvalidSpender},
    host::Host,
    stylus::{
        revert::{Revert, require},
        slot::Slot,
    },
};

/// Tag of the map from owner and spender.
const ALLOWANCES: u32 = 2;

/// Allowances by owner and spender, in base units. `U256::MAX` means unlimited and is never reduced.
#[derive(Clone)]
pub struct Allowances {
    host: Host,
}

impl Allowances {
    /// The allowances of the contract that runs in `host`.
    pub fn new(host: Host) -> Self {
        Self { host }
    }

    /// What `spender` may still spend of `owner`'s tokens.
    pub fn get(&self, owner: Address, spender: Address) -> U256 {
        self.slot(owner, spender).load(&self.host)
    }

    /// Lets `spender` spend `value` of `owner`'s tokens, and emits `Approval`.
    ///
    /// # Errors
    /// `ERC20InvalidSpender` for the zero address.
    pub fn approve(&mut self, owner: Address, spender: Address, value: U256) -> Result<(), Revert> {
        require(!spender.is_zero(), ERC20InvalidSpender { spender })?;
        self.slot(owner, spender).store(&self.host, value);
        events::approval(&self.host, owner, spender, value);
        Ok(())
    }

    /// Takes `value` off what `spender` may spend of `owner`'s tokens.
    ///
    /// # Errors
    /// `ERC20InsufficientAllowance` if that is less than `value`.
    pub fn spend(&mut self, owner: Address, spender: Address, value: U256) -> Result<(), Revert> {
        let slot = self.slot(owner, spender);
        let allowance = slot.load(&self.host);
        if allowance == U256::MAX {
            return Ok(());
        }
        require(value <= allowance, ERC20InsufficientAllowance { spender, allowance, needed: value })?;
        slot.store(&self.host, allowance.wrapping_sub(value));
        Ok(())
    }

    fn slot(&self, owner: Address, spender: Address) -> Slot {
        Slot::of_pair(&self.host, ALLOWANCES, owner, spender)
    }
}
