//! Ink of every allowed instruction, each in its own program (Nitro `crates/prover/src/programs/meter.rs`:
//! `pricing_v1`). `blocks.rs` has most of those that end a block (branches, calls).
//!
//! Operands are constants (1 ink each); results are dropped (9 ink).

use crate::{
    common::*,
    ink::{CHECK, HOSTIO},
};

const DROP: u64 = 9;

/// Measures `(drop (type.op operands…))` for each of the operators, which are separated by spaces.
fn each_costs(chain: &mut TestChain, ty: &str, operators: &str, operands: &[&str], ink: u64) {
    for operator in operators.split_whitespace() {
        let body = format!("(drop ({ty}.{operator} {}))", operands.join(" "));
        assert_eq!(chain.ink_of(&body), operands.len() as u64 + ink + DROP, "{body}");
    }
}

const I32: &str = "(i32.const 7)";
const I64: &str = "(i64.const 7)";

#[test]
fn constants_cost_1_and_a_drop_9() {
    let mut chain = TestChain::new();
    assert_eq!(chain.ink_of("(drop (i32.const 123456789))"), 1 + 9);
    assert_eq!(chain.ink_of("(drop (i64.const -1))"), 1 + 9);
}

#[test]
fn a_nop_costs_1() {
    let mut chain = TestChain::new();
    assert_eq!(chain.ink_of("(nop)"), 1);
    assert_eq!(chain.ink_of("(nop) (nop) (nop)"), 3);
}

/// The only block has the nops, unreachable (1), the end (1) and the check (2450). With 7548 nops that is 10 000 ink,
/// one gas; one more nop makes it two.
#[test]
fn unreachable_costs_1() {
    let mut chain = TestChain::new();
    for (nops, gas) in [(7_548, 1), (7_549, 2)] {
        let program = chain.program(&module("", &format!("{} (unreachable)", "(nop)".repeat(nops))));
        let entry = entry_gas(&mut chain, program);
        let outcome = chain.send(program, [], 0);
        assert!(!outcome.result.is_success() && !outcome.result.is_halt());
        assert_eq!(execution_gas(&outcome), entry + gas, "{nops} nops");
    }
}

#[test]
fn select_costs_1250() {
    let mut chain = TestChain::new();
    // Three operands.
    assert_eq!(chain.ink_of("(drop (select (i64.const 1) (i64.const 2) (i32.const 0)))"), 3 + 1_250 + DROP);
}

#[test]
fn locals_cost_75_to_read_or_tee_and_210_to_set() {
    let mut chain = TestChain::new();
    assert_eq!(chain.ink_of("(drop (local.get $i))"), 75 + DROP);
    assert_eq!(chain.ink_of("(drop (local.tee $j (i64.const 1)))"), 1 + 75 + DROP);
    assert_eq!(chain.ink_of("(local.set $j (i64.const 1))"), 1 + 210);
}

#[test]
fn globals_cost_225_to_read_and_575_to_set() {
    let mut chain = TestChain::new();
    let global = "(global $g (mut i64) (i64.const 0))";
    assert_eq!(chain.ink_of_with(global, "(drop (global.get $g))"), 225 + DROP);
    assert_eq!(chain.ink_of_with(global, "(global.set $g (i64.const 1))"), 1 + 575);
}

#[test]
fn loads_cost_670_into_32_bits_and_680_into_64() {
    let mut chain = TestChain::new();
    let narrow = "load load8_s load8_u load16_s load16_u";
    each_costs(&mut chain, "i32", narrow, &[I32], 670);
    each_costs(&mut chain, "i64", narrow, &[I32], 680);
    each_costs(&mut chain, "i64", "load32_s load32_u", &[I32], 680);
}

#[test]
fn stores_cost_825_from_32_bits_and_950_from_64() {
    let mut chain = TestChain::new();
    let stores =
        [("i32", "store store8 store16", I32, 825), ("i64", "store store8 store16 store32", I64, 950)];
    for (ty, operators, value, ink) in stores {
        for operator in operators.split_whitespace() {
            let body = format!("({ty}.{operator} (i32.const 64) {value})");
            assert_eq!(chain.ink_of(&body), 2 + ink, "{body}");
        }
    }
}

#[test]
fn memory_size_costs_3000_and_grow_8050() {
    let mut chain = TestChain::new();
    assert_eq!(chain.ink_of("(drop (memory.size))"), 3_000 + DROP);
    // Growing by 0 pages: the host function for payment takes HOSTIO; the call that the instrumentation adds is free.
    assert_eq!(chain.ink_of("(drop (memory.grow (i32.const 0)))"), 1 + 8_050 + HOSTIO + DROP);
}

#[test]
fn bulk_memory_costs_950_and_100_a_byte() {
    let mut chain = TestChain::new();
    for bytes in [0, 1, 33] {
        let fill = format!("(memory.fill (i32.const 0) (i32.const 7) (i32.const {bytes}))");
        assert_eq!(chain.ink_of(&fill), 3 + 950 + bytes * 100);
        let copy = format!("(memory.copy (i32.const 64) (i32.const 0) (i32.const {bytes}))");
        assert_eq!(chain.ink_of(&copy), 3 + 950 + bytes * 100);
    }
}

#[test]
fn comparisons_cost_170_in_32_bits_and_225_in_64() {
    let mut chain = TestChain::new();
    let comparisons = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
    each_costs(&mut chain, "i32", comparisons, &[I32, I32], 170);
    each_costs(&mut chain, "i64", comparisons, &[I64, I64], 225);
    each_costs(&mut chain, "i32", "eqz", &[I32], 170);
    each_costs(&mut chain, "i64", "eqz", &[I64], 225);
}

#[test]
fn simple_arithmetic_costs_70_in_32_bits_and_100_in_64() {
    let mut chain = TestChain::new();
    let simple = "add sub and or xor shl shr_s shr_u rotl rotr";
    each_costs(&mut chain, "i32", simple, &[I32, I32], 70);
    each_costs(&mut chain, "i64", simple, &[I64, I64], 100);
}

#[test]
fn multiplication_costs_160_and_division_1120_or_1270() {
    let mut chain = TestChain::new();
    each_costs(&mut chain, "i32", "mul", &[I32, I32], 160);
    each_costs(&mut chain, "i64", "mul", &[I64, I64], 160);
    let divisions = "div_s div_u rem_s rem_u";
    each_costs(&mut chain, "i32", divisions, &[I32, I32], 1_120);
    each_costs(&mut chain, "i64", divisions, &[I64, I64], 1_270);
}

#[test]
fn clz_and_ctz_cost_210_and_popcnt_2650_or_6000() {
    let mut chain = TestChain::new();
    each_costs(&mut chain, "i32", "clz ctz", &[I32], 210);
    each_costs(&mut chain, "i64", "clz ctz", &[I64], 210);
    each_costs(&mut chain, "i32", "popcnt", &[I32], 2_650);
    each_costs(&mut chain, "i64", "popcnt", &[I64], 6_000);
}

#[test]
fn conversions_cost_100() {
    let mut chain = TestChain::new();
    each_costs(&mut chain, "i32", "wrap_i64", &[I64], 100);
    each_costs(&mut chain, "i64", "extend_i32_s extend_i32_u", &[I32], 100);
    each_costs(&mut chain, "i32", "extend8_s extend16_s", &[I32], 100);
    each_costs(&mut chain, "i64", "extend8_s extend16_s extend32_s", &[I64], 100);
}

#[test]
fn a_branch_table_costs_2400_and_325_a_target() {
    let mut chain = TestChain::new();
    // Block 1, index 1; the branch resumes after the end, in a block with its own check.
    for targets in [0, 1, 5] {
        let body = format!("(block $b (br_table {} $b (i32.const 0)))", "$b ".repeat(targets));
        assert_eq!(chain.ink_of(&body), 2 + 2_400 + 325 * targets as u64 + CHECK, "{targets} targets");
    }
}

#[test]
fn an_indirect_call_costs_13610_and_650_a_parameter() {
    let mut chain = TestChain::new();
    for parameters in [0, 1, 4] {
        let fields = format!(
            "(type $t (func {})) (table 1 funcref) (elem (i32.const 0) $f) (func $f (type $t))",
            "(param i64)".repeat(parameters)
        );
        let body = format!("(call_indirect (type $t) {} (i32.const 0))", I64.repeat(parameters));
        // The arguments and the index; the callee has one block with its end.
        let expected = parameters as u64 + 1 + 13_610 + 650 * parameters as u64 + (1 + CHECK) + CHECK;
        assert_eq!(chain.ink_of_with(&fields, &body), expected, "{parameters} parameters");
    }
}
