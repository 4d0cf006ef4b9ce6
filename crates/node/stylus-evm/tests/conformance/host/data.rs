//! Data in and out of a program: calldata, results, logs, hashes, and invalid pointers.

use super::*;
use revm::primitives::keccak256;

#[test]
fn read_args_copies_the_calldata_and_charges_its_length() {
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
fn exit_early_ends_the_program_with_the_written_result() {
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
    assert_eq!(outcome.failures, [], "a revert by the program is not a failure");
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
fn a_log_with_too_many_topics_fails() {
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

#[test]
fn a_pointer_outside_of_memory_is_a_failure_and_keeps_the_remaining_gas() {
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
fn a_trap_reverts_without_data_and_keeps_the_remaining_gas() {
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
        assert!(outcome.result.output().expect("a revert").is_empty(), "the written result is not returned");
        assert!(outcome.result.tx_gas_used() < 100_000);
        assert!(outcome.failures[0].reason.contains(reason), "{:?}", outcome.failures);
        assert_eq!(outcome.failures[0].contract, program);
    }
}

#[test]
fn returned_data_costs_at_least_as_much_as_evm_memory() {
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
