//! The arithmetic of vault and auction, free of the SDK: what the contracts run and the simulator runs.
//!
//! Amounts are base units of a token, times are seconds, rates are never stored: every quantity is an
//! integer whose rounding direction its function names. `docs/arithmetic.md` derives the bounds.

pub mod auction;
pub mod backing;
pub mod index;
pub mod stream;
pub mod wide;

pub use alloy_primitives::{U256, Uint};

/// Largest total stake of a vault, in base units of the asset: 2^112 − 1, as Uniswap V2's reserves.
pub const MAX_STAKE: u128 = (1 << 112) - 1;

/// Largest sum of unpaid rewards of a vault, in base units of the reward token: 2^111 − 1.
///
/// One bit below [`MAX_STAKE`], so that a pending reward in units of 2^-32 fits a signed 144-bit number.
pub const MAX_UNPAID_REWARD: u128 = (1 << 111) - 1;
