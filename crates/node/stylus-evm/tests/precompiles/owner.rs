//! ArbOwner and ArbOwnerPublic: owners of the chain and their settings.

use crate::{become_owner, calldata_gas, common::*, gas_of, view};
use alloy_sol_types::SolCall;
use revm::primitives::{Address, U256};
use stylus_evm::{abi::*, *};

#[test]
fn only_owners_change_the_settings_of_the_chain_and_pay_no_gas() {
    let mut chain = TestChain::new();
    let settings: [Vec<u8>; 3] = [
        ArbOwner::setL1PricePerUnitCall { pricePerUnit: U256::ZERO }.abi_encode(),
        ArbOwner::addWasmCacheManagerCall { manager: USER }.abi_encode(),
        ArbOwner::scheduleArbOSUpgradeCall { newVersion: 62, timestamp: NOW + 99 }.abi_encode(),
    ];
    for call in &settings {
        assert!(!chain.send(ARB_OWNER, call.clone(), 0).result.is_success());
    }
    chain.send_ok(ARB_DEBUG, ArbDebug::becomeChainOwnerCall {}.abi_encode());
    for call in settings {
        let calldata: u64 = call.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum();
        let outcome = chain.send(ARB_OWNER, call, 0);
        assert!(outcome.result.is_success(), "{:?}", outcome.result);
        assert_eq!(execution_gas(&outcome), calldata);
    }
    assert!(view(&mut chain, ARB_OWNER_PUBLIC, ArbOwnerPublic::isChainOwnerCall { addr: USER }));
    assert_eq!(view(&mut chain, ARB_OWNER_PUBLIC, ArbOwnerPublic::getAllChainOwnersCall {}), [USER]);
    let upgrade = view(&mut chain, ARB_OWNER_PUBLIC, ArbOwnerPublic::getScheduledUpgradeCall {});
    assert_eq!((upgrade.arbosVersion, upgrade.scheduledForTimestamp), (62, NOW + 99));
    assert!(view(&mut chain, ARB_WASM_CACHE, ArbWasmCache::isCacheManagerCall { manager: USER }));
    assert_eq!(view(&mut chain, ARB_WASM_CACHE, ArbWasmCache::allCacheManagersCall {}), [USER]);
    chain.send_ok(ARB_OWNER, ArbOwner::removeWasmCacheManagerCall { manager: USER }.abi_encode());
    assert!(!view(&mut chain, ARB_WASM_CACHE, ArbWasmCache::isCacheManagerCall { manager: USER }));
    chain.send_ok(ARB_OWNER, ArbOwner::removeChainOwnerCall { ownerToRemove: USER }.abi_encode());
    assert!(!view(&mut chain, ARB_OWNER_PUBLIC, ArbOwnerPublic::isChainOwnerCall { addr: USER }));
}

#[test]
fn adding_and_removing_an_owner_is_logged_before_the_call_itself() {
    let mut chain = TestChain::new();
    become_owner(&mut chain);
    let topic = |signature: &str| revm::primitives::keccak256(signature);
    for (call, event) in [
        (ArbOwner::addChainOwnerCall { newOwner: ARB_SYS }.abi_encode(), "ChainOwnerAdded(address)"),
        (
            ArbOwner::removeChainOwnerCall { ownerToRemove: ARB_SYS }.abi_encode(),
            "ChainOwnerRemoved(address)",
        ),
    ] {
        let outcome = chain.send(ARB_OWNER, call, 0);
        let topics: Vec<_> = outcome.result.logs().iter().map(|log| log.data.topics().to_vec()).collect();
        assert_eq!(topics[0], [topic(event), ARB_SYS.into_word()]);
        assert_eq!(topics[1][0], topic("OwnerActs(bytes4,address,bytes)"));
        assert_eq!(topics.len(), 2);
    }
}

/// The gas is returned, but the call must be able to pay for what it does.
#[test]
fn a_call_of_an_owner_with_too_little_gas_reverts() {
    let mut chain = TestChain::new();
    become_owner(&mut chain);
    let call = ArbOwner::setWasmPageGasCall { gas: 7 };
    // Opening the state, a word of arguments, the parameters, and writing them.
    let needed = 21_000 + calldata_gas(&call.abi_encode()) + 800 + 3 + 100 + 20_000;
    for (gas, succeeds) in [(needed, true), (needed - 1, false)] {
        let mut tx = chain.transaction(ARB_OWNER.into(), call.abi_encode(), 0);
        tx.gas_limit = gas;
        let outcome = chain.simulate(tx);
        assert_eq!(outcome.result.is_success(), succeeds, "{:?}", outcome.result);
        assert_eq!(execution_gas(&outcome), calldata_gas(&call.abi_encode()), "all of the gas is returned");
    }
}

#[test]
fn public_views_show_the_settings_of_a_new_chain() {
    let mut chain = TestChain::new();
    use ArbOwnerPublic as public;
    let at = ARB_OWNER_PUBLIC;
    assert_eq!(view(&mut chain, at, public::getNetworkFeeAccountCall {}), Address::ZERO);
    assert_eq!(view(&mut chain, at, public::getInfraFeeAccountCall {}), Address::ZERO);
    assert_eq!(view(&mut chain, at, public::getBrotliCompressionLevelCall {}), 1);
    assert_eq!(view(&mut chain, at, public::getParentGasFloorPerTokenCall {}), 0);
    assert!(!view(&mut chain, at, public::isCalldataPriceIncreaseEnabledCall {}));
    assert_eq!(view(&mut chain, at, public::getNativeTokenManagementFromCall {}), 0);
    assert!(!view(&mut chain, at, public::isNativeTokenOwnerCall { addr: USER }));
    assert!(view(&mut chain, at, public::getAllNativeTokenOwnersCall {}).is_empty());
    assert_eq!(view(&mut chain, at, public::getTransactionFilteringFromCall {}), 0);
    assert!(!view(&mut chain, at, public::isTransactionFiltererCall { filterer: USER }));
    assert!(view(&mut chain, at, public::getAllTransactionFilterersCall {}).is_empty());
    assert_eq!(view(&mut chain, at, public::getFilteredFundsRecipientCall {}), Address::ZERO);
    assert_eq!(view(&mut chain, at, public::getMaxStylusContractFragmentsCall {}), 4);
    assert!(view(&mut chain, at, public::getCollectTipsCall {}));
    let upgrade = view(&mut chain, at, public::getScheduledUpgradeCall {});
    assert_eq!((upgrade.arbosVersion, upgrade.scheduledForTimestamp), (0, 0));
}

/// Opening the state 800, each read 800, the parameters of Stylus 100, and three per word.
#[test]
fn public_views_cost_their_reads() {
    let mut chain = TestChain::new();
    use ArbOwnerPublic as public;
    let at = ARB_OWNER_PUBLIC;
    assert_eq!(gas_of(&mut chain, at, public::getCollectTipsCall {}), 1_603);
    assert_eq!(gas_of(&mut chain, at, public::getInfraFeeAccountCall {}), 1_603);
    assert_eq!(gas_of(&mut chain, at, public::isCalldataPriceIncreaseEnabledCall {}), 1_603);
    assert_eq!(gas_of(&mut chain, at, public::getMaxStylusContractFragmentsCall {}), 903);
    assert_eq!(gas_of(&mut chain, at, public::isNativeTokenOwnerCall { addr: USER }), 1_606);
    assert_eq!(gas_of(&mut chain, at, public::getAllTransactionFilterersCall {}), 800 + 800 + 2 * 3);
    assert_eq!(gas_of(&mut chain, at, public::getScheduledUpgradeCall {}), 800 + 2 * 800 + 2 * 3);
}

#[test]
fn an_owner_whose_record_is_right_is_not_rectified() {
    let mut chain = TestChain::new();
    become_owner(&mut chain);
    for owner in [USER, ARB_SYS] {
        let call = ArbOwnerPublic::rectifyChainOwnerCall { ownerToRectify: owner }.abi_encode();
        let outcome = chain.send(ARB_OWNER_PUBLIC, call, 0);
        assert_eq!(outcome.result.output().map(|data| data.len()), Some(0), "a plain revert");
        assert!(outcome.result.tx_gas_used() < 30_000, "keeps the gas");
    }
}
