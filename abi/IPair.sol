// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ICaller} from "./ICaller.sol";
import {IDispatch} from "./IDispatch.sol";
import {ILiquidationPair} from "./ILiquidationPair.sol";

/// @title Standalone liquidation pair for any ILiquidationSource.
/// @notice What the source reverts with is passed on. While a swap is under way everything but another swap may be asked.
interface IPair is IDispatch, ICaller, ILiquidationPair {
    /// @notice The program that pairs are clones of was called itself: call a pair that the factory made.
    error NotAPair();
}
