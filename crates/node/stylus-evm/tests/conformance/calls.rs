//! Calls of all kinds between EVM code and programs.

use crate::common::{evm::*, *};
use revm::primitives::{Address, U256, address};

/// A program that calls the address in its calldata with the rest of its calldata and its value, and returns or reverts
/// with the result. `call` is one of the three call functions.
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
    let returns_caller = chain.evm(&CALLER);
    let middle = chain.program(&program_forwarder("call_contract"));
    let proxy = chain.evm(&forwarder(CALL, middle));
    let answer = chain.send_ok(proxy, to(returns_caller, []));
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
fn revert_data_of_a_callee_reaches_the_program_and_its_changes_are_undone() {
    let mut chain = TestChain::new();
    let reverts = chain.evm(&STORE_AND_REVERT);
    let middle = chain.program(&program_forwarder("call_contract"));
    let outcome = chain.send(middle, to(reverts, word(42)), 0);
    assert!(!outcome.result.is_success());
    assert_eq!(outcome.result.output().expect("revert data")[..], word(42));
    assert_eq!(outcome.failures, [], "a revert is not a failure");
    // A program that continues after the failed call keeps its own changes.
    let continues = chain.program(&with_args(
        "",
        "(drop (call $call_contract
            (i32.const 1024) (i32.const 1044) (i32.const 32) (i32.const 512) (i64.const -1) (i32.const 600)))
         (call $storage_cache (i32.const 0) (i32.const 1044)) (call $storage_flush (i32.const 0)) (i32.const 0)",
    ));
    chain.send_ok(continues, to(reverts, word(42)));
    assert_eq!(chain.storage(continues, 0), U256::from(42));
    assert_eq!(chain.storage(reverts, 0), U256::ZERO);
}

#[test]
fn a_revert_of_the_caller_undoes_the_changes_of_a_program() {
    let mut chain = TestChain::new();
    let store = chain.program(&program_store());
    // Calls the program, then always reverts.
    let mut code = repeater(store, 1);
    code.extend([0x5f, 0x5f, 0xfd]);
    let proxy = chain.evm(&code);
    assert!(!chain.send(proxy, word(42), 0).result.is_success());
    assert_eq!(chain.storage(store, 0), U256::ZERO);
}

#[test]
fn value_is_sent_with_a_call_and_returned_by_a_revert() {
    let mut chain = TestChain::new();
    let receiver = address!("00000000000000000000000000000000000000b0");
    let middle = chain.program(&program_forwarder("call_contract"));
    let proxy = chain.evm(&forwarder(CALL, middle));
    assert!(chain.send(proxy, to(receiver, []), 1_000).result.is_success());
    assert_eq!(chain.balance(receiver), U256::from(1_000));
    let reverts = chain.evm(&STORE_AND_REVERT);
    assert!(!chain.send(proxy, to(reverts, word(1)), 1_000).result.is_success());
    assert_eq!(chain.balance(middle), U256::ZERO);
    assert_eq!(chain.balance(reverts), U256::ZERO);
}

#[test]
fn a_call_with_more_value_than_the_balance_returns_a_failure_status() {
    let mut chain = TestChain::new();
    // Sends 255 wei without having them; returns the status.
    let body = "(i32.store8 (i32.const 63) (i32.const 255))
        (i32.store (i32.const 64) (call $call_contract
            (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32) (i64.const -1) (i32.const 100)))
        (call $write_result (i32.const 64) (i32.const 4)) (i32.const 0)";
    let program = chain.program(&module("", body));
    assert_eq!(chain.send_ok(program, [])[..], [2, 0, 0, 0]);
}

#[test]
fn a_delegate_call_runs_the_program_on_the_storage_of_the_caller() {
    let mut chain = TestChain::new();
    let store = chain.program(&program_store());
    let proxy = chain.evm(&forwarder(DELEGATECALL, store));
    chain.send_ok(proxy, word(7));
    assert_eq!(chain.storage(proxy, 0), U256::from(7));
    assert_eq!(chain.storage(store, 0), U256::ZERO);
}

#[test]
fn a_delegated_program_sees_the_call_of_its_caller() {
    let mut chain = TestChain::new();
    let body = "(call $contract_address (i32.const 0)) (call $msg_sender (i32.const 20))
        (call $msg_value (i32.const 40))
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
fn every_change_in_a_static_call_fails() {
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
fn a_static_call_allows_reads_and_an_empty_flush() {
    let mut chain = TestChain::new();
    let body =
        "(call $storage_load (i32.const 0) (i32.const 32)) (call $storage_cache (i32.const 0) (i32.const 32))
        (call $storage_flush (i32.const 0)) (i32.const 0)";
    let program = chain.program(&module("", body));
    let proxy = chain.evm(&forwarder(STATICCALL, program));
    chain.send_ok(proxy, []);
}

#[test]
fn the_static_context_extends_through_programs() {
    let mut chain = TestChain::new();
    let store = chain.evm(&STORE);
    // The program makes a static call, in which the callee cannot store.
    let caller = chain.program(&program_forwarder("static_call"));
    assert!(!chain.send(caller, to(store, word(1)), 0).result.is_success());
    // The program is called statically and makes a normal call, in which the callee cannot store either.
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
fn a_program_detects_reentrancy() {
    let mut chain = TestChain::new();
    // With calldata it forwards; without calldata it returns the flag.
    let program = chain.program(&module(
        "",
        "(call $read_args (i32.const 1024))
         (if (local.get $len) (then
             (drop (call $call_contract
                 (i32.const 1024) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const -1) (i32.const 512)))
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
    assert_eq!(chain.send_ok(back, [])[..], [0; 4], "not reentrant");
}

#[test]
fn a_callee_sees_the_old_state_unless_the_caller_flushed() {
    let mut chain = TestChain::new();
    // Caches 5 in slot 0, flushes if the first byte of calldata is not 0, then calls itself without calldata, which
    // returns slot 0.
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
         (drop (call $call_contract
             (i32.const 128) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const -1) (i32.const 512)))
         (call $write_result (i32.const 2048) (call $read_return_data (i32.const 2048) (i32.const 0) (i32.const 32)))
         (i32.const 0)",
    ));
    let slot_0_in_callee = |chain: &mut TestChain, flush: u8| {
        output(chain.simulate(chain.transaction(program.into(), [flush], 0)))
    };
    assert_eq!(slot_0_in_callee(&mut chain, 0)[..], word(0));
    assert_eq!(slot_0_in_callee(&mut chain, 1)[..], word(5));
}

#[test]
fn return_data_is_read_in_parts() {
    let mut chain = TestChain::new();
    let returns_caller = chain.evm(&CALLER);
    // Sizes 0 before any call, then 32; bytes 12 to 32, then past the end.
    let body = "(i32.store8 (i32.const 0) (call $return_data_size))
        (i32.store8 (i32.const 1) (call $read_return_data (i32.const 900) (i32.const 0) (i32.const 32)))
        (drop (call $call_contract
            (i32.const 1024) (i32.const 0) (i32.const 0) (i32.const 512) (i64.const -1) (i32.const 600)))
        (i32.store8 (i32.const 2) (call $return_data_size))
        (i32.store8 (i32.const 3) (i32.load (i32.const 600)))
        (i32.store8 (i32.const 4) (call $read_return_data (i32.const 10) (i32.const 12) (i32.const 100)))
        (i32.store8 (i32.const 5) (call $read_return_data (i32.const -1) (i32.const 32) (i32.const 1)))
        (call $write_result (i32.const 0) (i32.const 30)) (i32.const 0)";
    let program = chain.program(&with_args("", body));
    let out = chain.send_ok(program, returns_caller.to_vec());
    assert_eq!(out[..6], [0, 0, 32, 32, 20, 0]);
    assert_eq!(out[10..30], *program);
}

#[test]
fn endless_self_calls_end_as_a_failed_call() {
    let mut chain = TestChain::new();
    let program = chain.program(&module(
        "",
        "(call $contract_address (i32.const 0))
         (drop (call $call_contract
             (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32) (i64.const -1) (i32.const 64)))
         (i32.const 0)",
    ));
    let mut tx = chain.transaction(program.into(), [], 0);
    tx.gas_limit = 32_000_000;
    assert!(chain.execute(tx).result.is_success());
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
    // A normal call of the destroyer can destroy the destroyer itself.
    chain.send_ok(destroyer, []);
}
