// SPDX-License-Identifier: MIT
// Made by scripts/abi from abi/IRouter.sol and what it inherits: edit those instead.
pragma solidity ^0.8.20;

/// @title Swaps for accounts that approved it: the ABI of PoolTogether V5's `TpdaLiquidationRouter`.
/// @notice Its `flashSwapCallback` is for the factory's pairs only, in a swap that this router began.
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

    /// @notice Buys `amountOut` for `receiver`; the price is pulled from the caller.
    /// @param deadline The last second in which the swap may happen (Unix time)
    function swapExactAmountOut(
        address liquidationPair,
        address receiver,
        uint256 amountOut,
        uint256 amountInMax,
        uint256 deadline
    ) external returns (uint256 amountIn);

    // ---------------------------------------------------------------- IDispatch
    // Errors of every Weir program, before any function runs.

    /// @notice No function has this selector. Calldata shorter than a selector counts as selector 0.
    error UnknownSelector(bytes4 selector);
    /// @notice The arguments are too short, point outside of the calldata, or exceed their types. Bytes after them are ignored.
    /// @param length Bytes of calldata, the selector included
    error InvalidCalldata(uint256 length);
    /// @notice The contract is running already, further up in this transaction.
    error ReentrantCall();
    /// @notice No function accepts ether.
    error ValueNotAccepted(uint256 value);

    // ---------------------------------------------------------------- IConstructed
    // Error of a program with a constructor.

    /// @notice The constructor has run already.
    error AlreadyInitialized();

    // ---------------------------------------------------------------- ICaller
    // Error of a program that calls contracts which are not Weir's.

    /// @notice A contract that was called has no code, or returned something other than what the function returns.
    error InvalidAnswer(address callee);

    // ---------------------------------------------------------------- ITokenCaller
    // Error of a program that moves tokens.

    /// @notice A token call failed without a reason of its own, or returned false.
    error SafeERC20FailedOperation(address token);

    // ---------------------------------------------------------------- IFlashSwapCallback
    // What a receiver of a flash swap implements (PoolTogether V5).

    /// @param sender The account that called the pair
    /// @param amountIn What has to be paid in by the end of this call
    /// @param amountOut What has been sent to the receiver
    /// @param flashSwapData The data that the sender passed
    function flashSwapCallback(address sender, uint256 amountIn, uint256 amountOut, bytes calldata flashSwapData)
        external;
}
