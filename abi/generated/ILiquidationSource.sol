// SPDX-License-Identifier: MIT
// Made by scripts/abi from abi/ILiquidationSource.sol and what it inherits: edit those instead.
pragma solidity ^0.8.20;

/// @title A contract whose balance liquidation pairs sell (PoolTogether V5).
interface ILiquidationSource {
    event LiquidationPairSet(address indexed tokenOut, address indexed liquidationPair);

    /// @notice What of `tokenOut` could be sold now.
    function liquidatableBalanceOf(address tokenOut) external returns (uint256);
    /// @param sender The account that called the pair
    /// @return What the pair hands to `verifyTokensIn`
    function transferTokensOut(address sender, address receiver, address tokenOut, uint256 amountOut)
        external
        returns (bytes memory);
    /// @notice Reverts unless `amountIn` of `tokenIn` has been paid.
    function verifyTokensIn(address tokenIn, uint256 amountIn, bytes calldata transferTokensOutData) external;
    /// @notice Where `tokenIn` is to be paid.
    function targetOf(address tokenIn) external returns (address);
    function isLiquidationPair(address tokenOut, address liquidationPair) external returns (bool);
}
