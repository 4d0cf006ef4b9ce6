//! Calls, gas estimates, overrides, access lists.
//! Errors are those of geth.

use crate::contracts::{
    BALANCE, BURNER, LOGGER, NUMBER, STORE, TIMESTAMP, ending, forwarder, growing, reverter,
};
use crate::net::{NodeError, START, call_to, node_error, quantity, start, word};
use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256, address, hex},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::{Panic, PanicKind, Revert, SolError},
};
use serde_json::json;
use std::time::{Duration, Instant};

const UNFUNDED: Address = address!("000000000000000000000000000000000000dead");

#[tokio::test]
async fn revert_of_call_estimate_and_send_has_data_and_reason() {
    let net = start().await;
    let data = Bytes::from(Revert::from("not today").abi_encode());
    let contract = net.deploy(reverter(&data)).await;
    let expected =
        NodeError { code: 3, message: "execution reverted: not today".into(), data: Some(json!(data)) };
    assert_eq!(net.call(contract, Bytes::new()).await.unwrap_err(), expected);
    let estimate = net.provider.estimate_gas(call_to(contract, Bytes::new())).await.map_err(node_error);
    assert_eq!(estimate.unwrap_err(), expected);
    let tx = json!([{ "from": net.account(0), "to": contract }]);
    assert_eq!(
        net.raw("eth_sendTransaction", tx).await.unwrap_err(),
        expected,
        "sending estimates gas first"
    );
}

#[tokio::test]
async fn custom_errors_and_panics_have_messages_of_geth() {
    let net = start().await;
    let custom = net.deploy(reverter(&hex!("deadbeef"))).await;
    let expected =
        NodeError { code: 3, message: "execution reverted".into(), data: Some(json!("0xdeadbeef")) };
    assert_eq!(net.call(custom, Bytes::new()).await.unwrap_err(), expected);
    let panic = net.deploy(reverter(&Panic::from(PanicKind::DivisionByZero).abi_encode())).await;
    let error = net.call(panic, Bytes::new()).await.unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (3, "execution reverted: division or modulo by zero"));
}

#[tokio::test]
async fn halts_have_messages_of_geth() {
    let net = start().await;
    for (code, message) in [
        (&hex!("fe")[..], "invalid opcode: INVALID"),
        (&hex!("5f56"), "invalid jump destination"),
        (&hex!("01"), "stack underflow"),
        (&hex!("5b5f56"), "out of gas"),
    ] {
        let contract = net.deploy(code).await;
        let error = net.call(contract, Bytes::new()).await.unwrap_err();
        assert_eq!(error, NodeError { code: -32000, message: message.into(), data: None });
    }
}

#[tokio::test]
async fn estimate_is_the_lowest_sufficient_gas_under_the_63_64_rule() {
    let net = start().await;
    let burner = net.deploy(BURNER).await;
    let mut target = burner;
    for depth in 0..4 {
        let estimate = net.provider.estimate_gas(call_to(target, Bytes::new())).await.unwrap();
        let with = async |gas| net.send(call_to(target, Bytes::new()).with_gas_limit(gas)).await;
        let enough = with(estimate).await;
        assert!(enough.status(), "depth {depth}: {estimate} is not enough");
        assert!(!with(estimate - 1).await.status(), "depth {depth}: {estimate} is not the lowest");
        if depth > 0 {
            assert!(estimate > enough.gas_used + 10_000, "each call holds back a sixty-fourth");
        }
        target = net.deploy(forwarder(target)).await;
    }
}

#[tokio::test]
async fn estimate_includes_gas_that_is_refunded() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    net.send(call_to(store, word(1))).await;
    let clear = call_to(store, word(0));
    let estimate = net.provider.estimate_gas(clear.clone()).await.unwrap();
    let snapshot = net.raw("evm_snapshot", json!([])).await.unwrap();
    let enough = net.send(clear.clone().with_gas_limit(estimate)).await;
    assert!(enough.status() && enough.gas_used < estimate, "clearing a slot is refunded");
    net.raw("evm_revert", json!([snapshot])).await.unwrap();
    assert!(!net.send(clear.with_gas_limit(estimate - 1)).await.status());
}

/// A wallet sends later than it estimates: a vault whose gas grows with time then ran out of it.
#[tokio::test]
async fn an_estimate_suffices_in_its_block_and_a_second_later() {
    let net = start().await;
    let contract = net.deploy(growing(START)).await;
    net.raw("evm_setNextBlockTimestamp", json!([START + 100])).await.unwrap();
    let estimate = net.provider.estimate_gas(call_to(contract, Bytes::new())).await.unwrap();
    let at_once = json!([{ "to": contract }, "pending", {}, { "time": format!("{:#x}", START + 100) }]);
    let at_once = quantity(&net.raw("eth_estimateGas", at_once).await.unwrap());
    // One more round: JUMPDEST 1, PUSH1 3, SWAP1 3, SUB 3, DUP1 3, PUSH1 3, JUMPI 10.
    assert_eq!(estimate, at_once + 26);
    for (second, gas, succeeds) in
        [(0, at_once, true), (1, at_once, false), (1, estimate, true), (2, estimate, false)]
    {
        let snapshot = net.raw("evm_snapshot", json!([])).await.unwrap();
        net.raw("evm_setNextBlockTimestamp", json!([START + 100 + second])).await.unwrap();
        let receipt = net.send(call_to(contract, Bytes::new()).with_gas_limit(gas)).await;
        assert_eq!(receipt.status(), succeeds, "{gas} gas after {second} s");
        net.raw("evm_revert", json!([snapshot])).await.unwrap();
    }
}

#[tokio::test]
async fn a_transaction_that_fails_only_a_second_later_is_estimated_for_now() {
    let net = start().await;
    let contract = net.deploy(ending(START + 100)).await;
    net.raw("evm_setNextBlockTimestamp", json!([START + 100])).await.unwrap();
    let estimate = net.provider.estimate_gas(call_to(contract, Bytes::new())).await.unwrap();
    let receipt = net.send(call_to(contract, Bytes::new()).with_gas_limit(estimate)).await;
    assert!(receipt.status());
    assert_eq!(receipt.gas_used, estimate);
    net.raw("evm_setNextBlockTimestamp", json!([START + 101])).await.unwrap();
    net.provider.estimate_gas(call_to(contract, Bytes::new())).await.unwrap_err();
}

#[tokio::test]
async fn estimates_of_transfers_creations_and_endless_loops() {
    let net = start().await;
    let transfer =
        TransactionRequest::default().with_to(UNFUNDED).with_value(U256::from(1)).with_from(net.account(0));
    assert_eq!(net.provider.estimate_gas(transfer).await.unwrap(), 21_000);
    let creation = TransactionRequest::default()
        .with_from(net.account(0))
        .with_deploy_code(stylus_evm::deploy::init_code(&STORE));
    let estimate = net.provider.estimate_gas(creation.clone()).await.unwrap();
    assert!(net.send(creation.clone().with_gas_limit(estimate)).await.status());
    assert!(!net.send(creation.with_gas_limit(estimate - 1)).await.status());
    let endless = net.deploy(hex!("5b5f56")).await;
    let error =
        net.provider.estimate_gas(call_to(endless, Bytes::new())).await.map_err(node_error).unwrap_err();
    assert_eq!(error.message, "gas required exceeds allowance (32000000)");
}

#[tokio::test]
async fn estimate_does_not_exceed_the_funds_of_the_sender() {
    let net = start().await;
    let burner = net.deploy(BURNER).await;
    let poor = address!("00000000000000000000000000000000000b0077");
    net.raw("anvil_setBalance", json!([poor, format!("{:#x}", 100_000 * 100_000_000_u64)])).await.unwrap();
    let tx = call_to(burner, Bytes::new()).with_from(poor).with_gas_price(100_000_000);
    let error = net.provider.estimate_gas(tx).await.map_err(node_error).unwrap_err();
    assert_eq!(error.message, "gas required exceeds allowance (100000)");
}

#[tokio::test]
async fn call_costs_nothing_and_changes_nothing() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    let before = net.provider.get_balance(UNFUNDED).await.unwrap();
    let tx = call_to(store, word(5)).with_from(UNFUNDED);
    net.provider.call(tx).await.unwrap();
    assert_eq!(net.word(store, "latest").await, U256::ZERO);
    assert_eq!(net.provider.get_balance(UNFUNDED).await.unwrap(), before);
    let with_value = call_to(store, word(5)).with_from(UNFUNDED).with_value(U256::from(1));
    let error = net.provider.call(with_value).await.map_err(node_error).unwrap_err();
    assert_eq!(
        error.message,
        format!("insufficient funds for gas * price + value: address {UNFUNDED} have 0 want 1")
    );
}

#[tokio::test]
async fn state_overrides_set_balance_code_and_storage_for_one_call() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    net.send(call_to(store, word(1))).await;
    let slot = |value: u8| json!({ B256::ZERO.to_string(): B256::with_last_byte(value) });
    let call = async |to: Address, overrides| {
        let output = net.raw("eth_call", json!([{ "to": to }, "latest", overrides])).await?;
        Ok::<_, NodeError>(serde_json::from_value::<U256>(output).unwrap())
    };
    assert_eq!(call(store, json!({ store.to_string(): { "stateDiff": slot(9) } })).await, Ok(U256::from(9)));
    assert_eq!(call(store, json!({ store.to_string(): { "state": {} } })).await, Ok(U256::ZERO));
    let code = Bytes::from(BALANCE);
    let fake = json!({ UNFUNDED.to_string(): { "code": code, "balance": "0x2a" } });
    assert_eq!(call(UNFUNDED, fake).await, Ok(U256::from(42)));
    assert_eq!(call(store, json!({})).await, Ok(U256::from(1)), "an override applies to one call");
    let both = json!({ store.to_string(): { "state": slot(1), "stateDiff": slot(2) } });
    assert_eq!(call(store, both).await.unwrap_err().code, -32602);
}

#[tokio::test]
async fn balance_override_pays_for_value_in_calls_and_estimates() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    let overrides = json!({ UNFUNDED.to_string(): { "balance": format!("{:#x}", U256::MAX) } });
    let tx = json!({ "from": UNFUNDED, "to": store, "value": "0xde0b6b3a7640000", "input": word(1) });
    net.raw("eth_call", json!([tx, "latest", overrides])).await.unwrap();
    let estimate = net.raw("eth_estimateGas", json!([tx, "latest", overrides])).await.unwrap();
    assert!(quantity(&estimate) > 40_000);
    net.raw("eth_estimateGas", json!([tx, "latest"])).await.unwrap_err();
}

#[tokio::test]
async fn block_overrides_change_what_a_call_sees() {
    let net = start().await;
    let clock = net.deploy(TIMESTAMP).await;
    let number = net.deploy(NUMBER).await;
    let call = async |to: Address, overrides| {
        let output = net.raw("eth_call", json!([{ "to": to }, "latest", {}, overrides])).await.unwrap();
        serde_json::from_value::<U256>(output).unwrap()
    };
    assert_eq!(call(clock, json!({ "time": "0x77359401" })).await, U256::from(2_000_000_001));
    assert_eq!(call(number, json!({ "number": "0x1234" })).await, U256::from(0x1234));
}

#[tokio::test]
async fn access_list_contains_touched_slots() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    let forwarder = net.deploy(forwarder(store)).await;
    let made = net.provider.create_access_list(&call_to(forwarder, Bytes::new())).await.unwrap();
    assert_eq!(made.access_list.0.len(), 1);
    assert_eq!(made.access_list.0[0].address, store);
    assert_eq!(made.access_list.0[0].storage_keys, [B256::ZERO]);
    let receipt = net.send(call_to(forwarder, Bytes::new()).with_access_list(made.access_list)).await;
    assert_eq!(U256::from(receipt.gas_used), made.gas_used);
}

#[tokio::test]
async fn contradictory_calls_are_rejected() {
    let net = start().await;
    for tx in [
        json!({ "to": UNFUNDED, "gasPrice": "0x1", "maxFeePerGas": "0x1" }),
        json!({ "to": UNFUNDED, "data": "0x01", "input": "0x02" }),
        json!({ "to": UNFUNDED, "chainId": "0x1" }),
    ] {
        assert_eq!(net.raw("eth_call", json!([tx, "latest"])).await.unwrap_err().code, -32602, "{tx}");
    }
}

#[tokio::test]
async fn long_call_delays_neither_queries_nor_transactions() {
    let net = start().await;
    let endless = net.deploy(hex!("5b5f56")).await;
    let long = async {
        let calls = (0..8).map(|_| net.call(endless, Bytes::new()));
        let error = futures_join(calls).await;
        assert!(error.into_iter().all(|error| error.unwrap_err().message == "out of gas"));
        Instant::now()
    };
    let short = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        for _ in 0..20 {
            net.provider.get_block_number().await.unwrap();
        }
        net.raw("evm_mine", json!([])).await.unwrap();
        Instant::now()
    };
    let (long, short) = tokio::join!(long, short);
    assert!(short <= long + Duration::from_secs(1), "the long calls delayed the node");
}

async fn futures_join<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut futures: Vec<_> = futures.map(Box::pin).collect();
    let mut done = Vec::new();
    for future in &mut futures {
        done.push(future.await);
    }
    done
}

#[tokio::test]
async fn chain_replays_a_mined_transaction() {
    let net = start().await;
    let logger = net.deploy(LOGGER).await;
    let receipt = net.send(call_to(logger, word(3))).await;
    let outcome = net.node.chain().replay(receipt.transaction_hash).unwrap();
    assert_eq!(outcome.result.tx_gas_used(), receipt.gas_used);
    assert_eq!(outcome.result.logs().len(), 1);
    net.node.chain().replay(B256::ZERO).unwrap_err();
}
