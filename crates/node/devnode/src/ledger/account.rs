//! An account without its storage, as the state and the undo log keep it.
//! Converts from and to revm's account.

use alloy_primitives::{B256, KECCAK256_EMPTY, U256};
use revm::state::AccountInfo;
use serde::{Deserialize, Serialize};

/// Balance, nonce and code hash of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// In wei.
    pub balance: U256,
    pub nonce: u64,
    /// Keccak-256 of the code.
    pub code_hash: B256,
}

impl Account {
    /// The account of every unused address.
    pub const EMPTY: Self = Self { balance: U256::ZERO, nonce: 0, code_hash: KECCAK256_EMPTY };

    pub fn has_code(&self) -> bool {
        self.code_hash != KECCAK256_EMPTY
    }

    /// The account for revm, which fetches the code by its hash; `None` if the account is empty.
    pub fn info(&self) -> Option<AccountInfo> {
        if *self == Self::EMPTY {
            return None;
        }
        Some(AccountInfo {
            balance: self.balance,
            nonce: self.nonce,
            code_hash: self.code_hash,
            code: None,
            ..Default::default()
        })
    }
}

impl From<&AccountInfo> for Account {
    fn from(info: &AccountInfo) -> Self {
        let code_hash = if info.code_hash == B256::ZERO { KECCAK256_EMPTY } else { info.code_hash };
        Self { balance: info.balance, nonce: info.nonce, code_hash }
    }
}
