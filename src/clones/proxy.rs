//! The proxies at the start of a clone's code, as in EIP-1167, but they append the clone's configuration to the calldata. So the
//! program reads it for almost nothing; in storage each slot would cost 2 100 gas.
//!
//! A vault's proxy also lets principal and rewards leave when the program cannot run (`docs/lifeboat.md`). Only ArbWasm decides
//! whether that is so, and only where the program has failed: a successful call pays nothing for it.

use alloc::vec::Vec;

use alloy_primitives::Address;

use super::{PairConfig, VaultConfig, bytes::join};

/// Offset of the program's address.
const PROGRAM: usize = 18;
/// Offset of what follows it.
const CALL: usize = PROGRAM + 20;
/// Bytes of a pair's proxy: the offset of the configuration.
pub const PAIR_LENGTH: usize = CALL + 2 + 3 + 5 + 2 + 8;
/// Bytes of a vault's proxy: the offset of the configuration.
pub const VAULT_LENGTH: usize = AGAIN + 1 + 17 + 3 + 3 + 5 + 2 + 8;

/// Gas that a vault's program gets at first. A program that cannot run burns all the gas that it is given, so more than this is
/// handed over only once ArbWasm has said that it can run; then the call is made again. Calls of a vault take a fifth of it,
/// but for what a flash swap's receiver or the token does.
pub const FIRST_GAS: u32 = 500_000;

/// `ArbWasm.programTimeLeft(address)`: if the program cannot run it reverts with data, if gas or call depth is exhausted without
/// (Nitro `precompiles/ArbWasm.go`, `precompile.go`).
const PROGRAM_TIME_LEFT: [u8; 4] = [0xc7, 0x75, 0xa6, 0x2a];
/// ArbWasm's address.
const ARB_WASM: u8 = 0x71;

/// Copies the calldata to memory, then the configuration; then `arguments` put a delegate call's on the stack.
///
/// ```text
/// CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY
/// PUSH1 config.length PUSH1 proxy.length CALLDATASIZE CODECOPY
/// PUSH0 PUSH0 PUSH1 config.length CALLDATASIZE ADD PUSH0
/// ```
const fn arguments(config: usize, proxy: usize) -> [u8; 17] {
    let (config, proxy) = (config as u8, proxy as u8);
    [
        0x36, 0x5f, 0x5f, 0x37, 0x60, config, 0x60, proxy, 0x36, 0x39, 0x5f, 0x5f, 0x60, config, 0x36, 0x01,
        0x5f,
    ]
}

/// Success jumps to the proxy's end: `PUSH1 return JUMPI`.
const fn or_return(proxy: usize) -> [u8; 3] {
    [0x60, (proxy - RETURN.len()) as u8, 0x57]
}

/// Copies what the call returned or reverted with to memory, and leaves its length on the stack:
/// `RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY RETURNDATASIZE`.
const TAKE: [u8; 5] = [0x3d, 0x5f, 0x5f, 0x3e, 0x3d];

/// `PUSH0 REVERT`, after [`TAKE`].
const REVERT: [u8; 2] = [0x5f, 0xfd];

/// `return: JUMPDEST`, [`TAKE`], `PUSH0 RETURN`.
const RETURN: [u8; 8] = join([&[0x5b], &TAKE, &[0x5f, 0xf3]]);

/// A pair's proxy up to the program, and from there on: `… PUSH20 program GAS DELEGATECALL …`.
const PAIR: ([u8; PROGRAM], [u8; PAIR_LENGTH - CALL]) = (
    join([&arguments(PairConfig::LENGTH, PAIR_LENGTH), &[0x73]]),
    join([&[0x5a, 0xf4], &or_return(PAIR_LENGTH), &TAKE, &REVERT, &RETURN]),
);

/// `PUSH3 first_gas`
const PUSH_FIRST_GAS: [u8; 4] = {
    let [_, high, middle, low] = FIRST_GAS.to_be_bytes();
    [0x62, high, middle, low]
};
/// Offsets of jump destinations, and of the lifeboat's address.
const REVERTED: usize = CALL + 48;
const ALIVE: usize = REVERTED + 3;
const DEAD: usize = ALIVE + 18;
const LIFEBOAT: usize = DEAD + 2;
const AGAIN: usize = LIFEBOAT + 20;

/// A vault's proxy up to the program.
const VAULT: [u8; PROGRAM] = join([&arguments(VaultConfig::LENGTH, VAULT_LENGTH), &[0x73]]);

/// From there up to the lifeboat. Where ArbWasm reverts without data it could not be asked. The question is a selector, 12 zeros and
/// the program, so the word at its byte 4 is the program.
///
/// ```text
/// PUSH3 first_gas DELEGATECALL …                                          the revert data is in memory now
/// PUSH4 programTimeLeft PUSH1 224 SHL DUP2 MSTORE
/// PUSH1 20 PUSH1 program DUP3 PUSH1 16 ADD CODECOPY                       after it, the question
/// PUSH0 PUSH0 PUSH1 36 DUP4 PUSH1 ArbWasm GAS STATICCALL PUSH1 alive JUMPI
/// RETURNDATASIZE PUSH1 dead JUMPI
/// reverted: JUMPDEST PUSH0 REVERT                                          with the revert data
/// alive: JUMPDEST PUSH3 first_gas GAS LT PUSH1 reverted JUMPI              less is left than it had
/// DUP1 PUSH1 4 ADD MLOAD PUSH1 again JUMP                                 the program
/// dead: JUMPDEST PUSH20 lifeboat …
/// ```
const ASK: [u8; LIFEBOAT - CALL] = join([
    &PUSH_FIRST_GAS,
    &[0xf4],
    &or_return(VAULT_LENGTH),
    &TAKE,
    &[0x63],
    &PROGRAM_TIME_LEFT,
    &[0x60, 224, 0x1b, 0x81, 0x52],
    &[0x60, 20, 0x60, PROGRAM as u8, 0x82, 0x60, 16, 0x01, 0x39],
    &[0x5f, 0x5f, 0x60, 36, 0x83, 0x60, ARB_WASM, 0x5a, 0xfa, 0x60, ALIVE as u8, 0x57],
    &[0x3d, 0x60, DEAD as u8, 0x57, 0x5b],
    &REVERT,
    &[0x5b],
    &PUSH_FIRST_GAS,
    &[0x5a, 0x10, 0x60, REVERTED as u8, 0x57],
    &[0x80, 0x60, 4, 0x01, 0x51, 0x60, AGAIN as u8, 0x56, 0x5b, 0x73],
]);

/// From the lifeboat on: a delegate call of it, or of the program, with all the gas: `again: JUMPDEST … DUP5 GAS DELEGATECALL …`.
const AGAIN_CALL: [u8; VAULT_LENGTH - AGAIN] = join([
    &[0x5b],
    &arguments(VaultConfig::LENGTH, VAULT_LENGTH),
    &[0x84, 0x5a, 0xf4],
    &or_return(VAULT_LENGTH),
    &TAKE,
    &REVERT,
    &RETURN,
]);

/// The proxy of a pair of `program`.
pub fn of_pair(program: Address) -> Vec<u8> {
    let (head, tail) = PAIR;
    [&head, program.as_slice(), &tail].concat()
}

/// The proxy of a vault of `program`, with this lifeboat.
pub fn of_vault(program: Address, lifeboat: Address) -> Vec<u8> {
    [&VAULT, program.as_slice(), &ASK, lifeboat.as_slice(), &AGAIN_CALL].concat()
}

/// The program, and the code after the proxy, if `code` begins with the proxy of a pair.
pub fn parse_pair(code: &[u8]) -> Option<(Address, &[u8])> {
    let (proxy, rest) = code.split_at_checked(PAIR_LENGTH)?;
    let program = Address::from_slice(&proxy[PROGRAM..CALL]);
    (proxy == of_pair(program)).then_some((program, rest))
}

/// Program and lifeboat, and the code after the proxy, if `code` begins with the proxy of a vault.
pub fn parse_vault(code: &[u8]) -> Option<([Address; 2], &[u8])> {
    let (proxy, rest) = code.split_at_checked(VAULT_LENGTH)?;
    let [program, lifeboat] = [PROGRAM, LIFEBOAT].map(|begin| Address::from_slice(&proxy[begin..][..20]));
    (proxy == of_vault(program, lifeboat)).then_some(([program, lifeboat], rest))
}

#[cfg(test)]
mod tests {
    use alloy_primitives::keccak256;

    use super::*;

    #[test]
    fn every_jump_leads_to_a_jump_destination() {
        let (pair, vault) = (of_pair(Address::ZERO), of_vault(Address::ZERO, Address::ZERO));
        assert_eq!([pair.len(), vault.len()], [PAIR_LENGTH, VAULT_LENGTH]);
        assert_eq!(pair[PAIR_LENGTH - RETURN.len()], 0x5b);
        for destination in [REVERTED, ALIVE, DEAD, AGAIN, VAULT_LENGTH - RETURN.len()] {
            assert_eq!(vault[destination], 0x5b, "{destination}");
        }
    }

    #[test]
    fn the_question_is_programtimeleft() {
        assert_eq!(keccak256("programTimeLeft(address)")[..4], PROGRAM_TIME_LEFT);
    }
}
