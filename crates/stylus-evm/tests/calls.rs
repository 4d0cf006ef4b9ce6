//! EVM code and programs calling each other, in all the ways there are.

mod common;

use common::{evm::*, *};
use revm::primitives::{Address, U256, address};

/// A program that calls the address in its calldata with the rest of it and its own value, and returns or reverts
/// with what comes back. `call` is one of the three.
fn program_forwarder(call: &str) -> String {
    let value = if call == "call_contract" { "(i32.const 512)" } else { "" };
    module(
        "",
        &format!(
            "(local $failed i32)
             (call $read_args (i32.const 1024)) (call $msg_value (i32.const 512))
             (local.set $failed (call ${call} (i32.const 1024) (i32.const 1044)
                 (i32.sub (local.get $len) (i32.const 20)) {value} (i64.const -1) (i32.const 0)))
             (call $write_result (i32.const 2048)
                 (call $read_return_data (i32.const 2048) (i32.const 0) (call $return_data_size)))
             (local.get $failed)"
        ),
    )
}

/// A program that stores the first word of its calldata in slot 0.
fn program_store() -> String {
    with_args(
        "",
        "(call $storage_cache (i32.const 0) (i32.const 1024)) (call $storage_flush (i32.const 0)) (i32.const 0)",
    )
}

#[test]
fn evm_code_calls_a_program_that_calls_evm_code() {
    let mut chain = TestChain::new();
    let who = chain.evm(&WHO);
    let middle = chain.program(&program_forwarder("call_contract"));
    let proxy = chain.evm(&forwarder(CALL, middle));
    let answer = chain.send_ok(proxy, to(who, []));
    assert_eq!(Address::from_slice(&answer[12..]), middle, "the program is the caller");
}

#[test]
fn a_program_calls_a_program() {
    let mut chain = TestChain::new();
    let store = chain.program(&program_store());
    let middle = chain.program(&program_forwarder("call_contract"));
    chain.send_ok(middle, to(store, word(42)));
    assert_eq!(chain.storage(store, 0), U256::from(42));
    assert_eq!(chain.storage(middle, 0), U256::ZERO);
}

#[test]
fn what_a_callee_reverts_with_reaches_the_program_and_its_changes_are_undone() {
    let mut chain = TestChain::new();
    let reverts = chain.evm(&store_and_revert());
    let middle = chain.program(&program_forwarder("call_contract"));
    let outcome = chain.send(middle, to(reverts, word(42)), 0);
    assert!(!outcome.result.is_success());
    assert_eq!(outcome.result.output().expect("revert data")[..], word(42));
    assert_eq!(outcome.failures, [], "both chose to revert");
    // A program that goes on after the failed call keeps its own changes.
    let goes_on = chain.program(&with_args(
        "",
        "(drop (call $call_contract (i32.const 1024) (i32.const 1044) (i32.const 32) (i32.const 512) (i64.const -1) (i32.const 600)))
         (call $storage_cache (i32.const 0) (i32.const 1044)) (call $storage_flush (i32.const 0)) (i32.const 0)",
    ));
    chain.send_ok(goes_on, to(reverts, word(42)));
    assert_eq!(chain.storage(goes_on, 0), U256::from(42));
    assert_eq!(chain.storage(reverts, 0), U256::ZERO);
}

#[test]
fn a_revert_further_up_undoes_what_a_program_did() {
    let mut chain = TestChain::new();
    let store = chain.program(&program_store());
    // Forwards, then reverts whatever comes back.
    let mut code = repeater(store, 1);
    code.extend([0x5f, 0x5f, 0xfd]);
    let proxy = chain.evm(&code);
    assert!(!chain.send(proxy, word(42), 0).result.is_success());
    assert_eq!(chain.storage(store, 0), U256::ZERO);
}

#[test]
fn value_goes_along_and_comes_back_with_a_revert() {
    let mut chain = TestChain::new();
    let receiver = address!("00000000000000000000000000000000000000b0");
    let middle = chain.program(&program_forwarder("call_contract"));
    let proxy = chain.evm(&forwarder(CALL, middle));
    assert!(chain.send(proxy, to(receiver, []), 1_000).result.is_success());
    assert_eq!(chain.balance(receiver), U256::from(1_000));
    let reverts = chain.evm(&store_and_revert());
    assert!(!chain.send(proxy, to(reverts, word(1)), 1_000).result.is_success());
    assert_eq!(chain.balance(middle), U256::ZERO);
    assert_eq!(chain.balance(reverts), U256::ZERO);
}

#[test]
fn a_program_that_cannot_pay_the_value_is_told_so() {
    let mut chain = TestChain::new();
    // Sends 255 wei that it does not have; returns the status.
    let body = "(i32.store8 (i32.const 63) (i32.const 255))
        (i32.store (i32.const 64) (call $call_contract
            (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32) (i64.const -1) (i32.const 100)))
        (call $write_result (i32.const 64) (i32.const 4)) (i32.const 0)";
    let program = chain.program(&module("", body));
    assert_eq!(chain.send_ok(program, [])[..], [2, 0, 0, 0]);
}

#[test]
fn a_delegate_call_runs_the_program_on_the_callers_storage() {
    let mut chain = TestChain::new();
    let store = chain.program(&program_store());
    let proxy = chain.evm(&forwarder(DELEGATECALL, store));
    chain.send_ok(proxy, word(7));
    assert_eq!(chain.storage(proxy, 0), U256::from(7));
    assert_eq!(chain.storage(store, 0), U256::ZERO);
}

#[test]
fn a_delegated_program_sees_the_callers_call() {
    let mut chain = TestChain::new();
    let body = "(call $contract_address (i32.const 0)) (call $msg_sender (i32.const 20)) (call $msg_value (i32.const 40))
        (i32.store (i32.const 72) (call $msg_reentrant))
        (call $write_result (i32.const 0) (i32.const 76)) (i32.const 0)";
    let program = chain.program(&module("", body));
    let proxy = chain.evm(&forwarder(DELEGATECALL, program));
    let out = output(chain.send(proxy, [], 3));
    assert_eq!(out[..20], *proxy);
    assert_eq!(out[20..40], *USER);
    assert_eq!(out[40..72], word(3));
    assert_eq!(out[72..], [0; 4], "a delegate call does not make its caller reentrant");
}

#[test]
fn a_program_delegates_to_evm_code_and_to_a_program() {
    let mut chain = TestChain::new();
    let evm_store = chain.evm(&STORE);
    let program_store = chain.program(&program_store());
    let delegator = chain.program(&program_forwarder("delegate_call"));
    chain.send_ok(delegator, to(evm_store, word(8)));
    assert_eq!(chain.storage(delegator, 0), U256::from(8));
    chain.send_ok(delegator, to(program_store, word(9)));
    assert_eq!(chain.storage(delegator, 0), U256::from(9));
    assert_eq!(chain.storage(evm_store, 0), U256::ZERO);
}

#[test]
fn a_static_call_refuses_every_change() {
    let mut chain = TestChain::new();
    let changes = [
        ("(call $storage_cache (i32.const 0) (i32.const 0)) (call $storage_flush (i32.const 0))", "storing"),
        ("(call $transient_store (i32.const 0) (i32.const 0))", "storing transiently"),
        ("(call $emit_log (i32.const 0) (i32.const 0) (i32.const 0))", "emitting a log"),
        (
            "(call $create1 (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 64) (i32.const 96))",
            "creating",
        ),
    ];
    for (change, what) in changes {
        let program = chain.program(&module("", &format!("{change} (i32.const 0)")));
        assert!(chain.send(program, [], 0).result.is_success(), "{change} outside of a static call");
        let proxy = chain.evm(&forwarder(STATICCALL, program));
        let outcome = chain.send(proxy, [], 0);
        assert!(!outcome.result.is_success(), "{change}");
        assert!(outcome.failures[0].reason.contains(what), "{:?}", outcome.failures);
    }
}

#[test]
fn a_static_call_lets_a_program_read_and_flush_nothing() {
    let mut chain = TestChain::new();
    let body =
        "(call $storage_load (i32.const 0) (i32.const 32)) (call $storage_cache (i32.const 0) (i32.const 32))
        (call $storage_flush (i32.const 0)) (i32.const 0)";
    let program = chain.program(&module("", body));
    let proxy = chain.evm(&forwarder(STATICCALL, program));
    chain.send_ok(proxy, []);
}

#[test]
fn static_context_reaches_through_programs() {
    let mut chain = TestChain::new();
    let store = chain.evm(&STORE);
    // The program calls statically: the callee may not store.
    let caller = chain.program(&program_forwarder("static_call"));
    assert!(!chain.send(caller, to(store, word(1)), 0).result.is_success());
    // The program is called statically and calls normally: the callee may not store either.
    let middle = chain.program(&program_forwarder("call_contract"));
    let proxy = chain.evm(&forwarder(STATICCALL, middle));
    assert!(!chain.send(proxy, to(store, word(1)), 0).result.is_success());
    assert_eq!(chain.storage(store, 0), U256::ZERO);
}

#[test]
fn value_in_a_static_call_fails_the_call_and_not_the_program() {
    let mut chain = TestChain::new();
    let body = "(i32.store8 (i32.const 63) (i32.const 1))
        (i32.store (i32.const 64) (call $call_contract
            (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32) (i64.const -1) (i32.const 100)))
        (call $write_result (i32.const 64) (i32.const 4)) (i32.const 0)";
    let program = chain.program(&module("", body));
    let proxy = chain.evm(&forwarder(STATICCALL, program));
    assert_eq!(chain.send_ok(proxy, [])[..], [2, 0, 0, 0]);
}

#[test]
fn a_program_knows_that_it_is_running_further_up() {
    let mut chain = TestChain::new();
    // With calldata it forwards; without, it returns the flag.
    let program = chain.program(&module(
        "",
        "(call $read_args (i32.const 1024))
         (if (local.get $len) (then
             (drop (call $call_contract (i32.const 1024) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const -1) (i32.const 512)))
             (call $write_result (i32.const 2048)
                 (call $read_return_data (i32.const 2048) (i32.const 0) (i32.const 32))))
          (else
             (i32.store (i32.const 0) (call $msg_reentrant))
             (call $write_result (i32.const 0) (i32.const 4))))
         (i32.const 0)",
    ));
    assert_eq!(chain.send_ok(program, [])[..], [0; 4]);
    let back = chain.evm(&forwarder(CALL, program));
    assert_eq!(chain.send_ok(program, back.to_vec())[..], [1, 0, 0, 0], "by way of another contract");
    assert_eq!(chain.send_ok(program, program.to_vec())[..], [1, 0, 0, 0], "directly");
    assert_eq!(chain.send_ok(back, [])[..], [0; 4], "and not when it is not");
}

#[test]
fn a_callee_sees_the_old_state_unless_the_caller_flushed() {
    let mut chain = TestChain::new();
    // Caches 5 in slot 0, flushes if the first byte of calldata says so, calls itself without calldata,
    // which returns slot 0.
    let program = chain.program(&module(
        "",
        "(call $read_args (i32.const 1024))
         (if (i32.eqz (local.get $len)) (then
             (call $storage_load (i32.const 0) (i32.const 32))
             (call $write_result (i32.const 32) (i32.const 32))
             (call $exit_early (i32.const 0))))
         (i32.store8 (i32.const 95) (i32.const 5))
         (call $storage_cache (i32.const 0) (i32.const 64))
         (if (i32.load8_u (i32.const 1024)) (then (call $storage_flush (i32.const 0))))
         (call $contract_address (i32.const 128))
         (drop (call $call_contract (i32.const 128) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const -1) (i32.const 512)))
         (call $write_result (i32.const 2048) (call $read_return_data (i32.const 2048) (i32.const 0) (i32.const 32)))
         (i32.const 0)",
    ));
    let look =
        |chain: &mut TestChain, flush: u8| output(chain.look(chain.transaction(program.into(), [flush], 0)));
    assert_eq!(look(&mut chain, 0)[..], word(0));
    assert_eq!(look(&mut chain, 1)[..], word(5));
}

#[test]
fn return_data_is_read_in_parts() {
    let mut chain = TestChain::new();
    let who = chain.evm(&WHO);
    // Sizes 0 before any call, then 32; bytes 12 to 32, then past the end.
    let body = "(i32.store8 (i32.const 0) (call $return_data_size))
        (i32.store8 (i32.const 1) (call $read_return_data (i32.const 900) (i32.const 0) (i32.const 32)))
        (drop (call $call_contract (i32.const 1024) (i32.const 0) (i32.const 0) (i32.const 512) (i64.const -1) (i32.const 600)))
        (i32.store8 (i32.const 2) (call $return_data_size))
        (i32.store8 (i32.const 3) (i32.load (i32.const 600)))
        (i32.store8 (i32.const 4) (call $read_return_data (i32.const 10) (i32.const 12) (i32.const 100)))
        (i32.store8 (i32.const 5) (call $read_return_data (i32.const -1) (i32.const 32) (i32.const 1)))
        (call $write_result (i32.const 0) (i32.const 30)) (i32.const 0)";
    let program = chain.program(&with_args("", body));
    let out = chain.send_ok(program, who.to_vec());
    assert_eq!(out[..6], [0, 0, 32, 32, 20, 0]);
    assert_eq!(out[10..30], *program);
}

#[test]
fn a_callee_gets_63_64ths_of_what_is_left_after_the_price_of_the_call() {
    let mut chain = TestChain::new();
    let gas_left = chain.evm(&GAS_LEFT);
    // Ink before the call at 0, what the callee says at 32.
    let body = "(i64.store (i32.const 0) (call $evm_ink_left))
        (drop (call $call_contract (i32.const 1024) (i32.const 0) (i32.const 0) (i32.const 512) (i64.const -1) (i32.const 600)))
        (drop (call $read_return_data (i32.const 32) (i32.const 0) (i32.const 32)))
        (call $write_result (i32.const 0) (i32.const 64)) (i32.const 0)";
    let program = chain.program(&with_args("", body));
    let out = chain.send_ok(program, gas_left.to_vec());
    let ink = u64::from_le_bytes(out[..8].try_into().unwrap());
    // i64.store 950, five i32.const and one i64.const, call and check; HOSTIO, 3 pointers, API, reading nothing twice.
    let at_call = (ink - (950 + 6 + 3_800 + 2_450) - (8_400 + 3 * 5_040 + 59_673 + 2 * 16_381)) / 10_000;
    let given = (at_call - 2_600) * 63 / 64;
    // GAS itself costs 2.
    assert_eq!(U256::from_be_slice(&out[32..]), U256::from(given - 2));
}

#[test]
fn a_call_costs_its_price_and_what_the_callee_uses() {
    let mut chain = TestChain::new();
    let call = |value: u8| {
        format!(
            "(i32.store8 (i32.const 63) (i32.const {value}))
             (drop (call $call_contract (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32) (i64.const -1) (i32.const 64)))"
        )
    };
    // i32.store8 825 with two constants; five i32.const and one i64.const; call, check, drop.
    let around = (825 + 2) + 6 + 3_800 + 2_450 + 9;
    let host = 8_400 + 3 * 5_040 + 59_673 + 2 * 16_381;
    let field = |address: Address| {
        let bytes: String = address.iter().map(|byte| format!("\\{byte:02x}")).collect();
        format!(r#"(data (i32.const 0) "{bytes}")"#)
    };
    // An account without code that is warm, as the sender is, and one that is cold and does not exist.
    assert_eq!(chain.ink_of_with(&field(USER), &call(0)), around + host + 100 * 10_000);
    let nobody = address!("00000000000000000000000000000000deadbeef");
    assert_eq!(chain.ink_of_with(&field(nobody), &call(0)), around + host + 2_600 * 10_000);
    // GAS_LEFT runs GAS 2, PUSH0 2, MSTORE 3 + 3, PUSH1 3, PUSH0 2, RETURN 0: 15 gas.
    let callee = chain.evm(&GAS_LEFT);
    assert_eq!(chain.ink_of_with(&field(callee), &call(0)), around + host + 2_615 * 10_000);
}

#[test]
fn delegate_and_static_calls_cost_what_a_call_without_value_costs() {
    let mut chain = TestChain::new();
    let host = 8_400 + 3 * 5_040 + 59_673 + 2 * 16_381;
    for name in ["delegate_call", "static_call"] {
        // To address 0, which does not exist and is cold.
        let body = format!(
            "(drop (call ${name} (i32.const 0) (i32.const 0) (i32.const 0) (i64.const -1) (i32.const 64)))"
        );
        assert_eq!(chain.ink_of(&body), 5 + 3_800 + 2_450 + 9 + host + 2_600 * 10_000, "{name}");
    }
}

#[test]
fn reading_return_data_charges_what_can_be_written() {
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
fn sending_value_costs_more_and_the_stipend_is_the_callers_if_it_is_used() {
    let mut chain = TestChain::new();
    let callee = chain.evm(&GAS_LEFT);
    // Returns the ink of the call with the value it got.
    let body = "(local $before i64)
        (call $read_args (i32.const 1024)) (call $msg_value (i32.const 512))
        (local.set $before (call $evm_ink_left))
        (drop (call $call_contract (i32.const 1024) (i32.const 0) (i32.const 0) (i32.const 512) (i64.const -1) (i32.const 600)))
        (i64.store (i32.const 0) (i64.sub (local.get $before) (call $evm_ink_left)))
        (call $write_result (i32.const 0) (i32.const 8)) (i32.const 0)";
    let program = chain.program(&module("", body));
    let ink = |chain: &mut TestChain, to: Address, value: u128| {
        let tx = chain.transaction(program.into(), to.to_vec(), value);
        u64::from_le_bytes(output(chain.look(tx))[..8].try_into().unwrap())
    };
    let free = ink(&mut chain, callee, 0);
    assert_eq!(ink(&mut chain, callee, 1) - free, 9_000 * 10_000);
    // An account that does not exist: 25 000 more, and the callee's 15 gas less.
    let nobody = address!("00000000000000000000000000000000deadbeef");
    assert_eq!(ink(&mut chain, nobody, 1) - free, (34_000 - 15) * 10_000);
}

#[test]
fn a_callee_out_of_ink_leaves_its_caller_the_64th() {
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

#[test]
fn a_program_that_calls_itself_for_ever_ends_like_any_failed_call() {
    let mut chain = TestChain::new();
    let program = chain.program(&module(
        "",
        "(call $contract_address (i32.const 0))
         (drop (call $call_contract (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32) (i64.const -1) (i32.const 64)))
         (i32.const 0)",
    ));
    let mut tx = chain.transaction(program.into(), [], 0);
    tx.gas_limit = 32_000_000;
    assert!(chain.execute(tx).result.is_success());
}

/// A program keeps its memory open while it waits for what it called. Pages beyond two open at once cost gas, and
/// beyond 128 more than there is: so programs of one page nest 128 deep, whatever gas they have.
#[test]
fn programs_nest_until_their_pages_are_128() {
    let mut chain = TestChain::new();
    chain.env.options.tx_gas_limit = None;
    // Returns the depth it reached: 1 + what the call of itself returns.
    let body = "(call $contract_address (i32.const 0))
        (drop (call $call_contract (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32) (i64.const -1) (i32.const 64)))
        (drop (call $read_return_data (i32.const 128) (i32.const 0) (i32.const 4)))
        (i32.store (i32.const 128) (i32.add (i32.load (i32.const 128)) (i32.const 1)))
        (call $write_result (i32.const 128) (i32.const 4)) (i32.const 0)";
    let program = chain.program(&module("", body));
    let mut tx = chain.transaction(program.into(), [], 0);
    tx.gas_limit = 1 << 40;
    let out = output(chain.look(tx));
    assert_eq!(u32::from_le_bytes(out[..4].try_into().unwrap()), 128);
}

#[test]
fn a_program_calls_precompiles() {
    let mut chain = TestChain::new();
    let middle = chain.program(&program_forwarder("static_call"));
    let identity = address!("0000000000000000000000000000000000000004");
    assert_eq!(chain.send_ok(middle, to(identity, b"echo"))[..], *b"echo");
    let chain_id = chain.send_ok(middle, to(stylus_evm::ARB_SYS, selector("arbChainID()")));
    assert_eq!(chain_id[..], word(412_346));
}

#[test]
fn a_program_cannot_be_destroyed_by_code_it_delegates_to() {
    let mut chain = TestChain::new();
    let destroyer = chain.evm(&SELFDESTRUCT);
    let delegator = chain.program(&program_forwarder("delegate_call"));
    assert!(!chain.send(delegator, to(destroyer, []), 0).result.is_success());
    // Called normally, the destroyer does as it likes.
    chain.send_ok(destroyer, []);
}
