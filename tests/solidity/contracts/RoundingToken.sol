// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title A token whose balances are parts of a pool, worth `rate` each, so that transfers are rounded.
/// @notice Three models with different rounding: Lido's stETH, Compound III's Comet, and Aave's aTokens.
abstract contract RoundingToken {
    uint256 internal constant WAD = 1e18;

    string public name = "Rounding Token";
    string public symbol = "RND";
    uint8 public constant decimals = 18;

    mapping(address account => uint256) internal parts;
    mapping(address owner => mapping(address spender => uint256)) public allowance;
    /// @notice Base units that a part is worth, times 1e18.
    uint256 public rate = WAD;
    uint256 private allParts;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    error Insufficient(address account, uint256 held, uint256 needed);

    function balanceOf(address account) public view returns (uint256) {
        return worth(parts[account]);
    }

    function totalSupply() external view returns (uint256) {
        return worth(allParts);
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        checkedMove(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < value) revert Insufficient(msg.sender, allowed, value);
        if (allowed != type(uint256).max) allowance[from][msg.sender] = allowed - value;
        checkedMove(from, to, value);
        return true;
    }

    /// @notice Mints at least `value`. For tests: anyone may mint.
    function mint(address to, uint256 value) external {
        uint256 more = (value * WAD) / rate + 1;
        parts[to] += more;
        allParts += more;
        emit Transfer(address(0), to, value);
    }

    function setRate(uint256 wad) external {
        rate = wad;
    }

    function checkedMove(address from, address to, uint256 value) private {
        uint256 held = balanceOf(from);
        if (held < value) revert Insufficient(from, held, value);
        move(from, to, value);
        emit Transfer(from, to, value);
    }

    /// @dev What parts are worth. Rounds down.
    function worth(uint256 count) internal view virtual returns (uint256) {
        return (count * rate) / WAD;
    }

    function move(address from, address to, uint256 value) internal virtual;
}

/// @title As stETH: the amount is converted to parts, rounded down, and those are moved.
contract PooledToken is RoundingToken {
    function move(address from, address to, uint256 value) internal override {
        uint256 moved = (value * WAD) / rate;
        parts[from] -= moved;
        parts[to] += moved;
    }
}

/// @title As Comet: both new balances are computed and converted to parts, rounded down.
contract IndexedToken is RoundingToken {
    function move(address from, address to, uint256 value) internal override {
        uint256 left = balanceOf(from) - value;
        parts[from] = (left * WAD) / rate;
        uint256 grown = balanceOf(to) + value;
        parts[to] = (grown * WAD) / rate;
    }
}

/// @title As an aToken: amounts are converted to parts and balances to amounts, both rounded to the nearest.
contract ScaledToken is RoundingToken {
    function worth(uint256 count) internal view override returns (uint256) {
        return (count * rate + WAD / 2) / WAD;
    }

    function move(address from, address to, uint256 value) internal override {
        uint256 moved = (value * WAD + rate / 2) / rate;
        if (moved > parts[from]) moved = parts[from];
        parts[from] -= moved;
        parts[to] += moved;
    }
}
