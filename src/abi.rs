//! The Solidity interfaces of `abi/` as Rust types: functions, errors and events are declared there once. Interfaces that
//! inherit are read flattened from `abi/generated` (`scripts/abi` writes them), since `sol!` does not follow inheritance.

// `sol!` writes a function with one argument for each field of an event, and `VaultCreated` carries the whole configuration.
#![allow(clippy::too_many_arguments)]

use alloy_sol_types::sol;

sol!("abi/IConstructors.sol");
sol!("abi/IERC1271.sol");
sol!("abi/IERC20.sol");
sol!("abi/generated/IEntry.sol");
sol!("abi/generated/IFactory.sol");
sol!("abi/IFlashSwapCallback.sol");
sol!("abi/ILiquidationSource.sol");
sol!("abi/generated/IPair.sol");
sol!("abi/generated/IRouter.sol");
sol!("abi/generated/IToken.sol");
sol!("abi/generated/IVault.sol");

/// Selector of Stylus constructors: that of `stylus_constructor()`, whatever their arguments.
pub const CONSTRUCTOR_SELECTOR: [u8; 4] = CONSTRUCTOR.to_be_bytes();

/// [`CONSTRUCTOR_SELECTOR`] as a number, big-endian.
pub const CONSTRUCTOR: u32 = stylus_sdk::abi::CONSTRUCTOR_SELECTOR;
