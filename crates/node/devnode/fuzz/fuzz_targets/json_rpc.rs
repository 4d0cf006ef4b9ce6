//! Random bodies for JSON-RPC: the node never panics or hangs, and every response is JSON-RPC.
//!
//! Run in `crates/node/devnode/fuzz`, with a stable compiler:
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none json_rpc corpus/json_rpc seeds/json_rpc -- -dict=fuzz_targets/json_rpc.dict -timeout=30`

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::sync::LazyLock;
use tokio::runtime::Runtime;
use weir_devnode::{Chain, ChainConfig, Rpc};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
});

static NODE: LazyLock<Rpc> = LazyLock::new(|| {
    let config = ChainConfig {
        genesis_timestamp: Some(2_000_000_000),
        accounts: 2,
        kept_states: 100,
        ..ChainConfig::default()
    };
    Rpc::in_process(Chain::new(config))
});

/// Keeps the chain small, since the fuzzer soon learns to mine.
const RESET: &[u8] = br#"{"jsonrpc":"2.0","id":1,"method":"anvil_reset"}"#;

fuzz_target!(|body: &[u8]| {
    RUNTIME.block_on(async {
        if let Some(answer) = NODE.request(body).await {
            check(&answer);
        }
        let _ = NODE.request(RESET).await;
    });
});

fn check(answer: &str) {
    let value: Value = serde_json::from_str(answer).expect("responses are JSON");
    let responses = match value {
        Value::Array(responses) => responses,
        single => vec![single],
    };
    for response in responses {
        assert_eq!(response["jsonrpc"], "2.0");
        assert!(response.get("result").is_some() != response.get("error").is_some());
        // A panic on another thread becomes this error.
        assert_ne!(response["error"]["code"], -32603, "{response}");
    }
}
