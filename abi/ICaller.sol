// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title Error of a program that calls contracts which are not Weir's.
interface ICaller {
    /// @notice A contract that was called has no code, or returned something other than what the function returns.
    error InvalidAnswer(address callee);
}
