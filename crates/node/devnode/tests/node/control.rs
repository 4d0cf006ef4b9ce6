//! Controls of a development chain.
//! Time, mining, snapshots, and changes of the state.

use crate::contracts::{STORE, TIMESTAMP};
use crate::net::{START, call_to, quantity, start, word};
use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256, address},
    providers::Provider,
    rpc::types::TransactionRequest,
};
use serde_json::json;

const STRANGER: Address = address!("0000000000000000000000000000000000005e1f");

#[tokio::test]
async fn increased_time_applies_from_the_next_block() {
    let net = start().await;
    let before = net.timestamp("latest").await;
    let offset = net.raw("evm_increaseTime", json!([3600])).await.unwrap().as_i64().unwrap();
    let total = net.raw("evm_increaseTime", json!(["0xe10"])).await.unwrap().as_i64().unwrap();
    assert_eq!(total - offset, 3600, "the result is the total offset");
    assert_eq!(net.timestamp("latest").await, before);
    net.raw("evm_mine", json!([])).await.unwrap();
    let after = net.timestamp("latest").await;
    assert!((before + 7200..before + 7210).contains(&after), "{}", after - before);
}

#[tokio::test]
async fn clock_continues_from_a_timestamp_set_for_the_next_block() {
    let net = start().await;
    let clock = net.deploy(TIMESTAMP).await;
    net.raw("evm_setNextBlockTimestamp", json!([START + 500])).await.unwrap();
    net.send(call_to(clock, Bytes::new())).await;
    assert_eq!(net.timestamp("latest").await, START + 500);
    net.raw("evm_mine", json!([])).await.unwrap();
    assert!((START + 500..START + 510).contains(&net.timestamp("latest").await));
    let now = net.timestamp("latest").await;
    net.raw("evm_setNextBlockTimestamp", json!([now])).await.unwrap();
    net.raw("evm_mine", json!([])).await.unwrap();
    assert_eq!(net.timestamp("latest").await, now, "the same timestamp is allowed");
    let error = net.raw("evm_setNextBlockTimestamp", json!([now - 1])).await.unwrap_err();
    assert_eq!(error.code, -32602);
    assert!(error.message.contains("lower than the latest block's"), "{}", error.message);
    assert_eq!(net.raw("evm_mine", json!([now - 1])).await.unwrap_err().code, -32602);
}

#[tokio::test]
async fn blocks_are_mined_with_timestamp_count_and_interval() {
    let net = start().await;
    assert_eq!(net.raw("evm_mine", json!([START + 10_000])).await.unwrap(), "0x0");
    assert_eq!(net.timestamp("latest").await, START + 10_000);
    net.raw("evm_mine", json!([{ "timestamp": START + 20_000, "blocks": 3 }])).await.unwrap();
    assert_eq!(net.timestamp("0x2").await, START + 20_000);
    assert_eq!(net.provider.get_block_number().await.unwrap(), 4);
    assert_eq!(net.raw("hardhat_mine", json!(["0x3", "0x64"])).await.unwrap(), true);
    let times = [net.timestamp("0x5").await, net.timestamp("0x6").await, net.timestamp("0x7").await];
    assert_eq!((times[1] - times[0], times[2] - times[1]), (100, 100));
    assert_eq!(net.raw("anvil_mine", json!([])).await.unwrap(), json!(null));
    assert_eq!(net.provider.get_block_number().await.unwrap(), 8);
    assert_eq!(net.raw("anvil_mine", json!([1_000_001])).await.unwrap_err().code, -32602);
    assert_eq!(net.provider.get_block_number().await.unwrap(), 8);
}

#[tokio::test]
async fn the_clock_can_be_set() {
    let net = start().await;
    net.raw("evm_setTime", json!([START + 777_777])).await.unwrap();
    net.raw("evm_mine", json!([])).await.unwrap();
    assert!((START + 777_777..START + 777_787).contains(&net.timestamp("latest").await));
    assert_eq!(net.raw("evm_setTime", json!([START])).await.unwrap_err().code, -32602);
}

#[tokio::test]
async fn revert_restores_state_blocks_and_time() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    net.send(call_to(store, word(1))).await;
    net.raw("anvil_setBalance", json!([STRANGER, "0x5"])).await.unwrap();
    let snapshot = net.raw("evm_snapshot", json!([])).await.unwrap();
    assert!(snapshot.as_str().unwrap().starts_with("0x"));
    let head = net.provider.get_block(Default::default()).await.unwrap().unwrap().header;

    let receipt = net.send(call_to(store, word(2))).await;
    net.raw("anvil_setBalance", json!([STRANGER, "0x6"])).await.unwrap();
    net.raw("anvil_setCode", json!([STRANGER, "0x00"])).await.unwrap();
    net.raw("evm_increaseTime", json!([1_000_000])).await.unwrap();
    net.raw("anvil_mine", json!([10])).await.unwrap();
    let deployed = net.deploy(STORE).await;

    assert_eq!(net.raw("evm_revert", json!([snapshot])).await.unwrap(), true);
    assert_eq!(net.provider.get_block(Default::default()).await.unwrap().unwrap().header, head);
    assert_eq!(net.word(store, "latest").await, U256::from(1));
    assert_eq!(net.provider.get_balance(STRANGER).await.unwrap(), U256::from(5));
    assert!(net.provider.get_code_at(STRANGER).await.unwrap().is_empty());
    assert!(net.provider.get_code_at(deployed).await.unwrap().is_empty());
    assert_eq!(net.provider.get_transaction_count(net.account(0)).await.unwrap(), 2);
    assert!(net.provider.get_transaction_receipt(receipt.transaction_hash).await.unwrap().is_none());
    assert!(net.provider.get_block_by_hash(receipt.block_hash.unwrap()).await.unwrap().is_none());
    net.raw("evm_mine", json!([])).await.unwrap();
    assert!(net.timestamp("latest").await < head.timestamp + 100, "the clock was not restored");
    assert_eq!(net.provider.get_block_number().await.unwrap(), 3);
}

#[tokio::test]
async fn revert_removes_its_snapshot_and_later_ones() {
    let net = start().await;
    let first = net.raw("evm_snapshot", json!([])).await.unwrap();
    net.raw("evm_mine", json!([])).await.unwrap();
    let second = net.raw("evm_snapshot", json!([])).await.unwrap();
    net.raw("evm_mine", json!([])).await.unwrap();
    let third = net.raw("evm_snapshot", json!([])).await.unwrap();
    assert_ne!(second, third);
    assert_eq!(net.raw("evm_revert", json!([second])).await.unwrap(), true);
    assert_eq!(net.provider.get_block_number().await.unwrap(), 1);
    assert_eq!(net.raw("evm_revert", json!([second])).await.unwrap(), false);
    assert_eq!(net.raw("evm_revert", json!([third])).await.unwrap(), false);
    assert_eq!(net.raw("evm_revert", json!([first])).await.unwrap(), true);
    assert_eq!(net.provider.get_block_number().await.unwrap(), 0);
    assert_eq!(net.raw("evm_revert", json!(["0x77"])).await.unwrap(), false);
}

#[tokio::test]
async fn same_transaction_can_be_mined_again_after_a_revert() {
    let net = start().await;
    let tx = || TransactionRequest::default().with_to(STRANGER).with_value(U256::from(1)).with_nonce(0);
    let snapshot = net.raw("evm_snapshot", json!([])).await.unwrap();
    let first = net.send(tx()).await;
    net.raw("evm_revert", json!([snapshot])).await.unwrap();
    let second = net.send(tx()).await;
    assert_eq!(first.transaction_hash, second.transaction_hash);
    assert_eq!(second.block_number, Some(1));
}

#[tokio::test]
async fn anvil_and_hardhat_methods_set_the_state() {
    let net = start().await;
    for namespace in ["anvil", "hardhat"] {
        let done = if namespace == "anvil" { json!(null) } else { json!(true) };
        let set = async |method: &str, params| {
            let method: &'static str = format!("{namespace}_{method}").leak();
            net.raw(method, params).await.unwrap()
        };
        assert_eq!(set("setBalance", json!([STRANGER, "1000000000000000000"])).await, done);
        assert_eq!(set("setNonce", json!([STRANGER, "0x7"])).await, done);
        assert_eq!(set("setCode", json!([STRANGER, Bytes::from(STORE)])).await, done);
        assert_eq!(set("setStorageAt", json!([STRANGER, "0x0", B256::with_last_byte(3)])).await, true);
        assert_eq!(net.provider.get_balance(STRANGER).await.unwrap(), U256::from(10_u64.pow(18)));
        assert_eq!(net.provider.get_transaction_count(STRANGER).await.unwrap(), 7);
        assert_eq!(net.word(STRANGER, "latest").await, U256::from(3));
        assert_eq!(net.provider.get_storage_at(STRANGER, U256::ZERO).await.unwrap(), U256::from(3));
        set("reset", json!([])).await;
        assert_eq!(net.provider.get_balance(STRANGER).await.unwrap(), U256::ZERO);
    }
    let delegation = net.raw("anvil_setCode", json!([STRANGER, "0xef0100"])).await.unwrap_err();
    assert_eq!(delegation.code, -32602);
}

#[tokio::test]
async fn reset_starts_over() {
    let net = start().await;
    net.send(call_to(STRANGER, word(1))).await;
    net.raw("anvil_reset", json!([])).await.unwrap();
    assert_eq!(net.provider.get_block_number().await.unwrap(), 0);
    assert_eq!(net.provider.get_transaction_count(net.account(0)).await.unwrap(), 0);
    let forking = json!([{ "forking": { "jsonRpcUrl": "http://localhost" } }]);
    assert_eq!(net.raw("hardhat_reset", forking).await.unwrap_err().code, -32602);
}

#[tokio::test]
async fn automine_is_always_on() {
    let net = start().await;
    assert_eq!(net.raw("evm_setAutomine", json!([true])).await.unwrap(), true);
    assert_eq!(net.raw("evm_setAutomine", json!([false])).await.unwrap_err().code, -32602);
    let head = net.raw("eth_blockNumber", json!([])).await.unwrap();
    assert_eq!(quantity(&head), 0);
}
