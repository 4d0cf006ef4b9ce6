// SPDX-License-Identifier: MIT
// Made by scripts/abi from abi/IEntry.sol and what it inherits: change those.
pragma solidity ^0.8.20;

/// @title The errors that Weir's programs share, whatever they do.
interface IEntry {
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
}
