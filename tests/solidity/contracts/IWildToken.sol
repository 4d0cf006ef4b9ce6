// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title A token with the non-standard behaviors of tokens in the wild, each with its own switch.
/// @notice For tests: anyone may set the switches.
interface IWildToken {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    error Insufficient(address account, uint256 held, uint256 needed);
    error Blocked(address account);
    error Paused();

    /// @notice What a transfer or an approval returns.
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

    /// @notice Sets what transfers and approvals return (USDT: nothing). `False` moves nothing.
    function setAnswer(Answer answer) external;
    /// @notice Makes every transfer revert, with an error or, if `silent`, without data.
    function setPaused(bool paused, bool silent) external;
    /// @notice Sets the fee that is burnt of each transfer, in hundredths of a percent.
    function setFee(uint256 basisPoints) external;
    /// @notice Sets the fee that is burnt of the sender on top of each amount, in hundredths of a percent.
    function setSurcharge(uint256 basisPoints) external;
    /// @notice Rebases: sets the wad that multiplies all balances, 1e18 at first.
    function setFactor(uint256 wad) external;
    /// @notice Makes transfers from and to this account revert (USDC's blocklist).
    function setBlocked(address account, bool blocked) external;
    /// @notice Sets the balance that `balanceOf` returns for this account; 0 for the true one.
    function setReported(address account, uint256 balance) external;
    /// @notice Makes `balanceOf` return 0 for this account.
    function setHidden(address account, bool hidden) external;
    /// @notice Sets a call to make after each transfer (ERC-777). If `must`, the transfer reverts when the call fails.
    function setHook(address target, bytes calldata data, bool must) external;
    /// @notice Whether the hook was called, whether its last call succeeded, and what it returned.
    function lastHook() external view returns (bool called, bool success, bytes memory result);
}
