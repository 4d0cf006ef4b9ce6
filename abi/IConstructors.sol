// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title Arguments of the Stylus constructors: `stylus_constructor()`'s selector, then these, ABI-encoded.
interface IConstructors {
    function token(string memory name, string memory symbol, uint8 decimals) external;

    /// @param extensionDelegate The program `extension`, activated
    /// @param owner May be zero
    /// @param epochLength Seconds, not 0
    /// @param targetAuctionPeriod Seconds, not 0
    /// @param targetAuctionPrice First price of the lot, in base units of the reward token, 1 to 2^104 − 1
    /// @param smoothingFactor Part of the yield that is held back in a sale, a wad below 1e18
    function vault(
        address extensionDelegate,
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
    ) external;

    /// @param pairTemplate The program `pair`, activated
    /// @param vaultTemplate The program `vault`, activated
    /// @param vaultExtension The program `extension`, activated
    function factory(address pairTemplate, address vaultTemplate, address vaultExtension) external;

    /// @param liquidationPairFactory Whose pairs the router serves; not zero
    function router(address liquidationPairFactory) external;
}
