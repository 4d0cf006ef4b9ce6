//! Price of one call of each of the 42 host functions, computed by hand.

use super::*;
use std::collections::BTreeSet;

/// Host functions without a result: their parameters are constants (1 ink each), then `CALL`.
/// Memory is zero: address 0, exponent 0, slot 0; all accesses are cold.
fn without_result() -> Vec<(&'static str, &'static str, u64)> {
    vec![
        // No calldata.
        ("read_args", "64", HOSTIO + write(0)),
        ("write_result", "0 100", HOSTIO + 2 * (16_381 + 55 * 68)),
        // Cold: 2100 + 5; the access is the first of the call.
        ("storage_load", "0 32", HOSTIO + 2 * PTR + 2_105 * GAS_INK),
        ("storage_cache", "0 32", HOSTIO + 2 * PTR),
        // Nothing to store.
        ("storage_flush", "0", HOSTIO + API),
        ("transient_load", "0 32", HOSTIO + 2 * PTR + API + 100 * GAS_INK),
        ("transient_store", "0 32", HOSTIO + 2 * PTR + API + 100 * GAS_INK),
        // Empty init code: 32 000.
        ("create1", "0 0 32 64 96", HOSTIO + 3 * PTR + API + 2 * 16_381 + 32_000 * GAS_INK),
        // The same; no word to hash.
        ("create2", "0 0 32 32 64 96", HOSTIO + 4 * PTR + API + 2 * 16_381 + 32_000 * GAS_INK),
        // read(74); (1 + 2) * 375 + 10 * 8 gas.
        ("emit_log", "0 74 2", HOSTIO + API + 16_381 + 55 * 42 + (1_125 + 80) * GAS_INK),
        ("account_balance", "0 32", HOSTIO + 2 * PTR + API + 2_600 * GAS_INK),
        ("account_codehash", "0 32", HOSTIO + 2 * PTR + API + 2_600 * GAS_INK),
        ("block_basefee", "0", HOSTIO + PTR),
        ("block_coinbase", "0", HOSTIO + PTR),
        ("contract_address", "0", HOSTIO + PTR),
        ("msg_sender", "0", HOSTIO + PTR),
        ("msg_value", "0", HOSTIO + PTR),
        ("tx_gas_price", "0", HOSTIO + PTR),
        ("tx_origin", "0", HOSTIO + PTR),
        ("math_div", "0 32", HOSTIO + 3 * PTR + 20_000),
        ("math_mod", "0 32", HOSTIO + 3 * PTR + 20_000),
        // 32 leading zero bytes: 33 - 32 = 1.
        ("math_pow", "0 32", HOSTIO + 3 * PTR + 3_000 + 17_500),
        ("math_add_mod", "0 32 64", HOSTIO + 4 * PTR + 21_000),
        ("math_mul_mod", "0 32 64", HOSTIO + 4 * PTR + 24_100),
        // 65 bytes are 3 words, one beyond two.
        ("native_keccak256", "0 65 128", 121_800 + 21_000),
        ("pay_for_memory_grow", "0", HOSTIO),
    ]
}

/// Host functions with a result, which is dropped (9).
fn with_result() -> Vec<(&'static str, &'static str, u64)> {
    vec![
        // Address 0 does not exist: 2600 for the cold account, nothing for its code.
        ("call_contract", "0 0 33 64 -1 96", HOSTIO + 3 * PTR + API + 2 * (16_381 + 55) + 2_600 * GAS_INK),
        ("delegate_call", "0 0 32 -1 96", HOSTIO + 3 * PTR + API + 2 * 16_381 + 2_600 * GAS_INK),
        ("static_call", "0 0 0 -1 96", HOSTIO + 3 * PTR + API + 2 * 16_381 + 2_600 * GAS_INK),
        // Nothing was returned: write(0).
        ("read_return_data", "0 0 100", HOSTIO + API + 5_040),
        ("return_data_size", "", HOSTIO),
        // Cold 2600, the code 700; write(0).
        ("account_code", "0 0 9 32", HOSTIO + API + 3_300 * GAS_INK + 5_040),
        ("account_code_size", "0", HOSTIO + API + 3_300 * GAS_INK),
        ("evm_gas_left", "", HOSTIO),
        ("evm_ink_left", "", HOSTIO),
        ("chainid", "", HOSTIO),
        ("block_gas_limit", "", HOSTIO),
        ("block_number", "", HOSTIO),
        ("block_timestamp", "", HOSTIO),
        ("msg_reentrant", "", HOSTIO),
        ("tx_ink_price", "", HOSTIO),
    ]
}

/// `exit_early` is free, so the ink is that of the only block: the constant 1, the call 3800 and the check 2450.
/// With 3749 nops that is 10 000 ink, one gas; one more nop makes it two.
#[test]
fn exit_early_is_free() {
    let mut chain = TestChain::new();
    for (nops, gas) in [(3_749, 1), (3_750, 2)] {
        let body = format!("{} (call $exit_early (i32.const 0)) (i32.const 9)", "(nop)".repeat(nops));
        let program = chain.program(&module("", &body));
        let entry = entry_gas(&mut chain, program);
        assert_eq!(execution_gas(&chain.send(program, [], 0)), entry + gas, "{nops} nops");
    }
}

#[test]
fn each_host_function_has_the_price_in_the_table() {
    let mut chain = TestChain::new();
    for (table, dropped) in [(without_result(), 0), (with_result(), 9)] {
        for (name, arguments, ink) in table {
            let (call, count) = call(name, arguments);
            let body = if dropped == 0 { call } else { format!("(drop {call})") };
            assert_eq!(chain.ink_of(&body), count + CALL + dropped + ink, "{name}");
        }
    }
}

/// A call of a host function with these arguments, and the number of arguments.
fn call(name: &str, arguments: &str) -> (String, u64) {
    // The gas of a call is the only 64-bit parameter; -1 marks it.
    let constant = |number: &str| match number {
        "-1" => "(i64.const -1)".to_owned(),
        number => format!("(i32.const {number})"),
    };
    let arguments: Vec<String> = arguments.split_whitespace().map(constant).collect();
    (format!("(call ${name} {})", arguments.join(" ")), arguments.len() as u64)
}

#[test]
fn the_tables_hold_all_42_host_functions() {
    let tables = [without_result(), with_result()].concat();
    let mut priced: BTreeSet<&str> = tables.iter().map(|(name, ..)| *name).collect();
    priced.insert("exit_early");
    let imported: BTreeSet<&str> =
        IMPORTS.split("(func $").skip(1).filter_map(|rest| rest.split([' ', ')']).next()).collect();
    assert_eq!(imported.len(), 42);
    assert_eq!(priced, imported);
}

/// Leading zero bytes of the exponent make it cheaper: 3000 + 17500 * (33 - zeros).
#[test]
fn an_exponent_costs_by_its_significant_bytes() {
    let mut chain = TestChain::new();
    // (byte set to 1, leading zeros); the store of the byte: 825 and two constants.
    for (byte, zeros) in [(63, 31), (62, 30), (48, 16), (32, 0)] {
        let body = format!(
            "(i32.store8 (i32.const {byte}) (i32.const 1)) (call $math_pow (i32.const 0) (i32.const 32))"
        );
        let expected = 827 + 2 + CALL + HOSTIO + 3 * PTR + 3_000 + 17_500 * (33 - zeros);
        assert_eq!(chain.ink_of(&body), expected, "{zeros} leading zeros");
    }
}

/// Each byte beyond 32 costs 30 ink to write into the program, and 55 to read from it (twice for data passed on).
#[test]
fn calldata_costs_by_its_length_beyond_a_word() {
    let mut chain = TestChain::new();
    let body = "(local $before i64)
        (local.set $before (call $evm_ink_left))
        (call $read_args (i32.const 1024))
        (i64.store (i32.const 0) (i64.sub (local.get $before) (call $evm_ink_left)))
        (call $write_result (i32.const 0) (i32.const 8)) (i32.const 0)";
    let program = chain.program(&module("", body));
    // Between the two reads: set 210, the call with its constant, the store's address 1, local 75, the second read.
    let around = 210 + 1 + CALL + HOSTIO + 1 + 75 + CALL + HOSTIO;
    for (bytes, ink) in [(0, 5_040), (32, 5_040), (33, 5_070), (1_000, 5_040 + 30 * 968)] {
        let out = chain.send_ok(program, vec![1; bytes]);
        let used = u64::from_le_bytes(out[..8].try_into().expect("eight bytes"));
        assert_eq!(used, around + ink, "{bytes} bytes");
    }
}
