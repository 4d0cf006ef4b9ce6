// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface IAsset {
    function approve(address spender, uint256 value) external returns (bool);
}

interface IDeposits {
    function deposit(uint256 assets, address receiver) external returns (uint256 shares);
}

/// @title Fills a vault with many stakers in one transaction. Their addresses are made up, without known keys.
contract Crowd {
    IDeposits private immutable vault;

    constructor(IAsset asset, IDeposits vault_) {
        asset.approve(address(vault_), type(uint256).max);
        vault = vault_;
    }

    /// @notice Deposits `amount` for each of the stakers `from` to `from + count`, from this contract's balance.
    function join(uint256 from, uint256 count, uint256 amount) external {
        for (uint256 number = from; number < from + count; number++) {
            vault.deposit(amount, address(uint160(uint256(keccak256(abi.encode(number))))));
        }
    }
}
