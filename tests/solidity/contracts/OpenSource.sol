// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface IToken {
    function balanceOf(address account) external view returns (uint256);
    function transfer(address to, uint256 value) external returns (bool);
}

/// @title A liquidation source for any pair: it sells what it holds, and stores in one slot what it was paid.
/// @notice It does as little as a source can, so that the cost of a swap is mostly that of pair and router.
contract OpenSource {
    error NotPaid(uint256 amountIn, uint256 paid);
    error NotSent();

    /// @notice Payments so far.
    uint256 public credited;

    function liquidatableBalanceOf(address tokenOut) external view returns (uint256) {
        return IToken(tokenOut).balanceOf(address(this));
    }

    function transferTokensOut(address sender, address receiver, address tokenOut, uint256 amountOut)
        external
        virtual
        returns (bytes memory)
    {
        sender;
        send(tokenOut, receiver, amountOut);
        return "";
    }

    function verifyTokensIn(address tokenIn, uint256 amountIn, bytes calldata transferTokensOutData)
        external
        virtual
    {
        transferTokensOutData;
        take(tokenIn, amountIn);
    }

    function targetOf(address tokenIn) external view returns (address) {
        tokenIn;
        return address(this);
    }

    function isLiquidationPair(address, address) external view virtual returns (bool) {
        return true;
    }

    function send(address token, address receiver, uint256 amount) internal {
        if (!IToken(token).transfer(receiver, amount)) revert NotSent();
    }

    function take(address token, uint256 amount) internal {
        uint256 paid = IToken(token).balanceOf(address(this)) - credited;
        if (paid < amount) revert NotPaid(amount, paid);
        credited += paid;
    }
}
