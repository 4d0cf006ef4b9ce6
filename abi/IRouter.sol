// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title Swaps for accounts that approved it: the ABI of PoolTogether V5's `TpdaLiquidationRouter`.
interface IRouter {
    event LiquidationRouterCreated(address indexed liquidationPairFactory);
    event SwappedExactAmountOut(
        address indexed liquidationPair,
        address indexed sender,
        address indexed receiver,
        uint256 amountOut,
        uint256 amountInMax,
        uint256 amountIn,
        uint256 deadline
    );

    error UndefinedTpdaLiquidationPairFactory();
    error UnknownTpdaLiquidationPair(address liquidationPair);
    error SwapExpired(uint256 deadline);
    error InvalidSender(address sender);
    /// @notice A token call failed without a reason of its own, or returned false.
    error SafeERC20FailedOperation(address token);

    /// @notice Buys `amountOut` for `receiver`; the price is pulled from the caller.
    /// @param deadline The last second in which the swap may be made (Unix time)
    function swapExactAmountOut(
        address liquidationPair,
        address receiver,
        uint256 amountOut,
        uint256 amountInMax,
        uint256 deadline
    ) external returns (uint256 amountIn);
    /// @notice For pairs of the factory alone, in a swap that this router began.
    function flashSwapCallback(address sender, uint256 amountIn, uint256 amountOut, bytes calldata flashSwapData)
        external;
}
