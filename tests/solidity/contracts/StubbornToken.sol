// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {PlainToken} from "./PlainToken.sol";

/// @title A token whose approvals can be changed only from or to 0, as USDT's.
contract StubbornToken is PlainToken {
    error ApprovedAlready(uint256 value);

    function approve(address spender, uint256 value) public override returns (bool) {
        uint256 approved = allowance(msg.sender, spender);
        if (value != 0 && approved != 0) revert ApprovedAlready(approved);
        return super.approve(spender, value);
    }
}
