// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {OpenSource} from "./OpenSource.sol";

/// @title A source whose sales succeed in simulations and revert in transactions.
contract GriefingSource is OpenSource {
    error NotForReal();

    function transferTokensOut(address, address receiver, address tokenOut, uint256 amountOut)
        external
        override
        returns (bytes memory)
    {
        // Simulations usually have a gas price of 0.
        if (tx.gasprice != 0) revert NotForReal();
        send(tokenOut, receiver, amountOut);
        return "";
    }
}
