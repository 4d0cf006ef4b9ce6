// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626, IERC20} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";

/// @title OpenZeppelin's ERC-4626 made concrete, and nothing else.
contract OpenZeppelinVault is ERC4626 {
    constructor(IERC20 asset_) ERC20("OpenZeppelin Vault", "OZV") ERC4626(asset_) {}
}
