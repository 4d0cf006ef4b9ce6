// SPDX-License-Identifier: MIT
// Made by scripts/abi from abi/IEntry.sol and what it inherits: edit those instead.
pragma solidity ^0.8.20;

/// @title Errors that Weir's programs share.
interface IEntry {
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
}
