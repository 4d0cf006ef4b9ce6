//! ArbWasm: programs, and the parameters of Stylus.

use crate::{common::*, view};
use alloy_sol_types::SolCall;
use revm::primitives::U256;
use stylus_evm::{abi::*, *};

#[test]
fn arb_wasm_returns_the_parameters_of_stylus() {
    let mut chain = TestChain::new();
    assert_eq!(view(&mut chain, ARB_WASM, ArbWasm::stylusVersionCall {}), 3);
    assert_eq!(view(&mut chain, ARB_WASM, ArbWasm::inkPriceCall {}), 10_000);
    assert_eq!(view(&mut chain, ARB_WASM, ArbWasm::maxStackDepthCall {}), 22_000);
    assert_eq!(view(&mut chain, ARB_WASM, ArbWasm::freePagesCall {}), 2);
    assert_eq!(view(&mut chain, ARB_WASM, ArbWasm::pageGasCall {}), 1_000);
    assert_eq!(view(&mut chain, ARB_WASM, ArbWasm::pageLimitCall {}), 128);
    let minimum = view(&mut chain, ARB_WASM, ArbWasm::minInitGasCall {});
    assert_eq!((minimum.gas, minimum.cached), (8_832, 352));
    assert_eq!(view(&mut chain, ARB_WASM, ArbWasm::activationGasCall {}), 0);
    assert_eq!(view(&mut chain, ARB_WASM, ArbWasm::blockCacheSizeCall {}), 32);
}

#[test]
fn arb_wasm_describes_a_program() {
    let mut chain = TestChain::new();
    let program = chain.program(&module("", "(i32.const 0)"));
    let codehash = chain.code_hash(program);
    assert_eq!(view(&mut chain, ARB_WASM, ArbWasm::codehashVersionCall { codehash }), 3);
    assert_eq!(view(&mut chain, ARB_WASM, ArbWasm::programVersionCall { program }), 3);
    assert_eq!(view(&mut chain, ARB_WASM, ArbWasm::programMemoryFootprintCall { program }), 1);
    let asm = view(&mut chain, ARB_WASM, ArbWasm::codehashAsmSizeCall { codehash });
    assert!(asm.is_multiple_of(1_024) && asm > 512_000, "{asm}");
    let other = chain.evm(&[0]);
    let call = ArbWasm::programVersionCall { program: other }.abi_encode();
    let outcome = chain.send(ARB_WASM, call, 0);
    assert_eq!(outcome.result.output().unwrap()[..], selector("ProgramNotActivated()"));
}

#[test]
fn a_program_is_kept_alive_after_a_month() {
    let mut chain = TestChain::new();
    let program = chain.program(&module("", "(i32.const 0)"));
    let codehash = chain.code_hash(program);
    let call = ArbWasm::codehashKeepaliveCall { codehash }.abi_encode();
    let outcome = chain.send(ARB_WASM, call.clone(), ETHER);
    assert_eq!(outcome.result.output().unwrap()[..4], selector("ProgramKeepaliveTooSoon(uint64)"));
    chain.env.block.timestamp += U256::from(31 * 86_400);
    let before = view(&mut chain, ARB_WASM, ArbWasm::programTimeLeftCall { program });
    let event: ArbWasm::ProgramLifetimeExtended = first_event(&chain.send(ARB_WASM, call, ETHER));
    assert_eq!(event.codehash, codehash);
    assert!(view(&mut chain, ARB_WASM, ArbWasm::programTimeLeftCall { program }) > before);
}
