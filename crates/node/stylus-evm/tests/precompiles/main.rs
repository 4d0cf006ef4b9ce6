//! The precompiles of ArbOS, as clients and tools use them.
//! Gas is computed by hand from Nitro's prices (`precompiles/context.go`, `arbos/storage/storage.go`).

#[path = "../common/mod.rs"]
mod common;

mod address_table;
mod chain;
mod fees;
mod gas_info;
mod leftovers;
mod owner;
mod sends;
mod wasm;

use alloy_sol_types::{SolCall, SolInterface};
use common::{evm::*, *};
use revm::{
    context::result::ExecutionResult,
    primitives::{Address, U256, hex},
};
use std::collections::BTreeSet;
use stylus_evm::{abi::*, *};

/// The result of a call whose changes are discarded.
fn view<C: SolCall>(chain: &mut TestChain, to: Address, call: C) -> C::Return {
    let tx = chain.transaction(to.into(), call.abi_encode(), 0);
    C::abi_decode_returns(&output(chain.simulate(tx))).expect("the output matches the ABI")
}

/// Gas of a successful call without that of the transaction. Its changes are discarded.
fn gas_of<C: SolCall>(chain: &mut TestChain, to: Address, call: C) -> u64 {
    let data = call.abi_encode();
    let calldata = calldata_gas(&data);
    let tx = chain.transaction(to.into(), data, 0);
    let outcome = chain.simulate(tx);
    assert!(outcome.result.is_success(), "{:?}", outcome.result);
    execution_gas(&outcome) - calldata
}

fn calldata_gas(data: &[u8]) -> u64 {
    data.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum()
}

fn become_owner(chain: &mut TestChain) {
    chain.send_ok(ARB_DEBUG, ArbDebug::becomeChainOwnerCall {}.abi_encode());
}

/// Calls each function of an interface with zeros as arguments.
fn answers<I: SolInterface>(chain: &mut TestChain, precompile: Address) {
    let mut count = 0;
    for function in I::selectors() {
        let mut data = function.to_vec();
        data.resize(4 + 12 * 32, 0);
        let tx = chain.transaction(precompile.into(), data, 0);
        let outcome = chain.simulate(tx);
        assert!(outcome.result.tx_gas_used() < GAS, "{precompile} {function:02x?}: {:?}", outcome.result);
        count += 1;
    }
    assert_eq!(count, I::COUNT, "all functions of {precompile}");
}

/// Compares the functions of an interface with their selectors on Nitro.
fn has<I: SolInterface>(selectors: &str) {
    let expected: BTreeSet<String> = selectors.split_whitespace().map(str::to_owned).collect();
    let found: BTreeSet<String> = I::selectors().map(hex::encode).collect();
    assert_eq!(found, expected);
}

#[test]
fn interfaces_have_the_selectors_of_nitro() {
    has::<ArbSys::ArbSysCalls>(
        "a3b1b31d 2b407a82 d127f54a 051038f2 a94597ff 4dbbd506 08bd624c 175a260b d74523b3 928c169a 25e16063 7aeecd2a",
    );
    has::<ArbAddressTable::ArbAddressTableCalls>(
        "a5025222 f6a455a2 31862ada d4b6b5da 8a186788 4420e486 949d225d",
    );
    has::<ArbFunctionTable::ArbFunctionTableCalls>("ce2ae159 88987068 b464631b");
    has::<ArbosTest::ArbosTestCalls>("bb3480f9");
    has::<ArbOwnerPublic::ArbOwnerPublicCalls>(
        "26ef7f68 516b4e0f 2d9125e9 81ef944c 6fe86373 ee95a824 22d499c7 49ccdaff 2aa9551e 3fecbab0 c686f4db
         3f8601e4 c1d355b8 b32352c3 595fbb5a 3caa5f12 e5a7f893 8e34a64d",
    );
    has::<ArbGasInfo::ArbGasInfoCalls>(
        "41b247a8 02199f34 f918379a f5d6ded7 055f362f c6f7de0e aae1cd4c ba9c916e 7a1ea732 612af178 29eb31ee
         8a5b1d28 9e6d7e31 1d5b5c20 3dfb45b9 25754f91 520acdd7 6ecca45a 7a7d6beb 5b39d23c ad26ce90 138b47b4
         963d6002 eff01306 2987d027 0371fdb4 232027d1 bbfc0a72 c0e10bbb",
    );
    has::<ArbAggregator::ArbAggregatorCalls>(
        "52f10740 875883f2 e10573a3 df41e1e2 9c2c5bb5 29149799 049764af 5be6888b",
    );
    has::<ArbRetryableTx::ArbRetryableTxCalls>(
        "81e6e083 9f1025c6 ba20dda4 c4d252f5 f0b21a41 eda1122c de4ba2b3 c9f95d32",
    );
    has::<ArbStatistics::ArbStatisticsCalls>("c59d4847");
    has::<ArbOwner::ArbOwnerCalls>(
        "481f8dbf 8792701a 26ef7f68 516b4e0f 2d9125e9 fcdde2b4 2b352fae e388b381 ffdca515 bf197322 a0a32497
         3f37a846 aaa619e0 6595381a 8293405e 67e0718f aac68018 2a9cbe3e 380f1457 455ec2eb f1fe1a70 a858dbe2",
    );
    has::<ArbFilteredTransactionsManager::ArbFilteredTransactionsManagerCalls>("cb470491 d26374b1 85c733a4");
    has::<ArbosActs::ArbosActsCalls>("6bf6a42d b6693771 9998269e");
}

/// A missing function would revert with all gas.
#[test]
fn every_function_of_every_interface_answers() {
    let mut chain = TestChain::new();
    become_owner(&mut chain);
    let chain = &mut chain;
    answers::<ArbSys::ArbSysCalls>(chain, ARB_SYS);
    answers::<ArbInfo::ArbInfoCalls>(chain, ARB_INFO);
    answers::<ArbAddressTable::ArbAddressTableCalls>(chain, ARB_ADDRESS_TABLE);
    answers::<ArbFunctionTable::ArbFunctionTableCalls>(chain, ARB_FUNCTION_TABLE);
    answers::<ArbosTest::ArbosTestCalls>(chain, ARBOS_TEST);
    answers::<ArbOwnerPublic::ArbOwnerPublicCalls>(chain, ARB_OWNER_PUBLIC);
    answers::<ArbGasInfo::ArbGasInfoCalls>(chain, ARB_GAS_INFO);
    answers::<ArbAggregator::ArbAggregatorCalls>(chain, ARB_AGGREGATOR);
    answers::<ArbRetryableTx::ArbRetryableTxCalls>(chain, ARB_RETRYABLE_TX);
    answers::<ArbStatistics::ArbStatisticsCalls>(chain, ARB_STATISTICS);
    answers::<ArbOwner::ArbOwnerCalls>(chain, ARB_OWNER);
    answers::<ArbWasm::ArbWasmCalls>(chain, ARB_WASM);
    answers::<ArbWasmCache::ArbWasmCacheCalls>(chain, ARB_WASM_CACHE);
    answers::<ArbFilteredTransactionsManager::ArbFilteredTransactionsManagerCalls>(
        chain,
        ARB_FILTERED_TRANSACTIONS,
    );
    answers::<ArbDebug::ArbDebugCalls>(chain, ARB_DEBUG);
    answers::<ArbosActs::ArbosActsCalls>(chain, ARBOS_ACTS);
}

#[test]
fn malformed_and_disallowed_calls_use_all_gas_and_revert() {
    let mut chain = TestChain::new();
    let stylus_version = ArbWasm::stylusVersionCall {}.abi_encode();
    let cut = ArbWasm::programVersionCall { program: USER }.abi_encode()[..20].to_vec();
    for data in [vec![], vec![1, 2, 3], vec![0xde, 0xad, 0xbe, 0xef], cut] {
        let outcome = chain.send(ARB_WASM, data, 0);
        assert!(matches!(outcome.result, ExecutionResult::Revert { .. }), "{:?}", outcome.result);
        assert_eq!(outcome.result.tx_gas_used(), GAS);
    }
    let paid = chain.send(ARB_WASM, stylus_version.clone(), 1);
    assert_eq!(paid.result.tx_gas_used(), GAS, "a view takes no value");
    assert_eq!(chain.balance(ARB_WASM), U256::ZERO);
    let delegating = chain.evm(&forwarder(DELEGATECALL, ARB_WASM));
    assert!(!chain.send(delegating, stylus_version, 0).result.is_success(), "a delegate call is not allowed");
    let owner = ArbDebug::becomeChainOwnerCall {}.abi_encode();
    let constant = chain.evm(&forwarder(STATICCALL, ARB_DEBUG));
    assert!(!chain.send(constant, owner, 0).result.is_success(), "a static call changes nothing");
}

#[test]
fn native_contracts_have_marker_code() {
    let mut chain = TestChain::new();
    for address in [
        ARB_SYS,
        ARB_INFO,
        ARB_ADDRESS_TABLE,
        ARB_BLS,
        ARB_FUNCTION_TABLE,
        ARBOS_TEST,
        ARB_OWNER_PUBLIC,
        ARB_GAS_INFO,
        ARB_AGGREGATOR,
        ARB_RETRYABLE_TX,
        ARB_STATISTICS,
        ARB_OWNER,
        ARB_WASM,
        ARB_WASM_CACHE,
        ARB_NATIVE_TOKEN_MANAGER,
        ARB_FILTERED_TRANSACTIONS,
        ARBOS_ACTS,
        ARB_DEBUG,
        DEPLOYER,
    ] {
        assert_eq!(view(&mut chain, ARB_INFO, ArbInfo::getCodeCall { account: address })[..], [0xFE]);
    }
}
