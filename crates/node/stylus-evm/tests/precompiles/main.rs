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
    primitives::{Address, U256},
};
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
