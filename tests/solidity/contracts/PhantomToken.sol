// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {WildToken} from "./WildToken.sol";

/// @title A wild token that takes any call, as WETH9 does: a permit, which it does not have, seems to be used. What it
/// is asked beyond its own functions it answers with its hook, too.
contract PhantomToken is WildToken {
    uint256 public unknownCalls;

    constructor() WildToken(18) {}

    fallback() external {
        unknownCalls += 1;
        callHook();
    }
}
