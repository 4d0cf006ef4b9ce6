// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IAuctionTerms} from "./IAuctionTerms.sol";
import {IConstructed} from "./IConstructed.sol";
import {IDispatch} from "./IDispatch.sol";

/// @title Makes and registers pairs, as PoolTogether V5's `TpdaLiquidationPairFactory` does, and vaults.
/// @notice What it makes is active and set up when the call ends. A vault is its own pair and stands in both lists.
interface IFactory is IDispatch, IConstructed, IAuctionTerms {
    event PairCreated(
        address indexed pair,
        address source,
        address indexed tokenIn,
        address indexed tokenOut,
        uint64 targetAuctionPeriod,
        uint192 targetAuctionPrice,
        uint256 smoothingFactor
    );
    event VaultCreated(
        address indexed vault,
        address indexed asset,
        address indexed reward,
        address yieldToken,
        uint32 epochLength,
        address owner
    );

    /// @notice A list was asked for an entry that it does not have.
    error IndexOutOfBounds(uint256 index, uint256 total);
    /// @notice What clones are made of has no code.
    error InvalidTemplate(address template);
    /// @notice The clone could not be created: there was not enough gas for it.
    error CreationFailed();

    // ---------------------------------------------------------------- pairs

    /// @param targetAuctionPeriod Seconds
    /// @param targetAuctionPrice First price of the lot, in base units of `tokenIn`
    /// @param smoothingFactor Part of the balance that is held back in a sale, a wad below 1e18
    function createPair(
        address source,
        address tokenIn,
        address tokenOut,
        uint64 targetAuctionPeriod,
        uint192 targetAuctionPrice,
        uint256 smoothingFactor
    ) external returns (address pair);
    function allPairs(uint256 index) external view returns (address);
    function totalPairs() external view returns (uint256);
    function deployedPairs(address pair) external view returns (bool);

    // ---------------------------------------------------------------- vaults

    /// @notice Makes a vault with the arguments of its constructor, in their order; what that refuses is passed on.
    function createVault(
        address asset,
        address reward,
        address yieldToken,
        uint32 epochLength,
        uint32 targetAuctionPeriod,
        uint256 targetAuctionPrice,
        uint64 smoothingFactor,
        string memory name,
        string memory symbol,
        address owner
    ) external returns (address vault);
    function allVaults(uint256 index) external view returns (address);
    function totalVaults() external view returns (uint256);
    function deployedVaults(address vault) external view returns (bool);

    // ---------------------------------------------------------------- what clones are made of

    function pairTemplate() external view returns (address);
    function vaultTemplate() external view returns (address);
    /// @notice The second program of the vaults: see `IVault.extensionDelegate`.
    function vaultExtension() external view returns (address);
}
