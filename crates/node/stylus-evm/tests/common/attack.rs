//! Makes modules from arbitrary bytes, and puts any module through activation and a call.
//! Used by the tests and by the fuzz target.
#![allow(dead_code)]

use crate::common::{ETHER, TestChain, module, wasm};
use alloy_sol_types::SolCall;
use arbitrary::Unstructured;
use revm::{DatabaseCommit, primitives::Address};
use std::sync::LazyLock;
use stylus_evm::{
    ARB_WASM, ModuleCache, Outcome, Symbols, abi::ArbWasm, activate, deploy, profile, transact,
};
use wasm_smith::{Config, InstructionKind, InstructionKinds, Module};

/// Gas of the calls: enough to run some code, little enough to end soon.
pub const CALL_GAS: u64 = 300_000;
const PROGRAM: Address = Address::repeat_byte(0xC0);

/// The last step that a module reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// The module is not valid for Stylus.
    Invalid,
    /// The module is valid, but its activation failed.
    NotActivated,
    /// The module was activated and called.
    Called,
}

/// Checks a WASM; if it is valid, activates it and calls it with and without a profile. Panics if the results differ,
/// or if the call uses more gas than it has.
pub fn attack(wasm: &[u8], calldata: &[u8]) -> Reached {
    if activate::check(wasm).is_err() {
        return Reached::Invalid;
    }
    attack_code(&[&deploy::PREFIX[..], &[deploy::NO_DICTIONARY], &compress(wasm)].concat(), calldata)
}

/// Compresses quickly, at low quality.
fn compress(wasm: &[u8]) -> Vec<u8> {
    let params = brotli::enc::BrotliEncoderParams { quality: 1, lgwin: 18, ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &wasm[..], &mut out, &params).expect("writing to a Vec cannot fail");
    out
}

/// Like [`attack`], with on-chain code.
pub fn attack_code(code: &[u8], calldata: &[u8]) -> Reached {
    let mut chain = CHAIN.clone();
    chain.env.modules = ModuleCache::default();
    chain.put_code(PROGRAM, code);
    let call = ArbWasm::activateProgramCall { program: PROGRAM }.abi_encode();
    let mut tx = chain.transaction(ARB_WASM.into(), call, ETHER);
    tx.gas_limit = 30_000_000;
    let activation = transact(&mut chain.db, &chain.env, tx).expect("the transaction is valid");
    if !activation.result.is_success() {
        return Reached::NotActivated;
    }
    chain.db.commit(activation.state);
    call_twice(&mut chain, calldata);
    Reached::Called
}

fn call_twice(chain: &mut TestChain, calldata: &[u8]) -> Outcome {
    let mut tx = chain.transaction(PROGRAM.into(), calldata.to_vec(), 0);
    tx.gas_limit = CALL_GAS;
    let plain = chain.simulate(tx.clone());
    assert!(plain.result.tx_gas_used() <= CALL_GAS);
    let (profiled, programs) =
        profile(&mut chain.db, &chain.env, tx, &Symbols::default()).expect("the transaction is valid");
    assert_eq!(profiled.result, plain.result, "with a profile and without");
    assert_eq!(profiled.state, plain.state);
    for program in programs {
        let functions: u64 = program.functions.iter().map(|used| used.ink.0).sum();
        let hooks: u64 = program
            .host_functions
            .iter()
            .map(|hook| hook.ink.0 + 10_000 * (hook.gas.0 + hook.callee_gas.0))
            .sum();
        assert_eq!(functions + hooks + program.lost_ink.0, program.ink_used.0);
    }
    plain
}

static CHAIN: LazyLock<TestChain> = LazyLock::new(TestChain::new);
/// A program with all imports and the two required exports.
static SHAPE: LazyLock<Vec<u8>> = LazyLock::new(|| wasm(&module("", "(i32.const 0)")));

/// The content of random modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All of WebAssembly.
    Anything,
    /// Imports, exports and instructions of a Stylus program, so that most modules are valid.
    Stylus,
}

/// A valid module made from arbitrary bytes; `None` if they do not suffice.
pub fn random_module(bytes: &[u8], kind: Kind) -> Option<Vec<u8>> {
    let mut unstructured = Unstructured::new(bytes);
    let config = match kind {
        Kind::Anything => Config::default(),
        Kind::Stylus => stylus_config(),
    };
    Module::new(config, &mut unstructured).ok().map(|module| module.to_bytes())
}

fn stylus_config() -> Config {
    use InstructionKind::*;
    Config {
        module_shape: Some(SHAPE.clone()),
        allowed_instructions: InstructionKinds::new(&[NumericInt, Parametric, Variable, MemoryInt, Control]),
        allow_floats: false,
        allow_start_export: false,
        bulk_memory_enabled: false,
        compact_imports_enabled: false,
        exceptions_enabled: false,
        extended_const_enabled: false,
        gc_enabled: false,
        max_instructions: 400,
        max_memory32_bytes: 1 << 20,
        max_table_elements: 1_000,
        memory64_enabled: false,
        multi_value_enabled: false,
        reference_types_enabled: false,
        relaxed_simd_enabled: false,
        saturating_float_to_int_enabled: false,
        simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        ..Config::default()
    }
}

/// [`victim`] with one edit for each four bytes: position (two bytes), kind of edit, new byte.
pub fn damaged(edits: &[u8]) -> Vec<u8> {
    let mut wasm = VICTIM.clone();
    let (edits, _) = edits.as_chunks::<4>();
    for &[high, low, what, byte] in edits {
        let at = usize::from(u16::from_be_bytes([high, low])) % wasm.len().max(1);
        match what % 4 {
            0 => wasm[at] = byte,
            1 => wasm[at] ^= 1 << (byte % 8),
            2 => wasm.insert(at, byte),
            _ if wasm.len() > 1 => drop(wasm.remove(at)),
            _ => {}
        }
    }
    wasm
}

static VICTIM: LazyLock<Vec<u8>> = LazyLock::new(victim);

/// A program with many kinds of sections and instructions, to be damaged.
pub fn victim() -> Vec<u8> {
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
        (drop (call $call_contract
            (i32.const 20) (i32.const 0) (i32.const 4) (i32.const 512) (i64.const 9999) (i32.const 600)))
        (call $native_keccak256 (i32.const 0) (i32.const 99) (i32.const 32))
        (call $emit_log (i32.const 0) (i32.const 70) (i32.const 2))
        (call $write_result (i32.const 0) (i32.const 64)) (i32.const 0)";
    wasm(&module(fields, body))
}
