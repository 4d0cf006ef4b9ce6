//! ERC-20 allowances: who may spend whose tokens. Shared by the vault's shares and the test token.

use alloy_primitives::{Address, U256};
use stylus_sdk::host::VM;

use super::{events, revert::Revert, storage::Slot};
use crate::abi::IERC20::{ERC20InsufficientAllowance, ERC20InvalidSpender};

/// Tag of the map from owner and spender.
const ALLOWANCES: u32 = 2;

/// Allowances by owner and spender, in base units. The largest number means without limit and is never spent.
#[derive(Clone)]
pub struct Allowances {
    vm: VM,
}

impl Allowances {
    /// The allowances of the program that runs in `vm`.
    pub fn new(vm: VM) -> Self {
        Self { vm }
    }

    /// What `spender` may still spend of `owner`'s tokens.
    pub fn get(&self, owner: Address, spender: Address) -> U256 {
        self.slot(owner, spender).load(&self.vm)
    }

    /// Lets `spender` spend `value` of `owner`'s tokens, and says so.
    ///
    /// # Errors
    /// `ERC20InvalidSpender` for the zero address.
    pub fn approve(&mut self, owner: Address, spender: Address, value: U256) -> Result<(), Revert> {
        if spender.is_zero() {
            return Err(ERC20InvalidSpender { spender }.into());
        }
        self.slot(owner, spender).store(&self.vm, value);
        events::approval(&self.vm, owner, spender, value);
        Ok(())
    }

    /// Takes `value` off what `spender` may spend of `owner`'s tokens.
    ///
    /// # Errors
    /// `ERC20InsufficientAllowance` if it is less than that.
    pub fn spend(&mut self, owner: Address, spender: Address, value: U256) -> Result<(), Revert> {
        let slot = self.slot(owner, spender);
        let allowance = slot.load(&self.vm);
        if allowance == U256::MAX {
            return Ok(());
        }
        let Some(left) = allowance.checked_sub(value) else {
            return Err(ERC20InsufficientAllowance { spender, allowance, needed: value }.into());
        };
        slot.store(&self.vm, left);
        Ok(())
    }

    fn slot(&self, owner: Address, spender: Address) -> Slot {
        Slot::of_pair(&self.vm, ALLOWANCES, owner, spender)
    }
}
