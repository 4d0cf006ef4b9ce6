//! Checks of arguments that several functions of the vault share.

use alloy_primitives::{Address, U256};

use super::Vault;
use crate::{
    abi::{IERC20::ERC20InvalidReceiver, IVault::ZeroAmount},
    stylus::revert::{Revert, require},
};

/// Reverts for an amount of 0.
///
/// # Errors
/// `ZeroAmount`.
pub(super) fn check_amount(amount: U256) -> Result<(), Revert> {
    require(!amount.is_zero(), ZeroAmount {})
}

impl Vault {
    /// Whether tokens and shares sent to `account` would be lost: it is the zero address or the vault itself.
    pub(super) fn is_lost(&self, account: Address) -> bool {
        account.is_zero() || account == self.address()
    }

    /// Reverts if tokens and shares sent to `receiver` would be lost.
    ///
    /// # Errors
    /// `ERC20InvalidReceiver`.
    pub(super) fn check_receiver(&self, receiver: Address) -> Result<(), Revert> {
        require(!self.is_lost(receiver), ERC20InvalidReceiver { receiver })
    }
}
