// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {OpenSource} from "./OpenSource.sol";

/// @title A source that sells in every simulation and in no transaction.
contract GriefingSource is OpenSource {
    error NotForReal();

    function transferTokensOut(address, address receiver, address tokenOut, uint256 amountOut)
        external
        override
        returns (bytes memory)
    {
        // Simulations seldom offer anything for gas.
        if (tx.gasprice != 0) revert NotForReal();
        send(tokenOut, receiver, amountOut);
        return "";
    }
}
