//! ArbOS: the state of the chain itself, laid out as on Nitro.

pub mod address_set;
pub mod programs;
pub mod storage;

use self::storage::Space;

/// The version of ArbOS whose rules this crate follows.
pub const VERSION: u64 = 60;
/// The version of Stylus in this version of ArbOS.
pub const STYLUS_VERSION: u16 = 2;

/// Slots of the root space (Nitro `arbos/arbosState/arbosstate.go`).
pub mod slots {
    pub const VERSION: u64 = 0;
    pub const UPGRADE_VERSION: u64 = 1;
    pub const UPGRADE_TIMESTAMP: u64 = 2;
    pub const NETWORK_FEE_ACCOUNT: u64 = 3;
}

/// The set of accounts that can call `ArbOwner`.
pub fn chain_owners() -> Space {
    Space::root().child(&[4])
}

/// State of Stylus programs.
pub fn programs() -> Space {
    Space::root().child(&[8])
}

/// Pricing of L1 data (Nitro `arbos/l1pricing/l1pricing.go`).
pub fn l1_pricing() -> Space {
    Space::root().child(&[0])
}

/// Slot in [`l1_pricing`] of the price per unit.
pub const L1_PRICE_PER_UNIT: u64 = 7;
