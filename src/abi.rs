//! The Solidity interfaces of `abi/`, as Rust types: selectors, errors and events are declared there once.

use alloy_sol_types::sol;

sol!("abi/IEntry.sol");
sol!("abi/IERC20.sol");
sol!("abi/IFactory.sol");
sol!("abi/IFlashSwapCallback.sol");
sol!("abi/ILiquidationSource.sol");
sol!("abi/IPair.sol");
sol!("abi/IRouter.sol");
sol!("abi/IToken.sol");
sol!("abi/IVault.sol");

/// Selector of a Stylus constructor: that of `stylus_constructor()`, whatever its arguments.
pub const CONSTRUCTOR_SELECTOR: [u8; 4] = CONSTRUCTOR.to_be_bytes();

/// [`CONSTRUCTOR_SELECTOR`] as a number, big-endian.
pub const CONSTRUCTOR: u32 = stylus_sdk::abi::CONSTRUCTOR_SELECTOR;
