// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title A token with the habits of tokens in the wild, each switched on by itself. Anybody may switch: it is for tests.
interface IWildToken {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    error Insufficient(address account, uint256 held, uint256 needed);
    error Blocked(address account);
    error Paused();

    /// @notice What a transfer or an approval answers.
    enum Answer {
        True,
        Nothing,
        False
    }

    function name() external view returns (string memory);
    function symbol() external view returns (string memory);
    function decimals() external view returns (uint8);
    function totalSupply() external view returns (uint256);
    function balanceOf(address account) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);
    function approve(address spender, uint256 value) external returns (bool);
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);

    function mint(address to, uint256 value) external;

    /// @notice What calls that move or approve answer (USDT: nothing). `False` moves nothing.
    function setAnswer(Answer answer) external;
    /// @notice Every transfer reverts, with a reason or in silence.
    function setPaused(bool paused, bool silent) external;
    /// @notice Of each transfer so many hundredths of a percent are burnt.
    function setFee(uint256 basisPoints) external;
    /// @notice All balances are multiplied by this wad; 1e18 in the beginning (a rebase).
    function setFactor(uint256 wad) external;
    /// @notice Transfers from and to this account revert (USDC's blocklist).
    function setBlocked(address account, bool blocked) external;
    /// @notice The balance that this account is said to have; 0 for the true one.
    function setReported(address account, uint256 balance) external;
    /// @notice This account is said to have nothing.
    function setHidden(address account, bool hidden) external;
    /// @notice After each transfer this contract is called with that data (ERC-777); if `must`, its failure is passed on.
    function setHook(address target, bytes calldata data, bool must) external;
    /// @notice Whether the hook's last call went well, and what it returned.
    function lastHook() external view returns (bool called, bool success, bytes memory result);
}
