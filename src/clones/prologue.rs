//! The start of a clone's init code: it stores the initial state, which it takes from the code, and returns the code. It is the
//! same for every clone of a kind, so whoever has the code has the init code.

use alloy_primitives::{B256, b256};

use super::{bytes::join, pair, vault};

/// Number of the slot that holds a vault's owner.
pub const OWNER_SLOT: u8 = 4;
/// `keccak256("OwnershipTransferred(address,address)")`.
const OWNERSHIP_TRANSFERRED: B256 = b256!("8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0");

const PAIR_LENGTH: usize = 17;
const VAULT_LENGTH: usize = 73;
/// Offset of the JUMPDEST in [`VAULT`].
const DONE: u8 = 69;

/// Copies the code to memory and stores the first sale in slot 0. Leaves the code's length on the stack.
///
/// ```text
/// PUSH1 prologue.length DUP1 CODESIZE SUB DUP1 SWAP2 PUSH0 CODECOPY
/// PUSH2 first_sale MLOAD PUSH0 SSTORE
/// ```
const fn store_first_sale(prologue: usize, first_sale: usize) -> [u8; 15] {
    let [high, low] = (first_sale as u16).to_be_bytes();
    [0x60, prologue as u8, 0x80, 0x38, 0x03, 0x80, 0x91, 0x5f, 0x39, 0x61, high, low, 0x51, 0x5f, 0x55]
}

/// [`store_first_sale`], and returns the code: `PUSH0 RETURN`.
pub const PAIR: [u8; PAIR_LENGTH] = join([&store_first_sale(PAIR_LENGTH, pair::FIRST_SALE), &[0x5f, 0xf3]]);

/// [`store_first_sale`]; if the code has an owner, stores it and emits `OwnershipTransferred(0, owner)`; returns the code.
///
/// ```text
/// PUSH2 owner MLOAD PUSH1 96 SHR DUP1 ISZERO PUSH1 done JUMPI
/// DUP1 PUSH1 owner_slot SSTORE
/// DUP1 PUSH0 PUSH32 OwnershipTransferred PUSH0 PUSH0 LOG3
/// done: JUMPDEST POP PUSH0 RETURN
/// ```
pub const VAULT: [u8; VAULT_LENGTH] = {
    let [high, low] = (vault::OWNER as u16).to_be_bytes();
    join([
        &store_first_sale(VAULT_LENGTH, vault::FIRST_SALE),
        &[0x61, high, low, 0x51, 0x60, 96, 0x1c, 0x80, 0x15, 0x60, DONE, 0x57],
        &[0x80, 0x60, OWNER_SLOT, 0x55],
        &[0x80, 0x5f, 0x7f],
        &OWNERSHIP_TRANSFERRED.0,
        &[0x5f, 0x5f, 0xa3],
        &[0x5b, 0x50, 0x5f, 0xf3],
    ])
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jump_leads_to_the_jump_destination() {
        assert_eq!(VAULT[usize::from(DONE)], 0x5b);
    }
}
