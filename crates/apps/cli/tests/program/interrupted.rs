//! A run that is interrupted anywhere goes on where it stopped: nothing is deployed twice, nothing is forgotten.

use std::{fs, time::Duration};

use serde_json::{Value, json};

use crate::stage::{CONFIG, Stage};

/// Transactions that the config takes: two tokens and their mints, three programs, lifeboat, factory, vault.
const TRANSACTIONS: u64 = 10;

/// Pauses after which a run is killed, in milliseconds: some before its first transaction, some in the middle of it.
const PAUSES: [u64; 6] = [50, 150, 300, 500, 800, 1_200];

#[tokio::test(flavor = "multi_thread")]
async fn however_often_a_run_is_killed_every_transaction_is_sent_once() {
    let stage = Stage::new().await;
    stage.write("config.toml", CONFIG);
    for pause in PAUSES {
        let mut child = stage.command(&["deploy", "config.toml", "--yes"]).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(pause)).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    stage.weir(&["deploy", "config.toml", "--yes", "--json"]).await.document();
    assert_eq!(stage.nonce().await, TRANSACTIONS);
    let again = stage.weir(&["deploy", "config.toml", "--json"]).await.document();
    assert_eq!(again["changed"], false);
}

/// As if the run had been killed after it had sent this entry's transaction and before it knew of the receipt.
fn set_back(record: &mut Value, key: &str) {
    let entry = record["contracts"][key].as_object_mut().unwrap();
    entry["state"] = json!("sent");
    for name in ["address", "block", "code_hash"] {
        entry.remove(name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_was_sent_is_found_again_and_not_sent_twice() {
    let stage = Stage::new().await;
    stage.deploy(CONFIG).await.document();
    let whole = stage.read_record();
    let found = async |record: Value, key: &str| {
        fs::write(stage.record(), record.to_string()).unwrap();
        let document = stage.deploy(CONFIG).await.document();
        assert_eq!(document["contracts"][key]["state"], "deployed", "{document}");
        let again = &stage.read_record()["contracts"][key];
        assert_eq!(again["address"], whole["contracts"][key]["address"]);
        assert_eq!(again["state"], "complete");
    };
    let mut at_the_end = whole.clone();
    set_back(&mut at_the_end, "vault.savings");
    found(at_the_end, "vault.savings").await;
    assert_eq!(stage.nonce().await, TRANSACTIONS);

    let mut at_the_beginning = whole.clone();
    set_back(&mut at_the_beginning, "token.usd");
    let contracts = at_the_beginning["contracts"].as_object_mut().unwrap();
    contracts.retain(|key, _| key == "token.usd");
    found(at_the_beginning, "token.usd").await;
    assert_eq!(
        stage.nonce().await,
        TRANSACTIONS + 8,
        "the other token, its mint, three programs, lifeboat, factory and vault"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_nobody_knows_is_sent_anew() {
    let stage = Stage::new().await;
    stage.deploy(CONFIG).await.document();
    let mut record = stage.read_record();
    set_back(&mut record, "vault.savings");
    record["contracts"]["vault.savings"]["transaction"] = json!(format!("0x{}", "ab".repeat(32)));
    fs::write(stage.record(), record.to_string()).unwrap();
    stage.deploy(CONFIG).await.document();
    assert_eq!(stage.nonce().await, TRANSACTIONS + 1);
    assert_eq!(stage.read_record()["contracts"]["vault.savings"]["state"], "complete");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_that_reverted_is_forgotten_and_made_anew() {
    let stage = Stage::new().await;
    stage.deploy(CONFIG).await.document();
    // Any transaction of the payer's that failed.
    let too_little = alloy::rpc::types::TransactionRequest {
        to: Some(stage.address("token.usd").into()),
        input: vec![1, 2, 3, 4].into(),
        ..Default::default()
    };
    let payer = stage.chain.payer().again().await.unwrap();
    let receipt = payer.send_with_gas(too_little, 100_000).await.unwrap();
    assert!(!receipt.status());
    let mut record = stage.read_record();
    set_back(&mut record, "vault.savings");
    record["contracts"]["vault.savings"]["transaction"] = json!(receipt.transaction_hash);
    fs::write(stage.record(), record.to_string()).unwrap();
    stage.deploy(CONFIG).await.document();
    assert_eq!(stage.nonce().await, TRANSACTIONS + 2);
    assert_eq!(stage.read_record()["contracts"]["vault.savings"]["state"], "complete");
}
