//! Thousands of random bodies that no client sends: every response is JSON-RPC and arrives in time, and nothing panics.
//! The fuzz target `json_rpc` (`crates/node/devnode/fuzz`) does the same.
//!
//! Each run prints its seed. WEIR_SEED repeats a run, and WEIR_CASES sets the number of bodies.

use crate::contracts::{LOGGER, STORE};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};
use std::time::{Duration, Instant};
use weir_devnode::{Chain, ChainConfig, Rpc};

/// The time limit for one body, generous because the machine may be busy.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Methods with valid parameters.
pub fn valid_requests() -> Vec<(&'static str, Value)> {
    let a = "0x3f1Eae7D46d88F08fc2F8ed27FCb2AB183EB2d0E";
    let hash = "0x0000000000000000000000000000000000000000000000000000000000000001";
    let call = json!({ "from": a, "to": a, "value": "0x1", "gas": "0x5208", "input": "0x" });
    let overrides =
        json!({ a: { "balance": "0x1", "nonce": "0x1", "code": "0x5f", "stateDiff": { hash: hash } } });
    let block = json!({ "number": "0x1", "time": "0x77359401", "baseFeePerGas": "0x1" });
    let filter =
        json!({ "fromBlock": "0x0", "toBlock": "latest", "address": [a], "topics": [null, [hash, hash]] });
    let typed = json!({
        "types": {
            "EIP712Domain": [{ "name": "name", "type": "string" }],
            "A": [{ "name": "b", "type": "uint256[]" }],
        },
        "primaryType": "A", "domain": { "name": "x" }, "message": { "b": [1, 2] },
    });
    vec![
        ("eth_chainId", json!([])),
        ("eth_blockNumber", json!([])),
        ("eth_feeHistory", json!([5, "latest", [10, 50]])),
        ("eth_getBalance", json!([a, "latest"])),
        ("eth_getCode", json!([a, { "blockHash": hash }])),
        ("eth_getStorageAt", json!([a, "0x0", "0x1"])),
        ("eth_getTransactionCount", json!([a, "pending"])),
        ("eth_getBlockByNumber", json!(["0x1", true])),
        ("eth_getBlockByHash", json!([hash, false])),
        ("eth_getBlockReceipts", json!(["latest"])),
        ("eth_getTransactionByBlockNumberAndIndex", json!(["0x1", "0x0"])),
        ("eth_getTransactionBySenderAndNonce", json!([a, "0x0"])),
        ("eth_getTransactionReceipt", json!([hash])),
        ("eth_call", json!([call, "latest", overrides, block])),
        ("eth_estimateGas", json!([call, "pending", overrides])),
        ("eth_createAccessList", json!([call, "latest"])),
        ("eth_sendTransaction", json!([call])),
        ("eth_sendUnsignedTransaction", json!([call])),
        ("eth_sendRawTransaction", json!(["0x02f86c83064aba8084"])),
        ("eth_getLogs", json!([filter])),
        ("eth_newFilter", json!([filter])),
        ("eth_newBlockFilter", json!([])),
        ("eth_getFilterChanges", json!(["0x1"])),
        ("eth_getFilterLogs", json!(["0x1"])),
        ("eth_uninstallFilter", json!(["0x1"])),
        ("eth_subscribe", json!(["logs", filter])),
        ("eth_sign", json!([a, "0x1234"])),
        ("personal_sign", json!(["0x1234", a, ""])),
        ("eth_signTypedData_v4", json!([a, typed])),
        (
            "debug_traceTransaction",
            json!([hash, { "tracer": "callTracer", "tracerConfig": { "withLog": true } }]),
        ),
        (
            "debug_traceCall",
            json!([call, "latest", { "tracer": "prestateTracer", "stateOverrides": overrides }]),
        ),
        ("debug_traceCall", json!([call, "latest", { "enableMemory": true }])),
        ("debug_traceCall", json!([call, "latest", { "tracer": "stylusProfile" }])),
        (
            "debug_traceBlockByNumber",
            json!(["latest", { "tracer": "muxTracer", "tracerConfig": { "callTracer": {} } }]),
        ),
        ("debug_getRawHeader", json!(["latest"])),
        ("trace_transaction", json!([hash])),
        ("txpool_content", json!([])),
        ("web3_sha3", json!(["0x1234"])),
        ("evm_increaseTime", json!(["0x10"])),
        ("evm_setNextBlockTimestamp", json!([4_000_000_000_u64])),
        ("evm_mine", json!([{ "blocks": 2 }])),
        ("evm_mine_detailed", json!([{ "blocks": 2 }])),
        ("evm_snapshot", json!([])),
        ("evm_revert", json!(["0x1"])),
        ("anvil_mine", json!(["0x3", "0x5"])),
        ("anvil_reset", json!([])),
        ("anvil_setBalance", json!([a, "0xffffffffffffffffff"])),
        ("anvil_addBalance", json!([a, "0x1"])),
        ("anvil_setNonce", json!([a, "0x7"])),
        ("anvil_setCode", json!([a, "0x5f5ff3"])),
        ("anvil_setStorageAt", json!([a, "0x0", hash])),
        ("anvil_impersonateAccount", json!([a])),
        ("anvil_setBlockTimestampInterval", json!([3])),
        ("anvil_removeBlockTimestampInterval", json!([])),
        ("anvil_nodeInfo", json!([])),
        ("anvil_loadState", json!(["0x77656972"])),
        ("hardhat_metadata", json!([])),
    ]
}

/// Values that parsers often handle badly.
fn nasty() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "0x",
            "0x0",
            "0xffffffffffffffff",
            "0x10000000000000000",
            "-0x1",
            "latest",
            "pending",
            "earliest",
            "safe",
            "0xef0000",
            "0xeff00000",
            "0xef0100",
            "0xfe",
            "callTracer",
            "0x5b5f56",
            "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        ])
        .prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::collection::vec(any::<u8>(), 0..80)
            .prop_map(|bytes| Value::from(alloy::primitives::Bytes::from(bytes).to_string())),
        (1..200_usize).prop_map(|depth| (0..depth).fold(Value::Null, |inner, _| json!([inner]))),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,8}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// A position in a value, and the new content.
type Change = (prop::sample::Index, Value);

/// Replaces the part of `value` that `index` selects.
fn replace(value: &mut Value, index: usize, with: Value) {
    let parts = count(value);
    put(value, index % parts, &mut Some(with));
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum::<usize>(),
        _ => 0,
    }
}

fn put(value: &mut Value, index: usize, with: &mut Option<Value>) {
    if index == 0 {
        *value = with.take().unwrap_or_default();
        return;
    }
    let mut left = index - 1;
    let children: Vec<&mut Value> = match value {
        Value::Array(items) => items.iter_mut().collect(),
        Value::Object(fields) => fields.values_mut().collect(),
        _ => return,
    };
    for child in children {
        let parts = count(child);
        if left < parts {
            return put(child, left, with);
        }
        left -= parts;
    }
}

/// A valid request with a few changes.
fn request() -> impl Strategy<Value = Value> {
    let change = (any::<prop::sample::Index>(), nasty());
    (prop::sample::select(valid_requests()), prop::collection::vec(change, 0..3), 0..10_u8).prop_map(
        |((method, params), changes, whole)| {
            let mut request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
            let change = |target: &mut Value, (index, with): Change| {
                let parts = count(target);
                replace(target, index.index(parts), with);
            };
            for one in changes {
                // One in ten changes concerns the whole request, the others only its parameters.
                match whole {
                    0 => change(&mut request, one),
                    _ => change(&mut request["params"], one),
                }
            }
            request
        },
    )
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let cut = (request(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(request, at, byte)| {
        let mut bytes = request.to_string().into_bytes();
        let at = at.index(bytes.len());
        if byte % 2 == 0 {
            bytes.truncate(at)
        } else {
            bytes[at] = byte
        }
        bytes
    });
    prop_oneof![
        8 => request().prop_map(|request| request.to_string().into_bytes()),
        2 => prop::collection::vec(request(), 0..6).prop_map(|batch| Value::from(batch).to_string().into_bytes()),
        2 => cut,
        1 => nasty().prop_map(|value| value.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ]
}

/// A chain with two contracts.
fn chain() -> Chain {
    let chain =
        Chain::new(ChainConfig { genesis_timestamp: Some(2_000_000_000), accounts: 2, ..Default::default() });
    for code in [&STORE[..], &LOGGER] {
        let init = stylus_evm::deploy::init_code(code);
        let create = alloy::rpc::types::TransactionRequest {
            input: init.into(),
            to: Some(alloy::primitives::TxKind::Create),
            ..Default::default()
        };
        chain.send_request(create).unwrap();
    }
    chain
}

fn check_answer(answer: Option<&str>) {
    let Some(text) = answer else { return };
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let responses = value.as_array().cloned().unwrap_or_else(|| vec![value]);
    assert!(!responses.is_empty());
    for response in responses {
        assert_eq!(response["jsonrpc"], "2.0", "{response}");
        assert!(response.get("id").is_some(), "{response}");
        assert!(response.get("result").is_some() != response.get("error").is_some(), "{response}");
        if let Some(error) = response.get("error") {
            assert!(error["code"].is_i64() && error["message"].is_string(), "{response}");
            // A panic on another thread becomes this error.
            assert_ne!(error["code"], -32603, "{response}");
        }
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn every_body_gets_a_json_rpc_response_in_time() {
    let seed = number("WEIR_SEED").unwrap_or_else(rand_seed);
    let cases = number("WEIR_CASES").unwrap_or(3_000);
    println!("WEIR_SEED={seed} WEIR_CASES={cases}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases: cases as u32,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Default::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let node = Rpc::in_process(chain());
    let slowest = std::cell::Cell::new(Duration::ZERO);
    let result = runner.run(&body(), |body| {
        let begin = Instant::now();
        let answer = runtime.block_on(async { tokio::time::timeout(TIMEOUT, node.request(&body)).await });
        let answer = answer.unwrap_or_else(|_| panic!("no answer: {}", String::from_utf8_lossy(&body)));
        slowest.set(slowest.get().max(begin.elapsed()));
        check_answer(answer.as_deref());
        Ok(())
    });
    println!("{cases} bodies, the slowest took {:?}", slowest.get());
    result.unwrap_or_else(|error| panic!("WEIR_SEED={seed}: {error}"));
    let head = br#"{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}"#;
    let answer = runtime.block_on(node.request(head)).unwrap();
    assert!(serde_json::from_str::<Value>(&answer).unwrap()["result"].is_string(), "{answer}");
}

fn rand_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::hash::RandomState::new().build_hasher().finish()
}

#[test]
fn unchanged_requests_are_valid() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (method, params) in valid_requests() {
        let node = Rpc::in_process(chain());
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let answer: Value =
            serde_json::from_str(&runtime.block_on(node.request(body.as_bytes())).unwrap()).unwrap();
        let code = &answer["error"]["code"];
        let known = ["eth_subscribe", "anvil_loadState"].contains(&method);
        assert!(known || (code != -32601 && code != -32602), "{method}: {answer}");
    }
}

#[tokio::test]
async fn rest_of_a_batch_with_large_responses_fails() {
    let node = Rpc::in_process(chain());
    let code = format!("0x{}", "00".repeat(1_000_000));
    let a = "0x00000000000000000000000000000000000c0de0";
    let set = json!({ "jsonrpc": "2.0", "id": 0, "method": "anvil_setCode", "params": [a, code] });
    node.request(set.to_string().as_bytes()).await.unwrap();
    let get = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_getCode", "params": [a, "latest"] });
    let answer = node.request(json!(vec![get; 100]).to_string().as_bytes()).await.unwrap();
    assert!(answer.len() < 30_000_000, "{}", answer.len());
    let answers: Vec<Value> = serde_json::from_str(&answer).unwrap();
    assert_eq!(answers.len(), 100);
    assert_eq!(answers[99]["error"]["code"], -32003);
}

#[test]
fn number_of_filters_is_limited() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let node = Rpc::in_process(chain());
    let install = br#"{"jsonrpc":"2.0","id":1,"method":"eth_newBlockFilter"}"#;
    let last = (0..10_001).map(|_| runtime.block_on(node.request(install)).unwrap()).last().unwrap();
    assert!(last.contains("too many filters"), "{last}");
}
