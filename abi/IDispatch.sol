// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title What every Weir program answers to a call that it cannot even route.
interface IDispatch {
    /// @notice No function has this selector. Calldata shorter than a selector counts as selector 0.
    error UnknownSelector(bytes4 selector);
    /// @notice The arguments are cut short, too long, or not canonically ABI-encoded.
    /// @param length Bytes of calldata, the selector included.
    error InvalidCalldata(uint256 length);
    /// @notice The program is running already, further up in this transaction.
    error ReentrantCall();
    /// @notice No function takes ether.
    error ValueNotAccepted(uint256 value);
}
