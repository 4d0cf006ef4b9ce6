//! EVM code for tests, assembled by hand.
#![allow(dead_code)]

use revm::primitives::{Address, Bytes};

pub const CALL: u8 = 0xf1;
pub const DELEGATECALL: u8 = 0xf4;
pub const STATICCALL: u8 = 0xfa;

/// Forwards its calldata (and, by CALL, its value) to `target`, and returns or reverts with the result.
pub fn forwarder(opcode: u8, target: Address) -> Vec<u8> {
    // CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY, PUSH0 PUSH0 CALLDATASIZE PUSH0
    let mut code = vec![0x36, 0x5f, 0x5f, 0x37, 0x5f, 0x5f, 0x36, 0x5f];
    if opcode == CALL {
        code.push(0x34); // CALLVALUE
    }
    code.push(0x73); // PUSH20
    code.extend(target);
    // GAS, the call, RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY
    code.extend([0x5a, opcode, 0x3d, 0x5f, 0x5f, 0x3e]);
    let success = code.len() as u8 + 6;
    // PUSH1 JUMPI, RETURNDATASIZE PUSH0 REVERT, JUMPDEST RETURNDATASIZE PUSH0 RETURN
    code.extend([0x60, success, 0x57, 0x3d, 0x5f, 0xfd, 0x5b, 0x3d, 0x5f, 0xf3]);
    code
}

/// Calls `target` with its calldata `times` times, and ignores the results.
pub fn repeater(target: Address, times: usize) -> Vec<u8> {
    caller_of(&vec![target; times])
}

/// Calls each target in turn with its calldata, and ignores the results.
pub fn caller_of(targets: &[Address]) -> Vec<u8> {
    let mut code = vec![0x36, 0x5f, 0x5f, 0x37];
    for target in targets {
        code.extend([0x5f, 0x5f, 0x36, 0x5f, 0x5f, 0x73]);
        code.extend(target);
        code.extend([0x5a, CALL, 0x50]);
    }
    code
}

/// Calldata: a number and an address, one word each. Calls itself recursively to a depth of that number, then calls the
/// address with empty calldata, and returns its result.
pub fn descender() -> Vec<u8> {
    // PUSH0 CALLDATALOAD DUP1 PUSH1 deeper JUMPI
    let (deeper, done) = (4, 17);
    let mut code = vec![0x5f, 0x35, 0x80, 0x60, 0, 0x57];
    // five PUSH0, PUSH1 32 CALLDATALOAD GAS CALL, PUSH1 done JUMP
    code.extend([0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x60, 32, 0x35, 0x5a, CALL, 0x60, 0]);
    code.push(0x56);
    code[deeper] = code.len() as u8;
    // deeper: JUMPDEST, PUSH1 1 SWAP1 SUB PUSH0 MSTORE, PUSH1 32 CALLDATALOAD PUSH1 32 MSTORE
    code.extend([0x5b, 0x60, 1, 0x90, 0x03, 0x5f, 0x52, 0x60, 32, 0x35, 0x60, 32, 0x52]);
    // PUSH0 PUSH0 PUSH1 64 PUSH0 PUSH0 ADDRESS GAS CALL
    code.extend([0x5f, 0x5f, 0x60, 64, 0x5f, 0x5f, 0x30, 0x5a, CALL]);
    code[done] = code.len() as u8;
    // done: JUMPDEST, RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY, RETURNDATASIZE PUSH0 RETURN
    code.extend([0x5b, 0x3d, 0x5f, 0x5f, 0x3e, 0x3d, 0x5f, 0xf3]);
    code
}

/// Stores the first word of calldata in slot 0.
pub const STORE: [u8; 5] = [0x5f, 0x35, 0x5f, 0x55, 0x00];
/// Stores the first word of calldata in slot 0 and reverts with it.
pub const STORE_AND_REVERT: [u8; 12] =
    [0x5f, 0x35, 0x5f, 0x55, 0x5f, 0x35, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xfd];
/// Returns the address of the caller as a word.
pub const CALLER: [u8; 7] = [0x33, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3];
/// Returns the gas left.
pub const GAS_LEFT: [u8; 7] = [0x5a, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3];
/// Self-destructs with the zero address as beneficiary.
pub const SELFDESTRUCT: [u8; 2] = [0x5f, 0xff];

/// Calldata for a forwarding program: the address, then the data.
pub fn to(target: Address, data: impl AsRef<[u8]>) -> Bytes {
    [target.as_slice(), data.as_ref()].concat().into()
}
