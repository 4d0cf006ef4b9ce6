//! ArbOS: the state of the chain itself, laid out as on Nitro.

pub mod address_set;
pub mod address_table;
pub mod header;
pub mod pricing;
pub mod programs;
pub mod sends;
pub mod storage;
pub mod upgrade;

use self::storage::{Space, State, StateResult};
use revm::context_interface::JournalTr;

/// The version of ArbOS whose rules this crate follows: that of Arbitrum One and Nova since 20 August 2026.
/// Its prices and limits are those of ArbOS 60 (Nitro v3.10.0); 61 changes only refunds under dynamic pricing, which
/// these chains do not use (Arbitrum Foundation, AIP "ArbOS 61 Elara").
pub const VERSION: u64 = 61;

/// Slots of the root space (Nitro `arbos/arbosState/arbosstate.go`).
pub mod slots {
    pub const VERSION: u64 = 0;
    pub const UPGRADE_VERSION: u64 = 1;
    pub const UPGRADE_TIMESTAMP: u64 = 2;
    pub const NETWORK_FEE_ACCOUNT: u64 = 3;
    pub const INFRA_FEE_ACCOUNT: u64 = 6;
    pub const BROTLI_LEVEL: u64 = 7;
    pub const NATIVE_TOKENS_FROM: u64 = 8;
    pub const FILTERING_FROM: u64 = 9;
    pub const FILTERED_FUNDS_RECIPIENT: u64 = 10;
    pub const COLLECT_TIPS: u64 = 11;
}

/// The set of accounts that can call `ArbOwner`.
pub fn chain_owners() -> Space {
    Space::root().child(&[4])
}

/// State of Stylus programs.
pub fn programs() -> Space {
    Space::root().child(&[8])
}

/// Switches of features, as bits of slot 0.
pub fn features() -> Space {
    Space::root().child(&[9])
}

/// The accounts that can mint and burn the native token: none here.
pub fn native_token_owners() -> Space {
    Space::root().child(&[10])
}

/// The accounts that can filter transactions: none here.
pub fn transaction_filterers() -> Space {
    Space::root().child(&[11])
}

impl<J: JournalTr> State<'_, J> {
    /// Whether senders pay tips, and the network fee account receives them (from ArbOS 60).
    pub fn collects_tips(&mut self) -> StateResult<bool, J> {
        Ok(self.get_u64(&Space::root(), slots::COLLECT_TIPS)? != 0)
    }
}
