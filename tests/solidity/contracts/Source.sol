// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {OpenSource} from "./OpenSource.sol";

/// @title A liquidation source that serves the pairs it is set to, and emits the data of its sales.
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

    /// @return The arguments of the sale, which `verifyTokensIn` gets back and emits.
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
