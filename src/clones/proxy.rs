//! The proxy at the start of a clone's code, as in EIP-1167, but it appends the clone's configuration to the calldata. So the
//! program reads it for almost nothing; in storage each slot would cost 2 100 gas.

use alloc::vec::Vec;

use alloy_primitives::Address;

/// Copies the calldata to memory, then the configuration, for a delegate call of the program.
///
/// ```text
/// CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY
/// PUSH1 config.length PUSH1 proxy.length CALLDATASIZE CODECOPY
/// PUSH0 PUSH0 PUSH1 config.length CALLDATASIZE ADD PUSH0 PUSH20 program …
/// ```
const fn forward(config: u8) -> [u8; 18] {
    [
        0x36,
        0x5f,
        0x5f,
        0x37,
        0x60,
        config,
        0x60,
        LENGTH as u8,
        0x36,
        0x39,
        0x5f,
        0x5f,
        0x60,
        config,
        0x36,
        0x01,
        0x5f,
        0x73,
    ]
}

/// The delegate call, and what it returned or reverted with. Success jumps and failure falls through, so handling a failure
/// in another way would cost a successful call nothing.
///
/// ```text
/// … GAS DELEGATECALL
/// RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY PUSH0 RETURNDATASIZE SWAP2 PUSH1 return JUMPI
/// REVERT
/// return: JUMPDEST RETURN
/// ```
const BACK: [u8; 15] =
    [0x5a, 0xf4, 0x3d, 0x5f, 0x5f, 0x3e, 0x5f, 0x3d, 0x91, 0x60, LENGTH as u8 - 2, 0x57, 0xfd, 0x5b, 0xf3];

/// Offset of the program's address.
const PROGRAM: usize = 18;
/// Bytes of the proxy: the offset of the configuration.
pub const LENGTH: usize = PROGRAM + 20 + 15;

/// The proxy of a clone of `program` whose configuration has this many bytes.
pub fn proxy(program: Address, config_length: usize) -> Vec<u8> {
    [&forward(config_length as u8), program.as_slice(), &BACK].concat()
}

/// The program, and the code after the proxy, if `code` begins with a proxy for a configuration of this many bytes.
pub fn parse(code: &[u8], config_length: usize) -> Option<(Address, &[u8])> {
    let (proxy_code, rest) = code.split_at_checked(LENGTH)?;
    let program = Address::from_slice(&proxy_code[PROGRAM..][..20]);
    (proxy_code == proxy(program, config_length)).then_some((program, rest))
}
