// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title Error of a program with a constructor.
interface IConstructed {
    /// @notice The constructor has run already.
    error AlreadyInitialized();
}
