// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title A contract wallet (ERC-1271) that accepts signatures of its owner's key, and bytes that were set.
contract SigningWallet {
    address private immutable owner;
    bytes32 private accepted;

    constructor(address owner_) {
        owner = owner_;
    }

    /// @notice Makes these bytes a valid signature of any hash.
    function accept(bytes calldata signature) external {
        accepted = keccak256(signature);
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (keccak256(signature) == accepted) return this.isValidSignature.selector;
        if (signature.length != 65) return 0xffffffff;
        (bytes32 r, bytes32 s) = abi.decode(signature[:64], (bytes32, bytes32));
        address signer = ecrecover(hash, uint8(signature[64]), r, s);
        return signer == owner ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}
