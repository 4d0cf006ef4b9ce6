// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title The Stylus deployer (Arbitrum): creates, activates and constructs a program in one transaction.
interface IStylusDeployer {
    event ContractDeployed(address deployedContract);

    error EmptyBytecode();
    error ContractDeploymentError(bytes bytecode);
    error ContractInitializationError(address newContract, bytes data);
    error InitValueButNotInitData();
    error RefundExcessValueError(uint256 excessValue);

    /// @param bytecode Init code
    /// @param initData Calldata of the constructor
    /// @param initValue Wei for the constructor
    /// @param salt 0 for CREATE, else CREATE2 by keccak256(salt ++ initData)
    function deploy(bytes calldata bytecode, bytes calldata initData, uint256 initValue, bytes32 salt)
        external
        payable
        returns (address);
}
