// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title Arguments of the Stylus constructors: `stylus_constructor()`'s selector, then these, ABI-encoded.
/// @notice Vaults and pairs have no constructor: the factory creates them.
interface IConstructors {
    function token(string memory name, string memory symbol, uint8 decimals) external;

    /// @param pairTemplate The program `pair`, activated
    /// @param vaultTemplate The program `vault`, activated
    /// @param vaultExtension The program `extension`, activated
    /// @param vaultLifeboat What vaults run while their program cannot run: `lifeboat/Lifeboat.sol`
    function factory(address pairTemplate, address vaultTemplate, address vaultExtension, address vaultLifeboat) external;

    /// @param liquidationPairFactory The factory whose pairs the router serves; not zero
    function router(address liquidationPairFactory) external;
}
