// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface IToken {
    function transfer(address to, uint256 value) external returns (bool);
}

/// @title A receiver of flash swaps that pays from its own balance.
contract FlashReceiver {
    IToken private immutable tokenIn;
    address private immutable target;

    constructor(IToken tokenIn_, address target_) {
        tokenIn = tokenIn_;
        target = target_;
    }

    function flashSwapCallback(address, uint256 amountIn, uint256, bytes calldata) external {
        tokenIn.transfer(target, amountIn);
    }
}
