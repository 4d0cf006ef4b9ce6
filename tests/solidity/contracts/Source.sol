// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {OpenSource} from "./OpenSource.sol";

/// @title A liquidation source that serves the pairs it was given, and remembers between sending and being paid.
contract Source is OpenSource {
    event LiquidationPairSet(address indexed tokenOut, address indexed liquidationPair);
    event Verified(address indexed tokenIn, uint256 amountIn, bytes transferTokensOutData);

    error CallerNotLP(address caller, address expected);
    error NotOwner(address caller);

    address public immutable owner = msg.sender;
    mapping(address tokenOut => address) public pairOf;

    function setLiquidationPair(address tokenOut, address pair) external {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        pairOf[tokenOut] = pair;
        emit LiquidationPairSet(tokenOut, pair);
    }

    function isLiquidationPair(address tokenOut, address pair) external view override returns (bool) {
        return pairOf[tokenOut] == pair;
    }

    /// @return What a sale was: `verifyTokensIn` shows that it got the same.
    function transferTokensOut(address sender, address receiver, address tokenOut, uint256 amountOut)
        external
        override
        returns (bytes memory)
    {
        address expected = pairOf[tokenOut];
        if (msg.sender != expected) revert CallerNotLP(msg.sender, expected);
        send(tokenOut, receiver, amountOut);
        return abi.encode(sender, receiver, tokenOut, amountOut);
    }

    function verifyTokensIn(address tokenIn, uint256 amountIn, bytes calldata transferTokensOutData)
        external
        override
    {
        take(tokenIn, amountIn);
        emit Verified(tokenIn, amountIn, transferTokensOutData);
    }
}
