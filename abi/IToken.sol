// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title Test token (contracts/token): an ERC-20 of which anyone may mint. See IERC20.sol for the rest.
interface IToken {
    /// @notice The supply would pass 2^256 − 1.
    error SupplyOverflow(uint256 supply, uint256 minted);

    /// @notice Mints `value` base units to `to`: a faucet.
    function mint(address to, uint256 value) external;
}
