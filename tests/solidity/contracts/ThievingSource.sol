// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title A liquidation source that offers a lot, takes the price, and sends less than it sold.
contract ThievingSource {
    uint256 public immutable offered;

    constructor(uint256 offered_) {
        offered = offered_;
    }

    function liquidatableBalanceOf(address) external view returns (uint256) {
        return offered;
    }

    function transferTokensOut(address, address, address, uint256) external pure returns (bytes memory) {
        return "";
    }

    function verifyTokensIn(address, uint256, bytes calldata) external {}

    function targetOf(address) external view returns (address) {
        return address(this);
    }

    function isLiquidationPair(address, address) external pure returns (bool) {
        return true;
    }
}
