//! Broken and hostile WASM: whatever bytes come, activation answers soon and in little memory, and what it takes runs
//! and ends. The fuzz target `fuzz/fuzz_targets/activation.rs` goes the same ways for as long as one likes.

#[path = "common/attack.rs"]
mod attack;
mod common;

use attack::*;
use common::{random::Random, *};
use std::{
    fs,
    time::{Duration, Instant},
};
use stylus_evm::{activate, deploy};

/// No module may take longer than this, metered, activated and called twice, on a busy machine without optimisation.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// No run of these tests may take more memory than this at any time, all threads together.
const MEMORY_LIMIT_KB: u64 = 1_500_000;

/// Attacks, and checks the bounds.
fn bounded(what: &str, wasm: &[u8], calldata: &[u8]) -> Reached {
    let start = Instant::now();
    let reached = attack(wasm, calldata);
    let took = start.elapsed();
    assert!(took < TIME_LIMIT, "{what} took {took:?}");
    assert!(peak_memory_kb() < MEMORY_LIMIT_KB, "{what}: {} KB", peak_memory_kb());
    reached
}

/// The most memory that this process ever had; 0 where the system does not tell.
fn peak_memory_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

fn bytes(random: &mut Random, len: usize) -> Vec<u8> {
    (0..len).map(|_| random.byte()).collect()
}

#[test]
fn a_damaged_program_is_refused_or_runs_to_an_end() {
    let mut random = Random::new();
    let mut called = 0;
    for _ in 0..6_000 {
        let edits = 4 * (1 + random.below(3));
        let wasm = damaged(&bytes(&mut random, edits));
        called += u32::from(bounded("a damaged program", &wasm, &[random.byte(); 40]) == Reached::Called);
    }
    // Otherwise the test shows nothing about running.
    assert!(called > 50, "only {called} damaged programs were called");
}

#[test]
fn random_valid_modules_are_refused_or_run_to_an_end() {
    let mut random = Random::new();
    let (mut made, mut called) = (0, 0);
    for turn in 0..300 {
        let kind = if turn % 3 == 0 { Kind::Anything } else { Kind::Stylus };
        let len = 200 + random.below(4_000);
        let Some(wasm) = smith(&bytes(&mut random, len), kind) else { continue };
        made += 1;
        called += u32::from(bounded("a random module", &wasm, &[1; 32]) == Reached::Called);
    }
    assert!(made > 150 && called > 25, "of {made} modules only {called} were called");
}

#[test]
fn random_bytes_are_refused() {
    let mut random = Random::new();
    for _ in 0..2_000 {
        let len = random.below(300);
        let noise = bytes(&mut random, len);
        let wasm = [&b"\0asm\x01\0\0\0"[..], &noise].concat();
        for wasm in [&noise, &wasm] {
            bounded("noise", wasm, &[]);
        }
        // As code: what brotli makes of it is a WASM for once in a blue moon.
        let code = [&deploy::PREFIX[..], &[deploy::NO_DICTIONARY], &noise].concat();
        attack_code(&code, &[]);
    }
}

#[test]
fn code_that_is_cut_or_scrambled_does_not_activate() {
    let mut random = Random::new();
    let mut chain = TestChain::new();
    let code = deploy::deploy_code(&victim());
    for _ in 0..300 {
        let mut code = code.clone();
        match random.below(2) {
            0 => code.truncate(4 + random.below(code.len() - 4)),
            _ => {
                let at = 3 + random.below(code.len() - 3);
                code[at] ^= 1 << random.below(8);
            }
        }
        let address = chain.evm(&code);
        let outcome = chain.activate(address);
        // A bit that brotli does not look at leaves a program; the same bit again, one that is active already.
        let active = outcome.result.output().is_some_and(|data| data[..] == selector("ProgramUpToDate()"));
        let reason = outcome.failures.first().map(|failure| failure.reason.clone()).unwrap_or_default();
        let known = outcome.result.is_success() || active || reason.contains("activation failed");
        assert!(known, "{:?}", outcome.result);
    }
}

#[test]
fn brotli_bombs_are_refused_at_the_limit_of_a_wasm() {
    let zeros = vec![0; 16 << 20];
    let bomb = deploy::deploy_code(&zeros);
    assert!(bomb.len() < 24_576, "it fits an account: {} bytes", bomb.len());
    drop(zeros);
    let start = Instant::now();
    assert_eq!(activate::unpack(&bomb), Err(activate::Refusal::TooLong(activate::MAX_WASM_BYTES)));
    assert_eq!(attack_code(&bomb, &[]), Reached::NotActivated);
    assert!(start.elapsed() < TIME_LIMIT);
}

/// A module with two exports, no imports, a memory that stays as it is, and these fields.
fn small(fields: &str) -> Vec<u8> {
    wasm(&format!(
        r#"(module (memory (export "memory") 1 1) {fields}
            (func (export "user_entrypoint") (param i32) (result i32) (i32.const 0)))"#
    ))
}

/// Modules close to the limit of size, each with as much of one thing as goes in: the most work for the least bytes.
#[test]
fn modules_as_large_as_they_may_be_are_dealt_with_soon() {
    let many = |count: usize, text: &str| text.repeat(count);
    let modules = [
        ("blocks side by side", small(&format!("(func {})", many(40_000, "(block)")))),
        ("blocks in each other", small(&format!("(func {}{})", many(2_000, "(block "), many(2_000, ")")))),
        ("functions", small(&many(4_090, "(func (loop (br_if 0 (i32.const 0))))"))),
        ("more functions than may be", small(&many(20_000, "(func)"))),
        ("nops in one function", small(&format!("(func {})", many(65_000, "(nop)")))),
        ("nops in two", small(&many(2, &format!("(func {})", many(60_000, "(nop)"))))),
        (
            "bulk memory",
            small(&many(
                4,
                &format!("(func {})", many(3_000, "(memory.fill (i32.const 0) (i32.const 0) (i32.const 0))")),
            )),
        ),
        (
            "targets of a branch table",
            small(&format!("(func (block (br_table {} (i32.const 0))))", many(100_000, "0 "))),
        ),
        ("globals", small(&many(20_000, "(global (mut i32) (i32.const 0))"))),
        ("types", small(&many(10_000, "(type (func (param i32 i64)))"))),
        ("locals", small(&many(300, &format!("(func (local {}))", many(348, "i32 "))))),
        ("data", small(&format!("(data (i32.const 0) \"{}\")", many(65_536, "x")))),
        ("data segments", small(&many(100, "(data (i32.const 0) \"x\")"))),
        (
            "exports",
            small(&format!(
                "(func $f) {}",
                (0..1_000).map(|n| format!("(export \"{n}\" (func $f))")).collect::<String>()
            )),
        ),
        (
            "values at once",
            small(&format!("(func {} {})", many(4_096, "(i32.const 0)"), many(4_096, "(drop)"))),
        ),
    ];
    for (what, wasm) in modules {
        assert!(wasm.len() <= activate::MAX_WASM_BYTES, "{what}: {} bytes", wasm.len());
        bounded(what, &wasm, &[]);
    }
}

/// Endless loops of what is cheapest, and of what takes the host the longest for its price.
#[test]
fn the_dearest_work_for_the_gas_ends_soon() {
    let loops = [
        "(br $l)",
        "(drop (i32.add (local.get $len) (i32.const 1))) (br $l)",
        "(memory.fill (i32.const 0) (i32.const 1) (i32.const 65535)) (br $l)",
        "(memory.copy (i32.const 1) (i32.const 0) (i32.const 65535)) (br $l)",
        "(call $native_keccak256 (i32.const 0) (i32.const 65536) (i32.const 0)) (br $l)",
        "(call $math_pow (i32.const 0) (i32.const 32)) (br $l)",
        "(call $math_mul_mod (i32.const 0) (i32.const 32) (i32.const 64)) (br $l)",
        "(call $write_result (i32.const 0) (i32.const 65536)) (br $l)",
        "(call $storage_cache (i32.const 0) (i32.const 32)) (br $l)",
        "(drop (call $account_code (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))) (br $l)",
        "(drop (call $msg_reentrant)) (br $l)",
        "(drop (memory.grow (i32.const 0))) (br $l)",
        "(drop (call $static_call (i32.const 0) (i32.const 0) (i32.const 65536) (i64.const -1) (i32.const 0))) (br $l)",
    ];
    for body in loops {
        let wasm = wasm(&module("", &format!("(loop $l {body}) (i32.const 0)")));
        assert_eq!(bounded(body, &wasm, &[]), Reached::Called, "{body}");
    }
}
