//! The logic of Weir's contracts: arithmetic, the Stylus VM, storage components, and the contracts made of them.
//!
//! Arrows run one way: [`host`] is the VM, [`math`] is pure, [`clones`] is the code of vaults and pairs, [`stylus`] is what
//! every program needs, [`components`] own storage and call tokens, [`vault`] and [`pair`] are made of them, [`factory`]
//! creates both, [`router`] knows what it creates, and each program in `contracts/` is a table of functions. Off-chain crates
//! use [`math`] and [`clones`] alone, without the feature `contracts`.
#![cfg_attr(not(feature = "contracts"), no_std)]
#![deny(unsafe_code)]

extern crate alloc;

pub mod clones;
#[allow(unsafe_code, reason = "all host functions are called here")]
pub mod host;
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
pub mod stylus;
#[cfg(feature = "contracts")]
pub mod token;
#[cfg(feature = "contracts")]
pub mod vault;
