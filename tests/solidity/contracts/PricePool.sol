// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title The price functions of a Uniswap V3 pool: ticks over time, and the current price.
contract PricePool {
    struct Observation {
        uint32 since;
        int24 tick;
        int56 sum;
    }

    error OLD();

    address public immutable token0;
    address public immutable token1;

    uint160 private sqrtPriceX96;
    Observation[] private observations;

    constructor(address tokenA, address tokenB) {
        (token0, token1) = tokenA < tokenB ? (tokenA, tokenB) : (tokenB, tokenA);
    }

    /// @notice Sets the price from now on: the observed tick, and the square root that `slot0` returns.
    function set(int24 tick, uint160 sqrtPriceX96_) external {
        uint32 now_ = uint32(block.timestamp);
        int56 sum = observations.length == 0 ? int56(0) : sumAt(now_);
        observations.push(Observation(now_, tick, sum));
        sqrtPriceX96 = sqrtPriceX96_;
    }

    function slot0() external view returns (uint160, int24, uint16, uint16, uint16, uint8, bool) {
        int24 tick = observations.length == 0 ? int24(0) : observations[observations.length - 1].tick;
        return (sqrtPriceX96, tick, 0, 1, 1, 0, true);
    }

    function observe(uint32[] calldata secondsAgos) external view returns (int56[] memory, uint160[] memory) {
        int56[] memory sums = new int56[](secondsAgos.length);
        for (uint256 i = 0; i < sums.length; i++) sums[i] = sumAt(uint32(block.timestamp) - secondsAgos[i]);
        return (sums, new uint160[](sums.length));
    }

    /// @notice Sum of the ticks of all seconds until `time`.
    function sumAt(uint32 time) private view returns (int56) {
        for (uint256 i = observations.length; i > 0; i--) {
            Observation memory seen = observations[i - 1];
            if (seen.since <= time) return seen.sum + int56(seen.tick) * int56(uint56(time - seen.since));
        }
        revert OLD();
    }
}
