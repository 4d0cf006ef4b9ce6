// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

import {ERC20} from "solmate/src/tokens/ERC20.sol";
import {ERC4626} from "solmate/src/tokens/ERC4626.sol";

/// @title solmate's ERC-4626 made concrete, and nothing else: it is worth what it holds.
contract SolmateVault is ERC4626 {
    constructor(ERC20 asset_) ERC4626(asset_, "solmate Vault", "SMV") {}

    function totalAssets() public view override returns (uint256) {
        return asset.balanceOf(address(this));
    }
}
