// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title What a program answers when a token that it moves fails without a word of its own.
interface ITokenCaller {
    /// @notice A token call failed without a reason of its own, or returned false.
    error SafeERC20FailedOperation(address token);
}
