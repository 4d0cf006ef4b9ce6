//! An interrupted run of `weir deploy` continues where it stopped.
//! Nothing is deployed twice, and nothing is left out.

use std::{fs, time::Duration};

use serde_json::{Value, json};

use crate::sandbox::{CONFIG, Sandbox};

/// Transactions for the config: two tokens and their mints, three programs and their activations, lifeboat, factory, vault.
const TRANSACTIONS: u64 = 13;

/// Milliseconds after which a run is killed: before its first transaction, or between transactions.
const PAUSES: [u64; 6] = [50, 150, 300, 500, 800, 1_200];

#[tokio::test(flavor = "multi_thread")]
async fn every_transaction_is_sent_once_if_runs_are_killed() {
    let sandbox = Sandbox::new().await;
    sandbox.write("config.toml", CONFIG);
    for pause in PAUSES {
        let mut child = sandbox.command(&["deploy", "config.toml", "--yes"]).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(pause)).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    sandbox.weir(&["deploy", "config.toml", "--yes", "--json"]).await.document();
    assert_eq!(sandbox.nonce().await, TRANSACTIONS);
    let again = sandbox.weir(&["deploy", "config.toml", "--json"]).await.document();
    assert_eq!(again["changed"], false);
}

/// Changes the record as if the run had been killed between sending this entry's transaction and receiving its receipt.
fn set_back(record: &mut Value, key: &str) {
    let entry = record["contracts"][key].as_object_mut().unwrap();
    entry["state"] = json!("sent");
    for name in ["address", "block", "code_hash"] {
        entry.remove(name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sent_transaction_is_found_and_not_sent_again() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    let whole = sandbox.read_record();
    let found = async |record: Value, key: &str| {
        fs::write(sandbox.record(), record.to_string()).unwrap();
        let document = sandbox.deploy(CONFIG).await.document();
        assert_eq!(document["contracts"][key]["state"], "deployed", "{document}");
        let again = &sandbox.read_record()["contracts"][key];
        assert_eq!(again["address"], whole["contracts"][key]["address"]);
        assert_eq!(again["state"], "complete");
    };
    let mut at_the_end = whole.clone();
    set_back(&mut at_the_end, "vault.savings");
    found(at_the_end, "vault.savings").await;
    assert_eq!(sandbox.nonce().await, TRANSACTIONS);

    let mut at_the_beginning = whole.clone();
    set_back(&mut at_the_beginning, "token.usd");
    let contracts = at_the_beginning["contracts"].as_object_mut().unwrap();
    contracts.retain(|key, _| key == "token.usd");
    found(at_the_beginning, "token.usd").await;
    assert_eq!(
        sandbox.nonce().await,
        TRANSACTIONS + 4,
        "the other token, its mint, factory and vault; what clones run is found"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_unknown_to_the_node_is_replaced() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    let mut record = sandbox.read_record();
    set_back(&mut record, "vault.savings");
    record["contracts"]["vault.savings"]["transaction"] = json!(format!("0x{}", "ab".repeat(32)));
    fs::write(sandbox.record(), record.to_string()).unwrap();
    sandbox.deploy(CONFIG).await.document();
    assert_eq!(sandbox.nonce().await, TRANSACTIONS + 1);
    assert_eq!(sandbox.read_record()["contracts"]["vault.savings"]["state"], "complete");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reverted_deployment_is_repeated() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    // The payer's transaction calls an unknown function and reverts.
    let reverting = alloy::rpc::types::TransactionRequest {
        to: Some(sandbox.address("token.usd").into()),
        input: vec![1, 2, 3, 4].into(),
        ..Default::default()
    };
    let payer = sandbox.chain.payer().again().await.unwrap();
    let receipt = payer.send_with_gas(reverting, 100_000).await.unwrap();
    assert!(!receipt.status());
    let mut record = sandbox.read_record();
    set_back(&mut record, "vault.savings");
    record["contracts"]["vault.savings"]["transaction"] = json!(receipt.transaction_hash);
    fs::write(sandbox.record(), record.to_string()).unwrap();
    sandbox.deploy(CONFIG).await.document();
    assert_eq!(sandbox.nonce().await, TRANSACTIONS + 2);
    assert_eq!(sandbox.read_record()["contracts"]["vault.savings"]["state"], "complete");
}
