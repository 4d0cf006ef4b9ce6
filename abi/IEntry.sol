// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ICaller} from "./ICaller.sol";
import {IConstructed} from "./IConstructed.sol";
import {IDispatch} from "./IDispatch.sol";

/// @title Errors that Weir's programs share.
interface IEntry is IDispatch, IConstructed, ICaller {}
