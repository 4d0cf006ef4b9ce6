//! Broken and hostile WASM: whatever bytes come, activation answers, and what it takes runs and ends.
//!
//! Random, with a new seed each time; the seed is printed. `STYLUS_EVM_SEED=n` repeats a run.

mod common;

use common::*;
use std::time::{SystemTime, UNIX_EPOCH};
use stylus_evm::{activate, deploy};

/// xorshift64*: enough to choose bytes.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| time.as_nanos() as u64);
        let seed = std::env::var("STYLUS_EVM_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or_else(clock) | 1;
        println!("STYLUS_EVM_SEED={seed}");
        Self(seed)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit
    }

    fn byte(&mut self) -> u8 {
        self.below(256) as u8
    }
}

/// A program with something of everything, to be damaged.
fn victim() -> Vec<u8> {
    let fields = r#"(global $g (mut i64) (i64.const 3)) (type $t (func (param i32 i64) (result i32)))
        (table 3 funcref) (elem (i32.const 1) $f $f) (data (i32.const 40) "some bytes of data")
        (func $f (type $t) (local i32 i64)
            (block $b (loop $l (br_if $b (i32.eqz (local.get 0)))
                (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br $l)))
            (i32.wrap_i64 (local.get 1)))"#;
    let body = "(local $i i32)
        (call $read_args (i32.const 0))
        (call $storage_load (i32.const 0) (i32.const 64))
        (local.set $i (call_indirect (type $t) (i32.const 9) (i64.const 5) (i32.const 1)))
        (i32.store (i32.const 64) (i32.add (local.get $i) (memory.grow (i32.const 1))))
        (call $storage_cache (i32.const 0) (i32.const 64)) (call $storage_flush (i32.const 1))
        (memory.fill (i32.const 128) (i32.const 7) (i32.const 30))
        (drop (call $call_contract (i32.const 20) (i32.const 0) (i32.const 4) (i32.const 512) (i64.const 9999) (i32.const 600)))
        (call $native_keccak256 (i32.const 0) (i32.const 99) (i32.const 32))
        (call $emit_log (i32.const 0) (i32.const 70) (i32.const 2))
        (call $write_result (i32.const 0) (i32.const 64)) (i32.const 0)";
    wasm(&module(fields, body))
}

#[test]
fn a_damaged_program_is_refused_or_runs_to_an_end() {
    let mut random = Random::new();
    let mut chain = TestChain::new();
    let victim = victim();
    let mut taken = 0;
    for _ in 0..8_000 {
        let mut wasm = victim.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(wasm.len());
            match random.below(4) {
                0 => wasm[at] = random.byte(),
                1 => wasm[at] ^= 1 << random.below(8),
                2 => wasm.insert(at, random.byte()),
                _ => drop(wasm.remove(at)),
            }
        }
        if activate::check(&wasm).is_err() {
            continue;
        }
        taken += 1;
        let program = chain.deploy_wasm(&wasm);
        if chain.activate(program).result.is_success() || taken % 2 == 0 {
            let mut tx = chain.transaction(program.into(), [random.byte(); 40], 0);
            tx.gas_limit = 300_000;
            let outcome = chain.look(tx);
            assert!(outcome.result.tx_gas_used() <= 300_000);
        }
    }
    // Otherwise the test shows nothing about running.
    assert!(taken > 50, "only {taken} damaged programs were taken");
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
