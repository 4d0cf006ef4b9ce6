//! Each host function once for what it does and once for its ink (stylus-vm.md, section 5), worked out by hand.

mod common;

use common::*;
use revm::primitives::{Address, U256, address, b256, keccak256};

/// The call instruction and the check of the block behind it.
const CALL: u64 = 3_800 + 2_450;
const HOSTIO: u64 = 8_400;
const PTR: u64 = 5_040;
const API: u64 = 59_673;
const GAS_INK: u64 = 10_000;

/// `write(n)` and `read(n)` of the table.
fn write(bytes: u64) -> u64 {
    5_040 + 30 * bytes.saturating_sub(32)
}

fn read(bytes: u64) -> u64 {
    16_381 + 55 * bytes.saturating_sub(32)
}

/// Runs a program that leaves its result in memory at 0 and returns `len` bytes of it.
fn returned(chain: &mut TestChain, body: &str, len: u32) -> Vec<u8> {
    let body = format!("{body} (call $write_result (i32.const 0) (i32.const {len})) (i32.const 0)");
    let program = chain.program(&module("", &body));
    chain.send_ok(program, []).to_vec()
}

#[test]
fn read_args_gives_the_calldata_and_charges_its_length() {
    let mut chain = TestChain::new();
    let body =
        "(call $read_args (i32.const 0)) (call $write_result (i32.const 0) (local.get $len)) (i32.const 0)";
    let program = chain.program(&module("", body));
    let data: Vec<u8> = (0..100).collect();
    assert_eq!(chain.send_ok(program, data.clone())[..], data);
    // With empty calldata: HOSTIO and write(0).
    assert_eq!(chain.ink_of("(call $read_args (i32.const 64))"), 1 + CALL + HOSTIO + write(0));
}

#[test]
fn write_result_charges_reading_twice() {
    let mut chain = TestChain::new();
    let body = "(call $write_result (i32.const 0) (i32.const 100))";
    assert_eq!(chain.ink_of(body), 2 + CALL + HOSTIO + 2 * read(100));
}

#[test]
fn exit_early_ends_the_program_with_what_was_written() {
    let mut chain = TestChain::new();
    let body = |status| {
        format!(
            "(i32.store (i32.const 0) (i32.const 0x64636261))
             (call $write_result (i32.const 0) (i32.const 4))
             (call $exit_early (i32.const {status})) (unreachable)"
        )
    };
    let succeeds = chain.program(&module("", &body(0)));
    assert_eq!(chain.send_ok(succeeds, [])[..], *b"abcd");
    let reverts = chain.program(&module("", &body(7)));
    let outcome = chain.send(reverts, [], 0);
    assert!(!outcome.result.is_success() && !outcome.result.is_halt());
    assert_eq!(outcome.result.output().expect("a revert has data")[..], *b"abcd");
    assert_eq!(outcome.failures, [], "a revert that the program chose is no failure");
}

#[test]
fn transient_storage_lasts_for_the_transaction() {
    let mut chain = TestChain::new();
    let body = "(i32.store8 (i32.const 63) (i32.const 9))
        (call $transient_store (i32.const 0) (i32.const 32))
        (call $transient_load (i32.const 0) (i32.const 64))
        (call $write_result (i32.const 64) (i32.const 32)) (i32.const 0)";
    let program = chain.program(&module("", body));
    assert_eq!(chain.send_ok(program, [])[..], word(9));
    let ink = HOSTIO + 2 * PTR + API + 100 * GAS_INK;
    assert_eq!(chain.ink_of("(call $transient_load (i32.const 0) (i32.const 64))"), 2 + CALL + ink);
    assert_eq!(chain.ink_of("(call $transient_store (i32.const 0) (i32.const 64))"), 2 + CALL + ink);
}

#[test]
fn the_environment_is_that_of_the_call_and_the_block() {
    let mut chain = TestChain::new();
    chain.env.block.basefee = 7;
    let coinbase = address!("00000000000000000000000000000000000c01ba");
    chain.env.block.beneficiary = coinbase;
    let body = "(call $block_basefee (i32.const 0))
        (call $block_coinbase (i32.const 32)) (call $contract_address (i32.const 52))
        (call $msg_sender (i32.const 72)) (call $tx_origin (i32.const 92))
        (call $msg_value (i32.const 112)) (call $tx_gas_price (i32.const 144))
        (i64.store (i32.const 176) (call $chainid)) (i64.store (i32.const 184) (call $block_gas_limit))
        (i64.store (i32.const 192) (call $block_number)) (i64.store (i32.const 200) (call $block_timestamp))
        (i32.store (i32.const 208) (call $msg_reentrant)) (i32.store (i32.const 212) (call $tx_ink_price))
        (call $write_result (i32.const 0) (i32.const 216)) (i32.const 0)";
    let program = {
        chain.env.block.basefee = 0;
        let program = chain.program(&module("", body));
        chain.env.block.basefee = 7;
        program
    };
    let mut tx = chain.transaction(program.into(), [], 5);
    tx.gas_price = 20;
    tx.gas_priority_fee = Some(2);
    tx.tx_type = 2;
    let out = output(chain.execute(tx));
    assert_eq!(out[0..32], word(7), "base fee");
    assert_eq!(out[32..52], *coinbase);
    assert_eq!(out[52..72], *program);
    assert_eq!(out[72..92], *USER, "sender");
    assert_eq!(out[92..112], *USER, "origin");
    assert_eq!(out[112..144], word(5), "value");
    // Nitro hands programs the price with its tip, although the tip is not paid.
    assert_eq!(out[144..176], word(9), "gas price");
    let number = |at: usize| u64::from_le_bytes(out[at..at + 8].try_into().unwrap());
    assert_eq!([number(176), number(184), number(192), number(200)], [412_346, 1 << 50, 77, NOW]);
    assert_eq!(number(208), 10_000 << 32, "not reentrant; ink price");
}

#[test]
fn questions_about_the_environment_cost_little() {
    let mut chain = TestChain::new();
    for name in [
        "block_basefee",
        "block_coinbase",
        "contract_address",
        "msg_sender",
        "msg_value",
        "tx_gas_price",
        "tx_origin",
    ] {
        let ink = chain.ink_of(&format!("(call ${name} (i32.const 0))"));
        assert_eq!(ink, 1 + CALL + HOSTIO + PTR, "{name}");
    }
    for name in [
        "block_gas_limit",
        "block_number",
        "block_timestamp",
        "chainid",
        "evm_gas_left",
        "evm_ink_left",
        "msg_reentrant",
        "tx_ink_price",
        "return_data_size",
    ] {
        let ink = chain.ink_of(&format!("(drop (call ${name}))"));
        assert_eq!(ink, CALL + 9 + HOSTIO, "{name}");
    }
}

#[test]
fn a_program_can_pay_for_memory_itself() {
    let mut chain = TestChain::new();
    assert_eq!(chain.ink_of("(call $pay_for_memory_grow (i32.const 0))"), 1 + CALL + HOSTIO);
    // From 1 page to 9: 7 beyond the free two, and exp(9) - exp(1) = 2.
    let ink = chain.ink_of("(call $pay_for_memory_grow (i32.const 8))");
    assert_eq!(ink, 1 + CALL + 7_002 * GAS_INK);
}

#[test]
fn gas_left_is_ink_left_rounded_down() {
    let mut chain = TestChain::new();
    let body =
        "(i64.store (i32.const 0) (call $evm_ink_left)) (i64.store (i32.const 8) (call $evm_gas_left))";
    let out = returned(&mut chain, body, 16);
    let ink = u64::from_le_bytes(out[..8].try_into().unwrap());
    let gas = u64::from_le_bytes(out[8..].try_into().unwrap());
    // Between the two: a store 950, a constant 1, the call, and the second host function.
    assert_eq!(gas, (ink - 950 - 1 - CALL - HOSTIO) / GAS_INK);
}

/// Memory: a at 0, b at 32, c at 64, given as their last bytes.
fn arithmetic(chain: &mut TestChain, call: &str, [a, b, c]: [u8; 3]) -> U256 {
    let body = format!(
        "(i32.store8 (i32.const 31) (i32.const {a})) (i32.store8 (i32.const 63) (i32.const {b}))
         (i32.store8 (i32.const 95) (i32.const {c})) {call}"
    );
    U256::from_be_slice(&returned(chain, &body, 32))
}

#[test]
fn arithmetic_is_that_of_the_evm() {
    let mut chain = TestChain::new();
    let two = |name: &str| format!("(call ${name} (i32.const 0) (i32.const 32))");
    let three = |name: &str| format!("(call ${name} (i32.const 0) (i32.const 32) (i32.const 64))");
    let cases = [
        (two("math_div"), [17, 5, 0], 3),
        (two("math_div"), [17, 0, 0], 0),
        (two("math_mod"), [17, 5, 0], 2),
        (two("math_mod"), [17, 0, 0], 0),
        (two("math_pow"), [3, 5, 0], 243),
        (two("math_pow"), [0, 0, 0], 1),
        (three("math_add_mod"), [200, 100, 7], 300 % 7),
        (three("math_add_mod"), [1, 1, 0], 0),
        (three("math_mul_mod"), [200, 100, 7], 20_000 % 7),
        (three("math_mul_mod"), [1, 1, 0], 0),
    ];
    for (call, numbers, expected) in cases {
        assert_eq!(arithmetic(&mut chain, &call, numbers), U256::from(expected), "{call} {numbers:?}");
    }
    // 3^255 wraps.
    let power = arithmetic(&mut chain, &two("math_pow"), [3, 255, 0]);
    assert_eq!(power, U256::from(3).wrapping_pow(U256::from(255)));
}

#[test]
fn arithmetic_has_its_prices() {
    let mut chain = TestChain::new();
    let mut ink = |call: &str| chain.ink_of(call);
    let two = 2 + CALL + HOSTIO + 3 * PTR;
    assert_eq!(ink("(call $math_div (i32.const 0) (i32.const 32))"), two + 20_000);
    assert_eq!(ink("(call $math_mod (i32.const 0) (i32.const 32))"), two + 20_000);
    // An exponent of 0 has 32 leading zero bytes: 3000 + 17500 * 1.
    assert_eq!(ink("(call $math_pow (i32.const 0) (i32.const 32))"), two + 3_000 + 17_500);
    let three = 3 + CALL + HOSTIO + 4 * PTR;
    assert_eq!(ink("(call $math_add_mod (i32.const 0) (i32.const 32) (i32.const 64))"), three + 21_000);
    assert_eq!(ink("(call $math_mul_mod (i32.const 0) (i32.const 32) (i32.const 64))"), three + 24_100);
}

#[test]
fn keccak_hashes_and_charges_words_beyond_two() {
    let mut chain = TestChain::new();
    let out =
        returned(&mut chain, "(call $native_keccak256 (i32.const 64) (i32.const 100) (i32.const 0))", 32);
    assert_eq!(out, keccak256([0; 100]).to_vec());
    // 100 bytes are 4 words.
    let ink = chain.ink_of("(call $native_keccak256 (i32.const 64) (i32.const 100) (i32.const 0))");
    assert_eq!(ink, 3 + CALL + 121_800 + 2 * 21_000);
}

#[test]
fn a_log_has_its_topics_and_data() {
    let mut chain = TestChain::new();
    let body = "(i32.store8 (i32.const 31) (i32.const 1)) (i32.store8 (i32.const 63) (i32.const 2))
        (i32.store8 (i32.const 64) (i32.const 3))
        (call $emit_log (i32.const 0) (i32.const 74) (i32.const 2)) (i32.const 0)";
    let program = chain.program(&module("", body));
    let outcome = chain.send(program, [], 0);
    let [log] = outcome.result.logs() else { panic!("{:?}", outcome.result) };
    assert_eq!(log.address, program);
    assert_eq!(log.topics().iter().map(|topic| topic[31]).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(log.data.data[..], [3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    // read(74); (1 + 2 topics) * 375 + 10 bytes * 8.
    let ink = chain.ink_of("(call $emit_log (i32.const 0) (i32.const 74) (i32.const 2))");
    assert_eq!(ink, 3 + CALL + HOSTIO + API + read(74) + (3 * 375 + 80) * GAS_INK);
}

#[test]
fn a_log_with_more_topics_than_four_or_than_it_has_room_for_fails() {
    let mut chain = TestChain::new();
    for (len, topics) in [(1_000, 5), (63, 2)] {
        let call =
            format!("(call $emit_log (i32.const 0) (i32.const {len}) (i32.const {topics})) (i32.const 0)");
        let program = chain.program(&module("", &call));
        let outcome = chain.send(program, [], 0);
        assert!(!outcome.result.is_success());
        assert!(outcome.failures[0].reason.contains("topics"), "{:?}", outcome.failures);
    }
}

/// An account whose address stands at 0 in memory, as 20 bytes of `(data …)`.
fn address_field(address: Address) -> String {
    let bytes: String = address.iter().map(|byte| format!("\\{byte:02x}")).collect();
    format!(r#"(data (i32.const 0) "{bytes}")"#)
}

#[test]
fn accounts_tell_balance_hash_and_code() {
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
    // Loading code costs 700 on top, the first time; the account whose code was loaded last is free.
    let size = "(drop (call $account_code_size (i32.const 0)))";
    let each = 1 + CALL + 9 + HOSTIO + API;
    assert_eq!(ink(size), each + 3_300 * GAS_INK);
    assert_eq!(ink(&size.repeat(3)), 3 * each + 3_300 * GAS_INK);
    // `account_code` pays for writing the whole code, whatever it takes of it.
    let code = "(drop (call $account_code (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 32)))";
    assert_eq!(ink(code), 4 + CALL + 9 + HOSTIO + API + 3_300 * GAS_INK + write(50));
}

#[test]
fn accounts_that_do_not_exist_have_no_hash() {
    let mut chain = TestChain::new();
    let nobody = address_field(address!("00000000000000000000000000000000deadbeef"));
    let body = "(call $account_codehash (i32.const 0) (i32.const 32))
        (call $write_result (i32.const 32) (i32.const 32)) (i32.const 0)";
    let program = chain.program(&module(&nobody, body));
    assert_eq!(chain.send_ok(program, [])[..], [0; 32]);
    // An account with a balance and no code has the hash of nothing.
    let program = chain.program(&module(&address_field(USER), body));
    let empty = b256!("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    assert_eq!(chain.send_ok(program, [])[..], *empty);
}

#[test]
fn a_pointer_outside_of_memory_is_a_failure_and_keeps_what_gas_is_left() {
    let mut chain = TestChain::new();
    let out_of_memory = [
        "(call $msg_sender (i32.const 65517))",
        "(call $storage_load (i32.const -1) (i32.const 0))",
        "(call $storage_load (i32.const 0) (i32.const 65505))",
        "(call $native_keccak256 (i32.const 0) (i32.const 65537) (i32.const 0))",
        "(call $emit_log (i32.const 65536) (i32.const 1) (i32.const 0))",
        "(call $read_args (i32.const 65537))",
        "(drop (call $account_code (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 65537)))",
    ];
    for call in out_of_memory {
        let program = chain.program(&module("", &format!("{call} (i32.const 0)")));
        let outcome = chain.send(program, [], 0);
        assert!(!outcome.result.is_success() && !outcome.result.is_halt(), "{call}: {:?}", outcome.result);
        assert!(outcome.result.output().expect("a revert").is_empty());
        assert!(outcome.result.tx_gas_used() < 100_000, "{call}");
        assert!(outcome.failures[0].reason.contains("outside of the memory"), "{:?}", outcome.failures);
    }
    // The last bytes of the memory are inside.
    let program = chain.program(&module("", "(call $msg_sender (i32.const 65516)) (i32.const 0)"));
    chain.send_ok(program, []);
}

#[test]
fn a_trap_reverts_without_data_and_keeps_what_gas_is_left() {
    let mut chain = TestChain::new();
    let traps = [
        ("(unreachable)", "unreachable"),
        ("(drop (i32.load (i32.const 65533)))", "out of bounds"),
        ("(drop (i32.div_u (i32.const 1) (i32.const 0)))", "divide by zero"),
    ];
    for (body, reason) in traps {
        let text = "(call $write_result (i32.const 0) (i32.const 4))";
        let program = chain.program(&module("", &format!("{text} {body} (i32.const 0)")));
        let outcome = chain.send(program, [], 0);
        assert!(!outcome.result.is_success() && !outcome.result.is_halt(), "{:?}", outcome.result);
        assert!(outcome.result.output().expect("a revert").is_empty(), "what was written is not returned");
        assert!(outcome.result.tx_gas_used() < 100_000);
        assert!(outcome.failures[0].reason.contains(reason), "{:?}", outcome.failures);
        assert_eq!(outcome.failures[0].contract, program);
    }
}

#[test]
fn returned_data_costs_at_least_what_it_would_as_evm_memory() {
    let mut chain = TestChain::new();
    // A whole page: 2048 words, 3 * 2048 + 2048² / 512 = 14 336 gas; the host function itself takes
    // 2 * (16381 + 55 * 65504) ink, 723 gas.
    let body = "(call $write_result (i32.const 0) (i32.const 65536)) (i32.const 0)";
    let program = chain.program(&module("", body));
    let outcome = chain.send(program, [], 0);
    let entry = entry_gas(&mut chain, program);
    assert!(entry < 13_000, "{entry}");
    assert_eq!(execution_gas(&outcome), 14_336);
}
