// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title A price feed with Chainlink's interface that returns what it is set to.
contract PriceFeed {
    uint8 public immutable decimals;

    uint80 private round;
    int256 private answer;
    uint256 private updatedAt;

    constructor(uint8 decimals_) {
        decimals = decimals_;
    }

    function set(int256 answer_, uint256 updatedAt_) external {
        round += 1;
        (answer, updatedAt) = (answer_, updatedAt_);
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (round, answer, updatedAt, updatedAt, round);
    }
}
