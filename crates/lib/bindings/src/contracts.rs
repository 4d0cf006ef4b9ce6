//! One module per Solidity interface, with its calls, events and errors as types.
//!
//! | interface | content |
//! | --- | --- |
//! | [`IVault`] | everything of the vault |
//! | [`IPair`] | everything of a standalone liquidation pair |
//! | [`IFactory`], [`IRouter`] | everything of factory and router, which follow PoolTogether V5 |
//! | [`IToken`] | everything of the test token |
//! | [`ILiquidationPair`] | the interface that vaults and standalone pairs share |
//! | [`ILiquidationSource`], [`IFlashSwapCallback`] | to implement: a seller at a pair, a flash swap receiver |
//! | [`IERC20`], [`IEntry`] | any token with metadata; the errors that all programs share |
//! | [`IConstructors`] | arguments of the constructors |
//! | [`IArbWasm`], [`IStylusDeployer`] | contracts of the chain that a deployment and a keep-alive call |

#![allow(clippy::too_many_arguments, reason = "some functions of the interfaces have many arguments")]

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
    #![sol(rpc, all_derives)]
    "abi/IArbWasm.sol"
);
sol!(
    #![sol(all_derives)]
    "abi/IStylusDeployer.sol"
);
