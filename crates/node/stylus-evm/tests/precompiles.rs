//! The precompiles of ArbOS, as clients and tools use them.

mod common;

use alloy_sol_types::{SolCall, SolValue};
use common::{evm::*, *};
use revm::{
    context::result::ExecutionResult,
    primitives::{Address, U256, address},
};
use stylus_evm::{abi::*, *};

fn view<C: SolCall>(chain: &mut TestChain, to: Address, call: C) -> C::Return {
    let tx = chain.transaction(to.into(), call.abi_encode(), 0);
    C::abi_decode_returns(&output(chain.simulate(tx))).expect("the output matches the ABI")
}

#[test]
fn arb_sys_describes_the_chain() {
    let mut chain = TestChain::new();
    assert_eq!(view(&mut chain, ARB_SYS, ArbSys::arbBlockNumberCall {}), U256::from(1_234));
    assert_eq!(view(&mut chain, ARB_SYS, ArbSys::arbChainIDCall {}), U256::from(412_346));
    assert_eq!(view(&mut chain, ARB_SYS, ArbSys::arbOSVersionCall {}), U256::from(116));
    let alias = ArbSys::mapL1SenderContractAddressToL2AliasCall { sender: USER, unused: USER };
    let expected = address!("11110000000000000000000000000000000a22df");
    assert_eq!(view(&mut chain, ARB_SYS, alias), expected);
    view(&mut chain, ARB_SYS, ArbSys::arbBlockHashCall { arbBlockNum: U256::from(1_233) });
    for number in [1_234, 977] {
        let call = ArbSys::arbBlockHashCall { arbBlockNum: U256::from(number) }.abi_encode();
        let outcome = chain.send(ARB_SYS, call, 0);
        let error = outcome.result.output().expect("an error");
        assert_eq!(error[..4], selector("InvalidBlockNumber(uint256,uint256)"), "block {number}");
    }
}

#[test]
fn arb_info_returns_balances_and_code() {
    let mut chain = TestChain::new();
    let contract = chain.evm(&CALLER);
    chain.env.block.basefee = 0;
    let balance = view(&mut chain, ARB_INFO, ArbInfo::getBalanceCall { account: USER });
    assert_eq!(balance, chain.balance(USER));
    assert_eq!(view(&mut chain, ARB_INFO, ArbInfo::getCodeCall { account: contract })[..], CALLER);
}

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
fn gas_info_returns_the_base_fee_and_no_price_for_l1() {
    let mut chain = TestChain::new();
    chain.env.block.basefee = 100;
    let mut tx = chain.transaction(ARB_GAS_INFO.into(), ArbGasInfo::getPricesInWeiCall {}.abi_encode(), 0);
    tx.gas_price = 100;
    let out = output(chain.simulate(tx));
    let prices = <(U256, U256, U256, U256, U256, U256)>::abi_decode(&out).unwrap();
    let number = |n: u64| U256::from(n);
    assert_eq!(prices, (number(0), number(0), number(2_000_000), number(100), number(0), number(100)));
}

#[test]
fn native_contracts_have_marker_code() {
    let mut chain = TestChain::new();
    for address in [ARB_SYS, ARB_WASM, ARB_DEBUG, DEPLOYER] {
        assert_eq!(view(&mut chain, ARB_INFO, ArbInfo::getCodeCall { account: address })[..], [0xFE]);
    }
}

/// Price of a unit of gas that the sender pays and the network fee account receives, for a transaction of this type that
/// offers `price` and `tip`.
fn price_paid(chain: &mut TestChain, network: Address, offer: (u8, u128, Option<u128>)) -> U256 {
    let (before, fees) = (chain.balance(USER), chain.balance(network));
    let mut tx = chain.transaction(network.into(), [], 0);
    (tx.tx_type, tx.gas_price, tx.gas_priority_fee) = offer;
    let outcome = chain.execute(tx);
    let paid = before - chain.balance(USER);
    assert_eq!(paid, outcome.gas_price * U256::from(outcome.result.tx_gas_used()), "{offer:?}");
    assert_eq!(chain.balance(network) - fees, paid, "{offer:?}");
    assert_eq!(chain.balance(chain.env.block.beneficiary), U256::ZERO);
    outcome.gas_price
}

/// Nitro `arbos/tx_processor.go`: `CollectTips`; the public chains collect tips since September 2026.
#[test]
fn senders_pay_tips_unless_the_chain_drops_them() {
    let mut chain = TestChain::new();
    let network = address!("00000000000000000000000000000000000fee00");
    chain.send_ok(ARB_DEBUG, ArbDebug::becomeChainOwnerCall {}.abi_encode());
    let call = ArbOwner::setNetworkFeeAccountCall { newNetworkFeeAccount: network }.abi_encode();
    chain.send_ok(ARB_OWNER, call);
    chain.env.block.basefee = 1_000;
    let offers = [
        (2, 5_000, Some(700)),
        (2, 1_200, Some(700)),
        (2, 5_000, Some(0)),
        (0, 3_000, None),
        (1, 3_000, None),
    ];
    let prices = offers.map(|offer| price_paid(&mut chain, network, offer));
    assert_eq!(prices, [1_700, 1_200, 1_000, 3_000, 3_000].map(U256::from));

    chain.env.block.basefee = 0;
    assert!(view(&mut chain, ARB_OWNER_PUBLIC, ArbOwnerPublic::getCollectTipsCall {}));
    chain.send_ok(ARB_OWNER, ArbOwner::setCollectTipsCall { collectTips: false }.abi_encode());
    assert!(!view(&mut chain, ARB_OWNER_PUBLIC, ArbOwnerPublic::getCollectTipsCall {}));
    chain.env.block.basefee = 1_000;
    let prices = offers.map(|offer| price_paid(&mut chain, network, offer));
    assert_eq!(prices, [1_000; 5].map(U256::from));
}

#[test]
fn blob_transactions_are_rejected() {
    let mut chain = TestChain::new();
    let mut tx = chain.transaction(USER.into(), [], 0);
    tx.tx_type = 3;
    tx.blob_hashes = vec![revm::primitives::B256::with_last_byte(1)];
    assert!(transact(&mut chain.db, &chain.env, tx).is_err());
}

#[test]
fn calldata_has_no_floor_price() {
    let mut chain = TestChain::new();
    // EIP-7623 would charge 21000 + 40 * 1000.
    let outcome = chain.send(USER, vec![1; 1_000], 0);
    assert_eq!(outcome.result.tx_gas_used(), 21_000 + 16_000);
}
