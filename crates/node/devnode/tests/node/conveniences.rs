//! Methods of anvil, Hardhat and Tenderly that test suites use, and signing.
//! Those that are not supported return the reason.

use crate::contracts::STORE;
use crate::net::{START, call_to, quantity, start, word};
use alloy::{
    primitives::{Address, B256, Bytes, Signature, U256, address, eip191_hash_message},
    providers::Provider,
    sol,
    sol_types::{SolStruct, eip712_domain},
};
use serde_json::{Value, json};

const STRANGER: Address = address!("0000000000000000000000000000000000005e1f");

#[tokio::test]
async fn added_balance_does_not_overflow() {
    let net = start().await;
    net.raw("anvil_setBalance", json!([STRANGER, "0x5"])).await.unwrap();
    assert_eq!(net.raw("anvil_addBalance", json!([STRANGER, "0x7"])).await.unwrap(), json!(null));
    assert_eq!(net.raw("tenderly_addBalance", json!([STRANGER, 3])).await.unwrap(), true);
    assert_eq!(net.provider.get_balance(STRANGER).await.unwrap(), U256::from(15));
    let error = net.raw("hardhat_addBalance", json!([STRANGER, U256::MAX])).await.unwrap_err();
    assert_eq!(error.code, -32602);
    assert_eq!(net.provider.get_balance(STRANGER).await.unwrap(), U256::from(15));
}

#[tokio::test]
async fn block_interval_can_be_set() {
    let net = start().await;
    net.raw("anvil_setBlockTimestampInterval", json!([100])).await.unwrap();
    net.raw("evm_mine", json!([])).await.unwrap();
    net.send(call_to(STRANGER, Bytes::new())).await;
    let (first, second) = (net.timestamp("0x1").await, net.timestamp("0x2").await);
    assert_eq!((first, second - first), (START + 100, 100));
    assert_eq!(net.timestamp("pending").await, second + 100);
    net.raw("evm_setNextBlockTimestamp", json!([second + 7])).await.unwrap();
    net.raw("evm_mine", json!([])).await.unwrap();
    assert_eq!(net.timestamp("latest").await, second + 7, "a timestamp that was set takes precedence");
    assert_eq!(net.raw("anvil_removeBlockTimestampInterval", json!([])).await.unwrap(), true);
    assert_eq!(net.raw("anvil_removeBlockTimestampInterval", json!([])).await.unwrap(), false);
    net.raw("evm_mine", json!([])).await.unwrap();
    assert!(
        (second + 7..second + 20).contains(&net.timestamp("latest").await),
        "the clock continues from there"
    );
}

#[tokio::test]
async fn node_info_and_metadata_describe_the_chain() {
    let net = start().await;
    net.raw("evm_mine", json!([])).await.unwrap();
    let hash = net.raw("eth_getBlockByNumber", json!(["latest", false])).await.unwrap()["hash"].clone();
    let info = net.raw("anvil_nodeInfo", json!([])).await.unwrap();
    assert_eq!((&info["currentBlockNumber"], &info["currentBlockHash"]), (&json!("0x1"), &hash));
    assert_eq!(info["environment"]["chainId"], 412_346);
    let snapshot = net.raw("evm_snapshot", json!([])).await.unwrap();
    let metadata = net.raw("hardhat_metadata", json!([])).await.unwrap();
    assert_eq!((&metadata["latestBlockNumber"], &metadata["latestBlockHash"]), (&json!(1), &hash));
    assert_eq!(metadata["snapshots"][snapshot.as_str().unwrap()], 1);
    assert!(metadata["clientVersion"].as_str().unwrap().starts_with("weir-devnode/v"));
    net.raw("anvil_reset", json!([])).await.unwrap();
    let after = net.raw("anvil_metadata", json!([])).await.unwrap();
    assert_ne!(after["instanceId"], metadata["instanceId"], "a reset starts another chain");
}

#[tokio::test]
async fn unsupported_methods_return_the_reason() {
    let net = start().await;
    for (method, params, expected) in [
        ("anvil_setNextBlockBaseFeePerGas", json!(["0x1"]), "0.02 gwei"),
        ("hardhat_setNextBlockBaseFeePerGas", json!(["0x1"]), "0.02 gwei"),
        ("anvil_setMinGasPrice", json!(["0x1"]), "0.02 gwei"),
        ("hardhat_setCoinbase", json!([STRANGER]), "sequencer"),
        ("evm_setBlockGasLimit", json!(["0x1"]), "32 000 000"),
        ("hardhat_setPrevRandao", json!(["0x1"]), "block overrides"),
        ("anvil_setRpcUrl", json!(["http://localhost"]), "forking"),
        ("anvil_setChainId", json!([1]), "--chain-id"),
        ("eth_getProof", json!([STRANGER, [], "latest"]), "digest"),
        ("evm_setAutomine", json!([false]), "mined at once"),
        ("anvil_setIntervalMining", json!([5]), "mined at once"),
        ("anvil_reset", json!([{ "forking": { "jsonRpcUrl": "http://localhost" } }]), "forking"),
    ] {
        let error = net.raw(method, params).await.unwrap_err();
        assert!(error.message.contains(expected) && error.code != -32601, "{method}: {}", error.message);
    }
    for (method, params, result) in [
        ("evm_setAutomine", json!([true]), json!(true)),
        ("anvil_getAutomine", json!([]), json!(true)),
        ("evm_setIntervalMining", json!([0]), json!(true)),
        ("anvil_getIntervalMining", json!([]), json!(null)),
        ("anvil_dropTransaction", json!([B256::ZERO]), json!(null)),
        ("anvil_dropAllTransactions", json!([]), json!(null)),
        ("anvil_setLoggingEnabled", json!([false]), json!(null)),
        ("anvil_setLoggingEnabled", json!([true]), json!(null)),
        ("eth_pendingTransactions", json!([]), json!([])),
        ("eth_coinbase", json!([]), json!("0xa4b000000000000000000073657175656e636572")),
    ] {
        assert_eq!(net.raw(method, params).await.unwrap(), result, "{method}");
    }
}

#[tokio::test]
async fn evm_mine_detailed_returns_the_blocks() {
    let net = start().await;
    let blocks = net.raw("evm_mine_detailed", json!([{ "blocks": 3 }])).await.unwrap();
    let numbers: Vec<_> = blocks.as_array().unwrap().iter().map(|block| quantity(&block["number"])).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(net.raw("anvil_mine_detailed", json!([{ "blocks": 1001 }])).await.unwrap_err().code, -32602);
}

#[tokio::test]
async fn unsigned_transactions_are_sent_and_found_by_nonce() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    net.raw("anvil_setBalance", json!([STRANGER, "0xde0b6b3a7640000"])).await.unwrap();
    let send = async |value: u64| {
        let tx = json!([{ "from": STRANGER, "to": store, "input": word(value) }]);
        net.raw("eth_sendUnsignedTransaction", tx).await.unwrap()
    };
    let (first, second) = (send(3).await, send(4).await);
    assert_eq!(net.word(store, "latest").await, U256::from(4));
    let find = async |nonce: &str| {
        net.raw("eth_getTransactionBySenderAndNonce", json!([STRANGER, nonce])).await.unwrap()["hash"].clone()
    };
    assert_eq!((find("0x0").await, find("0x1").await, find("0x2").await), (first, second, json!(null)));
    net.raw("eth_sendTransaction", json!([{ "from": STRANGER, "to": store }])).await.unwrap_err();
}

#[tokio::test]
async fn waiting_transaction_is_queued_in_the_pool() {
    let net = start().await;
    let empty = net.raw("txpool_status", json!([])).await.unwrap();
    assert_eq!(empty, json!({ "pending": "0x0", "queued": "0x0" }));
    let signer = net.signer(1);
    let early = crate::transactions::signed_transfer(&signer, 5);
    let send = net.raw("eth_sendRawTransaction", json!([early]));
    let inspect = async {
        loop {
            let status = net.raw("txpool_status", json!([])).await.unwrap();
            if status["queued"] == "0x1" {
                break;
            }
        }
        let content = net.raw("txpool_content", json!([])).await.unwrap();
        assert_eq!(content["pending"], json!({}));
        let queued = content["queued"].as_object().unwrap().values().next().unwrap();
        assert_eq!((&queued["5"]["from"], &queued["5"]["nonce"]), (&json!(signer.address()), &json!("0x5")));
        let inspected = net.raw("txpool_inspect", json!([])).await.unwrap().to_string();
        assert!(inspected.contains("21000 gas"), "{inspected}");
        let of_it = net.raw("txpool_contentFrom", json!([signer.address()])).await.unwrap();
        assert!(of_it["queued"]["5"].is_object());
    };
    let (sent, ()) = tokio::join!(send, inspect);
    assert!(sent.unwrap_err().message.starts_with("nonce too high"));
    assert_eq!(net.raw("txpool_status", json!([])).await.unwrap(), empty);
}

sol! {
    #[derive(serde::Serialize)]
    struct Mail {
        address to;
        string contents;
    }
}

#[tokio::test]
async fn node_signs_messages_and_typed_data_for_its_accounts() {
    let net = start().await;
    let account = net.account(1);
    let signed_by = |signature: Value, digest: B256| {
        let signature: Bytes = serde_json::from_value(signature).unwrap();
        Signature::try_from(&signature[..]).unwrap().recover_address_from_prehash(&digest).unwrap()
    };
    let message = Bytes::from_static(b"hello");
    let digest = eip191_hash_message(&message);
    let signature = net.raw("eth_sign", json!([account, message])).await.unwrap();
    assert_eq!(signed_by(signature.clone(), digest), account);
    assert_eq!(net.raw("personal_sign", json!([message, account, "password"])).await.unwrap(), signature);

    let domain = eip712_domain! { name: "Weir", version: "1", chain_id: 412_346, };
    let mail = Mail { to: STRANGER, contents: "hi".into() };
    let data = json!({
        "types": {
            "EIP712Domain": [
                { "name": "name", "type": "string" },
                { "name": "version", "type": "string" },
                { "name": "chainId", "type": "uint256" },
            ],
            "Mail": [{ "name": "to", "type": "address" }, { "name": "contents", "type": "string" }],
        },
        "primaryType": "Mail",
        "domain": { "name": "Weir", "version": "1", "chainId": "0x64aba" },
        "message": { "to": STRANGER, "contents": "hi" },
    });
    let signature = net.raw("eth_signTypedData_v4", json!([account, data])).await.unwrap();
    assert_eq!(signed_by(signature, mail.eip712_signing_hash(&domain)), account);
    assert_eq!(net.raw("eth_sign", json!([STRANGER, message])).await.unwrap_err().code, -32000);

    let deep = json!({ "types": { "A": [{ "name": "a", "type": format!("uint256{}", "[]".repeat(100_000)) }] },
        "primaryType": "A", "domain": {}, "message": {} });
    assert_eq!(net.raw("eth_signTypedData_v4", json!([account, deep])).await.unwrap_err().code, -32602);
}
