//! Queries at earlier blocks.
//! Only the last states are kept.

use crate::contracts::STORE;
use crate::net::{call_to, start, start_with, word};
use alloy::{
    eips::BlockId,
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256, address},
    providers::Provider,
    rpc::types::TransactionRequest,
};
use serde_json::json;
use weir_devnode::Devnode;

const STRANGER: Address = address!("0000000000000000000000000000000000005e1f");

#[tokio::test]
async fn queries_work_at_earlier_blocks() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    for value in 1..=5 {
        net.send(call_to(store, word(value))).await;
    }
    let code = net.provider.get_code_at(store);
    assert!(code.block_id(0.into()).await.unwrap().is_empty());
    assert_eq!(net.provider.get_code_at(store).block_id(1.into()).await.unwrap(), Bytes::from(STORE));
    for value in 0..=5_u64 {
        let block = BlockId::from(value + 1);
        assert_eq!(net.word(store, &format!("{:#x}", value + 1)).await, U256::from(value));
        let slot = net.provider.get_storage_at(store, U256::ZERO).block_id(block).await.unwrap();
        assert_eq!(slot, U256::from(value));
        let nonce = net.provider.get_transaction_count(net.account(0)).block_id(block).await.unwrap();
        assert_eq!(nonce, value + 1);
    }
    let hash = net.provider.get_block(3.into()).await.unwrap().unwrap().header.hash;
    let slot = net.provider.get_storage_at(store, U256::ZERO).block_id(hash.into()).await.unwrap();
    assert_eq!(slot, U256::from(2), "a hash can identify a block");
    let balances = (
        net.provider.get_balance(net.account(0)).block_id(1.into()).await.unwrap(),
        net.provider.get_balance(net.account(0)).block_id(2.into()).await.unwrap(),
    );
    assert!(balances.0 > balances.1);
}

#[tokio::test]
async fn unknown_blocks_return_errors() {
    let net = start().await;
    let error = net.raw("eth_getBalance", json!([STRANGER, "0x5"])).await.unwrap_err();
    assert_eq!(error.code, -32000);
    assert_eq!(error.message, "header not found: block 5 is above the head, block 0");
    let by_hash = json!([STRANGER, { "blockHash": format!("0x{}", "11".repeat(32)) }]);
    let error = net.raw("eth_getBalance", by_hash).await.unwrap_err();
    assert!(error.message.starts_with("header for hash not found"), "{}", error.message);
}

#[tokio::test]
async fn kept_states_are_correct_and_older_ones_return_errors() {
    let net = start_with(Devnode::builder().kept_states(5)).await;
    let store = net.deploy(STORE).await;
    for value in 1..=10 {
        net.send(call_to(store, word(value))).await;
    }
    let error = net.raw("eth_getStorageAt", json!([store, "0x0", "0x5"])).await.unwrap_err();
    assert_eq!(error.code, -32000);
    assert_eq!(error.message, "state of block 5 is no longer kept (the last 5 blocks are)");
    net.raw("eth_call", json!([{ "to": store }, "0x5"])).await.unwrap_err();
    for number in 6..=11_u64 {
        assert_eq!(net.word(store, &format!("{number:#x}")).await, U256::from(number - 1));
    }
    assert!(net.provider.get_block(2.into()).await.unwrap().is_some(), "blocks are kept");
}

#[tokio::test]
async fn snapshot_outlives_dropped_states() {
    let net = start_with(Devnode::builder().kept_states(3)).await;
    let store = net.deploy(STORE).await;
    net.send(call_to(store, word(1))).await;
    let first = net.raw("evm_snapshot", json!([])).await.unwrap();
    for value in 2..=20 {
        net.send(call_to(store, word(value))).await;
    }
    let second = net.raw("evm_snapshot", json!([])).await.unwrap();
    let root = net.provider.get_block(2.into()).await.unwrap().unwrap().header.state_root;
    for value in 21..=40 {
        net.send(call_to(store, word(value))).await;
        net.send(TransactionRequest::default().with_to(STRANGER).with_value(U256::from(1))).await;
    }
    assert_eq!(net.raw("evm_revert", json!([second])).await.unwrap(), true);
    assert_eq!(net.word(store, "latest").await, U256::from(20));
    assert_eq!(net.provider.get_balance(STRANGER).await.unwrap(), U256::ZERO);
    net.send(call_to(store, word(99))).await;
    assert_eq!(net.raw("evm_revert", json!([first])).await.unwrap(), true);
    assert_eq!(net.word(store, "latest").await, U256::from(1));
    assert_eq!(net.provider.get_transaction_count(net.account(0)).await.unwrap(), 2);
    net.raw("evm_mine", json!([])).await.unwrap();
    let again = net.provider.get_block(3.into()).await.unwrap().unwrap().header.state_root;
    assert_eq!(again, root, "the whole state is restored");
}

#[tokio::test]
async fn changes_by_anvil_methods_belong_to_the_next_block() {
    let net = start().await;
    net.raw("anvil_setBalance", json!([STRANGER, "0x7"])).await.unwrap();
    assert_eq!(net.provider.get_balance(STRANGER).await.unwrap(), U256::from(7));
    net.raw("evm_mine", json!([])).await.unwrap();
    assert_eq!(net.provider.get_balance(STRANGER).block_id(0.into()).await.unwrap(), U256::ZERO);
    assert_eq!(net.provider.get_balance(STRANGER).block_id(1.into()).await.unwrap(), U256::from(7));
}
