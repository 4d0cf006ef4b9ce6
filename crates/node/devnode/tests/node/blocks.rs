//! Blocks: parents, hashes, roots, numbers and timestamps.
//! Clients can verify hashes and roots.

use crate::contracts::{LOGGER, NUMBER, TIMESTAMP};
use crate::net::{BASE_FEE, START, call_to, quantity, start, word};
use alloy::{
    consensus::{
        BlockHeader,
        proofs::{calculate_receipt_root, calculate_transaction_root},
    },
    eips::BlockNumberOrTag,
    network::primitives::BlockTransactionsKind,
    primitives::{B256, U256},
    providers::Provider,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[tokio::test]
async fn parents_hashes_and_roots_can_be_verified() {
    let net = start().await;
    let logger = net.deploy(LOGGER).await;
    net.send(call_to(logger, word(5))).await;
    net.raw("evm_mine", json!([])).await.unwrap();
    let mut parent = B256::ZERO;
    for number in 0..=3 {
        let block =
            net.provider.get_block_by_number(BlockNumberOrTag::Number(number)).full().await.unwrap().unwrap();
        assert_eq!(block.header.number, number);
        assert_eq!(block.header.parent_hash, parent);
        assert_eq!(block.header.inner.hash_slow(), block.header.hash, "the hash covers the RLP encoding");
        let transactions: Vec<_> = block.transactions.txns().map(|tx| tx.inner.inner().clone()).collect();
        assert_eq!(calculate_transaction_root(&transactions), block.header.transactions_root);
        let receipts = net.provider.get_block_receipts(number.into()).await.unwrap().unwrap();
        let receipts: Vec<_> =
            receipts.into_iter().map(|receipt| receipt.inner.into_primitives_receipt()).collect();
        assert_eq!(calculate_receipt_root(&receipts), block.header.receipts_root);
        let bloom = receipts.iter().fold(Default::default(), |all: alloy::primitives::Bloom, receipt| {
            all | receipt.logs_bloom().to_owned()
        });
        assert_eq!(bloom, block.header.logs_bloom());
        parent = block.header.hash;
    }
}

#[tokio::test]
async fn headers_have_the_shape_of_nitro() {
    let net = start().await;
    let block = net.raw("eth_getBlockByNumber", json!(["latest", false])).await.unwrap();
    assert_eq!(block["difficulty"], "0x1");
    assert_eq!(block["baseFeePerGas"], "0x1312d00");
    assert_eq!(block["gasLimit"], "0x4000000000000");
    assert_eq!(block["extraData"], json!(B256::ZERO));
    assert_eq!(block["sendCount"], "0x0");
    assert_eq!(block["sendRoot"], json!(B256::ZERO));
    assert_eq!(block["l1BlockNumber"], "0x1");
    // Send count, L1 block number, ArbOS version 61, and that tips are collected.
    assert_eq!(block["mixHash"], "0x00000000000000000000000000000001000000000000003d0001000000000000");
    assert!(block.get("withdrawalsRoot").is_none());
}

#[tokio::test]
async fn state_root_depends_only_on_the_state() {
    let net = start().await;
    let root = async || {
        net.raw("eth_getBlockByNumber", json!(["latest", false])).await.unwrap()["stateRoot"].clone()
    };
    let first = root().await;
    net.raw("evm_mine", json!([])).await.unwrap();
    assert_eq!(root().await, first, "an empty block changes nothing");
    net.raw("anvil_setBalance", json!([net.account(1), "0x1"])).await.unwrap();
    net.raw("evm_mine", json!([])).await.unwrap();
    let second = root().await;
    assert_ne!(second, first);
    net.raw("anvil_setBalance", json!([net.account(1), "0xd3c21bcecceda1000000"])).await.unwrap();
    net.raw("evm_mine", json!([])).await.unwrap();
    assert_eq!(root().await, first, "equal states have equal roots");
}

#[tokio::test]
async fn several_blocks_may_have_the_same_timestamp() {
    let net = start().await;
    let number = |receipt: alloy::rpc::types::TransactionReceipt| receipt.block_number.unwrap();
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let first = number(net.send(call_to(net.account(1), word(0))).await);
        let second = number(net.send(call_to(net.account(1), word(0))).await);
        assert_eq!(second, first + 1);
        let times =
            (net.timestamp(&format!("{first:#x}")).await, net.timestamp(&format!("{second:#x}")).await);
        assert!(times.0 <= times.1);
        if times.0 == times.1 {
            break;
        }
        assert!(Instant::now() < deadline, "no two consecutive blocks had the same timestamp");
    }
}

#[tokio::test]
async fn evm_sees_l1_block_numbers_that_follow_time() {
    let net = start().await;
    let number = net.deploy(NUMBER).await;
    assert_eq!(net.word(number, "latest").await, U256::from(1));
    net.raw("evm_setNextBlockTimestamp", json!([START + 120])).await.unwrap();
    assert_eq!(net.word(number, "pending").await, U256::from(11));
    net.raw("evm_mine", json!([])).await.unwrap();
    assert_eq!(net.word(number, "latest").await, U256::from(11));
    let block = net.raw("eth_getBlockByNumber", json!(["latest", false])).await.unwrap();
    assert_eq!(quantity(&block["l1BlockNumber"]), 11);
    assert_eq!(quantity(&block["number"]), 2, "the numbers of this chain increase by one");
}

#[tokio::test]
async fn latest_is_the_latest_block_and_pending_the_next() {
    let net = start().await;
    let clock = net.deploy(TIMESTAMP).await;
    let mined = net.timestamp("latest").await;
    net.raw("evm_setNextBlockTimestamp", json!([START + 1_000_000])).await.unwrap();
    assert_eq!(net.word(clock, "latest").await, U256::from(mined));
    assert_eq!(net.word(clock, "pending").await, U256::from(START + 1_000_000));
    let pending = net.raw("eth_getBlockByNumber", json!(["pending", true])).await.unwrap();
    assert_eq!(quantity(&pending["timestamp"]), START + 1_000_000);
    assert_eq!(quantity(&pending["number"]), 2);
    assert_eq!(net.timestamp("latest").await, mined);
}

#[tokio::test]
async fn blocks_and_transactions_are_found_by_number_hash_and_index() {
    let net = start().await;
    let receipt = net.send(call_to(net.account(1), word(1))).await;
    let (hash, block) = (receipt.transaction_hash, receipt.block_hash.unwrap());
    let raw = async |method, params: Value| net.raw(method, params).await.unwrap();
    assert_eq!(raw("eth_getBlockByHash", json!([block, false])).await["transactions"], json!([hash]));
    assert_eq!(raw("eth_getBlockByHash", json!([block, true])).await["transactions"][0]["hash"], json!(hash));
    assert_eq!(
        raw("eth_getTransactionByBlockNumberAndIndex", json!(["0x1", "0x0"])).await["hash"],
        json!(hash)
    );
    assert_eq!(
        raw("eth_getTransactionByBlockHashAndIndex", json!([block, "0x0"])).await["hash"],
        json!(hash)
    );
    assert_eq!(raw("eth_getTransactionByBlockHashAndIndex", json!([block, "0x1"])).await, json!(null));
    assert_eq!(raw("eth_getBlockTransactionCountByNumber", json!(["0x1"])).await, "0x1");
    assert_eq!(raw("eth_getBlockTransactionCountByHash", json!([block])).await, "0x1");
    assert_eq!(raw("eth_getBlockTransactionCountByNumber", json!(["0x0"])).await, "0x0");
    assert_eq!(raw("eth_getBlockReceipts", json!(["0x1"])).await[0]["transactionHash"], json!(hash));
    for unknown in ["eth_getBlockByHash", "eth_getTransactionByHash", "eth_getTransactionReceipt"] {
        let params = if unknown == "eth_getBlockByHash" { json!([hash, false]) } else { json!([block]) };
        assert_eq!(raw(unknown, params).await, json!(null), "{unknown}");
    }
    assert_eq!(raw("eth_getBlockByNumber", json!(["0x9", false])).await, json!(null));
    assert_eq!(raw("eth_getBlockReceipts", json!(["0x9"])).await, json!(null));
    let hashes = net.provider.get_block(1.into()).kind(BlockTransactionsKind::Hashes).await.unwrap().unwrap();
    assert_eq!(hashes.transactions.hashes().collect::<Vec<_>>(), [hash]);
}

#[tokio::test]
async fn mining_10_000_empty_blocks_takes_less_than_a_second() {
    let net = start().await;
    let begin = Instant::now();
    net.raw("anvil_mine", json!(["0x2710", "0x1"])).await.unwrap();
    let took = begin.elapsed();
    assert_eq!(net.provider.get_block_number().await.unwrap(), 10_000);
    assert!(net.timestamp("latest").await >= START + 10_000);
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[tokio::test]
async fn the_base_fee_is_constant_and_no_tip_is_suggested() {
    let net = start().await;
    assert_eq!(net.provider.get_gas_price().await.unwrap(), BASE_FEE);
    assert_eq!(net.provider.get_max_priority_fee_per_gas().await.unwrap(), 0);
    net.raw("anvil_mine", json!([5])).await.unwrap();
    let history = net.provider.get_fee_history(3, BlockNumberOrTag::Latest, &[25.0, 75.0]).await.unwrap();
    assert_eq!(history.oldest_block, 3);
    assert_eq!(history.base_fee_per_gas, [BASE_FEE; 4]);
    assert_eq!(history.gas_used_ratio.len(), 3);
    assert_eq!(history.reward, Some(vec![vec![0, 0]; 3]));
    let estimate = net.provider.estimate_eip1559_fees().await.unwrap();
    assert!(estimate.max_fee_per_gas >= BASE_FEE);
}
