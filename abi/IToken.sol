// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IConstructed} from "./IConstructed.sol";
import {IDispatch} from "./IDispatch.sol";
import {IERC20} from "./IERC20.sol";

/// @title Test token: an ERC-20 that anyone may mint.
interface IToken is IDispatch, IConstructed, IERC20 {
    /// @notice The supply would exceed 2^256 − 1.
    error SupplyOverflow(uint256 supply, uint256 minted);

    /// @notice Mints `value` base units to `to`: a faucet.
    function mint(address to, uint256 value) external;
}
