// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title What is refused where an auction's terms are set: by a vault's constructor, and by the factory for a pair.
interface IAuctionTerms {
    /// @notice Smoothing would hold back all of what is for sale, or more.
    error SmoothingGteOne();
}
