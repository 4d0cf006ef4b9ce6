//! The Stylus profile: it does not change execution, its sums hold, and its values match results computed by hand.

mod common;

use common::{evm::*, *};
use revm::{
    context::TxEnv,
    primitives::{Address, Bytes},
};
use stylus_evm::{Outcome, ProgramProfile, Symbols, SymbolsError, pricing::Gas, pricing::Ink, profile};

const HOSTIO: u64 = 8_400;
const PTR: u64 = 5_040;
const API: u64 = 59_673;
/// The check at the start of each block.
const CHECK: u64 = 2_450;

/// Profiles a transaction and checks that its outcome is the same without a profile.
fn profiled_tx(chain: &mut TestChain, tx: TxEnv, symbols: &Symbols) -> (Outcome, Vec<ProgramProfile>) {
    let plain = chain.simulate(tx.clone());
    let (outcome, programs) =
        profile(&mut chain.db, &chain.env, tx, symbols).expect("the transaction is valid");
    assert_eq!(outcome.result, plain.result, "result, logs and gas");
    assert_eq!(outcome.state, plain.state);
    assert_eq!(outcome.failures, plain.failures);
    for program in &programs {
        check_sums(program);
    }
    (outcome, programs)
}

fn profiled(chain: &mut TestChain, to: Address, data: impl Into<Bytes>) -> Vec<ProgramProfile> {
    let tx = chain.transaction(to.into(), data, 0);
    profiled_tx(chain, tx, &Symbols::default()).1
}

/// Checks that all ink and gas is counted exactly once.
fn check_sums(program: &ProgramProfile) {
    let functions: u64 = program.functions.iter().map(|function| function.ink.0).sum();
    let hooks: u64 = program
        .host_functions
        .iter()
        .map(|hook| hook.ink.0 + (hook.gas.0 + hook.callee_gas.0) * 10_000)
        .sum();
    assert_eq!(functions + hooks + program.lost_ink.0, program.ink_used.0, "{program:#?}");
    let gas = program.entry_gas.0 + program.ink_used.0.div_ceil(10_000) + program.return_data_gas.0;
    assert_eq!(gas, program.gas_used.0, "{program:#?}");
}

fn names(program: &ProgramProfile) -> Vec<(&str, u64)> {
    program.functions.iter().map(|function| (function.name.as_str(), function.calls)).collect()
}

/// `$leaf` is called twice: end 1 and a check. `$middle` calls it (3800, check), then runs popcnt, drop and end with a
/// check. The entry point calls both (3800 and a check each); the constant, the end, a check.
#[test]
fn each_function_has_its_own_ink_and_calls() {
    let mut chain = TestChain::new();
    let fields = "(func $leaf) (func $middle (call $leaf) (drop (i32.popcnt (i32.const 1))))";
    let program = chain.program(&module(fields, "(call $middle) (call $leaf) (i32.const 0)"));
    let [profile] = &profiled(&mut chain, program, [])[..] else { panic!("one program") };
    let ink = |calls, ink| (calls, Ink(ink));
    let by_index: std::collections::BTreeMap<_, _> =
        profile.functions.iter().map(|used| (used.index, (used.calls, used.ink))).collect();
    // Indices count the 42 imports.
    assert_eq!(by_index[&42], ink(2, 2 * (1 + CHECK)));
    assert_eq!(by_index[&43], ink(1, 3_800 + CHECK + 1 + 2_650 + 9 + 1 + CHECK));
    assert_eq!(by_index[&44], ink(1, 2 * (3_800 + CHECK) + 1 + 1 + CHECK));
    assert_eq!(by_index.len(), 3);
    assert_eq!(profile.host_functions, []);
    assert_eq!(profile.gas_used.0, entry_gas(&mut chain, program) + profile.ink_used.0.div_ceil(10_000));
    assert_eq!((profile.contract, profile.code_address, profile.depth), (program, program, 0));
    assert_eq!((profile.parent, profile.success), (None, true));
}

#[test]
fn functions_that_leave_by_return_branch_or_exit_are_closed() {
    let mut chain = TestChain::new();
    let fields = "(func $returns (param i32) (if (local.get 0) (then (return))) (nop))
        (func $branches (param i32) (result i32) (br_if 0 (i32.const 7) (local.get 0)) (br 0))
        (func $table (param i32) (br_table 0 0 (local.get 0)))
        (func $exits (call $exit_early (i32.const 0)))";
    let body = "(call $returns (i32.const 1)) (call $returns (i32.const 0))
        (drop (call $branches (i32.const 1))) (drop (call $branches (i32.const 0)))
        (call $table (i32.const 0)) (call $exits) (i32.const 0)";
    let program = chain.program(&module(fields, body));
    let [profile] = &profiled(&mut chain, program, [])[..] else { panic!("one program") };
    let entry = profile.functions.iter().find(|used| used.name == "user_entrypoint").expect("it ran");
    // Six calls of functions with a check each, five constants as arguments, two drops.
    // `exit_early` ends the run: the rest of the entry point is never charged.
    assert_eq!(entry.ink, Ink(6 * (3_800 + CHECK) + 5 + 2 * 9));
    let calls: u64 = profile.functions.iter().map(|used| used.calls).sum();
    assert_eq!(calls, 1 + 2 + 2 + 1 + 1);
}

#[test]
fn host_functions_report_ink_and_chain_gas_separately() {
    let mut chain = TestChain::new();
    let body =
        "(call $storage_load (i32.const 0) (i32.const 32)) (call $storage_load (i32.const 0) (i32.const 32))
        (i32.store8 (i32.const 95) (i32.const 5)) (call $storage_cache (i32.const 0) (i32.const 64))
        (call $storage_flush (i32.const 0))
        (call $emit_log (i32.const 0) (i32.const 40) (i32.const 1))
        (drop (memory.grow (i32.const 3)))
        (i32.const 0)";
    let program = chain.program(&module("", body));
    let [profile] = &profiled(&mut chain, program, [])[..] else { panic!("one program") };
    let found: Vec<_> = profile
        .host_functions
        .iter()
        .map(|hook| (hook.name, hook.calls, hook.ink.0, hook.gas.0, hook.callee_gas.0))
        .collect();
    let expected = [
        // The slot is warm and new.
        ("storage_flush_cache", 1, HOSTIO + API, 20_000, 0),
        // Cold, and 5 gas for the access to the chain; the second read is cached.
        ("storage_load_bytes32", 2, 2 * (HOSTIO + 2 * PTR), 2_105, 0),
        // From 1 page to 4: two beyond the free ones.
        ("pay_for_memory_grow", 1, 0, 2_000, 0),
        // read(40); one topic and 8 bytes.
        ("emit_log", 1, HOSTIO + API + 16_381 + 8 * 55, 2 * 375 + 8 * 8, 0),
        ("storage_cache_bytes32", 1, HOSTIO + 2 * PTR, 0, 0),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_callee_has_its_own_profile_and_is_separate_from_the_price_of_the_call() {
    let mut chain = TestChain::new();
    let inner = chain.program(&module("", "(i32.const 0)"));
    let evm = chain.evm(&forwarder(CALL, inner));
    let call = "(drop (call $call_contract
        (i32.const 1024) (i32.const 0) (i32.const 0) (i32.const 512) (i64.const -1) (i32.const 600)))";
    let outer = chain.program(&with_args("", &format!("{call} {call} (i32.const 0)")));
    let programs = profiled(&mut chain, outer, evm.to_vec());
    let shape: Vec<_> = programs.iter().map(|call| (call.contract, call.depth, call.parent)).collect();
    assert_eq!(shape, [(outer, 0, None), (inner, 2, Some(0)), (inner, 2, Some(0))]);
    let hook = programs[0].host_functions.iter().find(|hook| hook.name == "call_contract").expect("called");
    assert_eq!((hook.calls, hook.ink), (2, Ink(2 * (HOSTIO + 3 * PTR + API + 2 * 16_381))));
    // Cold, then warm.
    assert_eq!(hook.gas, Gas(2_600 + 100));
    let inners: u64 = programs[1..].iter().map(|call| call.gas_used.0).sum();
    // The EVM code pays 2600 and 100 for its calls; the rest is its other instructions and the copying, twice.
    let around = hook.callee_gas.0 - inners - 2_700;
    assert!((100..200).contains(&around), "{around}");
    // A program is cached from its second run in a block.
    assert!(programs[1].entry_gas > programs[2].entry_gas);
}

#[test]
fn a_creation_reports_the_gas_of_its_init_code() {
    let mut chain = TestChain::new();
    // PUSH1 0 SLOAD STOP: 3 + 2100.
    let fields = r#"(data (i32.const 0) "\60\00\54\00")"#;
    let body = "(call $create1 (i32.const 0) (i32.const 4) (i32.const 32) (i32.const 64) (i32.const 96)) (i32.const 0)";
    let program = chain.program(&module(fields, body));
    let [profile] = &profiled(&mut chain, program, [])[..] else { panic!("one program") };
    let [hook] = &profile.host_functions[..] else { panic!("one host function") };
    assert_eq!((hook.name, hook.gas, hook.callee_gas), ("create1", Gas(32_000), Gas(2_103)));
}

#[test]
fn a_delegate_call_reports_the_code_address() {
    let mut chain = TestChain::new();
    let code = chain.program(&module("", "(i32.const 0)"));
    let proxy = chain.evm(&forwarder(DELEGATECALL, code));
    let [profile] = &profiled(&mut chain, proxy, [])[..] else { panic!("one program") };
    assert_eq!((profile.contract, profile.code_address, profile.depth), (proxy, code, 1));
    assert_eq!(profile.code_hash, chain.code_hash(code));
}

#[test]
fn every_kind_of_failure_has_a_profile_up_to_the_failure() {
    let mut chain = TestChain::new();
    // (body, whether ink is lost): a revert, a trap, a bad pointer, and five ways to run out of ink or stack.
    let bodies = [
        ("(call $msg_sender (i32.const 0)) (i32.const 1)", false),
        ("(call $msg_sender (i32.const 0)) (unreachable)", false),
        ("(call $msg_sender (i32.const -1)) (i32.const 0)", false),
        ("(loop $l (br $l)) (i32.const 0)", true),
        (
            "(loop $l (call $native_keccak256 (i32.const 0) (i32.const 32) (i32.const 0)) (br $l)) (i32.const 0)",
            true,
        ),
        ("(memory.fill (i32.const 0) (i32.const 0) (i32.const -1)) (i32.const 0)", true),
        ("(call $recursion) (i32.const 0)", true),
        ("(drop (memory.grow (i32.const 128))) (i32.const 0)", true),
    ];
    for (body, loses) in bodies {
        let program = chain.program(&module("(func $recursion (call $recursion))", body));
        let mut tx = chain.transaction(program.into(), [], 0);
        tx.gas_limit = 3_000_000;
        let (_, programs) = profiled_tx(&mut chain, tx, &Symbols::default());
        let [profile] = &programs[..] else { panic!("one program") };
        assert!(!profile.success, "{body}");
        assert_eq!(profile.lost_ink > Ink(0), loses, "{body}: {profile:#?}");
    }
}

#[test]
fn a_program_that_was_not_entered_has_no_profile() {
    let mut chain = TestChain::new();
    let inactive = chain.deploy_wasm(&wasm(&module("", "(i32.const 0)")));
    assert_eq!(profiled(&mut chain, inactive, []), []);
    let evm = chain.evm(&CALLER);
    assert_eq!(profiled(&mut chain, evm, []), []);
}

#[test]
fn gas_for_returned_data_is_reported_separately() {
    let mut chain = TestChain::new();
    let body = "(call $write_result (i32.const 0) (i32.const 65536)) (i32.const 0)";
    let program = chain.program(&module("", body));
    let [profile] = &profiled(&mut chain, program, [])[..] else { panic!("one program") };
    // 65 536 bytes cost 14 336 gas (computed in `conformance/host/data.rs`).
    assert_eq!(profile.gas_used, Gas(14_336));
    assert!(profile.return_data_gas > Gas(0));
}

const NAMED: &str = r#"(module
    (memory (export "memory") 0 0)
    (func $_ZN4weir5vault7deposit17h0123456789abcdefE (nop))
    (func $plain (nop))
    (func (export "user_entrypoint") (param i32) (result i32)
        (call 0) (call $plain) (i32.const 0)))"#;

/// [`NAMED`] without names.
const STRIPPED: &str = r#"(module
    (memory (export "memory") 0 0)
    (func (nop))
    (func (nop))
    (func (export "user_entrypoint") (param i32) (result i32)
        (call 0) (call 1) (i32.const 0)))"#;

#[test]
fn functions_are_named_by_the_name_section_demangled() {
    let mut chain = TestChain::new();
    let program = chain.program(NAMED);
    let [profile] = &profiled(&mut chain, program, [])[..] else { panic!("one program") };
    // The entry point has a name only as an export.
    assert_eq!(names(profile), [("user_entrypoint", 1), ("weir::vault::deposit", 1), ("plain", 1)]);
}

#[test]
fn a_stripped_program_takes_its_names_from_an_unstripped_build() {
    let mut chain = TestChain::new();
    let program = chain.program(STRIPPED);
    let [profile] = &profiled(&mut chain, program, [])[..] else { panic!("one program") };
    assert_eq!(names(profile), [("user_entrypoint", 1), ("func[0]", 1), ("func[1]", 1)]);
    let mut symbols = Symbols::default();
    symbols.add(&wasm(NAMED)).expect("it has names");
    assert!(symbols.fit(&wasm(STRIPPED)));
    let tx = chain.transaction(program.into(), [], 0);
    let (_, programs) = profiled_tx(&mut chain, tx, &symbols);
    assert_eq!(names(&programs[0]), [("user_entrypoint", 1), ("weir::vault::deposit", 1), ("plain", 1)]);
}

#[test]
fn names_of_another_program_do_not_apply_and_files_without_names_are_errors() {
    let mut chain = TestChain::new();
    let other = STRIPPED.replace("(nop)", "(nop) (nop)");
    let program = chain.program(&other);
    let mut symbols = Symbols::default();
    symbols.add(&wasm(NAMED)).expect("it has names");
    assert!(!symbols.fit(&wasm(&other)));
    let tx = chain.transaction(program.into(), [], 0);
    let (_, programs) = profiled_tx(&mut chain, tx, &symbols);
    assert_eq!(names(&programs[0])[1].0, "func[0]");
    assert_eq!(symbols.add(&wasm(STRIPPED)), Err(SymbolsError::NoNames));
    assert!(matches!(symbols.add(b"\0asm\x01\0\0\0\xff"), Err(SymbolsError::Invalid(_))));
}
