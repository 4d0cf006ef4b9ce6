//! Small EVM contracts, assembled by hand.
//! Each constant lists its opcodes.

use alloy::primitives::{Address, hex};

/// With input, stores the first word in slot 0. Without input, returns slot 0.
///
/// `CALLDATASIZE ISZERO PUSH1 0a JUMPI`, `PUSH0 CALLDATALOAD PUSH0 SSTORE STOP`,
/// `0a: JUMPDEST PUSH0 SLOAD PUSH0 MSTORE PUSH1 20 PUSH0 RETURN`
pub const STORE: [u8; 19] = hex!("3615600a57 5f355f5500 5b5f545f5260205ff3");

/// Returns the block's timestamp: `TIMESTAMP PUSH0 MSTORE PUSH1 20 PUSH0 RETURN`
pub const TIMESTAMP: [u8; 7] = hex!("425f5260205ff3");

/// Returns the block's number: `NUMBER PUSH0 MSTORE PUSH1 20 PUSH0 RETURN`
pub const NUMBER: [u8; 7] = hex!("435f5260205ff3");

/// Returns its own balance: `SELFBALANCE PUSH0 MSTORE PUSH1 20 PUSH0 RETURN`
pub const BALANCE: [u8; 7] = hex!("475f5260205ff3");

/// Emits a log with the topics 0x11 and the first word of the input, and with four zero bytes of data:
/// `PUSH0 CALLDATALOAD PUSH1 11 PUSH1 04 PUSH0 LOG2 STOP`
pub const LOGGER: [u8; 9] = hex!("5f35 6011 6004 5f a2 00");

/// Uses about 1.3 million gas: counts down from 50 000.
///
/// `PUSH3 00c350`, `04: JUMPDEST PUSH1 1 SWAP1 SUB DUP1 PUSH1 04 JUMPI STOP`
pub const BURNER: [u8; 14] = hex!("6200c350 5b6001900380600457 00");

/// Counts down from the number of seconds since `start`, so that its gas grows with time:
/// `PUSH4 start TIMESTAMP SUB PUSH1 1 ADD`, `0a: JUMPDEST PUSH1 1 SWAP1 SUB DUP1 PUSH1 0a JUMPI STOP`
pub fn growing(start: u64) -> Vec<u8> {
    [&[0x63][..], &(start as u32).to_be_bytes(), &hex!("4203600101 5b6001900380600a57 00")].concat()
}

/// Reverts after the timestamp `end`:
/// `PUSH4 end TIMESTAMP GT PUSH1 0b JUMPI STOP`, `0b: JUMPDEST PUSH0 PUSH0 REVERT`
pub fn ending(end: u64) -> Vec<u8> {
    [&[0x63][..], &(end as u32).to_be_bytes(), &hex!("4211600b5700 5b5f5ffd")].concat()
}

/// Reverts with `data`: `PUSH1 len DUP1 PUSH1 09 PUSH0 CODECOPY PUSH0 REVERT`, then the data.
pub fn reverter(data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(data.len()).unwrap();
    [&[0x60, length, 0x80, 0x60, 0x09, 0x5f, 0x39, 0x5f, 0xfd], data].concat()
}

/// Calls `to` with all gas but a sixty-fourth, and reverts if that fails:
/// `PUSH0 ×5 PUSH20 to GAS CALL PUSH1 22 JUMPI PUSH0 PUSH0 REVERT`, `22: JUMPDEST STOP`
pub fn forwarder(to: Address) -> Vec<u8> {
    [&hex!("5f5f5f5f5f73")[..], to.as_slice(), &hex!("5af1602257 5f5ffd 5b00")].concat()
}
