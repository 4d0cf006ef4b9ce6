//! Price of entering a program: caches, memory, activation state.

use crate::common::{evm::*, *};
use alloy_sol_types::SolCall;
use revm::primitives::Address;
use stylus_evm::{
    ARB_DEBUG, ARB_WASM, ARB_WASM_CACHE,
    abi::*,
    activate,
    pricing::{entry, parameters::Parameters},
};

/// Gas of an empty body: two ink for the constant and the end, and the check, rounded up.
pub const EMPTY_BODY_GAS: u64 = 1;

fn empty() -> String {
    module("", "(i32.const 0)")
}

/// Entry prices of a program, `(cached, init)` (Nitro `arbos/programs/programs.go` and `arbos/programs/params.go`).
pub fn prices(wat: &str) -> (u64, u64) {
    let checked = activate::check(&wasm(wat)).expect("the program is valid");
    let parameters = Parameters::default();
    (entry::cached_gas(checked.cached_cost, &parameters).0, entry::init_gas(checked.init_cost, &parameters).0)
}

#[test]
fn a_call_pays_the_cached_cost_and_the_init_cost() {
    let mut chain = TestChain::new();
    let (cached, init) = prices(&empty());
    let program = chain.program(&empty());
    assert_eq!(execution_gas(&chain.send(program, [], 0)), cached + init + EMPTY_BODY_GAS);
    assert_eq!(entry_gas(&mut chain, program), cached + init);
}

/// `empty` has 1 function of type (i32) -> i32, only the 4 globals of the instrumentation, no data, 1 page.
/// cached = 0 + 0 + len*122/100000 + 4*1628/1000 (6) + 0 + 5, init = 8 + 2 + len*1286/10000.
#[test]
fn the_prices_of_a_small_program_match_hand_computed_values() {
    let len = wasm(&empty()).len() as u64;
    let (cached, init) = prices(&empty());
    assert_eq!(cached, 352 + len * 122 / 100_000 + 6 + 5);
    assert_eq!(init, 8_832 + 8 + 2 + len * 1_286 / 10_000);
}

/// A data segment of 3 bytes at a one-byte offset is encoded in 1 (flags) + 3 (offset) + 1 (length) + 3 bytes,
/// an element segment of 2 functions in 1 + 3 + 1 + 2. Nitro counts all encoded bytes.
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
    // The second call adds warm access 100, the pushes and pop of the caller (2+2+2+2+2+3+2+2 = 17), and the program.
    let one = gas(&mut chain, 1);
    let two = gas(&mut chain, 2);
    assert_eq!(two - one, 17 + 100 + cached + EMPTY_BODY_GAS);
    // The next transaction is in another block.
    assert_eq!(execution_gas(&chain.send(program, [], 0)), cached + init + EMPTY_BODY_GAS);
}

#[test]
fn a_program_cached_by_a_cache_manager_pays_no_init_cost() {
    let mut chain = TestChain::new();
    let (cached, init) = prices(&empty());
    let program = chain.program(&empty());
    let cache_call = ArbWasmCache::cacheProgramCall { addr: program }.abi_encode();
    assert!(
        !chain.send(ARB_WASM_CACHE, cache_call.clone(), 0).result.is_success(),
        "only cache managers and owners can cache"
    );
    chain.send_ok(ARB_DEBUG, ArbDebug::becomeChainOwnerCall {}.abi_encode());
    let outcome = chain.send(ARB_WASM_CACHE, cache_call, 0);
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
fn too_little_gas_to_enter_is_used_up() {
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
fn an_inactive_program_uses_all_gas_of_the_call() {
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
        chain.simulate(chain.transaction(ARB_WASM.into(), call, 0)).result
    };
    let time_left = left(&mut chain, program).into_output().expect("a number");
    let time_left = ArbWasm::programTimeLeftCall::abi_decode_returns(&time_left).unwrap();
    // Counted from the activation rounded down to a full hour since Arbitrum began.
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
fn gas_above_the_limit_of_a_transaction_is_held_and_returned() {
    let mut chain = TestChain::new();
    let endless = chain.program(&module("", "(loop $l (br $l)) (i32.const 0)"));
    chain.env.options.tx_gas_limit = Some(1_000_000);
    let mut tx = chain.transaction(endless.into(), [], 0);
    tx.gas_limit = 50_000_000;
    let outcome = chain.execute(tx);
    assert!(outcome.result.is_halt());
    assert_eq!(outcome.result.tx_gas_used(), 1_000_000);
}

/// 33 programs in one block: the first is the least recently run, so it is evicted and pays its init cost again.
#[test]
fn the_33rd_program_of_a_block_evicts_the_least_recently_run() {
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
    // Pushes and a pop, a warm call, and the body.
    let again = 17 + 100 + EMPTY_BODY_GAS;
    let after = |targets: &[Address]| [targets, &[first]].concat();
    assert_eq!(gas(&after(&programs[..32])) - gas(&programs[..32]), again + cached, "32 stay cached");
    assert_eq!(gas(&after(&programs)) - gas(&programs), again + cached + init, "33 do not");
    // If the first runs again in between, it is no longer the least recently run.
    let refreshed = [&programs[..32], &[first, programs[32]]].concat();
    assert_eq!(gas(&after(&refreshed)) - gas(&refreshed), again + cached);
}
