// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ICaller} from "./ICaller.sol";
import {IDispatch} from "./IDispatch.sol";
import {ILiquidationPair} from "./ILiquidationPair.sol";

/// @title Standalone liquidation pair for any ILiquidationSource.
/// @notice The source's revert data is passed on. During a swap every function but another swap may be called.
interface IPair is IDispatch, ICaller, ILiquidationPair {
    /// @notice The program was called directly. Call a pair that a factory created.
    error NotAPair();
}
