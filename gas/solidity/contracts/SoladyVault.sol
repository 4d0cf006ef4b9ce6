// SPDX-License-Identifier: MIT
pragma solidity ^0.8.4;

import {ERC4626} from "solady/src/tokens/ERC4626.sol";

/// @title solady's ERC-4626 made concrete, and nothing else.
contract SoladyVault is ERC4626 {
    address private immutable token;

    constructor(address asset_) {
        token = asset_;
    }

    function asset() public view override returns (address) {
        return token;
    }

    function name() public pure override returns (string memory) {
        return "solady Vault";
    }

    function symbol() public pure override returns (string memory) {
        return "SDV";
    }
}
