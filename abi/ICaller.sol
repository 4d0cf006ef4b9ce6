// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title What a program answers when a contract that it asks is none, or not of the kind that it takes it for.
interface ICaller {
    /// @notice A contract that was called has no code, or returned something other than what the function returns.
    error InvalidAnswer(address callee);
}
