// SPDX-License-Identifier: MIT
// Made by scripts/abi from abi/IFlashSwapCallback.sol and what it inherits: edit those instead.
pragma solidity ^0.8.20;

/// @title What a receiver of a flash swap implements (PoolTogether V5).
interface IFlashSwapCallback {
    /// @param sender The account that called the pair
    /// @param amountIn What has to be paid in by the end of this call
    /// @param amountOut What has been sent to the receiver
    /// @param flashSwapData The data that the sender passed
    function flashSwapCallback(address sender, uint256 amountIn, uint256 amountOut, bytes calldata flashSwapData)
        external;
}
