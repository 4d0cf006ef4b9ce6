//! Ink of instructions and basic blocks, worked out by hand from the table of stylus-vm.md, section 4.
//!
//! What a body costs beyond the two reads of the ink left is exact. The block that the body begins in has its check
//! paid already; every further block costs 2450 for its check.

mod common;

use common::*;
use revm::context::result::{ExecutionResult, HaltReason};

const CHECK: u64 = 2_450;

#[test]
fn instructions_of_one_block_add_up() {
    let mut chain = TestChain::new();
    assert_eq!(chain.ink_of(""), 0);
    // Two constants, an addition, a drop.
    assert_eq!(chain.ink_of("(drop (i32.add (i32.const 1) (i32.const 2)))"), 1 + 1 + 70 + 9);
}

#[test]
fn each_class_of_instruction_costs_what_the_table_says() {
    let mut chain = TestChain::new();
    // Everything is dropped (9); constants are 1 each.
    let table = [
        ("(nop)", 1),
        ("(drop (local.get $i))", 75 + 9),
        ("(local.set $i (i32.const 1))", 1 + 210),
        ("(drop (local.tee $i (i32.const 1)))", 1 + 75 + 9),
        ("(drop (global.get $g))", 225 + 9),
        ("(global.set $g (i32.const 1))", 1 + 575),
        ("(drop (select (i32.const 1) (i32.const 2) (i32.const 3)))", 3 + 1_250 + 9),
        ("(drop (i32.load (i32.const 0)))", 1 + 670 + 9),
        ("(drop (i32.load16_s (i32.const 0)))", 1 + 670 + 9),
        ("(drop (i64.load (i32.const 0)))", 1 + 680 + 9),
        ("(drop (i64.load8_u (i32.const 0)))", 1 + 680 + 9),
        ("(i32.store (i32.const 0) (i32.const 0))", 2 + 825),
        ("(i32.store8 (i32.const 0) (i32.const 0))", 2 + 825),
        ("(i64.store (i32.const 0) (i64.const 0))", 2 + 950),
        ("(i64.store32 (i32.const 0) (i64.const 0))", 2 + 950),
        ("(drop (memory.size))", 3_000 + 9),
        ("(drop (i32.eqz (i32.const 0)))", 1 + 170 + 9),
        ("(drop (i32.lt_s (i32.const 0) (i32.const 0)))", 2 + 170 + 9),
        ("(drop (i64.ge_u (i64.const 0) (i64.const 0)))", 2 + 225 + 9),
        ("(drop (i32.clz (i32.const 0)))", 1 + 210 + 9),
        ("(drop (i64.ctz (i64.const 0)))", 1 + 210 + 9),
        ("(drop (i32.rotl (i32.const 0) (i32.const 0)))", 2 + 70 + 9),
        ("(drop (i64.xor (i64.const 0) (i64.const 0)))", 2 + 100 + 9),
        ("(drop (i32.mul (i32.const 0) (i32.const 0)))", 2 + 160 + 9),
        ("(drop (i64.mul (i64.const 0) (i64.const 0)))", 2 + 160 + 9),
        ("(drop (i32.div_u (i32.const 1) (i32.const 1)))", 2 + 1_120 + 9),
        ("(drop (i64.rem_s (i64.const 1) (i64.const 1)))", 2 + 1_270 + 9),
        ("(drop (i32.popcnt (i32.const 1)))", 1 + 2_650 + 9),
        ("(drop (i64.popcnt (i64.const 1)))", 1 + 6_000 + 9),
        ("(drop (i32.wrap_i64 (i64.const 1)))", 1 + 100 + 9),
        ("(drop (i64.extend_i32_u (i32.const 1)))", 1 + 100 + 9),
        ("(drop (i64.extend16_s (i64.const 1)))", 1 + 100 + 9),
    ];
    for (body, ink) in table {
        assert_eq!(chain.ink_of_with("(global $g (mut i32) (i32.const 0))", body), ink, "{body}");
    }
}

#[test]
fn a_block_ends_with_its_end() {
    let mut chain = TestChain::new();
    // block 1, nop 1, end 1, and the check of what follows.
    assert_eq!(chain.ink_of("(block (nop))"), 3 + CHECK);
}

#[test]
fn a_branch_not_taken_is_not_charged() {
    let mut chain = TestChain::new();
    // Condition 1, if 765; then the block with nop and end; then what follows.
    let taken = chain.ink_of("(if (i32.const 1) (then (nop)))");
    assert_eq!(taken, 1 + 765 + (1 + 1 + CHECK) + CHECK);
    // A false condition goes on behind the end.
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
fn each_turn_of_a_loop_is_charged() {
    let mut chain = TestChain::new();
    let body = "(local.set $i (i32.const 3))
        (loop $again
            (local.set $i (i32.sub (local.get $i) (i32.const 1)))
            (br_if $again (local.get $i)))";
    // 1 + 210 + loop 1; three turns of 75 + 1 + 70 + 210 + 75 + 765; then the block with the end.
    let turn = 75 + 1 + 70 + 210 + 75 + 765 + CHECK;
    assert_eq!(chain.ink_of(body), 212 + 3 * turn + (1 + CHECK) + CHECK);
}

#[test]
fn a_call_is_charged_with_the_blocks_of_the_callee() {
    let mut chain = TestChain::new();
    // call 3800, the callee's only block (its end, 1), what follows.
    assert_eq!(chain.ink_of_with("(func $f)", "(call $f)"), 3_800 + (1 + CHECK) + CHECK);
    // A return (1) ends the block; the end behind it is never reached, and the return that the
    // instrumentation adds before the end costs nothing.
    assert_eq!(chain.ink_of_with("(func $f (return))", "(call $f)"), 3_800 + (1 + CHECK) + CHECK);
}

#[test]
fn an_indirect_call_is_charged_by_its_parameters() {
    let mut chain = TestChain::new();
    let fields = "(type $t (func (param i32 i64)))
        (table 1 funcref) (elem (i32.const 0) $f)
        (func $f (type $t))";
    let body = "(call_indirect (type $t) (i32.const 1) (i64.const 2) (i32.const 0))";
    assert_eq!(chain.ink_of_with(fields, body), 3 + 13_610 + 2 * 650 + (1 + CHECK) + CHECK);
}

#[test]
fn bulk_memory_is_charged_by_the_byte() {
    let mut chain = TestChain::new();
    let fill = "(memory.fill (i32.const 0) (i32.const 7) (i32.const 10))";
    assert_eq!(chain.ink_of(fill), 3 + 950 + 10 * 100);
    let copy = "(memory.copy (i32.const 64) (i32.const 0) (i32.const 33))";
    assert_eq!(chain.ink_of(copy), 3 + 950 + 33 * 100);
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
fn more_memory_than_allowed_takes_all_gas() {
    let mut chain = TestChain::new();
    let program = chain.program(&module("", "(drop (memory.grow (i32.const 128))) (i32.const 0)"));
    let outcome = chain.send(program, [], 0);
    assert!(matches!(outcome.result, ExecutionResult::Halt { .. }), "{:?}", outcome.result);
    assert_eq!(outcome.result.tx_gas_used(), GAS);
}

#[test]
fn a_memory_that_cannot_grow_needs_no_import_and_pays_nothing_for_trying() {
    let mut chain = TestChain::new();
    let program = chain.program(
        r#"(module
            (import "vm_hooks" "write_result" (func $write_result (param i32 i32)))
            (memory (export "memory") 1 1)
            (func (export "user_entrypoint") (param i32) (result i32)
                (i32.store (i32.const 0) (memory.grow (i32.const 1)))
                (call $write_result (i32.const 0) (i32.const 4))
                (i32.const 0)))"#,
    );
    assert_eq!(chain.send_ok(program, [])[..], [0xFF; 4]);
}

#[test]
fn an_endless_loop_runs_out_of_ink_and_takes_all_gas() {
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

/// Each frame of `$f` counts for 2 values of the check and 4, so 6 words; the entry point's too.
/// 22 000 - 6 = 21 994 words are left for `$f`, and a frame needs more than 6: 3 665 frames fit, `$f(3664)`.
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

/// A frame with many locals counts for few calls but must not exhaust the interpreter's own stack first.
#[test]
fn a_recursion_of_large_frames_ends_by_the_nominal_stack_too() {
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
    // 1 000 times nop: 3452 ink, still one gas; 10 000 more: 13 452 ink, two.
    for (nops, gas) in [(1_000, 1), (11_000, 2)] {
        let program = chain.program(&module("", &format!("{} (i32.const 0)", "nop ".repeat(nops))));
        let entry = entry_gas(&mut chain, program);
        assert_eq!(execution_gas(&chain.send(program, [], 0)), entry + gas, "{nops} nops");
    }
}

/// The interpreter goes from instruction to instruction by tail calls. Where the compiler makes ordinary calls of them,
/// each instruction takes native stack, and this test ends the whole test process.
#[test]
fn no_instruction_grows_the_native_stack() {
    let mut chain = TestChain::new();
    let fields = "(global $g (mut i64) (i64.const 0)) (type $t (func (param i32) (result i32)))
        (table 2 funcref) (elem (i32.const 0) $f $f)
        (func $f (type $t) (if (i32.eqz (local.get 0)) (then (return (i32.const 1)))) (i32.const 2))";
    // A million turns of everything that a program may do.
    let body = "(local $i i32) (local $j i64) (local $k i32)
        (loop $again
            (block $a (block $b (br_table $a $b (i32.and (local.get $i) (i32.const 1)))) (nop))
            (if (i32.and (local.get $i) (i32.const 2)) (then (nop)) (else (nop)))
            (local.set $k (call $f (i32.and (local.get $i) (i32.const 1))))
            (local.set $k (call_indirect (type $t) (local.get $k) (i32.and (local.get $i) (i32.const 1))))
            (i64.store (i32.const 8) (i64.add (i64.load (i32.const 8)) (i64.extend_i32_u (local.get $k))))
            (i32.store8 (i32.const 16) (i32.load8_s (i32.const 9)))
            (i32.store16 (i32.const 18) (i32.load16_u (i32.const 9)))
            (i64.store32 (i32.const 24) (i64.load32_s (i32.const 8)))
            (memory.fill (i32.const 64) (local.get $i) (i32.const 8))
            (memory.copy (i32.const 72) (i32.const 64) (i32.const 8))
            (local.set $j (i64.mul (i64.rotl (local.get $j) (i64.const 5)) (i64.const 3)))
            (local.set $j (i64.xor (local.get $j) (i64.shr_s (local.get $j) (i64.const 7))))
            (local.set $j (i64.sub (i64.div_u (local.get $j) (i64.const 3)) (i64.rem_s (local.get $j) (i64.const 5))))
            (local.set $j (i64.or (i64.clz (local.get $j)) (i64.popcnt (local.get $j))))
            (local.set $k (i32.mul (i32.div_s (local.get $k) (i32.const 3)) (i32.rem_u (local.get $k) (i32.const 5))))
            (local.set $k (i32.shl (i32.ctz (local.get $k)) (i32.extend8_s (i32.wrap_i64 (local.get $j)))))
            (global.set $g (i64.sub (global.get $g) (local.get $j)))
            (local.set $k (select (local.get $k) (memory.size) (i64.lt_s (local.get $j) (global.get $g))))
            (drop (call $msg_reentrant))
            (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000000))))
        (i32.const 0)";
    let program = chain.program(&module(fields, body));
    chain.env.options.tx_gas_limit = None;
    let mut tx = chain.transaction(program.into(), [], 0);
    tx.gas_limit = 1 << 40;
    assert!(chain.look(tx).result.is_success());
}
