// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title What a contract that signs implements (ERC-1271).
interface IERC1271 {
    /// @return The selector of this function for a signature that the contract accepts
    function isValidSignature(bytes32 hash, bytes memory signature) external view returns (bytes4);
}
