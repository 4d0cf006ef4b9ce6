//! The cache of programs on disk: what it stores and ignores, and that it does not change execution.

mod common;

use common::*;
use revm::primitives::{Address, b256, keccak256};
use std::{
    fs,
    path::{Path, PathBuf},
};
use stylus_evm::{ModuleCache, activate};

/// A program that returns "hi".
fn greeter() -> String {
    let body = "(i32.store16 (i32.const 0) (i32.const 0x6968))
        (call $write_result (i32.const 0) (i32.const 2)) (i32.const 0)";
    module("", body)
}

fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

/// Simulates a new process: a new chain with its cache in this directory.
fn chain_on(directory: &Path) -> TestChain {
    let mut chain = TestChain::new();
    chain.env.modules = ModuleCache::on_disk(directory).expect("the directory can be written");
    chain
}

/// Deploys, activates and calls a program; returns it and the gas of activation and call.
fn run(chain: &mut TestChain) -> (Address, u64, u64) {
    let program = chain.deploy_wasm(&wasm(&greeter()));
    let activation = chain.activate(program);
    assert!(activation.result.is_success(), "{:?} {:?}", activation.result, activation.failures);
    let call = chain.send(program, [], 0);
    let gas = (activation.result.tx_gas_used(), call.result.tx_gas_used());
    assert_eq!(output(call)[..], *b"hi");
    (program, gas.0, gas.1)
}

fn files(directory: &Path) -> Vec<PathBuf> {
    fs::read_dir(directory).expect("it exists").map(|entry| entry.expect("readable").path()).collect()
}

#[test]
fn a_program_is_stored_under_its_code_hash_and_no_other_file_is_left() {
    let directory = directory();
    let mut chain = chain_on(directory.path());
    let (program, ..) = run(&mut chain);
    let [file] = &files(directory.path())[..] else { panic!("one file") };
    let name = format!("{:x}.metered", chain.code_hash(program));
    assert_eq!(file.file_name().expect("a name").to_str(), Some(name.as_str()));
}

#[test]
fn activation_and_calls_cost_the_same_from_the_cache() {
    let directory = directory();
    let without = run(&mut TestChain::new());
    assert_eq!(run(&mut chain_on(directory.path())), without);
    let mut second = chain_on(directory.path());
    assert_eq!(run(&mut second), without);
    assert_eq!(files(directory.path()).len(), 1);
}

#[test]
fn a_new_process_calls_an_active_program_from_the_cache() {
    let directory = directory();
    let mut chain = chain_on(directory.path());
    let (program, _, gas) = run(&mut chain);
    let code_hash = chain.code_hash(program);
    // Another process with the same state, then one without the file.
    for keep in [true, false] {
        if !keep {
            fs::remove_file(&files(directory.path())[0]).expect("it can be removed");
        }
        chain.env.modules = ModuleCache::on_disk(directory.path()).expect("the directory can be written");
        assert_eq!(chain.env.modules.known(code_hash).is_some(), keep);
        assert_eq!(chain.send(program, [], 0).result.tx_gas_used(), gas);
    }
    assert!(chain.env.modules.known(code_hash).is_some(), "a missing file is written");
}

#[test]
fn a_damaged_or_foreign_file_is_ignored_and_replaced() {
    let directory = directory();
    let mut chain = chain_on(directory.path());
    let (program, ..) = run(&mut chain);
    let code_hash = chain.code_hash(program);
    let file = files(directory.path()).remove(0);
    let good = fs::read(&file).expect("it is there");
    let mut flipped = good.clone();
    flipped[100] ^= 0x40;
    // Cut, changed, empty, and a file of another kind.
    for bad in [&good[..good.len() / 2], &flipped, b"", b"#!/bin/sh\n"] {
        fs::write(&file, bad).expect("it can be written");
        let mut next = chain_on(directory.path());
        assert!(next.env.modules.known(code_hash).is_none());
        run(&mut next);
        assert_eq!(fs::read(&file).expect("it is there"), good, "the file is replaced");
    }
}

#[test]
fn an_invalid_wasm_is_not_stored() {
    let directory = directory();
    let mut chain = chain_on(directory.path());
    let bad = chain.deploy_wasm(&wasm("(module (func $s) (start $s))"));
    for _ in 0..2 {
        assert!(!chain.activate(bad).result.is_success());
    }
    assert_eq!(files(directory.path()), [] as [PathBuf; 0]);
}

#[test]
fn files_beyond_a_thousand_are_removed_and_foreign_files_stay() {
    let directory = directory();
    for number in 0..1_010 {
        fs::write(directory.path().join(format!("{number:064x}.metered")), b"").expect("it can be written");
    }
    fs::write(directory.path().join("notes.txt"), b"mine").expect("it can be written");
    ModuleCache::on_disk(directory.path()).expect("the directory can be written");
    assert_eq!(files(directory.path()).len(), 1_001);
    assert!(directory.path().join("notes.txt").exists());
}

#[test]
fn the_error_for_an_unusable_directory_names_it() {
    let directory = directory();
    let file = directory.path().join("file");
    fs::write(&file, b"").expect("it can be written");
    let error = ModuleCache::on_disk(file.join("below")).expect_err("a file is not a directory").to_string();
    assert!(error.contains("below") && error.contains("cannot be used"), "{error}");
}

/// Stored programs must not be used after a change of the metering. If this fails, the metering or the costs changed:
/// raise `METERING_VERSION` and put the new hash here.
#[test]
fn the_metering_version_matches_the_metering() {
    let fields = "(global $g (mut i64) (i64.const 0)) (type $t (func (param i32) (result i32)))
        (table 1 funcref) (elem (i32.const 0) $f) (data (i32.const 0) \"data\")
        (func $f (type $t) (if (i32.eqz (local.get 0)) (then (return (i32.const 1)))) (i32.const 2))";
    let body = "(local $i i64)
        (loop $l (br_if $l (call $f (i32.const 0))) (drop (memory.grow (i32.const 1))))
        (memory.fill (i32.const 0) (i32.const 0) (i32.const 9))
        (memory.copy (i32.const 0) (i32.const 9) (i32.const 9))
        (i64.store (i32.const 0) (i64.div_u (global.get $g) (i64.popcnt (i64.const 7))))
        (block $a (block $b (br_table $a $b (call_indirect (type $t) (i32.const 1) (i32.const 0)))))
        (call $msg_sender (i32.const 0)) (i32.const 0)";
    let checked = activate::check(&wasm(&module(fields, body))).expect("it is valid");
    let hash = keccak256(format!("{checked:?}"));
    let expected = b256!("17f9222c8edf2b5a2032cad4ffbab0dd54ae9e398c36e270acdaa458951dc6c0");
    assert_eq!((activate::METERING_VERSION, hash), (1, expected));
}
