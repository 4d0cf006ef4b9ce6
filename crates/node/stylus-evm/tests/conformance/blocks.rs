//! Ink of basic blocks, computed by hand from Nitro's prices (`crates/prover/src/programs/meter.rs`: `pricing_v1`).
//!
//! `ink_of` returns exactly the ink of the body. The check of the block in which the body starts is not included; every
//! further block costs 2450 for its check.

use crate::{common::*, ink::CHECK};
use revm::context::result::{ExecutionResult, HaltReason};

#[test]
fn instructions_of_one_block_add_up() {
    let mut chain = TestChain::new();
    assert_eq!(chain.ink_of(""), 0);
    // Two constants, an addition, a drop.
    assert_eq!(chain.ink_of("(drop (i32.add (i32.const 1) (i32.const 2)))"), 1 + 1 + 70 + 9);
}

#[test]
fn a_block_ends_with_its_end() {
    let mut chain = TestChain::new();
    // block 1, nop 1, end 1, and the check of the next block.
    assert_eq!(chain.ink_of("(block (nop))"), 3 + CHECK);
}

#[test]
fn a_branch_not_taken_is_not_charged() {
    let mut chain = TestChain::new();
    // Condition 1, if 765; then the block with nop and end; then the next block.
    let taken = chain.ink_of("(if (i32.const 1) (then (nop)))");
    assert_eq!(taken, 1 + 765 + (1 + 1 + CHECK) + CHECK);
    // A false condition continues after the end.
    let skipped = chain.ink_of("(if (i32.const 0) (then (nop)))");
    assert_eq!(skipped, 1 + 765 + CHECK);
    // The first arm ends with its else (1), the second with its end (1).
    let first = chain.ink_of("(if (i32.const 1) (then (nop)) (else (nop) (nop)))");
    assert_eq!(first, 1 + 765 + (1 + 1 + CHECK) + CHECK);
    let second = chain.ink_of("(if (i32.const 0) (then (nop)) (else (nop) (nop)))");
    assert_eq!(second, 1 + 765 + (2 + 1 + CHECK) + CHECK);
}

#[test]
fn a_branch_to_the_end_of_a_block_does_not_pay_for_the_end() {
    let mut chain = TestChain::new();
    assert_eq!(chain.ink_of("(block $b (br $b))"), 1 + 765 + CHECK);
    // Two targets and a default: 2400 + 2 * 325.
    let table = "(block $a (block $b (br_table $a $b $a (i32.const 0))))";
    assert_eq!(chain.ink_of(table), 1 + 1 + 1 + 3_050 + CHECK);
}

#[test]
fn each_iteration_of_a_loop_is_charged() {
    let mut chain = TestChain::new();
    let body = "(local.set $i (i32.const 3))
        (loop $again
            (local.set $i (i32.sub (local.get $i) (i32.const 1)))
            (br_if $again (local.get $i)))";
    // 1 + 210 + loop 1; three iterations of 75 + 1 + 70 + 210 + 75 + 765; then the block with the end.
    let iteration = 75 + 1 + 70 + 210 + 75 + 765 + CHECK;
    assert_eq!(chain.ink_of(body), 212 + 3 * iteration + (1 + CHECK) + CHECK);
}

#[test]
fn a_call_is_charged_with_the_blocks_of_the_callee() {
    let mut chain = TestChain::new();
    // call 3800, the callee's only block (its end, 1), the next block.
    assert_eq!(chain.ink_of_with("(func $f)", "(call $f)"), 3_800 + (1 + CHECK) + CHECK);
    // A return (1) ends the block; the end after it is never reached, and the return that the instrumentation adds
    // before the end is free.
    assert_eq!(chain.ink_of_with("(func $f (return))", "(call $f)"), 3_800 + (1 + CHECK) + CHECK);
}

#[test]
fn an_endless_loop_runs_out_of_ink_and_uses_all_gas() {
    let mut chain = TestChain::new();
    let program = chain.program(&module("", "(loop $l (br $l)) (i32.const 0)"));
    let mut tx = chain.transaction(program.into(), [], 0);
    tx.gas_limit = 1_000_000;
    let outcome = chain.execute(tx);
    let ExecutionResult::Halt { reason: HaltReason::OutOfGas(_), .. } = outcome.result else {
        panic!("{:?}", outcome.result);
    };
    assert_eq!(outcome.result.tx_gas_used(), 1_000_000);
    assert!(outcome.failures[0].reason.contains("out of ink"), "{:?}", outcome.failures);
}

/// Each frame of `$f` and of the entry point takes 6 words: 2 values (of the check of ink) and 4.
/// 22 000 - 6 = 21 994 words are left for `$f`, and a frame needs more than 6: 3 665 frames fit, which is `$f(3664)`.
#[test]
fn the_nominal_stack_ends_a_recursion_at_the_same_call_as_on_nitro() {
    let mut chain = TestChain::new();
    let recursion = |depth: u32| {
        format!(
            r#"(module
                (import "vm_hooks" "pay_for_memory_grow" (func (param i32)))
                (memory (export "memory") 0)
                (func $f (param i32)
                    (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))))))
                (func (export "user_entrypoint") (param i32) (result i32)
                    (call $f (i32.const {depth})) (i32.const 0)))"#
        )
    };
    let fits = chain.program(&recursion(3_664));
    assert!(chain.send(fits, [], 0).result.is_success());
    let too_deep = chain.program(&recursion(3_665));
    let outcome = chain.send(too_deep, [], 0);
    let ExecutionResult::Halt { reason: HaltReason::StackOverflow, .. } = outcome.result else {
        panic!("{:?}", outcome.result);
    };
    assert_eq!(outcome.result.tx_gas_used(), GAS);
    assert!(outcome.failures[0].reason.contains("recursed"), "{:?}", outcome.failures);
}

/// Frames with many locals must reach the nominal limit before they exhaust the stack of the interpreter.
#[test]
fn the_nominal_stack_also_ends_a_recursion_of_large_frames() {
    let mut chain = TestChain::new();
    let locals = "i64 ".repeat(340);
    let fields = format!("(func $f (local {locals}) (call $f))");
    let program = chain.program(&module(&fields, "(call $f) (i32.const 0)"));
    let outcome = chain.send(program, [], 0);
    assert!(matches!(outcome.result, ExecutionResult::Halt { reason: HaltReason::StackOverflow, .. }));
}

#[test]
fn gas_is_ink_rounded_up() {
    let mut chain = TestChain::new();
    // i32.const 1, end 1, check 2450: 2452 ink, so one gas beyond the entry of the program.
    let empty = chain.program(&module("", "(i32.const 0)"));
    let entry = entry_gas(&mut chain, empty);
    assert_eq!(execution_gas(&chain.send(empty, [], 0)), entry + 1);
    // 1 000 nops: 3452 ink, still one gas; 10 000 more: 13 452 ink, two gas.
    for (nops, gas) in [(1_000, 1), (11_000, 2)] {
        let program = chain.program(&module("", &format!("{} (i32.const 0)", "nop ".repeat(nops))));
        let entry = entry_gas(&mut chain, program);
        assert_eq!(execution_gas(&chain.send(program, [], 0)), entry + gas, "{nops} nops");
    }
}
