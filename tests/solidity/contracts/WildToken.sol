// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IWildToken} from "./IWildToken.sol";

/// @title See IWildToken.
contract WildToken is IWildToken {
    uint256 private constant WAD = 1e18;

    string public name = "Wild Token";
    string public symbol = "WILD";
    uint8 public immutable decimals;

    /// @dev Balances before the factor.
    mapping(address account => uint256) private parts;
    uint256 private allParts;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    Answer private answer;
    bool private paused;
    bool private silent;
    uint256 private feeBasisPoints;
    uint256 private surchargeBasisPoints;
    uint256 private factor = WAD;
    mapping(address account => bool) private isBlocked;
    mapping(address account => uint256) private reported;
    mapping(address account => bool) private isHidden;

    address private hook;
    bytes private hookData;
    bool private hookMust;
    bool private hookCalled;
    bool private hookSuccess;
    bytes private hookResult;

    constructor(uint8 decimals_) {
        decimals = decimals_;
    }

    function totalSupply() external view returns (uint256) {
        return (allParts * factor) / WAD;
    }

    function balanceOf(address account) public view returns (uint256) {
        if (isHidden[account]) return 0;
        return reported[account] != 0 ? reported[account] : (parts[account] * factor) / WAD;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return say();
    }

    function transfer(address to, uint256 value) external returns (bool) {
        return move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < value) revert Insufficient(msg.sender, allowed, value);
        if (answer != Answer.False && allowed != type(uint256).max) allowance[from][msg.sender] = allowed - value;
        return move(from, to, value);
    }

    function mint(address to, uint256 value) external {
        uint256 part = (value * WAD) / factor;
        parts[to] += part;
        allParts += part;
        emit Transfer(address(0), to, value);
    }

    function setAnswer(Answer answer_) external {
        answer = answer_;
    }

    function setPaused(bool paused_, bool silent_) external {
        (paused, silent) = (paused_, silent_);
    }

    function setFee(uint256 basisPoints) external {
        feeBasisPoints = basisPoints;
    }

    function setSurcharge(uint256 basisPoints) external {
        surchargeBasisPoints = basisPoints;
    }

    function setFactor(uint256 wad) external {
        factor = wad;
    }

    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    function setReported(address account, uint256 balance) external {
        reported[account] = balance;
    }

    function setHidden(address account, bool hidden) external {
        isHidden[account] = hidden;
    }

    function setHook(address target, bytes calldata data, bool must) external {
        (hook, hookData, hookMust, hookCalled) = (target, data, must, false);
    }

    function lastHook() external view returns (bool called, bool success, bytes memory result) {
        return (hookCalled, hookSuccess, hookResult);
    }

    function move(address from, address to, uint256 value) private returns (bool) {
        if (paused && silent) revert();
        if (paused) revert Paused();
        if (isBlocked[from]) revert Blocked(from);
        if (isBlocked[to]) revert Blocked(to);
        if (answer == Answer.False) return false;

        uint256 held = (parts[from] * factor) / WAD;
        if (held < value) revert Insufficient(from, held, value);
        // The sender loses at least the amount, and the receiver gets at most that.
        uint256 taken = (value * WAD + factor - 1) / factor;
        taken += (taken * surchargeBasisPoints) / 10_000;
        if (taken > parts[from]) taken = parts[from];
        uint256 kept = (((value * WAD) / factor) * (10_000 - feeBasisPoints)) / 10_000;
        parts[from] -= taken;
        parts[to] += kept;
        allParts -= taken - kept;
        emit Transfer(from, to, value);
        callHook();
        return say();
    }

    function callHook() internal {
        if (hook == address(0)) return;
        (address target, bytes memory data) = (hook, hookData);
        // Removed during the call, because what the hook calls may transfer this token again.
        hook = address(0);
        (bool success, bytes memory result) = target.call(data);
        if (!success && hookMust) {
            assembly {
                revert(add(result, 32), mload(result))
            }
        }
        (hook, hookCalled, hookSuccess, hookResult) = (target, true, success, result);
    }

    function say() private view returns (bool) {
        if (answer == Answer.Nothing) {
            assembly {
                return(0, 0)
            }
        }
        return answer == Answer.True;
    }
}
