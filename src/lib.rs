//! Weir's own logic: pure arithmetic first, then the storage components that the contracts are made of.
//!
//! Arrows run one way: [`math`] knows nothing of the SDK, [`components`] know nothing of entry points, [`vault`]
//! and [`pair`] are put together from both, [`factory`] makes them, [`router`] knows what it makes, and the
//! contracts (`contracts/*`) know nothing of the devnode.
#![cfg_attr(not(feature = "contracts"), no_std)]

// The SDK's macros name it.
#[cfg(feature = "contracts")]
extern crate alloc;

pub mod math;

#[cfg(feature = "contracts")]
pub mod abi;
#[cfg(feature = "contracts")]
pub mod components;
#[cfg(feature = "contracts")]
pub mod factory;
#[cfg(feature = "contracts")]
pub mod pair;
#[cfg(feature = "contracts")]
pub mod router;
#[cfg(feature = "contracts")]
pub mod vault;
