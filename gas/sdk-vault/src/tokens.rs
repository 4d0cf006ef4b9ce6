//! Calls to tokens, with the checks of `weir::components::token`.

use alloy_primitives::{Address, U256};
use stylus_sdk::{prelude::*, stylus_core::calls::errors::Error};

use crate::{
    errors::{require, VaultError},
    IVault::SafeERC20FailedOperation,
    Vault, IERC20,
};

impl Vault {
    /// The vault's balance of `token`.
    pub(crate) fn held(&self, token: Address) -> Result<U256, VaultError> {
        let balance = IERC20::new(token).balance_of(self.vm(), Call::new(), self.vm().contract_address());
        balance.map_err(|error| failed(token, error))
    }

    pub(crate) fn send(&mut self, token: Address, to: Address, value: U256) -> Result<(), VaultError> {
        let call = Call::new_mutating(self);
        self.check(token, IERC20::new(token).transfer(self.vm(), call, to, value))
    }

    pub(crate) fn pull(&mut self, token: Address, from: Address, value: U256) -> Result<(), VaultError> {
        let (call, to) = (Call::new_mutating(self), self.vm().contract_address());
        self.check(token, IERC20::new(token).transfer_from(self.vm(), call, from, to, value))
    }

    /// A transfer has succeeded if it returned true, or nothing and the token has code (USDT).
    fn check(&self, token: Address, result: Result<bool, Error>) -> Result<(), VaultError> {
        let is_true = match result {
            Ok(is_true) => is_true,
            Err(Error::AbiDecodingFailed(_)) => {
                self.vm().return_data_size() == 0 && self.vm().code_size(token) != 0
            }
            Err(error) => return Err(failed(token, error)),
        };
        require(is_true, SafeERC20FailedOperation { token })
    }
}

/// The token's own error, or one that names it if it reverted without data or returned no word.
fn failed(token: Address, error: Error) -> VaultError {
    match error {
        Error::Revert(data) if !data.is_empty() => Error::Revert(data).into(),
        _ => SafeERC20FailedOperation { token }.into(),
    }
}
