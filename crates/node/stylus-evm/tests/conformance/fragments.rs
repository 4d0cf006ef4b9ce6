//! Programs that are too large for one account: a root and up to four fragments (from ArbOS 60).

use crate::common::{random::Random, *};
use revm::primitives::Address;
use stylus_evm::{ModuleCache, deploy};

/// A program that returns "hi", with `data` bytes of incompressible data.
fn large(random: &mut Random, data: usize) -> Vec<u8> {
    with_constants(random, data, 0)
}

/// Like [`large`], with functions that drop 1000 random numbers of 64 bits each.
fn with_constants(random: &mut Random, data: usize, functions: usize) -> Vec<u8> {
    let noise: String = (0..data).map(|_| format!("\\{:02x}", random.byte())).collect();
    let mut constant = || {
        let bytes = [(); 8].map(|()| random.byte());
        format!("(drop (i64.const {}))", i64::from_le_bytes(bytes))
    };
    let code: String = (0..functions)
        .map(|_| format!("(func {})", (0..1_000).map(|_| constant()).collect::<String>()))
        .collect();
    let body = "(i32.store16 (i32.const 0) (i32.const 0x6968))
        (call $write_result (i32.const 0) (i32.const 2)) (i32.const 0)";
    wasm(&module(&format!("(data (i32.const 64) \"{noise}\") {code}"), body))
}

fn deploy_fragments(chain: &mut TestChain, wasm: &[u8]) -> Vec<Address> {
    deploy::fragment_codes(wasm).iter().map(|code| chain.evm(code)).collect()
}

#[test]
fn a_program_in_two_to_four_fragments_is_activated_and_runs() {
    for (data, functions, count) in [(30_000, 0, 2), (60_000, 0, 3), (60_000, 3, 4)] {
        let mut chain = TestChain::new();
        let wasm = with_constants(&mut Random::new(), data, functions);
        assert!(deploy::deploy_code(&wasm).len() > 24_576, "it does not fit in one account");
        let fragments = deploy_fragments(&mut chain, &wasm);
        assert_eq!(fragments.len(), count);
        let root = chain.evm(&deploy::root_code(&wasm, &fragments));
        assert!(chain.send(root, [], 0).result.is_halt(), "not active yet");
        let outcome = chain.activate(root);
        assert!(outcome.result.is_success(), "{:?} {:?}", outcome.result, outcome.failures);
        assert_eq!(chain.send_ok(root, [])[..], *b"hi");
        // A host with an empty cache finds it in the state.
        chain.env.modules = ModuleCache::default();
        assert_eq!(chain.send_ok(root, [])[..], *b"hi");
    }
}

/// Compares the same program in one account and in one fragment: a cold account 2600, and 3 gas per word of its code.
#[test]
fn reading_a_fragment_costs_the_same_as_copying_its_code() {
    let mut chain = TestChain::new();
    let wasm = large(&mut Random::new(), 1_000);
    let fragments = deploy_fragments(&mut chain, &wasm);
    let words = deploy::fragment_codes(&wasm)[0].len().div_ceil(32) as u64;
    let root = chain.evm(&deploy::root_code(&wasm, &fragments));
    let in_one = chain.deploy_wasm(&wasm);
    let mut gas = |program: Address| {
        let outcome = chain.simulate({
            let call = [&selector("activateProgram(address)")[..], program.into_word().as_slice()].concat();
            chain.transaction(stylus_evm::ARB_WASM.into(), call, ETHER)
        });
        assert!(outcome.result.is_success(), "{:?}", outcome.failures);
        // The addresses may differ in zero bytes, which are cheaper.
        let calldata: u64 = program.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum();
        outcome.result.tx_gas_used() - calldata
    };
    assert_eq!(gas(root) - gas(in_one), 2_600 + 3 * words);
}

/// The code hash of a root does not cover the content of its fragments, so it cannot be the only key in a cache.
#[test]
fn a_root_with_changed_fragments_runs_their_new_content() {
    let mut chain = TestChain::new();
    let [first, second] = ["0x6968", "0x6f68"].map(|text| {
        let body = format!(
            "(i32.store16 (i32.const 0) (i32.const {text}))
             (call $write_result (i32.const 0) (i32.const 2)) (i32.const 0)"
        );
        wasm(&module("", &body))
    });
    assert_eq!(first.len(), second.len());
    let fragment = Address::repeat_byte(0xF1);
    chain.put_code(fragment, &deploy::fragment_codes(&first)[0]);
    let root = chain.evm(&deploy::root_code(&first, &[fragment]));
    assert!(chain.activate(root).result.is_success());
    assert_eq!(chain.send_ok(root, [])[..], *b"hi");
    chain.put_code(fragment, &deploy::fragment_codes(&second)[0]);
    assert_eq!(chain.send_ok(root, [])[..], *b"ho");
}

#[test]
fn activating_invalid_roots_and_fragments_fails_and_keeps_the_gas() {
    let mut chain = TestChain::new();
    let code = large(&mut Random::new(), 100);
    let fragment = deploy_fragments(&mut chain, &code)[0];
    let evm = chain.evm(&[0x00]);
    let good = deploy::root_code(&code, &[fragment]);
    let mut wrong_length = good.clone();
    wrong_length[7] ^= 1;
    let mut too_long = good.clone();
    // 262 145 bytes, one more than allowed.
    too_long[4..8].copy_from_slice(&262_145u32.to_be_bytes());
    let mut dictionary = good.clone();
    dictionary[3] = 1;
    let bad = [
        (deploy::fragment_codes(&code)[0].clone(), "fragment of a program"),
        (deploy::root_code(&code, &[]), "names no fragment"),
        (deploy::root_code(&code, &[fragment; 5]), "names 5 fragments, at most 4"),
        (deploy::root_code(&code, &[evm]), "not a fragment"),
        (deploy::root_code(&code, &[USER]), "not a fragment"),
        (good[..27].to_vec(), "bytes are left"),
        (good[..6].to_vec(), "at least 8"),
        (wrong_length, "bytes"),
        (too_long, "larger than"),
        (dictionary, "dictionary"),
    ];
    for (bad, why) in bad {
        let root = chain.evm(&bad);
        let outcome = chain.activate(root);
        assert!(!outcome.result.is_success(), "{why}");
        assert!(outcome.result.tx_gas_used() < 2_000_000, "{why}: {:?}", outcome.result);
        let reason = outcome.failures.first().map(|failure| failure.reason.clone()).unwrap_or_default();
        assert!(reason.contains(why), "{why}: {reason}");
        assert!(!chain.send(root, [], 0).result.is_success());
    }
    // Bytes after the end of the stream are ignored, as by Nitro (`crates/brotli`: `decompress_fixed`).
    for good in [good, deploy::root_code(&code, &[fragment; 4])] {
        let root = chain.evm(&good);
        assert!(chain.activate(root).result.is_success());
        chain.env.modules = ModuleCache::default();
        assert_eq!(chain.send_ok(root, [])[..], *b"hi");
    }
}

#[test]
fn a_fragment_that_might_cost_more_than_the_gas_left_uses_all_gas() {
    let mut chain = TestChain::new();
    let code = large(&mut Random::new(), 100);
    let fragment = deploy_fragments(&mut chain, &code)[0];
    let root = chain.evm(&deploy::root_code(&code, &[fragment]));
    let call = [&selector("activateProgram(address)")[..], root.into_word().as_slice()].concat();
    let mut tx = chain.transaction(stylus_evm::ARB_WASM.into(), call, ETHER);
    // The fixed part 1 659 168 and the charges around it, then 4000, which is less than 2600 + 3 * 768.
    tx.gas_limit = 21_000 + 600 + 1_659_168 + 800 + 3 + 800 + 100 + 800 + 4_000;
    let outcome = chain.simulate(tx.clone());
    assert_eq!(outcome.result.tx_gas_used(), tx.gas_limit);
}
