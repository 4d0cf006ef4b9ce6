// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title What a program with a constructor answers when that is called again.
interface IConstructed {
    /// @notice The constructor has run already.
    error AlreadyInitialized();
}
