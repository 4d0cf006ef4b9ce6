//! Checks that no instruction grows the native stack.
//!
//! The interpreter dispatches instructions by tail calls. If the compiler emits an ordinary call instead, each such
//! instruction takes native stack, and a program that loops crashes the process. Whether that happens depends on how
//! wasmi and wasmi_core are built (Cargo.toml of the workspace), and on the kind of each operand, because wasmi has a
//! separate instruction for each. So these tests run all combinations many times on a small stack.

mod common;

use common::*;
use std::{fmt::Write, thread};

/// Iterations of the loop: in these, an instruction that takes 64 bytes of stack takes 2.5 MB.
const ITERATIONS: u32 = 40_000;
const STACK_BYTES: usize = 1 << 20;

/// A constant, a local, and the result of another instruction.
fn operands(ty: &str) -> [String; 3] {
    let local = if ty == "i32" { "$i" } else { "$j" };
    [
        format!("({ty}.const 3)"),
        format!("(local.get {local})"),
        format!("({ty}.and (local.get {local}) ({ty}.const 7))"),
    ]
}

/// Addresses, all below 64 KiB.
fn addresses() -> [String; 3] {
    [
        "(i32.const 64)".into(),
        "(local.get $address)".into(),
        "(i32.and (local.get $i) (i32.const 4095))".into(),
    ]
}

/// No offset, a small offset, and an offset beyond 16 bits.
const OFFSETS: [&str; 3] = ["", "offset=8", "offset=65600"];

/// Every integer instruction with every kind of operand.
fn all_instructions() -> String {
    let mut code = String::new();
    let mut line = |text: String| writeln!(code, "{text}").expect("writing to a String cannot fail");
    for ty in ["i32", "i64"] {
        let [local, narrow] = if ty == "i32" { ["$i", "8 16"] } else { ["$j", "8 16 32"] };
        for operator in "add sub mul and or xor shl shr_s shr_u rotl rotr".split(' ') {
            for (a, b) in pairs(&operands(ty)) {
                line(format!("(local.set {local} ({ty}.{operator} {a} {b}))"));
            }
        }
        for operator in "div_s div_u rem_s rem_u".split(' ') {
            for a in operands(ty) {
                line(format!("(local.set {local} ({ty}.{operator} {a} ({ty}.const 3)))"));
                line(format!(
                    "(local.set {local} ({ty}.{operator} {a} ({ty}.or (local.get {local}) ({ty}.const 1))))"
                ));
            }
            line(format!(
                "(local.set {local} ({ty}.{operator} (local.get {local}) (local.get ${ty}_seven)))"
            ));
        }
        for operator in "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u".split(' ') {
            for (a, b) in pairs(&operands(ty)) {
                let compared = format!("({ty}.{operator} {a} {b})");
                line(format!("(local.set $k {compared})"));
                line(format!("(if {compared} (then (local.set $k (i32.const 1))))"));
                line(format!("(local.set {local} (select ({ty}.const 1) (local.get {local}) {compared}))"));
                line(format!("(block $b (br_if $b {compared}) (local.set $k (i32.eqz {compared})))"));
            }
        }
        for operand in operands(ty) {
            for operator in "clz ctz popcnt extend8_s extend16_s".split(' ') {
                line(format!("(local.set {local} ({ty}.{operator} {operand}))"));
            }
            line(format!("(local.set $k ({ty}.eqz {operand}))"));
            line(format!("(global.set ${ty}_global {operand})"));
            line(format!("(local.set {local} ({ty}.add (global.get ${ty}_global) {operand}))"));
        }
        for (address, offset) in addresses().iter().flat_map(|at| OFFSETS.map(|offset| (at, offset))) {
            line(format!("(local.set {local} ({ty}.load {offset} {address}))"));
            for bits in narrow.split(' ') {
                line(format!("(local.set {local} ({ty}.load{bits}_s {offset} {address}))"));
                line(format!("(local.set {local} ({ty}.load{bits}_u {offset} {address}))"));
            }
            for value in operands(ty) {
                line(format!("({ty}.store {offset} {address} {value})"));
                for bits in narrow.split(' ') {
                    line(format!("({ty}.store{bits} {offset} {address} {value})"));
                }
            }
        }
    }
    for operand in operands("i64") {
        line(format!("(local.set $i (i32.wrap_i64 {operand}))"));
        line(format!("(local.set $j (i64.extend32_s {operand}))"));
        line(format!("(local.set $j (call $one (i32.const 1) {operand}))"));
        line(format!("(local.set $j (call_indirect (type $t) (i32.const 1) {operand} (local.get $zero)))"));
    }
    for operand in operands("i32") {
        line(format!("(local.set $j (i64.extend_i32_s {operand}))"));
        line(format!("(local.set $j (i64.extend_i32_u {operand}))"));
        line(format!("(block $a (block $b (br_table $a $b (i32.and {operand} (i32.const 1)))))"));
        line(format!("(memory.fill (i32.const 128) {operand} (i32.const 8))"));
        line(format!("(memory.fill (local.get $address) {operand} (local.get $zero))"));
        line(format!("(memory.copy (local.get $address) (i32.and {operand} (i32.const 63)) (i32.const 8))"));
        line(format!("(drop (call_indirect (type $t) {operand} (i64.const 1) (i32.const 0)))"));
        // With a result, which wasmi copies to a different place for each target.
        line(format!(
            "(local.set $j (block $a (result i64) (block $b (result i64)
                 (br_table $a $b $a (local.get $j) (i32.and {operand} (i32.const 3))))
                 (i64.const 1) (i64.add)))"
        ));
    }
    line("(local.set $k (memory.size)) (drop (memory.grow (i32.const 0))) (nop)".into());
    line("(drop (call $msg_reentrant)) (local.set $j (call $evm_ink_left))".into());
    code
}

fn pairs(operands: &[String; 3]) -> impl Iterator<Item = (&String, &String)> {
    operands.iter().flat_map(|a| operands.iter().map(move |b| (a, b)))
}

/// Calls a program with nearly unlimited gas on a small stack.
fn runs_on_a_small_stack(text: String) {
    let run = move || {
        let mut chain = TestChain::new();
        chain.env.options.tx_gas_limit = None;
        let program = chain.program(&text);
        let mut tx = chain.transaction(program.into(), [], 0);
        tx.gas_limit = 1 << 40;
        let outcome = chain.simulate(tx);
        assert!(outcome.result.is_success(), "{:?}", outcome.failures);
    };
    let thread = thread::Builder::new().stack_size(STACK_BYTES).spawn(run).expect("a thread");
    thread.join().expect("it succeeds");
}

/// Repeats `body` [`ITERATIONS`] times.
fn repeated(body: &str) -> String {
    format!(
        "(loop $again
             {body}
             (br_if $again (i32.lt_u
                 (local.tee $count (i32.add (local.get $count) (i32.const 1))) (i32.const {ITERATIONS}))))
         (i32.const 0)"
    )
}

#[test]
fn no_instruction_grows_the_native_stack() {
    let fields = "(global $i32_global (mut i32) (i32.const 0)) (global $i64_global (mut i64) (i64.const 0))
        (type $t (func (param i32 i64) (result i64))) (table 1 funcref) (elem (i32.const 0) $one)
        (func $one (type $t) (if (local.get 0) (then (return (local.get 1)))) (i64.const 2))";
    let body = format!(
        "(local $i i32) (local $j i64) (local $k i32) (local $address i32) (local $zero i32) (local $count i32)
         (local $i32_seven i32) (local $i64_seven i64)
         (drop (memory.grow (i32.const 1)))
         (local.set $address (i32.const 1024))
         (local.set $i32_seven (i32.const 7)) (local.set $i64_seven (i64.const 7))
         {}",
        repeated(&all_instructions())
    );
    runs_on_a_small_stack(module(fields, &body));
}

#[test]
fn growing_memory_in_a_loop_frees_the_native_stack() {
    for pages in ["(i32.const 0)", "(local.get $zero)"] {
        let body = format!(
            "(local $count i32) (local $zero i32) {}",
            repeated(&format!("(drop (memory.grow {pages}))"))
        );
        runs_on_a_small_stack(module("", &body));
    }
}

#[test]
fn growing_a_fixed_memory_takes_no_native_stack() {
    for pages in [0, 1] {
        let body = repeated(&format!("(drop (memory.grow (i32.const {pages})))"));
        runs_on_a_small_stack(format!(
            r#"(module (memory (export "memory") 1 1)
                (func (export "user_entrypoint") (param i32) (result i32) (local $count i32) {body}))"#
        ));
    }
}
