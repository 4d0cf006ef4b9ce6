//! A module for each interface, with its calls, events and errors as types.
//!
//! | interface | of what |
//! | --- | --- |
//! | [`IVault`] | the vault, whole |
//! | [`IPair`] | a standalone liquidation pair, whole |
//! | [`IFactory`], [`IRouter`] | factory and router of PoolTogether V5's kind, whole |
//! | [`IToken`] | the test token, whole |
//! | [`ILiquidationPair`] | what a vault and a standalone pair have in common |
//! | [`ILiquidationSource`], [`IFlashSwapCallback`] | what others implement: who sells through a pair, who receives a flash swap |
//! | [`IERC20`], [`IEntry`] | any token with metadata; the errors that every program has |
//! | [`IConstructors`] | the constructors' arguments |
//! | [`IArbWasm`], [`IStylusDeployer`] | what a deployment calls on the chain |

#![allow(clippy::too_many_arguments, reason = "the interfaces have functions with many")]

use alloy::sol;

sol!(
    #![sol(rpc, all_derives)]
    "abi/generated/IVault.sol"
);
sol!(
    #![sol(rpc, all_derives)]
    "abi/generated/IPair.sol"
);
sol!(
    #![sol(rpc, all_derives)]
    "abi/generated/IFactory.sol"
);
sol!(
    #![sol(rpc, all_derives)]
    "abi/generated/IRouter.sol"
);
sol!(
    #![sol(rpc, all_derives)]
    "abi/generated/IToken.sol"
);
sol!(
    #![sol(rpc, all_derives)]
    "abi/ILiquidationPair.sol"
);
sol!(
    #![sol(rpc, all_derives)]
    "abi/ILiquidationSource.sol"
);
sol!(
    #![sol(rpc, all_derives)]
    "abi/IERC20.sol"
);
sol!(
    #![sol(all_derives)]
    "abi/generated/IEntry.sol"
);
sol!(
    #![sol(all_derives)]
    "abi/IFlashSwapCallback.sol"
);
sol!(
    #![sol(all_derives)]
    "abi/IConstructors.sol"
);
sol!(
    #![sol(all_derives)]
    "abi/IArbWasm.sol"
);
sol!(
    #![sol(all_derives)]
    "abi/IStylusDeployer.sol"
);
