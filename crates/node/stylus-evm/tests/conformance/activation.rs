//! Activation: valid and invalid modules, and costs.

use crate::common::*;
use alloy_sol_types::SolCall;
use revm::{context::result::ExecutionResult, primitives::U256};
use stylus_evm::{
    ARB_DEBUG, ARB_OWNER, ARB_WASM,
    abi::{ArbDebug, ArbOwner, ArbWasm},
    activate::{self, ActivationError},
    pricing::{activation, data_fee},
};

const ENTRY: &str = r#"(func (export "user_entrypoint") (param i32) (result i32) (i32.const 0))"#;
const MEMORY: &str = r#"(memory (export "memory") 0 0)"#;

fn check_error(wat: &str) -> ActivationError {
    match activate::check(&wasm(wat)) {
        Err(error) => error,
        Ok(_) => panic!("accepted: {wat}"),
    }
}

/// A valid module with these fields added.
fn with(fields: &str) -> String {
    format!("(module {fields} {MEMORY} {ENTRY})")
}

#[test]
fn valid_modules_are_accepted() {
    for fields in [
        "",
        "(global (export \"g\") (mut i32) (i32.const 1))",
        "(func (drop (i32.extend8_s (i32.const 0))))",
        "(func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(type $t (func)) (table 4096 funcref) (func (call_indirect (type $t) (i32.const 0)))",
        "(func (param f32) (local f64))",
        "(func (drop (i64.reinterpret_f64 (f64.load (i32.const 0)))))",
        "(func (f32.store (i32.const 0) (f32.reinterpret_i32 (i32.const 0))))",
    ] {
        activate::check(&wasm(&with(fields))).unwrap_or_else(|error| panic!("{fields}: {error}"));
    }
    activate::check(&wasm(&module("", "(drop (memory.grow (i32.const 1))) (i32.const 0)"))).expect("growth");
}

#[test]
fn forbidden_instructions_are_rejected() {
    let table = "(table 1 funcref) (func $f)";
    for (fields, name) in [
        ("(func (drop (f32.add (f32.const 1) (f32.const 1))))".to_owned(), "F32"),
        ("(func (drop (i32.trunc_sat_f64_u (f64.const 1))))".to_owned(), "F64"),
        (format!("{table} (func (drop (table.size 0)))"), "reference"),
        ("(func (result i32 i32) (i32.const 1) (i32.const 2))".to_owned(), "multi-value"),
        ("(func (drop (ref.null func)))".to_owned(), "reference"),
        (
            "(func (drop (select (result i32) (i32.const 1) (i32.const 1) (i32.const 1))))".to_owned(),
            "reference",
        ),
        ("(func (drop (v128.const i32x4 0 0 0 0)))".to_owned(), "SIMD"),
        ("(func $t (return_call $t))".to_owned(), "tail"),
        ("(func (drop (i32.atomic.load (i32.const 0))))".to_owned(), "threads"),
        ("(tag $e) (func (throw $e))".to_owned(), "exceptions"),
    ] {
        let error = check_error(&with(&fields)).to_string();
        assert!(error.to_lowercase().contains(&name.to_lowercase()), "{fields}: {error}");
    }
    // Passive segments need a data count section, which is rejected.
    let passive = format!("(module {MEMORY} (data $d \"x\") {ENTRY} (func (data.drop $d)))");
    assert!(matches!(check_error(&passive), ActivationError::Section(_)));
}

#[test]
fn forbidden_sections_exports_and_sizes_are_rejected() {
    let two_memories = format!("(module {MEMORY} (memory 0) {ENTRY})");
    assert!(matches!(check_error(&two_memories), ActivationError::Invalid(_)));
    let memory64 = format!("(module (memory (export \"memory\") i64 0 0) {ENTRY})");
    assert!(matches!(check_error(&memory64), ActivationError::Invalid(_)));
    assert_eq!(check_error(&with("(func $s) (start $s)")), ActivationError::Start);
    assert_eq!(check_error(&format!("(module {ENTRY})")), ActivationError::MissingExport("memory"));
    assert_eq!(
        check_error(&format!("(module (memory 0 0) {ENTRY})")),
        ActivationError::MissingExport("memory")
    );
    assert_eq!(check_error(&format!("(module {MEMORY})")), ActivationError::MissingExport("user_entrypoint"));
    let wrong = format!("(module {MEMORY} (func (export \"user_entrypoint\") (param i64)))");
    assert!(matches!(check_error(&wrong), ActivationError::EntryPoint(_)));
    let growing = format!("(module (memory (export \"memory\") 1) {ENTRY})");
    assert_eq!(check_error(&growing), ActivationError::NoPayForMemoryGrow);
    let large = format!("(module (memory (export \"memory\") 65536 65536) {ENTRY})");
    assert!(matches!(check_error(&large), ActivationError::TooMany { what: "initial pages of memory", .. }));
    assert!(matches!(
        check_error(&with("(table 4097 funcref)")),
        ActivationError::TooMany { what: "table entries", .. }
    ));
    let out_of_memory =
        format!("(module (memory (export \"memory\") 0 0) (data (i32.const 0) \"x\") {ENTRY})");
    assert_eq!(check_error(&out_of_memory), ActivationError::SegmentOutOfBounds("memory"));
    let out_of_table = "(table 1 funcref) (func $f) (elem (i32.const 1) $f)";
    assert_eq!(check_error(&with(out_of_table)), ActivationError::SegmentOutOfBounds("table"));
    let extended = "(global i32 (i32.add (i32.const 1) (i32.const 1)))";
    assert!(matches!(check_error(&with(extended)), ActivationError::Invalid(_)));
}

#[test]
fn unknown_imports_and_reserved_names_are_rejected() {
    let import = |module: &str, name: &str, ty: &str| {
        check_error(&with(&format!("(import \"{module}\" \"{name}\" (func {ty}))")))
    };
    assert!(matches!(import("env", "read_args", "(param i32)"), ActivationError::UnknownImport { .. }));
    assert!(matches!(import("vm_hooks", "no_such_thing", ""), ActivationError::UnknownImport { .. }));
    assert!(matches!(import("console", "log_i32", "(param i32)"), ActivationError::UnknownImport { .. }));
    assert!(matches!(import("vm_hooks", "read_args", "(param i64)"), ActivationError::ImportType { .. }));
    assert!(matches!(check_error(&with("(func (export \"stylus_x\"))")), ActivationError::ReservedName(_)));
    assert!(matches!(check_error(&with("(func (export \"a__stylus\"))")), ActivationError::ReservedName(_)));
    let same = "(import \"vm_hooks\" \"read_args\" (func (param i32))) (func (export \"x__read_args\"))";
    assert!(matches!(check_error(&with(same)), ActivationError::ReservedName(_)));
    let memory = "(import \"vm_hooks\" \"m\" (memory 1))";
    assert!(matches!(
        check_error(&format!("(module {memory} {ENTRY})")),
        ActivationError::UnknownImport { .. }
    ));
}

/// Moving floats costs 2^64 − 1 ink, so a run ends at the start of a block that does so.
#[test]
fn unreached_code_can_move_floats() {
    let mut chain = TestChain::new();
    let moved =
        "(if (i32.load8_u (i32.const 1024)) (then (f64.store (i32.const 8) (f64.const 1)))) (i32.const 0)";
    let program = chain.program(&with_args("", moved));
    chain.send_ok(program, [0]);
    let reached = chain.send(program, [1], 0);
    assert!(matches!(reached.result, ExecutionResult::Halt { .. }), "{:?}", reached.result);
    assert_eq!(reached.result.tx_gas_used(), GAS);
}

/// Nitro drops unused exports before it checks the limits.
#[test]
fn unused_exports_are_not_limited() {
    let export = |name: &str| format!("(export \"{name}\" (func $f))");
    let many: String = (0..2_000).map(|number| export(&number.to_string())).collect();
    activate::check(&wasm(&with(&format!("(func $f) {many}")))).expect("2000 exports");
    activate::check(&wasm(&with(&format!("(func $f) {}", export(&"n".repeat(5_000)))))).expect("a long name");
}

#[test]
fn a_name_section_must_parse_and_the_module_name_is_limited() {
    /// A custom section `name` with one subsection.
    fn named(subsection: u8, content: &[u8]) -> Vec<u8> {
        let length = |bytes: usize| [bytes as u8 & 0x7f | 0x80, (bytes >> 7) as u8];
        let body = [b"\x04name", [subsection].as_slice(), &length(content.len()), content].concat();
        [wasm(&with("")).as_slice(), &[0], &length(body.len()), &body].concat()
    }
    fn module(length: usize) -> Vec<u8> {
        let name = vec![b'n'; length];
        named(0, &[[length as u8 & 0x7f | 0x80, (length >> 7) as u8].as_slice(), &name].concat())
    }
    activate::check(&module(512)).expect("a name of 512 bytes");
    let error = activate::check(&module(513)).err();
    assert!(
        matches!(error, Some(ActivationError::TooMany { what: "bytes in the module's name", .. })),
        "{error:?}"
    );
    // The name of function 0 is \xff, which is not UTF-8; the map declares two functions and holds one; an unknown
    // subsection is ignored.
    assert!(matches!(activate::check(&named(1, &[1, 0, 1, 0xff])), Err(ActivationError::Invalid(_))));
    assert!(matches!(activate::check(&named(1, &[2, 0, 1, b'f'])), Err(ActivationError::Invalid(_))));
    activate::check(&named(99, &[1, 2, 3])).expect("an unknown subsection");
}

#[test]
fn locals_instructions_and_stack_of_a_function_are_limited() {
    let locals = |count: usize| with(&format!("(func (local {}))", "i32 ".repeat(count)));
    activate::check(&wasm(&locals(348))).expect("348 locals");
    assert!(matches!(
        check_error(&locals(349)),
        ActivationError::TooMany { what: "locals in a function", limit: 348, .. }
    ));
    // The limit includes 29 instructions of the instrumentation of a function with one block:
    // 12 for ink, 12 for stack on entry, 4 on return, and the return.
    let nops = |count: usize| with(&format!("(func {})", "nop ".repeat(count)));
    activate::check(&wasm(&nops(65_536 - 30))).expect("65 536 instructions with the end");
    assert!(matches!(check_error(&nops(65_536 - 29)), ActivationError::TooMany { limit: 65_536, .. }));
    let values = with(&format!("(func {} {})", "(i32.const 0) ".repeat(4_097), "drop ".repeat(4_097)));
    assert!(matches!(check_error(&values), ActivationError::FrameTooLarge { .. }));
}

#[test]
fn a_wasm_that_does_not_parse_is_rejected() {
    for bytes in [&b""[..], b"\0asm", b"\0asm\x01\0\0\0\xff", &[0xAB; 1_000]] {
        assert!(activate::check(bytes).is_err());
    }
    // An overlong encoding of the table index of call_indirect, as recent compilers emit it.
    let overlong = [
        b"\0asm\x01\0\0\0".as_slice(),
        &[1, 9, 2, 0x60, 0, 0, 0x60, 1, 0x7f, 1, 0x7f],
        &[3, 2, 1, 1, 4, 4, 1, 0x70, 0, 1, 5, 4, 1, 1, 0, 0],
        &[7, 28, 2, 6],
        b"memory",
        &[2, 0, 15],
        b"user_entrypoint",
        &[0, 0, 10, 17, 1, 15, 0, 0x41, 0, 0x11, 0, 0x80, 0x80, 0x80, 0x80, 0, 0x41, 0, 0x0f, 0x0b, 0x0b],
    ]
    .concat();
    assert!(matches!(activate::check(&overlong), Err(ActivationError::Invalid(_))));
}

#[test]
fn activation_returns_version_and_fee_and_emits_its_event() {
    let mut chain = TestChain::new();
    let code = wasm(&module("", "(i32.const 0)"));
    let program = chain.deploy_wasm(&code);
    let before = chain.balance(USER);
    let outcome = chain.activate(program);
    let event: ArbWasm::ProgramActivated = first_event(&outcome);
    let asm = activate::check(&code).unwrap().asm_estimate;
    let fee = U256::from(data_fee::fee_wei(asm, asm));
    assert_eq!((event.codehash, event.program, event.version), (chain.code_hash(program), program, 3));
    assert_eq!(event.dataFee, fee);
    // The rest of the value was returned; the gas price is 0 here.
    assert_eq!(before - chain.balance(USER), fee);
    let returned = ArbWasm::activateProgramCall::abi_decode_returns(&output(outcome)).unwrap();
    assert_eq!((returned.version, returned.dataFee), (3, fee));
}

/// Gas of activating a program, by hand:
/// - opening the state of ArbOS 800, one word of arguments 3, reading the owner's extra gas 800;
/// - the fixed part 1 659 168;
/// - reading the parameters 100 and the record of the program 800;
/// - the work of the activation;
/// - module hash 20 000; demand: five reads of 800, two writes of 20 000; the record 20 000; reading the network fee
///   account 800;
/// - the event: 375, two topics 750, four words of data 1024; two words of result 6.
#[test]
fn activation_costs_the_fixed_part_the_work_and_the_records() {
    let mut chain = TestChain::new();
    let code = wasm(&module("", "(i32.const 0)"));
    let program = chain.deploy_wasm(&code);
    let checked = activate::check(&code).unwrap();
    // i32.const and end: 2; the check of ink: 12; the stack: 12 + 4, and a return: 1.
    assert_eq!(checked.work.instructions, 31);
    let work: u64 = activation::gas_of(&checked.work).iter().map(|gas| gas.0).sum();
    let len = code.len() as u64;
    assert_eq!(work, 28 * (len * 31_733 / 100_000 + 2_217 + 31 * 535 / 1_000));
    let records = 20_000 + 5 * 800 + 2 * 20_000 + 20_000 + 800;
    let expected = 800 + 3 + 800 + 1_659_168 + 100 + 800 + work + records + 375 + 750 + 1_024 + 6;
    let call = ArbWasm::activateProgramCall { program }.abi_encode();
    let calldata: u64 = call.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum();
    assert_eq!(execution_gas(&chain.activate(program)), expected + calldata);
}

#[test]
fn demand_raises_the_fee_and_time_lowers_it() {
    let mut chain = TestChain::new();
    let fee = |chain: &mut TestChain, number: u32| {
        let program =
            chain.deploy_wasm(&wasm(&module("", &format!("(i32.const {number}) drop (i32.const 0)"))));
        let event: ArbWasm::ProgramActivated = first_event(&chain.activate(program));
        event.dataFee
    };
    let first = fee(&mut chain, 1);
    let second = fee(&mut chain, 2);
    assert!(second > first, "{second} > {first}");
    // Demand falls by 34 865 bytes per second; after a minute, the demand of both programs is gone.
    chain.env.block.timestamp += U256::from(60);
    assert_eq!(fee(&mut chain, 3), first);
}

/// Range of the fee: 82 928 201 wei per byte × e^(demand / 21 360 419), the exponent and the power in whole basis
/// points, rounded down; the truncated series is at most two basis points below the power.
fn fee_range(demand: u64, asm: u64) -> std::ops::RangeInclusive<U256> {
    let exponent = (10_000 * demand / 21_360_419) as f64 / 10_000.0;
    let power = (exponent.exp() * 10_000.0) as u64;
    let fee = |power: u64| U256::from(82_928_201 * power / 10_000 * asm);
    fee(power - 2)..=fee(power)
}

/// Machine code of a program with one function (i32) -> i32: 512 000 + 996 829 / 1000 + 2 * 11 416 / 1000 + 6.2628
/// bytes per byte of WASM.
#[test]
fn the_data_fee_follows_demand_as_it_accumulates_and_decays() {
    let mut chain = TestChain::new();
    let mut demand = 0;
    // The pauses let demand decay partly, completely, and partly again.
    for (number, pause) in [(100, 0), (101, 0), (102, 3), (103, 0), (104, 60), (105, 14)] {
        let code = wasm(&module("", &format!("(i32.const {number}) drop (i32.const 0)")));
        let asm = 512_000 + 996 + 22 + code.len() as u64 * 62_628 / 10_000;
        chain.env.block.timestamp += U256::from(pause);
        demand = u64::saturating_sub(demand, pause * 34_865) + asm;
        let program = chain.deploy_wasm(&code);
        let event: ArbWasm::ProgramActivated = first_event(&chain.activate(program));
        let range = fee_range(demand, asm);
        assert!(range.contains(&event.dataFee), "{number}: {} is not in {range:?}", event.dataFee);
    }
}

#[test]
fn activation_reverts_with_specific_errors() {
    let mut chain = TestChain::new();
    let revert = |outcome: stylus_evm::Outcome| match outcome.result {
        ExecutionResult::Revert { output, .. } => output,
        result => panic!("{result:?}"),
    };
    let evm = chain.evm(&[0x00]);
    assert_eq!(revert(chain.activate(evm))[..4], selector("ProgramNotWasm()"));
    assert_eq!(revert(chain.activate(USER))[..4], selector("ProgramNotWasm()"));
    let program = chain.program(&module("", "(i32.const 0)"));
    assert_eq!(revert(chain.activate(program))[..4], selector("ProgramUpToDate()"));
    let twin = chain.deploy_wasm(&wasm(&module("", "(i32.const 0)")));
    assert_eq!(revert(chain.activate(twin))[..4], selector("ProgramUpToDate()"), "active by its code hash");
    let poor = chain.deploy_wasm(&wasm(&module("", "(i32.const 1)")));
    let call = ArbWasm::activateProgramCall { program: poor }.abi_encode();
    let outcome = chain.send(ARB_WASM, call, 5);
    let error = revert(outcome);
    assert_eq!(error[..4], selector("ProgramInsufficientValue(uint256,uint256)"));
    assert_eq!(error[4..36], word(5), "have");
    // The wanted fee is the fee of the successful activation: the reverted one did not raise demand.
    let event: ArbWasm::ProgramActivated = first_event(&chain.activate(poor));
    assert_eq!(U256::from_be_slice(&error[36..]), event.dataFee, "want");
    let poor = chain.deploy_wasm(&wasm(&module("", "(i32.const 2)")));
    let call = ArbWasm::activateProgramCall { program: poor }.abi_encode();
    assert!(!chain.send(ARB_WASM, call, 5).result.is_success());
    assert!(chain.send(poor, [], 0).result.is_halt(), "still not active");
}

#[test]
fn an_invalid_wasm_uses_all_gas_and_invalid_packing_does_not() {
    let mut chain = TestChain::new();
    let bad = chain.deploy_wasm(&wasm(&with("(func $s) (start $s)")));
    let outcome = chain.activate(bad);
    assert!(!outcome.result.is_success());
    assert_eq!(outcome.result.tx_gas_used(), GAS);
    assert!(outcome.failures[0].reason.contains("start function"), "{:?}", outcome.failures);
    for code in [&[0xEF, 0xF0, 0x00, 0x00, 0xFF, 0xFF][..], &[0xEF, 0xF0, 0x00, 0x07, 0x00]] {
        let packed = chain.evm(code);
        let outcome = chain.activate(packed);
        assert!(!outcome.result.is_success());
        assert!(outcome.result.tx_gas_used() < 2_000_000, "{:?}", outcome.result);
        assert!(outcome.failures[0].reason.contains("activation failed"), "{:?}", outcome.failures);
    }
}

#[test]
fn an_owner_can_add_gas_to_every_activation() {
    let mut chain = TestChain::new();
    let program = chain.deploy_wasm(&wasm(&module("", "(i32.const 0)")));
    let usual = chain.simulate({
        let call = ArbWasm::activateProgramCall { program }.abi_encode();
        chain.transaction(ARB_WASM.into(), call, ETHER)
    });
    chain.send_ok(ARB_DEBUG, ArbDebug::becomeChainOwnerCall {}.abi_encode());
    let outcome = chain.send(ARB_OWNER, ArbOwner::setWasmActivationGasCall { gas: 12_345 }.abi_encode(), 0);
    let event: ArbOwner::OwnerActs = first_event(&outcome);
    assert_eq!(event.owner, USER);
    let more = chain.activate(program);
    assert_eq!(more.result.tx_gas_used() - usual.result.tx_gas_used(), 12_345);
}
