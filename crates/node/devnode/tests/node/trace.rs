//! Traces: geth's tracers and `stylusProfile`.
//! For EVM code, for Stylus programs, and for calls between them.

use crate::contracts::{BURNER, LOGGER, STORE, forwarder, reverter};
use crate::net::{Net, call_to, quantity, start, start_with, word};
use crate::stylus::start_wat;
use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256},
    providers::ext::DebugApi,
    rpc::types::trace::geth::{CallConfig, GethDebugTracingOptions, GethTrace},
    sol_types::{Revert, SolError},
};
use serde_json::{Value, json};
use weir_devnode::Devnode;

/// A program that logs two bytes without topics, calls `to` with a word of 9, and returns 42.
pub async fn caller(net: &Net, to: Address) -> Address {
    let bytes = |data: &[u8]| data.iter().map(|byte| format!("\\{byte:02x}")).collect::<String>();
    let text = format!(
        r#"(module
            (import "vm_hooks" "pay_for_memory_grow" (func (param i32)))
            (import "vm_hooks" "write_result" (func $write (param i32 i32)))
            (import "vm_hooks" "emit_log" (func $log (param i32 i32 i32)))
            (import "vm_hooks" "call_contract" (func $call (param i32 i32 i32 i32 i64 i32) (result i32)))
            (memory (export "memory") 1 1)
            (data (i32.const 0) "{to}")
            (data (i32.const 32) "{nine}")
            (data (i32.const 64) "{answer}")
            (func $work (result i32)
                (call $log (i32.const 0) (i32.const 2) (i32.const 0))
                (call $call (i32.const 0) (i32.const 32) (i32.const 32) (i32.const 96) (i64.const -1) (i32.const 128)))
            (func (export "user_entrypoint") (param i32) (result i32)
                (if (call $work) (then (return (i32.const 1))))
                (call $write (i32.const 64) (i32.const 32))
                (i32.const 0)))"#,
        to = bytes(to.as_slice()),
        nine = bytes(&word(9)),
        answer = bytes(&word(42)),
    );
    start_wat(net, &text).await
}

async fn trace(net: &Net, hash: B256, options: Value) -> Value {
    net.raw("debug_traceTransaction", json!([hash, options])).await.unwrap()
}

fn call_tracer(config: Value) -> Value {
    json!({ "tracer": "callTracer", "tracerConfig": config })
}

#[tokio::test]
async fn calls_between_evm_and_wasm_are_frames_of_one_tree() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    let program = caller(&net, store).await;
    let outer = net.deploy(forwarder(program)).await;
    let receipt = net.send(call_to(outer, Bytes::new())).await;
    assert!(receipt.status());
    let traced = trace(&net, receipt.transaction_hash, call_tracer(json!({ "withLog": true }))).await;

    assert_eq!(traced["type"], "CALL");
    assert_eq!((&traced["from"], &traced["to"]), (&json!(net.account(0)), &json!(outer)));
    assert_eq!(quantity(&traced["gasUsed"]), receipt.gas_used);
    assert_eq!((&traced["input"], &traced["value"]), (&json!("0x"), &json!("0x0")));
    assert_eq!(traced["calls"].as_array().unwrap().len(), 1);

    let wasm = &traced["calls"][0];
    assert_eq!((&wasm["from"], &wasm["to"]), (&json!(outer), &json!(program)));
    assert_eq!(wasm["output"], json!(word(42)));
    let log = &wasm["logs"][0];
    assert_eq!((&log["address"], &log["data"]), (&json!(program), &json!(Bytes::from(store[..2].to_vec()))));

    let inner = &wasm["calls"][0];
    assert_eq!((&inner["from"], &inner["to"]), (&json!(program), &json!(store)));
    assert_eq!((&inner["type"], &inner["input"]), (&json!("CALL"), &json!(word(9))));
    // A new slot costs 22 100 gas, and the other instructions a little.
    let inner_gas = quantity(&inner["gasUsed"]);
    assert!((22_100..22_200).contains(&inner_gas), "{inner_gas}");
    assert!(quantity(&wasm["gasUsed"]) > inner_gas);
    assert_eq!(inner.get("calls"), None, "as in geth, the field is missing");

    let top = trace(&net, receipt.transaction_hash, call_tracer(json!({ "onlyTopCall": true }))).await;
    assert_eq!((top.get("calls"), &top["gasUsed"]), (None, &traced["gasUsed"]));
}

#[tokio::test]
async fn trace_of_a_failed_call_has_error_and_reason() {
    let net = start().await;
    let data = Bytes::from(Revert::from("not today").abi_encode());
    let contract = net.deploy(reverter(&data)).await;
    let receipt = net.send(call_to(contract, Bytes::new()).with_gas_limit(100_000)).await;
    let traced = trace(&net, receipt.transaction_hash, call_tracer(json!({}))).await;
    assert_eq!(traced["error"], "execution reverted");
    assert_eq!((&traced["revertReason"], &traced["output"]), (&json!("not today"), &json!(data)));
    let call = json!([{ "to": contract }, "latest", { "tracer": "callTracer" }]);
    let called = net.raw("debug_traceCall", call).await.unwrap();
    assert_eq!(called["revertReason"], "not today", "a failed call can be traced");
}

#[tokio::test]
async fn prestate_tracer_reports_values_before_and_after() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    net.send(call_to(store, word(5))).await;
    let receipt = net.send(call_to(store, word(6))).await;
    // A later change must not appear in the trace.
    net.send(call_to(store, word(7))).await;
    let key = |address: Address| address.to_string().to_lowercase();
    let slot = B256::ZERO.to_string();
    let pre = trace(&net, receipt.transaction_hash, json!({ "tracer": "prestateTracer" })).await;
    assert_eq!(pre[key(store)]["storage"][&slot], json!(B256::with_last_byte(5)));
    assert_eq!(pre[key(store)]["code"], json!(Bytes::from(STORE)));
    assert_eq!(pre[key(net.account(0))]["nonce"], 2);
    let config = json!({ "tracer": "prestateTracer", "tracerConfig": { "diffMode": true } });
    let diff = trace(&net, receipt.transaction_hash, config).await;
    assert_eq!(diff["pre"][key(store)]["storage"][&slot], json!(B256::with_last_byte(5)));
    assert_eq!(diff["post"][key(store)]["storage"][&slot], json!(B256::with_last_byte(6)));
    assert_eq!(diff["post"][key(net.account(0))]["nonce"], 3);
}

#[tokio::test]
async fn struct_logger_records_every_instruction() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    let receipt = net.send(call_to(store, word(5))).await;
    let traced = trace(&net, receipt.transaction_hash, json!({})).await;
    assert_eq!((&traced["failed"], quantity_or_number(&traced["gas"])), (&json!(false), receipt.gas_used));
    let steps = traced["structLogs"].as_array().unwrap();
    let names: Vec<_> = steps.iter().map(|step| step["op"].as_str().unwrap()).collect();
    let expected =
        ["CALLDATASIZE", "ISZERO", "PUSH1", "JUMPI", "PUSH0", "CALLDATALOAD", "PUSH0", "SSTORE", "STOP"];
    assert_eq!(names, expected);
    assert_eq!((&steps[7]["gasCost"], &steps[7]["depth"]), (&json!(22_100), &json!(1)));
    assert_eq!(steps[7]["stack"], json!(["0x5", "0x0"]));
    let bare =
        trace(&net, receipt.transaction_hash, json!({ "disableStack": true, "disableStorage": true })).await;
    assert_eq!(bare["structLogs"][7].get("stack"), None);
}

fn quantity_or_number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| quantity(value))
}

#[tokio::test]
async fn other_tracers_work() {
    let net = start().await;
    let logger = net.deploy(LOGGER).await;
    let outer = net.deploy(forwarder(logger)).await;
    let hash = net.send(call_to(logger, word(5))).await.transaction_hash;
    assert_eq!(trace(&net, hash, json!({ "tracer": "noopTracer" })).await, json!({}));
    assert_eq!(trace(&net, hash, json!({ "tracer": "4byteTracer" })).await, json!({ "0x00000000-28": 1 }));
    let mux = json!({ "tracer": "muxTracer", "tracerConfig": { "noopTracer": null, "callTracer": {} } });
    let traced = trace(&net, hash, mux).await;
    assert_eq!((&traced["noopTracer"], &traced["callTracer"]["to"]), (&json!({}), &json!(logger)));
    let hash = net.send(call_to(outer, Bytes::new())).await.transaction_hash;
    let flat = net.raw("trace_transaction", json!([hash])).await.unwrap();
    assert_eq!(flat.as_array().unwrap().len(), 2);
    assert_eq!((&flat[1]["action"]["to"], &flat[1]["traceAddress"]), (&json!(logger), &json!([0])));
    assert_eq!(net.raw("trace_transaction", json!([B256::ZERO])).await.unwrap(), json!(null));
}

#[tokio::test]
async fn blocks_are_traced_by_number_and_by_hash() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    let receipt = net.send(call_to(store, word(5))).await;
    net.raw("evm_mine", json!([])).await.unwrap();
    let options = call_tracer(json!({}));
    let by_number = net.raw("debug_traceBlockByNumber", json!(["0x2", options])).await.unwrap();
    let by_hash = net.raw("debug_traceBlockByHash", json!([receipt.block_hash, options])).await.unwrap();
    assert_eq!(by_number, by_hash);
    assert_eq!(by_number[0]["txHash"], json!(receipt.transaction_hash));
    assert_eq!(by_number[0]["result"]["to"], json!(store));
    assert_eq!(net.raw("debug_traceBlockByNumber", json!(["latest"])).await.unwrap(), json!([]));
    let genesis = net.raw("debug_traceBlockByNumber", json!(["0x0"])).await.unwrap_err();
    assert!(genesis.message.starts_with("genesis is not traceable"), "{}", genesis.message);
}

#[tokio::test]
async fn call_is_traced_at_a_block_and_with_overrides() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    net.send(call_to(store, word(5))).await;
    net.send(call_to(store, word(6))).await;
    let at = async |block: &str, overrides: Value| {
        let options = json!({ "tracer": "callTracer", "stateOverrides": overrides });
        net.raw("debug_traceCall", json!([{ "to": store }, block, options])).await.unwrap()["output"].clone()
    };
    assert_eq!(at("latest", json!({})).await, json!(word(6)));
    assert_eq!(at("0x2", json!({})).await, json!(word(5)));
    let overrides =
        json!({ store.to_string(): { "stateDiff": { B256::ZERO.to_string(): B256::with_last_byte(8) } } });
    assert_eq!(at("latest", overrides).await, json!(word(8)));
    assert_eq!(net.word(store, "latest").await, U256::from(6), "a trace changes nothing");
}

#[tokio::test]
async fn profile_accounts_for_all_ink() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    let program = caller(&net, store).await;
    let receipt = net.send(call_to(program, Bytes::new())).await;
    let traced = trace(&net, receipt.transaction_hash, json!({ "tracer": "stylusProfile" })).await;
    let programs = traced["programs"].as_array().unwrap();
    assert_eq!(programs.len(), 1);
    let frame = &programs[0];
    assert_eq!((&frame["address"], &frame["depth"]), (&json!(program), &json!(0)));
    assert_eq!((&frame["success"], &frame["parent"]), (&json!(true), &json!(null)));
    let number = |value: &Value| value.as_u64().unwrap();
    let sum = |list: &str, field: &str| {
        frame[list].as_array().unwrap().iter().map(|entry| number(&entry[field])).sum::<u64>()
    };
    let ink = sum("hostios", "ink") + 10_000 * sum("hostios", "calleeGas") + sum("functions", "ink");
    assert_eq!(number(&frame["inkUsed"]), ink + number(&frame["lostInk"]));
    let gas = number(&frame["entryGas"]) + number(&frame["inkUsed"]).div_ceil(10_000);
    assert_eq!(number(&frame["gasUsed"]), gas + number(&frame["returnDataGas"]));
    assert_eq!(receipt.gas_used, 21_000 + number(&frame["gasUsed"]), "the transaction has no calldata");
    let hostio = |name: &str| {
        let list = frame["hostios"].as_array().unwrap();
        list.iter()
            .find(|entry| entry["name"] == name)
            .unwrap_or_else(|| panic!("no {name} in {list:?}"))
            .clone()
    };
    assert_eq!(hostio("emit_log")["calls"], 1);
    assert!((22_100..22_200).contains(&number(&hostio("call_contract")["calleeGas"])));
    assert_eq!(frame["hostios"][0]["name"], "call_contract", "the most expensive comes first");
    let work = frame["functions"].as_array().unwrap().iter().find(|function| function["name"] == "work");
    assert_eq!(work.unwrap()["calls"], 1, "functions have their names");
    let no_wasm = json!({ "tracer": "stylusProfile", "tracerConfig": { "symbols": ["0x00"] } });
    let error =
        net.raw("debug_traceTransaction", json!([receipt.transaction_hash, no_wasm])).await.unwrap_err();
    assert_eq!(error.code, -32602, "{}", error.message);
}

#[tokio::test]
async fn activations_and_failed_programs_are_traced() {
    let net = start().await;
    let reverter = net.deploy(reverter(b"no")).await;
    let program = caller(&net, reverter).await;
    let activation =
        net.raw("debug_traceBlockByNumber", json!(["latest", call_tracer(json!({}))])).await.unwrap();
    assert_eq!(activation[0]["result"]["to"], "0x0000000000000000000000000000000000000071");
    let receipt = net.send(call_to(program, Bytes::new()).with_gas_limit(1_000_000)).await;
    assert!(!receipt.status());
    let traced = trace(&net, receipt.transaction_hash, call_tracer(json!({}))).await;
    assert_eq!(
        (&traced["error"], &traced["calls"][0]["output"]),
        (&json!("execution reverted"), &json!("0x6e6f"))
    );
}

#[tokio::test]
async fn impossible_traces_return_errors() {
    let net = start_with(Devnode::builder().kept_states(2)).await;
    let burner = net.deploy(BURNER).await;
    let hash = net.send(call_to(burner, Bytes::new())).await.transaction_hash;
    let error_of = async |hash: B256, options: Value| {
        net.raw("debug_traceTransaction", json!([hash, options])).await.unwrap_err()
    };
    for tracer in ["{ result: function() {} }", "stylusTracer"] {
        let error = error_of(hash, json!({ "tracer": tracer })).await;
        assert!(error.code == -32602 && error.message.starts_with("unknown tracer"), "{}", error.message);
    }
    assert_eq!(
        error_of(hash, json!({ "tracer": "callTracer", "tracerConfig": { "onlyTopCall": 5 } })).await.code,
        -32602
    );
    // Millions of steps: 32 000 000 gas of JUMPDEST PUSH0 JUMP.
    let endless = net.deploy([0x5b, 0x5f, 0x56]).await;
    let error = net
        .raw("debug_traceCall", json!([{ "to": endless, "gas": "0x1c9c380" }, "latest"]))
        .await
        .unwrap_err();
    assert!(error.message.starts_with("the trace is too large"), "{}", error.message);
    assert_eq!(
        error_of(B256::ZERO, json!({})).await.message,
        format!("transaction {} not found", B256::ZERO)
    );
    net.raw("anvil_mine", json!([5])).await.unwrap();
    let error = error_of(hash, json!({})).await.message;
    assert!(error.contains("no longer kept"), "{error}");
}

#[tokio::test]
async fn alloy_decodes_traces() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    let receipt = net.send(call_to(store, word(5))).await;
    let options = GethDebugTracingOptions::call_tracer(CallConfig::default());
    let traced = net.provider.debug_trace_transaction(receipt.transaction_hash, options).await.unwrap();
    let GethTrace::CallTracer(frame) = traced else { panic!("{traced:?}") };
    assert_eq!((frame.to, frame.gas_used), (Some(store), U256::from(receipt.gas_used)));
}

#[tokio::test]
async fn raw_encodings_match_their_hashes() {
    let net = start().await;
    let receipt = net.send(call_to(net.account(1), word(5))).await;
    let raw = async |method, of: Value| {
        serde_json::from_value::<Bytes>(net.raw(method, json!([of])).await.unwrap()).unwrap()
    };
    let transaction = raw("debug_getRawTransaction", json!(receipt.transaction_hash)).await;
    assert_eq!(alloy::primitives::keccak256(transaction), receipt.transaction_hash);
    let header = raw("debug_getRawHeader", json!("latest")).await;
    assert_eq!(Some(alloy::primitives::keccak256(header)), receipt.block_hash);
    assert_eq!(
        net.raw("debug_getRawReceipts", json!(["latest"])).await.unwrap().as_array().unwrap().len(),
        1
    );
}
