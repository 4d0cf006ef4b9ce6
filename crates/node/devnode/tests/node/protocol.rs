//! Malformed requests: the node returns the error codes of the standard and keeps running.
//! Also batches, content types and CORS.

use crate::net::{Net, exchange, post, post_json, start, start_with};
use alloy::providers::Provider;
use serde_json::{Value, json};
use weir_devnode::{Cors, Devnode};

async fn answer(net: &Net, body: &str) -> Value {
    post_json(net.node.address(), body).await
}

fn code(answer: &Value) -> i64 {
    assert_eq!(answer["jsonrpc"], "2.0");
    assert!(!answer["error"]["message"].as_str().unwrap().is_empty());
    answer["error"]["code"].as_i64().unwrap()
}

#[tokio::test]
async fn invalid_json_is_a_parse_error() {
    let net = start().await;
    for body in
        ["", "{", "nonsense", "[1,2", "{\"jsonrpc\":\"2.0\",", "\u{0}", "{\"a\":1}}", &"[".repeat(100_000)]
    {
        let answer = answer(&net, body).await;
        assert_eq!(code(&answer), -32700, "{answer}");
        assert_eq!(answer["id"], json!(null));
    }
    let (status, text) = post(net.node.address(), "application/json", &[0xff, 0xfe, b'{']).await;
    assert_eq!(status, 200);
    assert_eq!(code(&serde_json::from_str(&text).unwrap()), -32700);
    assert_eq!(net.provider.get_block_number().await.unwrap(), 0, "the node still answers");
}

#[tokio::test]
async fn json_without_a_request_is_an_invalid_request() {
    let net = start().await;
    for body in [
        "1",
        "\"eth_chainId\"",
        "null",
        "{}",
        "[]",
        r#"{"id":1,"method":"eth_chainId"}"#,
        r#"{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}"#,
        r#"{"jsonrpc":"2.0","id":1}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":5}"#,
        r#"{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}"#,
    ] {
        assert_eq!(code(&answer(&net, body).await), -32600, "{body}");
    }
}

#[tokio::test]
async fn error_of_an_unknown_method_has_its_name() {
    let net = start().await;
    for method in ["eth_foo", "foo", "", "debug_", "anvil_", "evm_mine2", "ETH_CHAINID"] {
        let answer = answer(&net, &json!({ "jsonrpc": "2.0", "id": 7, "method": method }).to_string()).await;
        assert_eq!(code(&answer), -32601, "{method}");
        assert_eq!(answer["id"], 7);
        assert_eq!(
            answer["error"]["message"],
            format!("the method {method} does not exist/is not available")
        );
    }
}

#[tokio::test]
async fn error_of_a_wrong_parameter_has_its_name() {
    let net = start().await;
    for (method, params, expected) in [
        ("eth_getBalance", json!([]), "missing value for required argument 0 (address)"),
        ("eth_getBalance", json!([null]), "missing value for required argument 0 (address)"),
        ("eth_getBalance", json!(["0x12"]), "invalid argument 0 (address)"),
        ("eth_getBalance", json!([5]), "invalid argument 0 (address)"),
        (
            "eth_getBalance",
            json!([format!("0x{}", "0".repeat(40)), "sometime"]),
            "invalid argument 1 (block)",
        ),
        ("eth_chainId", json!([1]), "too many arguments, want at most 0"),
        ("eth_chainId", json!({ "a": 1 }), "non-array args"),
        ("eth_call", json!(["0x"]), "invalid argument 0 (transaction)"),
        ("eth_call", json!([{ "to": "0x1" }]), "invalid argument 0 (transaction)"),
        ("eth_call", json!([{ "gas": "0x10000000000000000" }]), "invalid argument 0 (transaction)"),
        ("evm_increaseTime", json!([-5]), "invalid argument 0 (seconds)"),
        ("evm_increaseTime", json!(["soon"]), "invalid argument 0 (seconds)"),
        ("evm_increaseTime", json!([""]), "invalid argument 0 (seconds)"),
        (
            "evm_setNextBlockTimestamp",
            json!(["0x10000000000000000"]),
            "invalid argument 0 (timestamp in seconds)",
        ),
        ("evm_mine", json!([{ "timstamp": 1 }]), "invalid argument 0 (options)"),
        ("eth_getLogs", json!([{ "topics": [1] }]), "invalid argument 0 (filter)"),
        ("eth_feeHistory", json!([1, "latest", [90, 10]]), "invalid reward percentiles"),
        ("eth_getTransactionByHash", json!(["0x1234"]), "invalid argument 0 (transaction hash)"),
        (
            "anvil_setBalance",
            json!([format!("0x{}", "0".repeat(40)), "lots"]),
            "invalid argument 1 (balance in wei)",
        ),
    ] {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer = answer(&net, &body.to_string()).await;
        assert_eq!(code(&answer), -32602, "{body}: {answer}");
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.starts_with(expected), "{body}: {message}");
    }
    assert_eq!(net.provider.get_block_number().await.unwrap(), 0);
}

#[tokio::test]
async fn too_large_numbers_cause_no_internal_error() {
    let net = start().await;
    for (method, params) in [
        ("evm_increaseTime", json!([u64::MAX])),
        ("evm_increaseTime", json!([u64::MAX])),
        ("evm_mine", json!([])),
        ("evm_mine", json!([])),
        ("hardhat_mine", json!([3, u64::MAX])),
        ("eth_feeHistory", json!([u64::MAX, "latest", []])),
        ("eth_getLogs", json!([{ "fromBlock": "0x0", "toBlock": "0xffffffffffffffff" }])),
        ("eth_getBlockByNumber", json!(["0xffffffffffffffff", true])),
        ("eth_call", json!([{ "gas": "0xffffffffffffffff" }, "latest"])),
        ("eth_estimateGas", json!([{ "gas": "0xffffffffffffffff" }])),
        ("eth_getFilterChanges", json!(["0xffffffffffffffff"])),
    ] {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer = answer(&net, &body.to_string()).await;
        assert!(answer["error"]["code"] != -32603, "{method}: {answer}");
    }
    net.provider.get_block_number().await.unwrap();
}

#[tokio::test]
async fn batch_is_answered_in_order_request_by_request() {
    let net = start().await;
    let batch = json!([
        { "jsonrpc": "2.0", "id": "a", "method": "eth_chainId" },
        { "jsonrpc": "2.0", "id": 2, "method": "eth_foo" },
        { "jsonrpc": "2.0", "method": "evm_mine" },
        5,
        { "jsonrpc": "2.0", "id": null, "method": "eth_blockNumber", "params": [] },
    ]);
    let answers = answer(&net, &batch.to_string()).await;
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), 4, "a notification is executed but not answered");
    assert_eq!(answers[0], json!({ "jsonrpc": "2.0", "id": "a", "result": "0x64aba" }));
    assert_eq!((code(&answers[1]), &answers[1]["id"]), (-32601, &json!(2)));
    assert_eq!((code(&answers[2]), &answers[2]["id"]), (-32600, &json!(null)));
    assert_eq!(answers[3], json!({ "jsonrpc": "2.0", "id": null, "result": "0x1" }));
    let silent =
        post(net.node.address(), "application/json", br#"{"jsonrpc":"2.0","method":"evm_mine"}"#).await;
    assert_eq!(silent, (200, String::new()));
    assert_eq!(net.provider.get_block_number().await.unwrap(), 2);
}

#[tokio::test]
async fn too_large_batch_or_body_is_rejected() {
    let net = start().await;
    let request = r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#;
    let batch = format!("[{}]", vec![request; 1001].join(","));
    let answer = answer(&net, &batch).await;
    assert_eq!(code(&answer), -32600);
    let large = vec![b' '; weir_devnode::MAX_BODY_BYTES + 1];
    let (status, text) = post(net.node.address(), "application/json", &large).await;
    assert_eq!(status, 413);
    assert_eq!(code(&serde_json::from_str(&text).unwrap()), -32600);
    assert_eq!(net.provider.get_block_number().await.unwrap(), 0);
}

#[tokio::test]
async fn other_content_types_are_rejected_so_that_web_pages_cannot_send() {
    let net = start().await;
    let body = br#"{"jsonrpc":"2.0","id":1,"method":"evm_mine"}"#;
    for content_type in ["text/plain", "application/x-www-form-urlencoded", ""] {
        assert_eq!(post(net.node.address(), content_type, body).await.0, 415, "{content_type}");
    }
    assert_eq!(post(net.node.address(), "application/json; charset=utf-8", body).await.0, 200);
    assert_eq!(net.provider.get_block_number().await.unwrap(), 1);
}

#[tokio::test]
async fn cors_headers_are_sent_only_if_configured() {
    let ask = "OPTIONS / HTTP/1.1\r\norigin: http://localhost:3000\r\naccess-control-request-method: POST\r\n\
               access-control-request-headers: content-type";
    let allowed = async |cors| {
        let net = start_with(Devnode::builder().cors(cors)).await;
        let (head, _) = exchange(net.node.address(), ask, &[]).await;
        let line = head.lines().find_map(|line| line.strip_prefix("access-control-allow-origin: "));
        line.map(ToOwned::to_owned)
    };
    assert_eq!(allowed(Cors::Off).await, None);
    assert_eq!(allowed(Cors::Any).await.as_deref(), Some("*"));
    let origin = Cors::Origin("http://localhost:3000".parse().unwrap());
    assert_eq!(allowed(origin).await.as_deref(), Some("http://localhost:3000"));
}

#[tokio::test]
async fn methods_about_the_node_return_constants() {
    let net = start().await;
    for (method, result) in [
        ("net_version", json!("412346")),
        ("net_listening", json!(true)),
        ("eth_syncing", json!(false)),
        ("web3_clientVersion", json!(concat!("weir-devnode/v", env!("CARGO_PKG_VERSION")))),
    ] {
        assert_eq!(net.raw(method, json!([])).await.unwrap(), result, "{method}");
    }
    let hash = net.raw("web3_sha3", json!(["0x68656c6c6f20776f726c64"])).await.unwrap();
    assert_eq!(hash, "0x47173285a8d7341e5e972fc677286384f802f8ef42a5ec5f03bbfa254cb01fad");
    let subscribe = net.raw("eth_subscribe", json!(["newHeads"])).await.unwrap_err();
    assert!(subscribe.message.starts_with("notifications not supported"));
}
