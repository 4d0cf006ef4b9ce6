// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ICaller} from "./ICaller.sol";
import {IConstructed} from "./IConstructed.sol";
import {IDispatch} from "./IDispatch.sol";

/// @title The errors that Weir's programs share, whatever they do.
interface IEntry is IDispatch, IConstructed, ICaller {}
