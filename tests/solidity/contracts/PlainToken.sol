// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title OpenZeppelin's ERC-20 with a faucet: the token that gas is measured with.
contract PlainToken is ERC20("Plain Token", "PLAIN") {
    function mint(address to, uint256 value) external {
        _mint(to, value);
    }
}
