//! What entering a program costs: caches, memory, activation state.

use crate::common::{evm::*, *};
use alloy_sol_types::SolCall;
use revm::primitives::Address;
use stylus_evm::{ARB_DEBUG, ARB_WASM, ARB_WASM_CACHE, abi::*, activate, pricing::entry};

/// Two ink for the constant and the end, and the check: one gas.
pub const EMPTY_BODY_GAS: u64 = 1;

fn empty() -> String {
    module("", "(i32.const 0)")
}

/// The entry prices of a program by the formulas of stylus-vm.md, section 3.
pub fn prices(wat: &str) -> (u64, u64) {
    let checked = activate::check(&wasm(wat)).expect("the program is valid");
    (entry::cached_gas(checked.cached_cost).0, entry::init_gas(checked.init_cost).0)
}

#[test]
fn a_call_pays_the_cached_cost_and_the_init_cost() {
    let mut chain = TestChain::new();
    let (cached, init) = prices(&empty());
    let program = chain.program(&empty());
    assert_eq!(execution_gas(&chain.send(program, [], 0)), cached + init + EMPTY_BODY_GAS);
    assert_eq!(entry_gas(&mut chain, program), cached + init);
}

/// The module by hand: `empty` has 1 function of type (i32) -> i32, no globals but 4, no data, 1 page.
/// cached = 0 + 0 + len*122/100000 + 4*1628/1000 (6) + 0 + 5, init = 8 + 2 + len*1286/10000.
#[test]
fn the_prices_of_a_small_program_by_hand() {
    let len = wasm(&empty()).len() as u64;
    let (cached, init) = prices(&empty());
    assert_eq!(cached, 352 + len * 122 / 100_000 + 6 + 5);
    assert_eq!(init, 8_832 + 8 + 2 + len * 1_286 / 10_000);
}

/// A data segment of 3 bytes at a one-byte offset is encoded in 1 (flags) + 3 (offset) + 1 (length) + 3 bytes,
/// an element segment of 2 functions in 1 + 3 + 1 + 2. Nitro counts them whole.
#[test]
fn segments_count_with_their_headers() {
    let fields = r#"(data (i32.const 16) "abc") (table 2 funcref) (elem (i32.const 0) $a $a) (func $a)"#;
    let checked = activate::check(&wasm(&module(fields, "(i32.const 0)"))).expect("valid");
    assert_eq!(checked.size.segment_bytes, 8 + 7);
    assert_eq!(checked.work.data_bytes, 3);
    assert_eq!(checked.work.element_bytes, 7);
}

#[test]
fn a_program_run_before_in_the_same_block_is_cached() {
    let mut chain = TestChain::new();
    let (cached, init) = prices(&empty());
    let program = chain.program(&empty());
    let gas = |chain: &mut TestChain, times| {
        let caller = chain.evm(&repeater(program, times));
        execution_gas(&chain.send(caller, [], 0))
    };
    // Beyond the first call: warm access 100, the pushes and pop of the caller (2+2+2+2+2+3+2+2 = 17), the program.
    let one = gas(&mut chain, 1);
    let two = gas(&mut chain, 2);
    assert_eq!(two - one, 17 + 100 + cached + EMPTY_BODY_GAS);
    // The next transaction is a block of its own.
    assert_eq!(execution_gas(&chain.send(program, [], 0)), cached + init + EMPTY_BODY_GAS);
}

#[test]
fn a_program_in_the_cache_managers_cache_pays_no_init_cost() {
    let mut chain = TestChain::new();
    let (cached, init) = prices(&empty());
    let program = chain.program(&empty());
    let order = ArbWasmCache::cacheProgramCall { addr: program }.abi_encode();
    assert!(!chain.send(ARB_WASM_CACHE, order.clone(), 0).result.is_success(), "not everyone may");
    chain.send_ok(ARB_DEBUG, ArbDebug::becomeChainOwnerCall {}.abi_encode());
    let outcome = chain.send(ARB_WASM_CACHE, order, 0);
    let event: ArbWasmCache::UpdateProgramCache = first_event(&outcome);
    assert_eq!((event.manager, event.codehash, event.cached), (USER, chain.code_hash(program), true));
    assert_eq!(execution_gas(&chain.send(program, [], 0)), cached + EMPTY_BODY_GAS);
    let codehash = chain.code_hash(program);
    chain.send_ok(ARB_WASM_CACHE, ArbWasmCache::evictCodehashCall { codehash }.abi_encode());
    assert_eq!(execution_gas(&chain.send(program, [], 0)), cached + init + EMPTY_BODY_GAS);
}

#[test]
fn the_host_can_treat_every_program_as_cached() {
    let mut chain = TestChain::new();
    let (cached, _) = prices(&empty());
    let program = chain.program(&empty());
    chain.env.options.treat_all_as_cached = true;
    assert_eq!(execution_gas(&chain.send(program, [], 0)), cached + EMPTY_BODY_GAS);
}

#[test]
fn too_little_gas_to_enter_takes_it_all() {
    let mut chain = TestChain::new();
    let program = chain.program(&empty());
    let mut tx = chain.transaction(program.into(), [], 0);
    tx.gas_limit = 25_000;
    let outcome = chain.execute(tx);
    assert!(outcome.result.is_halt());
    assert_eq!(outcome.result.tx_gas_used(), 25_000);
    assert!(outcome.failures[0].reason.contains("entering the program"), "{:?}", outcome.failures);
}

#[test]
fn a_program_that_is_not_active_takes_all_the_gas_it_is_given() {
    let mut chain = TestChain::new();
    let program = chain.deploy_wasm(&wasm(&empty()));
    let outcome = chain.send(program, [], 0);
    assert!(outcome.result.is_halt());
    assert_eq!(outcome.result.tx_gas_used(), GAS);
    assert!(outcome.failures[0].reason.contains("activateProgram"), "{:?}", outcome.failures);
}

#[test]
fn a_program_expires_after_a_year_and_can_be_activated_again() {
    let mut chain = TestChain::new();
    let program = chain.program(&empty());
    let left = |chain: &mut TestChain, program: Address| {
        let call = ArbWasm::programTimeLeftCall { program }.abi_encode();
        chain.look(chain.transaction(ARB_WASM.into(), call, 0)).result
    };
    let time_left = left(&mut chain, program).into_output().expect("a number");
    let time_left = ArbWasm::programTimeLeftCall::abi_decode_returns(&time_left).unwrap();
    // Counted from the full hour since Arbitrum began.
    assert_eq!(time_left, 365 * 86_400 - (NOW - 1_421_388_000) % 3_600);
    chain.env.block.timestamp += revm::primitives::U256::from(time_left);
    assert!(chain.send(program, [], 0).result.is_success());
    chain.env.block.timestamp += revm::primitives::U256::from(1);
    let outcome = chain.send(program, [], 0);
    assert!(outcome.failures[0].reason.contains("expired"), "{:?}", outcome.failures);
    let revert = left(&mut chain, program);
    assert_eq!(revert.output().expect("an error")[..4], selector("ProgramExpired(uint64)"));
    assert!(chain.activate(program).result.is_success());
    assert!(chain.send(program, [], 0).result.is_success());
}

#[test]
fn the_gas_above_the_limit_of_a_transaction_is_held_and_comes_back() {
    let mut chain = TestChain::new();
    let endless = chain.program(&module("", "(loop $l (br $l)) (i32.const 0)"));
    chain.env.options.tx_gas_limit = Some(1_000_000);
    let mut tx = chain.transaction(endless.into(), [], 0);
    tx.gas_limit = 50_000_000;
    let outcome = chain.execute(tx);
    assert!(outcome.result.is_halt());
    assert_eq!(outcome.result.tx_gas_used(), 1_000_000);
}

/// 33 programs in one block: the first is the one not run for longest, so it has to go, and pays its init cost again.
#[test]
fn the_33rd_program_of_a_block_pushes_out_the_one_not_run_for_longest() {
    let mut chain = TestChain::new();
    let programs: Vec<Address> = (0..33)
        .map(|number| chain.program(&module("", &format!("(drop (i32.const {number})) (i32.const 0)"))))
        .collect();
    let first = programs[0];
    let (cached, init) = prices(&module("", "(drop (i32.const 0)) (i32.const 0)"));
    let mut gas = |targets: &[Address]| {
        let caller = chain.evm(&caller_of(targets));
        let mut tx = chain.transaction(caller.into(), [], 0);
        tx.gas_limit = 30_000_000;
        execution_gas(&chain.execute(tx))
    };
    // Seven pushes and a pop, a warm call, and the body.
    let again = 17 + 100 + EMPTY_BODY_GAS;
    let after = |targets: &[Address]| [targets, &[first]].concat();
    assert_eq!(gas(&after(&programs[..32])) - gas(&programs[..32]), again + cached, "32 are remembered");
    assert_eq!(gas(&after(&programs)) - gas(&programs), again + cached + init, "33 are not");
    // Run again in between, the first is not the oldest any more.
    let refreshed = [&programs[..32], &[first, programs[32]]].concat();
    assert_eq!(gas(&after(&refreshed)) - gas(&refreshed), again + cached);
}
