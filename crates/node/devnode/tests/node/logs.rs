//! Logs, and filters that report new ones.
//! Both by block range, address and topics.

use crate::contracts::LOGGER;
use crate::net::{Net, call_to, node_error, quantity, start, word};
use alloy::{
    primitives::{Address, B256, U256},
    providers::Provider,
    rpc::types::{Filter, Log},
};
use serde_json::json;

/// A chain with two loggers. Each of the blocks 3 to 6 has a log: the first logger's with topics 1 and 2, then the
/// second's.
async fn with_logs() -> (Net, Address, Address) {
    let net = start().await;
    let first = net.deploy(LOGGER).await;
    let second = net.deploy(LOGGER).await;
    for logger in [first, second] {
        for topic in [1, 2] {
            net.send(call_to(logger, word(topic))).await;
        }
    }
    (net, first, second)
}

fn topic(value: u64) -> B256 {
    U256::from(value).into()
}

fn blocks(logs: &[Log]) -> Vec<u64> {
    logs.iter().map(|log| log.block_number.unwrap()).collect()
}

#[tokio::test]
async fn logs_are_found_by_range_address_topics_and_block_hash() {
    let (net, first, second) = with_logs().await;
    let find = async |filter: Filter| blocks(&net.provider.get_logs(&filter).await.unwrap());
    let all = Filter::new().from_block(0);
    assert_eq!(find(all.clone()).await, [3, 4, 5, 6]);
    assert_eq!(find(Filter::new()).await, [6], "only the latest block by default");
    assert_eq!(find(Filter::new().from_block(4).to_block(5)).await, [4, 5]);
    assert_eq!(find(all.clone().address(second)).await, [5, 6]);
    assert_eq!(find(all.clone().address(vec![first, second])).await, [3, 4, 5, 6]);
    assert_eq!(find(all.clone().topic1(topic(2))).await, [4, 6]);
    assert_eq!(find(all.clone().topic1(vec![topic(1), topic(2)])).await, [3, 4, 5, 6]);
    assert_eq!(find(all.clone().address(first).event_signature(topic(0x11)).topic1(topic(1))).await, [3]);
    assert!(find(all.clone().event_signature(topic(0x12))).await.is_empty());
    assert!(find(all.clone().topic2(topic(1))).await.is_empty(), "no log has a third topic");
    let hash = net.provider.get_block_by_number(5.into()).await.unwrap().unwrap().header.hash;
    assert_eq!(find(Filter::new().at_block_hash(hash)).await, [5]);
    assert!(find(Filter::new().from_block(100)).await.is_empty());
}

#[tokio::test]
async fn log_has_its_position() {
    let (net, first, _) = with_logs().await;
    let logs = net.provider.get_logs(&Filter::new().from_block(0).address(first)).await.unwrap();
    let block = net.provider.get_block_by_number(3.into()).await.unwrap().unwrap();
    assert_eq!(logs[0].block_hash, Some(block.header.hash));
    assert_eq!(logs[0].transaction_hash, block.transactions.hashes().next());
    assert_eq!((logs[0].transaction_index, logs[0].log_index, logs[0].removed), (Some(0), Some(0), false));
    assert_eq!(logs[0].topics(), [topic(0x11), topic(1)]);
    assert_eq!(logs[0].data().data.as_ref(), [0; 4]);
    assert_eq!(logs[0].block_timestamp, Some(block.header.timestamp));
}

#[tokio::test]
async fn invalid_ranges_and_unknown_blocks_are_rejected() {
    let (net, ..) = with_logs().await;
    let backwards = net.provider.get_logs(&Filter::new().from_block(5).to_block(4)).await;
    let error = backwards.map_err(node_error).unwrap_err();
    assert!(error.message.starts_with("invalid block range params"), "{}", error.message);
    let unknown = net.provider.get_logs(&Filter::new().at_block_hash(B256::ZERO)).await;
    assert_eq!(unknown.map_err(node_error).unwrap_err().code, -32000);
    let both = json!([{ "blockHash": B256::ZERO, "fromBlock": "0x1" }]);
    assert_eq!(net.raw("eth_getLogs", both).await.unwrap_err().code, -32602);
}

#[tokio::test]
async fn filters_report_changes_since_the_last_request() {
    let (net, first, second) = with_logs().await;
    let logs = net.provider.new_filter(&Filter::new().from_block(0).address(first)).await.unwrap();
    let heads = net.provider.new_block_filter().await.unwrap();
    let sent = net.provider.new_pending_transactions_filter(false).await.unwrap();
    assert!(net.provider.get_filter_changes::<Log>(logs).await.unwrap().is_empty(), "nothing is new yet");
    let receipt = net.send(call_to(first, word(7))).await;
    net.send(call_to(second, word(7))).await;
    assert_eq!(blocks(&net.provider.get_filter_changes::<Log>(logs).await.unwrap()), [7]);
    assert!(
        net.provider.get_filter_changes::<Log>(logs).await.unwrap().is_empty(),
        "each log is reported once"
    );
    let hashes: Vec<B256> = net.provider.get_filter_changes(heads).await.unwrap();
    assert_eq!(hashes.len(), 2);
    assert_eq!(Some(hashes[0]), receipt.block_hash);
    let hashes: Vec<B256> = net.provider.get_filter_changes(sent).await.unwrap();
    assert_eq!(hashes.first(), Some(&receipt.transaction_hash));
    let all: Vec<Log> =
        serde_json::from_value(net.raw("eth_getFilterLogs", json!([logs])).await.unwrap()).unwrap();
    assert_eq!(blocks(&all), [3, 4, 7]);
    assert!(net.provider.uninstall_filter(logs).await.unwrap());
    assert!(!net.provider.uninstall_filter(logs).await.unwrap());
    let error = net.provider.get_filter_changes::<Log>(logs).await.map_err(node_error).unwrap_err();
    assert!(error.message.starts_with("filter not found"), "{}", error.message);
}

#[tokio::test]
async fn filter_continues_after_a_revert() {
    let (net, first, _) = with_logs().await;
    let snapshot = net.raw("evm_snapshot", json!([])).await.unwrap();
    let logs = net.provider.new_filter(&Filter::new().address(first)).await.unwrap();
    net.send(call_to(first, word(1))).await;
    assert_eq!(blocks(&net.provider.get_filter_changes::<Log>(logs).await.unwrap()), [7]);
    net.raw("evm_revert", json!([snapshot])).await.unwrap();
    assert!(net.provider.get_filter_changes::<Log>(logs).await.unwrap().is_empty());
    net.send(call_to(first, word(2))).await;
    assert_eq!(blocks(&net.provider.get_filter_changes::<Log>(logs).await.unwrap()), [7]);
    let left = net.provider.get_logs(&Filter::new().from_block(0).address(first)).await.unwrap();
    assert_eq!(blocks(&left), [3, 4, 7], "the logs of reverted blocks are gone");
    assert_eq!(left[2].topics()[1], topic(2));
}

#[tokio::test]
async fn logs_are_found_quickly_among_many_empty_blocks() {
    let (net, ..) = with_logs().await;
    net.raw("anvil_mine", json!([100_000])).await.unwrap();
    let mut took = std::time::Duration::MAX;
    let mut found = json!(null);
    // The best of five, since the machine may be busy.
    for _ in 0..5 {
        let begin = std::time::Instant::now();
        found =
            net.raw("eth_getLogs", json!([{ "fromBlock": "earliest", "toBlock": "latest" }])).await.unwrap();
        took = took.min(begin.elapsed());
    }
    let numbers: Vec<u64> =
        found.as_array().unwrap().iter().map(|log| quantity(&log["blockNumber"])).collect();
    assert_eq!(numbers, [3, 4, 5, 6]);
    assert!(took.as_millis() < 100, "{took:?}");
}
