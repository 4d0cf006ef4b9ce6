//! Price of WASM memory: at entry, when it grows, and in nested calls.

use crate::{
    common::{
        evm::{caller_of, repeater},
        *,
    },
    entry::{EMPTY_BODY_GAS, prices},
    ink::*,
};
use revm::context::result::ExecutionResult;

#[test]
fn a_program_can_pay_for_memory_itself() {
    let mut chain = TestChain::new();
    assert_eq!(chain.ink_of("(call $pay_for_memory_grow (i32.const 0))"), 1 + CALL + HOSTIO);
    // From 1 page to 9: 7 beyond the free two, and exp(9) - exp(1) = 2.
    let ink = chain.ink_of("(call $pay_for_memory_grow (i32.const 8))");
    assert_eq!(ink, 1 + CALL + 7_002 * GAS_INK);
}

#[test]
fn growing_memory_costs_its_price_in_gas() {
    let mut chain = TestChain::new();
    // No pages: the host function's 8400. The call that the instrumentation makes costs nothing itself.
    assert_eq!(chain.ink_of("(drop (memory.grow (i32.const 0)))"), 1 + 8_050 + 9 + 8_400);
    // From 1 to 2 pages: free.
    assert_eq!(chain.ink_of("(drop (memory.grow (i32.const 1)))"), 1 + 8_050 + 9);
    // From 1 to 6 pages: 4 beyond the free two, and exp(6) - exp(1) = 1.
    assert_eq!(chain.ink_of("(drop (memory.grow (i32.const 5)))"), 1 + 8_050 + 9 + 4_001 * 10_000);
}

#[test]
fn more_memory_than_allowed_uses_all_gas() {
    let mut chain = TestChain::new();
    let program = chain.program(&module("", "(drop (memory.grow (i32.const 128))) (i32.const 0)"));
    let outcome = chain.send(program, [], 0);
    assert!(matches!(outcome.result, ExecutionResult::Halt { .. }), "{:?}", outcome.result);
    assert_eq!(outcome.result.tx_gas_used(), GAS);
}

/// Before ArbOS 59 the number was truncated to 16 bits, so that 65 536 pages cost as little as 0.
#[test]
fn growing_by_more_than_65535_pages_uses_all_gas() {
    let mut chain = TestChain::new();
    for pages in [65_535u32, 65_536, u32::MAX] {
        let program =
            chain.program(&module("", &format!("(drop (memory.grow (i32.const {pages}))) (i32.const 0)")));
        let outcome = chain.send(program, [], 0);
        assert!(outcome.result.is_halt(), "{pages}: {:?}", outcome.result);
        assert_eq!(outcome.result.tx_gas_used(), GAS, "{pages}");
    }
}

#[test]
fn a_fixed_memory_needs_no_import_and_growing_it_costs_only_the_instruction() {
    let mut chain = TestChain::new();
    let program = chain.program(
        r#"(module
            (import "vm_hooks" "write_result" (func $write_result (param i32 i32)))
            (memory (export "memory") 1 1)
            (func (export "user_entrypoint") (param i32) (result i32)
                (i32.store (i32.const 0) (memory.grow (i32.const 1)))
                (i32.store (i32.const 4) (memory.grow (i32.const 0)))
                (call $write_result (i32.const 0) (i32.const 8))
                (i32.const 0)))"#,
    );
    // Growing by one page fails; growing by 0 pages returns the size, one page.
    assert_eq!(chain.send_ok(program, [])[..], [0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0]);
    // Two stores 825 and two memory.grow 8050, with a constant each; the call with two constants; 0 and the end.
    let ink = 2 * (825 + 1) + 2 * (8_050 + 1) + 2 + CALL + HOSTIO + 2 * read(8) + 2 + CHECK;
    let entry = entry_gas(&mut chain, program);
    assert_eq!(execution_gas(&chain.send(program, [], 0)), entry + ink.div_ceil(GAS_INK));
}

/// A module with a fixed memory of `pages` pages.
fn paged(pages: u32) -> String {
    format!(
        r#"(module (memory (export "memory") {pages} {pages})
            (func (export "user_entrypoint") (param i32) (result i32) (i32.const 0)))"#
    )
}

#[test]
fn initial_pages_are_paid_on_entry() {
    let mut chain = TestChain::new();
    // Pages beyond two, and the rise of the curve from 1: exp(2) = 1, exp(17) = 9, exp(64) = 5645.
    for (pages, gas) in [(2, 0), (3, 1_000), (17, 15_008), (64, 62_000 + 5_644)] {
        let program = chain.program(&paged(pages));
        let entry = entry_gas(&mut chain, program);
        let used = execution_gas(&chain.send(program, [], 0));
        assert_eq!(used, entry + gas + EMPTY_BODY_GAS, "{pages} pages");
    }
}

#[test]
fn pages_are_closed_at_the_end_of_the_call_but_count_for_the_maximum() {
    let mut chain = TestChain::new();
    let (cached, _) = prices(&paged(17));
    let program = chain.program(&paged(17));
    let gas = |chain: &mut TestChain, times| {
        let caller = chain.evm(&repeater(program, times));
        execution_gas(&chain.send(caller, [], 0))
    };
    // The second call opens the 15 pages again for 15 000, but does not pay the 8 of the curve again.
    assert_eq!(gas(&mut chain, 2) - gas(&mut chain, 1), 17 + 100 + cached + 15_000 + EMPTY_BODY_GAS);
}

/// A program keeps its memory open while it waits for a callee. More than 128 pages open at once cost more gas than any
/// call has, so programs of one page nest 128 deep.
#[test]
fn programs_nest_until_128_pages_are_open() {
    let mut chain = TestChain::new();
    chain.env.options.tx_gas_limit = None;
    // Returns the depth reached: 1 + the result of the call of itself.
    let body = "(call $contract_address (i32.const 0))
        (drop (call $call_contract
            (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32) (i64.const -1) (i32.const 64)))
        (drop (call $read_return_data (i32.const 128) (i32.const 0) (i32.const 4)))
        (i32.store (i32.const 128) (i32.add (i32.load (i32.const 128)) (i32.const 1)))
        (call $write_result (i32.const 128) (i32.const 4)) (i32.const 0)";
    let program = chain.program(&module("", body));
    let mut tx = chain.transaction(program.into(), [], 0);
    tx.gas_limit = 1 << 40;
    let out = output(chain.simulate(tx));
    assert_eq!(u32::from_le_bytes(out[..4].try_into().unwrap()), 128);
}

/// The price depends on the pages open in the whole transaction: the pages of a callee add to those of its caller, and
/// are closed at its end; the curve depends on the maximum ever open.
#[test]
fn callee_pages_add_to_caller_pages() {
    let mut chain = TestChain::new();
    let inner = chain.program(&module("", "(i32.const 0)"));
    let entry = entry_gas(&mut chain, inner);
    let grow = "(drop (memory.grow (i32.const 9)))";
    let call = "(drop (call $call_contract
        (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 512) (i64.const -1) (i32.const 600)))";
    let bytes: String = inner.iter().map(|byte| format!("\\{byte:02x}")).collect();
    let field = format!(r#"(data (i32.const 0) "{bytes}")"#);
    // From 1 page to 10: 8 beyond the free two, and exp(10) - exp(1) = 3 - 1.
    let grown = 1 + 8_050 + 9 + (8 * 1_000 + 3 - 1) * GAS_INK;
    assert_eq!(chain.ink_of_with(&field, grow), grown);
    // The page of the callee is the eleventh: 1000 + exp(11) - exp(10) = 4 - 3; its body is one gas.
    let called = 6 + CALL + 9 + HOSTIO + 3 * PTR + API + 2 * read(0);
    let first = called + (2_600 + entry + 1_001 + 1) * GAS_INK;
    let both = format!("{grow} {call}");
    assert_eq!(chain.ink_of_with(&field, &both), grown + first);
    // Then the caller opens one more page: the eleventh again, but the maximum stays the same.
    let then = format!("{both} (drop (memory.grow (i32.const 1)))");
    assert_eq!(chain.ink_of_with(&field, &then), grown + first + 1 + 8_050 + 9 + 1_000 * GAS_INK);
}

/// A callee that fails closes its pages too, but the maximum it reached stays.
#[test]
fn a_failed_call_closes_its_pages_but_they_count_for_the_maximum() {
    let mut chain = TestChain::new();
    let fails = chain.program(&module("", "(drop (memory.grow (i32.const 15))) (unreachable)"));
    let grows = chain.program(&module("", "(drop (memory.grow (i32.const 15))) (i32.const 0)"));
    let alone = chain.evm(&caller_of(&[grows]));
    let after = chain.evm(&caller_of(&[fails, grows]));
    let only = chain.evm(&caller_of(&[fails]));
    let mut gas = |caller| execution_gas(&chain.send(caller, [], 0));
    // exp(16) - exp(0) = 8 - 1 is paid once, by the first call; the rest is the same.
    assert_eq!(gas(after) - gas(only) - 7, gas(alone) - EMPTY_CALLER - 7 - 7);
}

/// CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY: 2 + 2 + 2 + 3.
const EMPTY_CALLER: u64 = 9;
