//! What calls revert with.

use stylus_sdk::{prelude::*, stylus_core::calls::errors::Error};

use crate::IVault::*;

#[derive(SolidityError)]
pub enum VaultError {
    /// What another contract reverted with.
    Callee(Error),
    Allowance(ERC20InsufficientAllowance),
    Balance(InsufficientBalance),
    Bound(RewardBoundExceeded),
    Deposit(ERC4626ExceededMaxDeposit),
    NoCode(ReceiverIsNotAContract),
    NoReceiver(ReceiverIsZero),
    Payment(InsufficientPayment),
    Price(SwapExceedsMax),
    Receiver(ERC20InvalidReceiver),
    Redeem(ERC4626ExceededMaxRedeem),
    Shortfall(PrincipalShortfall),
    Token(SafeERC20FailedOperation),
    Withdraw(ERC4626ExceededMaxWithdraw),
    Zero(ZeroAmount),
}

/// Fails with `error` unless `condition` holds.
pub fn require<E: Into<VaultError>>(condition: bool, error: E) -> Result<(), VaultError> {
    if condition {
        Ok(())
    } else {
        Err(error.into())
    }
}
