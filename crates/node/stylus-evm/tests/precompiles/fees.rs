//! What a transaction costs: base fee and tip, calldata.

use crate::{become_owner, common::*, view};
use alloy_sol_types::SolCall;
use revm::primitives::{Address, U256, address};
use stylus_evm::{abi::*, *};

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
    become_owner(&mut chain);
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
