//! Host functions that read accounts.

use super::*;
use revm::primitives::{address, b256, keccak256};

#[test]
fn account_functions_return_balance_hash_and_code() {
    let mut chain = TestChain::new();
    let code = [0x60, 0x01, 0x60, 0x02, 0x03];
    let target = chain.evm(&code);
    chain.send(target, [], 321);
    let body = "(call $account_balance (i32.const 0) (i32.const 32))
        (call $account_codehash (i32.const 0) (i32.const 64))
        (i32.store (i32.const 96) (call $account_code_size (i32.const 0)))
        (i32.store (i32.const 100) (call $account_code (i32.const 0) (i32.const 1) (i32.const 100) (i32.const 104)))
        (call $write_result (i32.const 32) (i32.const 80)) (i32.const 0)";
    let program = chain.program(&module(&address_field(target), body));
    let out = chain.send_ok(program, []);
    assert_eq!(out[..32], word(321));
    assert_eq!(out[32..64], *keccak256(code));
    assert_eq!(out[64..72], [5, 0, 0, 0, 4, 0, 0, 0], "size, and bytes written from offset 1");
    assert_eq!(out[72..77], [0x01, 0x60, 0x02, 0x03, 0]);
}

#[test]
fn an_account_costs_more_when_it_is_cold() {
    let mut chain = TestChain::new();
    let target = chain.evm(&[0; 50]);
    let field = address_field(target);
    let mut ink = |body: &str| chain.ink_of_with(&field, body);
    let balance = "(call $account_balance (i32.const 0) (i32.const 32))";
    let each = 2 + CALL + HOSTIO + 2 * PTR + API;
    assert_eq!(ink(balance), each + 2_600 * GAS_INK);
    assert_eq!(ink(&balance.repeat(2)), 2 * each + 2_700 * GAS_INK);
    let hash = "(call $account_codehash (i32.const 0) (i32.const 32))";
    assert_eq!(ink(hash), each + 2_600 * GAS_INK);
    // Loading code costs 700 more; loading the last loaded code again is free.
    let size = "(drop (call $account_code_size (i32.const 0)))";
    let each = 1 + CALL + 9 + HOSTIO + API;
    assert_eq!(ink(size), each + 3_300 * GAS_INK);
    assert_eq!(ink(&size.repeat(3)), 3 * each + 3_300 * GAS_INK);
    // `account_code` pays for writing the whole code, even if it writes only a part.
    let code = "(drop (call $account_code (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 32)))";
    assert_eq!(ink(code), 4 + CALL + 9 + HOSTIO + API + 3_300 * GAS_INK + write(50));
}

#[test]
fn accounts_that_do_not_exist_have_a_zero_hash() {
    let mut chain = TestChain::new();
    let absent = address_field(address!("00000000000000000000000000000000deadbeef"));
    let body = "(call $account_codehash (i32.const 0) (i32.const 32))
        (call $write_result (i32.const 32) (i32.const 32)) (i32.const 0)";
    let program = chain.program(&module(&absent, body));
    assert_eq!(chain.send_ok(program, [])[..], [0; 32]);
    // An account with a balance and no code has the hash of empty code.
    let program = chain.program(&module(&address_field(USER), body));
    let empty = b256!("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    assert_eq!(chain.send_ok(program, [])[..], *empty);
}
