// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title Error of a program that moves tokens.
interface ITokenCaller {
    /// @notice A token call failed without a reason of its own, or returned false.
    error SafeERC20FailedOperation(address token);
}
