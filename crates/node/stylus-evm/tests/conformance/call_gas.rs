//! Gas of calls: price, 63/64 rule, stipend, return data.

use crate::common::{evm::*, *};
use revm::primitives::{Address, U256, address};

#[test]
fn a_callee_gets_63_64ths_of_the_gas_left_after_the_price_of_the_call() {
    let mut chain = TestChain::new();
    let gas_left = chain.evm(&GAS_LEFT);
    // Memory: ink before the call at 0, result of the callee at 32.
    let body = "(i64.store (i32.const 0) (call $evm_ink_left))
        (drop (call $call_contract
            (i32.const 1024) (i32.const 0) (i32.const 0) (i32.const 512) (i64.const -1) (i32.const 600)))
        (drop (call $read_return_data (i32.const 32) (i32.const 0) (i32.const 32)))
        (call $write_result (i32.const 0) (i32.const 64)) (i32.const 0)";
    let program = chain.program(&with_args("", body));
    let out = chain.send_ok(program, gas_left.to_vec());
    let ink = u64::from_le_bytes(out[..8].try_into().unwrap());
    // i64.store 950, five i32.const and one i64.const, call and check; HOSTIO, 3 pointers, API, 2 × read(0).
    let at_call = (ink - (950 + 6 + 3_800 + 2_450) - (8_400 + 3 * 5_040 + 59_673 + 2 * 16_381)) / 10_000;
    let given = (at_call - 2_600) * 63 / 64;
    // GAS itself costs 2.
    assert_eq!(U256::from_be_slice(&out[32..]), U256::from(given - 2));
}

#[test]
fn a_call_costs_its_price_and_the_gas_of_the_callee() {
    let mut chain = TestChain::new();
    let call = |value: u8| {
        format!(
            "(i32.store8 (i32.const 63) (i32.const {value}))
             (drop (call $call_contract
                 (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32) (i64.const -1) (i32.const 64)))"
        )
    };
    // i32.store8 825 with two constants; five i32.const and one i64.const; call, check, drop.
    let around = (825 + 2) + 6 + 3_800 + 2_450 + 9;
    let host = 8_400 + 3 * 5_040 + 59_673 + 2 * 16_381;
    let field = |address: Address| {
        let bytes: String = address.iter().map(|byte| format!("\\{byte:02x}")).collect();
        format!(r#"(data (i32.const 0) "{bytes}")"#)
    };
    // Two accounts without code: the sender, which is warm, and a cold account that does not exist.
    assert_eq!(chain.ink_of_with(&field(USER), &call(0)), around + host + 100 * 10_000);
    let absent = address!("00000000000000000000000000000000deadbeef");
    assert_eq!(chain.ink_of_with(&field(absent), &call(0)), around + host + 2_600 * 10_000);
    // GAS_LEFT runs GAS 2, PUSH0 2, MSTORE 3 + 3, PUSH1 3, PUSH0 2, RETURN 0: 15 gas.
    let callee = chain.evm(&GAS_LEFT);
    assert_eq!(chain.ink_of_with(&field(callee), &call(0)), around + host + 2_615 * 10_000);
}

#[test]
fn delegate_and_static_calls_cost_the_same_as_a_call_without_value() {
    let mut chain = TestChain::new();
    let host = 8_400 + 3 * 5_040 + 59_673 + 2 * 16_381;
    for name in ["delegate_call", "static_call"] {
        // Calls address 0, which does not exist and is cold.
        let body = format!(
            "(drop (call ${name} (i32.const 0) (i32.const 0) (i32.const 0) (i64.const -1) (i32.const 64)))"
        );
        assert_eq!(chain.ink_of(&body), 5 + 3_800 + 2_450 + 9 + host + 2_600 * 10_000, "{name}");
    }
}

#[test]
fn reading_return_data_charges_the_available_bytes() {
    let mut chain = TestChain::new();
    let body = "(drop (call $read_return_data (i32.const 0) (i32.const 0) (i32.const 1000)))";
    let none = 3 + 3_800 + 2_450 + 9 + 8_400 + 59_673 + 5_040;
    assert_eq!(chain.ink_of(body), none);
    // After the identity precompile has returned 100 bytes: 30 ink for each of 68 bytes beyond a word.
    let call = "(i32.store8 (i32.const 19) (i32.const 4))
        (drop (call $static_call (i32.const 0) (i32.const 0) (i32.const 100) (i64.const -1) (i32.const 512)))";
    let before = chain.ink_of(call);
    assert_eq!(chain.ink_of(&format!("{call} {body}")) - before, none + 68 * 30);
}

#[test]
fn value_costs_9000_gas_and_used_stipend_is_charged_to_the_caller() {
    let mut chain = TestChain::new();
    let callee = chain.evm(&GAS_LEFT);
    // Calls with its own value and returns the ink of the call.
    let body = "(local $before i64)
        (call $read_args (i32.const 1024)) (call $msg_value (i32.const 512))
        (local.set $before (call $evm_ink_left))
        (drop (call $call_contract
            (i32.const 1024) (i32.const 0) (i32.const 0) (i32.const 512) (i64.const -1) (i32.const 600)))
        (i64.store (i32.const 0) (i64.sub (local.get $before) (call $evm_ink_left)))
        (call $write_result (i32.const 0) (i32.const 8)) (i32.const 0)";
    let program = chain.program(&module("", body));
    let ink = |chain: &mut TestChain, to: Address, value: u128| {
        let tx = chain.transaction(program.into(), to.to_vec(), value);
        u64::from_le_bytes(output(chain.simulate(tx))[..8].try_into().unwrap())
    };
    let free = ink(&mut chain, callee, 0);
    assert_eq!(ink(&mut chain, callee, 1) - free, 9_000 * 10_000);
    // An account that does not exist: 25 000 more, without the 15 gas of the callee.
    let absent = address!("00000000000000000000000000000000deadbeef");
    assert_eq!(ink(&mut chain, absent, 1) - free, (34_000 - 15) * 10_000);
}

#[test]
fn a_callee_out_of_ink_leaves_one_64th_to_its_caller() {
    let mut chain = TestChain::new();
    let endless = chain.program(&module("", "(loop $l (br $l)) (i32.const 0)"));
    let caller = chain.program(&with_args(
        "",
        "(i32.store (i32.const 0) (call $call_contract
             (i32.const 1024) (i32.const 0) (i32.const 0) (i32.const 512) (i64.const -1) (i32.const 600)))
         (call $write_result (i32.const 0) (i32.const 4)) (i32.const 0)",
    ));
    let mut tx = chain.transaction(caller.into(), endless.to_vec(), 0);
    tx.gas_limit = 2_000_000;
    let outcome = chain.execute(tx);
    let used = outcome.result.tx_gas_used();
    assert!((1_960_000..2_000_000).contains(&used), "{used}");
    let failure = outcome.failures[0].clone();
    assert_eq!((failure.contract, failure.depth), (endless, 1));
    assert_eq!(output(outcome)[..], [2, 0, 0, 0]);
}

/// A program that calls the address in its calldata with this gas and value, and returns the result.
fn caller_with_gas(chain: &mut TestChain, gas: u64, value: u8) -> Address {
    let body = format!(
        "(i32.store8 (i32.const 543) (i32.const {value}))
         (drop (call $call_contract
             (i32.const 1024) (i32.const 0) (i32.const 0) (i32.const 512) (i64.const {gas}) (i32.const 600)))
         (call $write_result (i32.const 0)
             (call $read_return_data (i32.const 0) (i32.const 0) (i32.const 32))) (i32.const 0)"
    );
    chain.program(&with_args("", &body))
}

/// The callee is `GAS_LEFT`; its GAS costs 2.
#[test]
fn a_callee_gets_at_most_the_requested_gas_plus_the_stipend_for_value() {
    let mut chain = TestChain::new();
    let callee = chain.evm(&GAS_LEFT);
    for (gas, value, given) in [(50_000, 0, 50_000), (0, 1, 2_300), (50_000, 1, 52_300)] {
        let program = caller_with_gas(&mut chain, gas, value);
        let tx = chain.transaction(program.into(), callee.to_vec(), value.into());
        let returned = U256::from_be_slice(&output(chain.simulate(tx)));
        assert_eq!(returned, U256::from(given - 2), "{gas} gas and {value} wei");
    }
}

#[test]
fn a_callee_without_gas_fails_and_its_caller_continues() {
    let mut chain = TestChain::new();
    let callee = chain.evm(&GAS_LEFT);
    let program = caller_with_gas(&mut chain, 0, 0);
    assert!(chain.send_ok(program, callee.to_vec()).is_empty());
}

/// Frames 0 to 1024 can run; a call from frame 1024 fails. A program in frame `depth` calls an account without code and
/// returns the status.
#[test]
fn the_1025th_frame_is_the_last() {
    let mut chain = TestChain::new();
    chain.env.options.tx_gas_limit = None;
    let program = chain.program(&module(
        "",
        "(i32.store8 (i32.const 100) (call $static_call
             (i32.const 0) (i32.const 0) (i32.const 0) (i64.const -1) (i32.const 64)))
         (call $write_result (i32.const 100) (i32.const 1)) (i32.const 0)",
    ));
    let descender = chain.evm(&descender());
    let mut at_depth = |depth: u64| {
        let mut tx =
            chain.transaction(descender.into(), [word(depth - 1), program.into_word().0].concat(), 0);
        tx.gas_limit = 1 << 45;
        output(chain.simulate(tx))
    };
    assert_eq!(at_depth(1)[..], [0]);
    assert_eq!(at_depth(1_023)[..], [0], "it can call frame 1024");
    assert_eq!(at_depth(1_024)[..], [2], "the call fails, the program does not");
    assert!(at_depth(1_025).is_empty(), "the program does not run");
}
