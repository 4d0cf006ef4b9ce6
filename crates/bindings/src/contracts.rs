//! The interfaces of `abi/` with their calls, events and errors.

#![allow(clippy::too_many_arguments, reason = "the interfaces have functions with many")]

use alloy::sol;

sol!(
    #![sol(rpc, all_derives)]
    "../../abi/IVault.sol"
);
sol!(
    #![sol(rpc, all_derives)]
    "../../abi/IPair.sol"
);
sol!(
    #![sol(rpc, all_derives)]
    "../../abi/IFactory.sol"
);
sol!(
    #![sol(rpc, all_derives)]
    "../../abi/IRouter.sol"
);
sol!(
    #![sol(rpc, all_derives)]
    "../../abi/ILiquidationSource.sol"
);
sol!(
    #![sol(rpc, all_derives)]
    "../../abi/IERC20.sol"
);
sol!(
    #![sol(rpc, all_derives)]
    "../../abi/IToken.sol"
);
sol!(
    #![sol(all_derives)]
    "../../abi/IEntry.sol"
);
sol!(
    #![sol(all_derives)]
    "../../abi/IFlashSwapCallback.sol"
);
sol!(
    #![sol(all_derives)]
    "../../abi/IConstructors.sol"
);
sol!(
    #![sol(all_derives)]
    "../../abi/IArbWasm.sol"
);
sol!(
    #![sol(all_derives)]
    "../../abi/IStylusDeployer.sol"
);
