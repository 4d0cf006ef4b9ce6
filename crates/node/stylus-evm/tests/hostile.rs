//! Broken and hostile WASM: activation of any bytes ends in bounded time and memory, and so does a call of what it
//! accepts. The fuzz target `fuzz/fuzz_targets/activation.rs` does the same without a time limit.

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

/// Time limit to meter, activate and twice call a module, on a busy machine without optimisation.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// Largest WASM that ArbOS 61 activates.
const MAX_WASM_BYTES: usize = 256 * 1024;
/// Limit of the memory of the test process, all threads together.
const MEMORY_LIMIT_KB: u64 = 1_500_000;

/// Attacks within the limits of time and memory.
fn attack_within_limits(what: &str, wasm: &[u8], calldata: &[u8]) -> Reached {
    let start = Instant::now();
    let reached = attack(wasm, calldata);
    let took = start.elapsed();
    assert!(took < TIME_LIMIT, "{what} took {took:?}");
    assert!(peak_memory_kb() < MEMORY_LIMIT_KB, "{what}: {} KB", peak_memory_kb());
    reached
}

/// Peak memory of this process; 0 on systems without `/proc/self/status`.
fn peak_memory_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

fn bytes(random: &mut Random, len: usize) -> Vec<u8> {
    (0..len).map(|_| random.byte()).collect()
}

#[test]
fn a_damaged_program_is_rejected_or_terminates() {
    let mut random = Random::new();
    let mut called = 0;
    for _ in 0..6_000 {
        let edits = 4 * (1 + random.below(3));
        let wasm = damaged(&bytes(&mut random, edits));
        called += u32::from(
            attack_within_limits("a damaged program", &wasm, &[random.byte(); 40]) == Reached::Called,
        );
    }
    // Otherwise the test hardly covers calls.
    assert!(called > 50, "only {called} damaged programs were called");
}

#[test]
fn random_valid_modules_are_rejected_or_terminate() {
    let mut random = Random::new();
    let (mut made, mut called) = (0, 0);
    for round in 0..300 {
        let kind = if round % 3 == 0 { Kind::Anything } else { Kind::Stylus };
        let len = 200 + random.below(4_000);
        let Some(wasm) = random_module(&bytes(&mut random, len), kind) else { continue };
        made += 1;
        called += u32::from(attack_within_limits("a random module", &wasm, &[1; 32]) == Reached::Called);
    }
    assert!(made > 150 && called > 25, "of {made} modules only {called} were called");
}

#[test]
fn random_bytes_are_rejected() {
    let mut random = Random::new();
    for _ in 0..2_000 {
        let len = random.below(300);
        let noise = bytes(&mut random, len);
        let wasm = [&b"\0asm\x01\0\0\0"[..], &noise].concat();
        for wasm in [&noise, &wasm] {
            attack_within_limits("noise", wasm, &[]);
        }
        // As on-chain code; it hardly ever decompresses to a WASM.
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
        // Brotli ignores some bits: the program stays valid, and is already active when the same bit is flipped again.
        let active = outcome.result.output().is_some_and(|data| data[..] == selector("ProgramUpToDate()"));
        let reason = outcome.failures.first().map(|failure| failure.reason.clone()).unwrap_or_default();
        let known = outcome.result.is_success() || active || reason.contains("activation failed");
        assert!(known, "{:?}", outcome.result);
    }
}

#[test]
fn brotli_bombs_are_rejected_at_the_size_limit_of_a_wasm() {
    let zeros = vec![0; 16 << 20];
    let bomb = deploy::deploy_code(&zeros);
    assert!(bomb.len() < 24_576, "it fits an account: {} bytes", bomb.len());
    drop(zeros);
    let start = Instant::now();
    assert_eq!(
        activate::unpack(&bomb, MAX_WASM_BYTES),
        Err(activate::ActivationError::TooLong(MAX_WASM_BYTES))
    );
    assert_eq!(attack_code(&bomb, &[]), Reached::NotActivated);
    assert!(start.elapsed() < TIME_LIMIT);
}

/// A module with the two required exports, no imports, a fixed memory, and these fields.
fn small(fields: &str) -> Vec<u8> {
    wasm(&format!(
        r#"(module (memory (export "memory") 1 1) {fields}
            (func (export "user_entrypoint") (param i32) (result i32) (i32.const 0)))"#
    ))
}

/// Modules close to the size limit, each with as much as possible of one thing: the most work for the fewest bytes.
#[test]
fn modules_of_maximum_size_are_processed_in_time() {
    let many = |count: usize, text: &str| text.repeat(count);
    let modules = [
        ("blocks side by side", small(&format!("(func {})", many(40_000, "(block)")))),
        ("blocks in two functions", small(&many(2, &format!("(func {})", many(40_000, "(block)"))))),
        ("nested blocks", small(&format!("(func {}{})", many(2_000, "(block "), many(2_000, ")")))),
        ("functions", small(&many(4_090, &format!("(func {})", many(5, "(loop (br_if 0 (i32.const 0)))"))))),
        ("more functions than allowed", small(&many(20_000, "(func)"))),
        ("nops in one function", small(&format!("(func {})", many(65_000, "(nop)")))),
        ("nops in four", small(&many(4, &format!("(func {})", many(60_000, "(nop)"))))),
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
        ("globals", small(&many(32_000, "(global (mut i32) (i32.const 0))"))),
        ("types", small(&many(40_000, "(type (func (param i32 i64)))"))),
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
            "values on the stack",
            small(&format!("(func {} {})", many(4_096, "(i32.const 0)"), many(4_096, "(drop)"))),
        ),
    ];
    for (what, wasm) in modules {
        assert!(wasm.len() <= MAX_WASM_BYTES, "{what}: {} bytes", wasm.len());
        attack_within_limits(what, &wasm, &[]);
    }
}

/// Endless loops of the cheapest instruction, and of the operations that take the host the most time for their price.
#[test]
fn the_slowest_work_for_its_gas_ends_in_time() {
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
        assert_eq!(attack_within_limits(body, &wasm, &[]), Reached::Called, "{body}");
    }
}
