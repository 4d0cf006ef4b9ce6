// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {WildToken} from "./WildToken.sol";

/// @title A wild token that accepts any call, as WETH9 does, so that `permit`, which it does not have, seems to succeed.
/// @notice A call of an unknown function also runs the hook.
contract PhantomToken is WildToken {
    uint256 public unknownCalls;

    constructor() WildToken(18) {}

    fallback() external {
        unknownCalls += 1;
        callHook();
    }
}
