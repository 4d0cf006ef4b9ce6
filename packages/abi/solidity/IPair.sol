// SPDX-License-Identifier: MIT
// Made by scripts/abi from abi/IPair.sol and what it inherits: edit those instead.
pragma solidity ^0.8.20;

/// @title Standalone liquidation pair for any ILiquidationSource.
/// @notice The source's revert data is passed on. During a swap every function but another swap may be called.
interface IPair {
    /// @notice The program was called directly. Call a pair that a factory created.
    error NotAPair();

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

    // ---------------------------------------------------------------- ICaller
    // Error of a program that calls contracts which are not Weir's.

    /// @notice A contract that was called has no code, or returned something other than what the function returns.
    error InvalidAnswer(address callee);

    // ---------------------------------------------------------------- ILiquidationPair
    // TPDA liquidation pair: the ABI of PoolTogether V5's `TpdaLiquidationPair`.
    // The price is for the lot, whatever part of it is taken, in base units of `tokenIn`. Times are seconds.

    event SwappedExactAmountOut(
        address indexed sender,
        address indexed receiver,
        uint256 amountOut,
        uint256 amountInMax,
        uint256 amountIn,
        bytes flashSwapData
    );

    error ReceiverIsZero();
    /// @notice The receiver of a flash swap has no code to call back.
    error ReceiverIsNotAContract(address receiver);
    error SwapExceedsMax(uint256 amountInMax, uint256 amountIn);
    error InsufficientBalance(uint256 requested, uint256 available);
    /// @notice A price of 0 is never reached.
    error PriceIsZero();

    function source() external view returns (address);
    function tokenIn() external view returns (address);
    function tokenOut() external view returns (address);
    /// @notice Where the source wants the price to be paid.
    function target() external returns (address);
    /// @notice The lot: what the source could sell, less what smoothing holds back.
    function maxAmountOut() external returns (uint256);
    /// @notice Price of the lot now, whatever part of it is taken.
    function computeExactAmountIn(uint256 amountOut) external view returns (uint256);
    /// @notice Sells `amountOut`. With data it is a flash swap, whose receiver implements `IFlashSwapCallback` and pays by the
    /// end of that call. Without data it depends on the source how it is paid: a vault's own pair pulls the price from the caller, and a
    /// pair that sells for a vault needs data.
    function swapExactAmountOut(address receiver, uint256 amountOut, uint256 amountInMax, bytes calldata flashSwapData)
        external
        returns (uint256 amountIn);
    function targetAuctionPeriod() external view returns (uint256);
    function smoothingFactor() external view returns (uint256);
    function lastAuctionAt() external view returns (uint64);
    function lastAuctionPrice() external view returns (uint192);
    function computeTimeForPrice(uint256 price) external view returns (uint256);
}
