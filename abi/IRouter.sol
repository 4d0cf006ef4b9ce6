// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ICaller} from "./ICaller.sol";
import {IConstructed} from "./IConstructed.sol";
import {IDispatch} from "./IDispatch.sol";
import {IFlashSwapCallback} from "./IFlashSwapCallback.sol";
import {ITokenCaller} from "./ITokenCaller.sol";

/// @title Swaps for accounts that approved it: the ABI of PoolTogether V5's `TpdaLiquidationRouter`.
/// @notice Its `flashSwapCallback` is for the factory's pairs only, in a swap that this router began.
interface IRouter is IDispatch, IConstructed, ICaller, ITokenCaller, IFlashSwapCallback {
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

    /// @notice Buys `amountOut` for `receiver`; the price is pulled from the caller.
    /// @param deadline The last second in which the swap may happen (Unix time)
    function swapExactAmountOut(
        address liquidationPair,
        address receiver,
        uint256 amountOut,
        uint256 amountInMax,
        uint256 deadline
    ) external returns (uint256 amountIn);
}
