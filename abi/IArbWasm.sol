// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title What Weir calls of the precompile ArbWasm at 0x71 (Arbitrum Nitro).
interface IArbWasm {
    error ProgramUpToDate();
    error ProgramNotActivated();
    error ProgramNeedsUpgrade(uint16 version, uint16 stylusVersion);
    error ProgramExpired(uint64 ageInSeconds);
    error ProgramInsufficientValue(uint256 have, uint256 want);
    error ProgramKeepaliveTooSoon(uint64 ageInSeconds);

    event ProgramLifetimeExtended(bytes32 indexed codehash, uint256 dataFee);

    /// @notice Activates the program's code; the data fee is taken from the value sent, the rest comes back.
    function activateProgram(address program) external payable returns (uint16 version, uint256 dataFee);
    /// @notice Version of Stylus on this chain.
    function stylusVersion() external view returns (uint16 version);
    /// @notice Version of Stylus that a code hash was activated for. Reverts with the second, third or fourth error if
    /// it cannot run.
    function codehashVersion(bytes32 codehash) external view returns (uint16 version);
    /// @notice Gas that the chain's owner adds to each activation; 2^64 - 1 while activations are paused.
    function activationGas() external view returns (uint64 gas);
    /// @notice How long the program can still run without keep-alive. Reverts with the second, third or fourth
    /// error if it cannot run.
    function programTimeLeft(address program) external view returns (uint64 secs);
    /// @notice Gas of entering a program, in full and when it is cached.
    function programInitGas(address program) external view returns (uint64 gas, uint64 gasWhenCached);
    /// @notice Starts the time of an active program again; the data fee is taken from the value sent, the rest comes
    /// back. Reverts with the last error until `keepaliveDays` after the activation.
    function codehashKeepalive(bytes32 codehash) external payable;
    /// @notice How many days after its activation a program expires, and from which day on it can be kept alive.
    function expiryDays() external view returns (uint16 days_);
    function keepaliveDays() external view returns (uint16 days_);
}
