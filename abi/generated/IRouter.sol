// SPDX-License-Identifier: MIT
// Made by scripts/abi from abi/IRouter.sol and what it inherits: change those.
pragma solidity ^0.8.20;

/// @title Swaps for accounts that approved it: the ABI of PoolTogether V5's `TpdaLiquidationRouter`.
/// @notice Its `flashSwapCallback` is for pairs of the factory alone, in a swap that this router began.
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
    /// @param deadline The last second in which the swap may be made (Unix time)
    function swapExactAmountOut(
        address liquidationPair,
        address receiver,
        uint256 amountOut,
        uint256 amountInMax,
        uint256 deadline
    ) external returns (uint256 amountIn);

    // ---------------------------------------------------------------- IDispatch
    // What every Weir program answers to a call that it cannot even route.

    /// @notice No function has this selector. Calldata shorter than a selector counts as selector 0.
    error UnknownSelector(bytes4 selector);
    /// @notice The arguments are cut short, too long, or not canonically ABI-encoded.
    /// @param length Bytes of calldata, the selector included.
    error InvalidCalldata(uint256 length);
    /// @notice The program is running already, further up in this transaction.
    error ReentrantCall();
    /// @notice No function takes ether.
    error ValueNotAccepted(uint256 value);

    // ---------------------------------------------------------------- IConstructed
    // What a program with a constructor answers when that is called again.

    /// @notice The constructor has run already.
    error AlreadyInitialized();

    // ---------------------------------------------------------------- ICaller
    // What a program answers when a contract that it asks is none, or not of the kind that it takes it for.

    /// @notice A contract that was called has no code, or returned something other than what the function returns.
    error InvalidAnswer(address callee);

    // ---------------------------------------------------------------- ITokenCaller
    // What a program answers when a token that it moves fails without a word of its own.

    /// @notice A token call failed without a reason of its own, or returned false.
    error SafeERC20FailedOperation(address token);

    // ---------------------------------------------------------------- IFlashSwapCallback
    // What a receiver of a flash swap implements (PoolTogether V5).

    /// @param sender Who called the swap
    /// @param amountIn What has to be paid in by the end of this call
    /// @param amountOut What has been sent to the receiver
    /// @param flashSwapData What the sender passed along
    function flashSwapCallback(address sender, uint256 amountIn, uint256 amountOut, bytes calldata flashSwapData)
        external;
}
