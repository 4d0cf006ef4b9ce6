// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token with a second address for the same balances, as TrueUSD had. For tests: anyone may mint.
contract TwoAddresses is ERC20("Two Addresses", "TWO") {
    SecondAddress public immutable second = new SecondAddress();

    error NotSecond(address caller);

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function moveFor(address from, address to, uint256 value) external {
        if (msg.sender != address(second)) revert NotSecond(msg.sender);
        _transfer(from, to, value);
    }
}

/// @title The second address.
contract SecondAddress {
    TwoAddresses private immutable first = TwoAddresses(msg.sender);

    function balanceOf(address account) external view returns (uint256) {
        return first.balanceOf(account);
    }

    function decimals() external pure returns (uint8) {
        return 18;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        first.moveFor(msg.sender, to, value);
        return true;
    }
}
