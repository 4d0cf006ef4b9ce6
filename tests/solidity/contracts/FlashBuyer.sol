// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Receives a flash swap and pays its price from its own balance.
contract FlashBuyer {
    IERC20 private immutable paid;
    address private immutable target;

    constructor(IERC20 paid_, address target_) {
        (paid, target) = (paid_, target_);
    }

    function flashSwapCallback(address, uint256 amountIn, uint256, bytes calldata) external {
        paid.transfer(target, amountIn);
    }
}
