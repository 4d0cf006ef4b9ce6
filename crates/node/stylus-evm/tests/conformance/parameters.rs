//! What an owner of the chain changes: the parameters of Stylus, and the version of ArbOS.

use crate::{common::*, entry::prices};
use alloy_sol_types::SolCall;
use revm::primitives::{Address, U256};
use stylus_evm::{
    ARB_DEBUG, ARB_OWNER, ARB_SYS, ARB_WASM, Outcome,
    abi::{ArbDebug, ArbOwner, ArbSys, ArbWasm},
    deploy,
};

fn empty() -> String {
    module("", "(i32.const 0)")
}

/// A chain of which `USER` is an owner.
fn owned() -> TestChain {
    let mut chain = TestChain::new();
    chain.send_ok(ARB_DEBUG, ArbDebug::becomeChainOwnerCall {}.abi_encode());
    chain
}

fn set(chain: &mut TestChain, call: impl SolCall) {
    chain.send_ok(ARB_OWNER, call.abi_encode());
}

fn view<C: SolCall>(chain: &mut TestChain, call: C) -> C::Return {
    let tx = chain.transaction(ARB_WASM.into(), call.abi_encode(), 0);
    C::abi_decode_returns(&output(chain.simulate(tx))).expect("the output matches the ABI")
}

fn gas(chain: &mut TestChain, program: Address) -> u64 {
    execution_gas(&chain.send(program, [], 0))
}

fn reason(outcome: &Outcome) -> String {
    outcome.failures.first().map(|failure| failure.reason.clone()).unwrap_or_default()
}

#[test]
fn an_owner_sets_the_price_of_entering_a_program() {
    let mut chain = owned();
    let program = chain.program(&empty());
    let usual = gas(&mut chain, program);
    // Rounded up to 70 · 128 and 12 · 32: 128 and 32 more than usual.
    set(&mut chain, ArbOwner::setWasmMinInitGasCall { gas: 255, cached: 353 });
    let minimum = view(&mut chain, ArbWasm::minInitGasCall {});
    assert_eq!((minimum.gas, minimum.cached), (256, 384));
    assert_eq!(gas(&mut chain, program), usual - 8_832 + 256 + 32);

    // The cost of initialising beyond the minimum, doubled.
    let cost = prices(&empty()).1 - 8_832;
    set(&mut chain, ArbOwner::setWasmInitCostScalarCall { percent: 199 });
    assert_eq!(view(&mut chain, ArbWasm::initCostScalarCall {}), 200);
    assert_eq!(gas(&mut chain, program), usual - 8_832 + 256 + 32 + cost);
}

#[test]
fn an_owner_sets_the_price_of_memory() {
    let mut chain = owned();
    let program = chain.program(
        r#"(module (memory (export "memory") 10 10)
            (func (export "user_entrypoint") (param i32) (result i32) (i32.const 0)))"#,
    );
    // Eight pages beyond the free two, and exp(10) - exp(0) = 3 - 1.
    let usual = gas(&mut chain, program);
    let without = usual - 8_000 - 2;
    set(&mut chain, ArbOwner::setWasmPageGasCall { gas: 7 });
    assert_eq!(gas(&mut chain, program), without + 8 * 7 + 2);
    set(&mut chain, ArbOwner::setWasmFreePagesCall { pages: 9 });
    assert_eq!(gas(&mut chain, program), without + 7 + 2);
    set(&mut chain, ArbOwner::setWasmFreePagesCall { pages: 10 });
    assert_eq!(gas(&mut chain, program), without);
    assert_eq!(view(&mut chain, ArbWasm::pageGasCall {}), 7);
    assert_eq!(view(&mut chain, ArbWasm::freePagesCall {}), 10);
}

/// Nitro v3.10.0 `arbos/programs/api.go`, from ArbOS 59: more open pages than the limit cost more gas than there is.
#[test]
fn an_owner_sets_the_limit_of_memory() {
    let mut chain = owned();
    let grows = chain.program(&module("", "(drop (memory.grow (i32.const 4))) (i32.const 0)"));
    let at_entry = chain.program(&module("", "(i32.const 0)"));
    set(&mut chain, ArbOwner::setWasmPageLimitCall { limit: 5 });
    assert_eq!(view(&mut chain, ArbWasm::pageLimitCall {}), 5);
    assert!(chain.send(grows, [], 0).result.is_success(), "five pages are allowed");
    set(&mut chain, ArbOwner::setWasmPageLimitCall { limit: 4 });
    let outcome = chain.send(grows, [], 0);
    assert_eq!(outcome.result.tx_gas_used(), GAS, "a sixth is out of gas");
    let large = chain.deploy_wasm(&wasm(
        r#"(module (memory (export "memory") 5 5)
            (func (export "user_entrypoint") (param i32) (result i32) (i32.const 0)))"#,
    ));
    let outcome = chain.activate(large);
    assert_eq!(outcome.result.tx_gas_used(), GAS, "nor is a program activated that begins with more");
    assert!(
        reason(&outcome).contains("its 5 pages of memory exceed the 4 available"),
        "{}",
        reason(&outcome)
    );
    assert!(chain.send(at_entry, [], 0).result.is_success());
}

/// The maximum that was ever open stays after a failed call, so the rise of the price alone would be cheap afterwards.
#[test]
fn pages_beyond_the_limit_are_out_of_gas_even_after_they_were_open_once() {
    let mut chain = TestChain::new();
    chain.env.options.tx_gas_limit = None;
    let grows = chain.program(&module("", "(drop (memory.grow (i32.const 128))) (i32.const 0)"));
    let small = chain.program(&module("", "(i32.const 0)"));
    // Calls `target` with 500 000 gas: PUSH0 ×5 PUSH20 PUSH3 CALL.
    let call = |target: Address| {
        let mut code = vec![0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x73];
        code.extend(target);
        code.extend([0x62, 0x07, 0xa1, 0x20, 0xf1]);
        code
    };
    // Adds up the successes of the three calls, and returns them.
    let mut code = [call(grows), call(grows), vec![0x01], call(small), vec![0x01]].concat();
    code.extend([0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]);
    let caller = chain.evm(&code);
    assert_eq!(U256::from_be_slice(&chain.send_ok(caller, [])), U256::ONE, "only the small one succeeds");
}

#[test]
fn an_owner_sets_when_programs_expire_and_may_be_kept_alive() {
    let mut chain = owned();
    let program = chain.program(&empty());
    let codehash = chain.code_hash(program);
    let keepalive = ArbWasm::codehashKeepaliveCall { codehash }.abi_encode();
    set(&mut chain, ArbOwner::setWasmExpiryDaysCall { numDays: 30 });
    set(&mut chain, ArbOwner::setWasmKeepaliveDaysCall { numDays: 10 });
    assert_eq!(view(&mut chain, ArbWasm::expiryDaysCall {}), 30);
    assert_eq!(view(&mut chain, ArbWasm::keepaliveDaysCall {}), 10);
    assert!(!chain.send(ARB_WASM, keepalive.clone(), ETHER).result.is_success(), "too young");
    chain.env.block.timestamp += U256::from(10 * 86_400);
    assert!(chain.send(ARB_WASM, keepalive, ETHER).result.is_success());
    chain.env.block.timestamp += U256::from(29 * 86_400);
    assert!(chain.send(program, [], 0).result.is_success(), "the month counts from the keepalive");
    chain.env.block.timestamp += U256::from(86_400 + 3_600);
    assert!(reason(&chain.send(program, [], 0)).contains("expired"));
}

#[test]
fn an_owner_sets_how_many_programs_of_a_block_count_as_cached() {
    let mut chain = owned();
    let program = chain.program(&empty());
    let twice = chain.evm(&evm::repeater(program, 2));
    let usual = gas(&mut chain, twice);
    set(&mut chain, ArbOwner::setWasmBlockCacheSizeCall { count: 0 });
    assert_eq!(view(&mut chain, ArbWasm::blockCacheSizeCall {}), 0);
    let minimum = view(&mut chain, ArbWasm::programInitGasCall { program });
    assert_eq!(gas(&mut chain, twice), usual + minimum.gas - minimum.gasWhenCached);
}

/// The limits are checked when a program is activated, not when it is called.
#[test]
fn an_owner_sets_the_limits_of_new_programs() {
    let mut chain = owned();
    let code = wasm(&empty());
    let fragments: Vec<Address> = deploy::fragment_codes(&code).iter().map(|code| chain.evm(code)).collect();
    let root = chain.evm(&deploy::root_code(&code, &fragments));
    let in_one = chain.deploy_wasm(&code);
    set(&mut chain, ArbOwner::setMaxStylusContractFragmentsCall { maxFragments: 0 });
    let outcome = chain.activate(root);
    assert!(reason(&outcome).contains("names 1 fragments, at most 0 are allowed"), "{}", reason(&outcome));
    assert!(outcome.result.tx_gas_used() < 2_000_000, "keeps the gas");
    set(&mut chain, ArbOwner::setMaxStylusContractFragmentsCall { maxFragments: 1 });

    let size = code.len() as u32;
    set(&mut chain, ArbOwner::setWasmMaxSizeCall { size: size - 1 });
    for program in [root, in_one] {
        let outcome = chain.activate(program);
        let expected = format!("larger than {}", size - 1);
        assert!(reason(&outcome).contains(&expected), "{}", reason(&outcome));
        assert!(outcome.result.tx_gas_used() < 2_000_000, "keeps the gas");
    }
    set(&mut chain, ArbOwner::setWasmMaxSizeCall { size });
    for program in [root, in_one] {
        assert!(chain.activate(program).result.is_success());
    }
    set(&mut chain, ArbOwner::setMaxStylusContractFragmentsCall { maxFragments: 0 });
    set(&mut chain, ArbOwner::setWasmMaxSizeCall { size: 1 });
    for program in [root, in_one] {
        chain.env.modules = Default::default();
        assert!(chain.send(program, [], 0).result.is_success(), "active programs still run");
    }
}

/// As on the public chains since October 2026.
#[test]
fn activations_are_paused_by_a_price_that_no_transaction_can_pay() {
    let mut chain = owned();
    let program = chain.program(&empty());
    set(&mut chain, ArbOwner::setWasmActivationGasCall { gas: u64::MAX });
    assert_eq!(view(&mut chain, ArbWasm::activationGasCall {}), u64::MAX);
    let new = chain.deploy_wasm(&wasm(&module("", "(i32.const 1)")));
    let outcome = chain.activate(new);
    assert!(!outcome.result.is_success());
    assert_eq!(outcome.result.output().map(|data| data.len()), Some(0), "a revert without data");
    assert_eq!(outcome.result.tx_gas_used(), GAS);
    assert!(reason(&outcome).contains("18446744073709551615 gas"), "{}", reason(&outcome));
    // What is active runs, and can be kept alive.
    assert!(chain.send(program, [], 0).result.is_success());
    chain.env.block.timestamp += U256::from(31 * 86_400);
    let codehash = chain.code_hash(program);
    let keepalive = ArbWasm::codehashKeepaliveCall { codehash }.abi_encode();
    assert!(chain.send(ARB_WASM, keepalive, ETHER).result.is_success());
}

#[test]
fn a_scheduled_upgrade_applies_from_its_time_on() {
    let mut chain = owned();
    let program = chain.program(&empty());
    let version = |chain: &mut TestChain| {
        let out = chain.send_ok(ARB_SYS, ArbSys::arbOSVersionCall {}.abi_encode());
        U256::from_be_slice(&out)
    };
    let upgrade = ArbOwner::scheduleArbOSUpgradeCall { newVersion: 62, timestamp: NOW + 60 };
    set(&mut chain, upgrade);
    assert_eq!(version(&mut chain), U256::from(55 + 61));
    assert!(chain.send(program, [], 0).result.is_success());
    chain.env.block.timestamp += U256::from(60);
    assert_eq!(version(&mut chain), U256::from(55 + 62));
    assert_eq!(view(&mut chain, ArbWasm::stylusVersionCall {}), 4);
    // Applied once.
    assert_eq!(version(&mut chain), U256::from(55 + 62));
    assert_eq!(view(&mut chain, ArbWasm::stylusVersionCall {}), 4);
}

/// Nitro v3.10.0 `arbos/programs/programs.go`: `getActiveProgram`. On Arbitrum One, ArbOS 61 did this to programs that were
/// activated for Stylus 2.
#[test]
fn an_upgrade_of_stylus_makes_programs_need_another_activation() {
    let mut chain = owned();
    let program = chain.program(&empty());
    let codehash = chain.code_hash(program);
    set(&mut chain, ArbOwner::scheduleArbOSUpgradeCall { newVersion: 62, timestamp: NOW });
    let outcome = chain.send(program, [], 0);
    assert!(outcome.result.is_halt(), "not a revert: {:?}", outcome.result);
    assert_eq!(outcome.result.tx_gas_used(), GAS, "a call takes all gas");
    assert!(reason(&outcome).contains("version 3, but the chain runs version 4"), "{}", reason(&outcome));
    let needs_upgrade = [&selector("ProgramNeedsUpgrade(uint16,uint16)")[..], &word(3), &word(4)].concat();
    for call in [
        ArbWasm::codehashVersionCall { codehash }.abi_encode(),
        ArbWasm::programTimeLeftCall { program }.abi_encode(),
        ArbWasm::codehashKeepaliveCall { codehash }.abi_encode(),
    ] {
        let outcome = chain.send(ARB_WASM, call, 0);
        assert_eq!(outcome.result.output().map(|data| data.to_vec()), Some(needs_upgrade.clone()));
    }
    assert!(chain.activate(program).result.is_success());
    assert!(chain.send(program, [], 0).result.is_success());
    assert_eq!(view(&mut chain, ArbWasm::codehashVersionCall { codehash }), 4);
}

#[test]
fn a_version_that_the_chain_has_reached_changes_nothing() {
    let mut chain = owned();
    let program = chain.program(&empty());
    set(&mut chain, ArbOwner::scheduleArbOSUpgradeCall { newVersion: 61, timestamp: 0 });
    assert!(chain.send(program, [], 0).result.is_success());
    assert_eq!(view(&mut chain, ArbWasm::stylusVersionCall {}), 3);
}
