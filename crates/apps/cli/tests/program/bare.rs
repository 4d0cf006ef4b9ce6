//! A chain without a Stylus deployer, as a bare Nitro node is: create, activate, construct, in three transactions. Anyone can
//! run a constructor before its owner does.

use std::{fs, time::Duration};

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, U256, hex},
    providers::Provider,
    rpc::types::TransactionRequest,
};
use serde_json::json;
use weir_bindings::{
    IFactory, Program,
    deploy::{
        Templates, Way, code_of, construction, factory_constructor, router_constructor, token_constructor,
    },
};
use weir_client::Account;

use crate::stage::{CONFIG, Stage};

/// Two tokens and their mints (the second one needs no activation), three programs without constructors,
/// lifeboat, factory, vault, router.
const TRANSACTIONS: u64 = (3 + 1) + (2 + 1) + 3 * 2 + 1 + 3 + 1 + 3;

fn config() -> String {
    format!("{CONFIG}[router]\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_is_deployed_in_three_steps_for_what_was_estimated() {
    let stage = Stage::bare().await;
    let document = stage.deploy(&config()).await.document();
    assert_eq!(stage.nonce().await, TRANSACTIONS);
    for (key, contract) in document["contracts"].as_object().unwrap() {
        let estimated = contract["estimated_gas"].as_f64().unwrap();
        let used = contract["entry"]["gas_used"].as_f64().unwrap();
        println!("{key}: estimated {estimated}, used {used}");
        assert!((used / estimated - 1.0).abs() < 0.03, "{key}: {estimated} and then {used}");
    }
    let again = stage.deploy(&config()).await.document();
    assert_eq!(again["changed"], false);
}

/// As in `interrupted`: in three steps there are more places to stop at.
#[tokio::test(flavor = "multi_thread")]
async fn however_often_a_run_is_killed_every_transaction_is_sent_once() {
    let stage = Stage::bare().await;
    stage.write("config.toml", &config());
    for pause in [50, 200, 400, 700, 900, 1_200, 1_500] {
        let mut child = stage.command(&["deploy", "config.toml", "--yes"]).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(pause)).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    stage.deploy(&config()).await.document();
    assert_eq!(stage.nonce().await, TRANSACTIONS);
}

/// Everything deployed, and somebody who runs the constructors of others.
async fn deployed() -> (Stage, Account) {
    let stage = Stage::bare().await;
    let thief = stage.chain.account("thief").await.unwrap();
    stage.deploy(&config()).await.document();
    (stage, thief)
}

/// Changes the record as if the run had stopped when this entry's contract was created and nothing more; what depends on it
/// is taken out.
async fn created_only(stage: &Stage, key: &str, construction: Option<B256>) -> Address {
    let program = match key {
        "factory" => Program::Factory,
        "router" => Program::Router,
        _ => Program::Token,
    };
    let payer = stage.chain.payer().again().await.unwrap();
    let code = code_of(program).unwrap();
    let created = payer.send(Way::ThreeSteps.first(&code, Default::default(), U256::ZERO)).await.unwrap();
    let address = Way::ThreeSteps.created(&created).unwrap();
    let mut record = stage.read_record();
    let contracts = record["contracts"].as_object_mut().unwrap();
    if key != "router" {
        contracts.retain(|other, _| other == key || !["vault.savings", "router"].contains(&other.as_str()));
    }
    let entry = contracts[key].as_object_mut().unwrap();
    entry["state"] = json!("created");
    entry["address"] = json!(address);
    entry["transaction"] = json!(created.transaction_hash);
    entry["block"] = json!(created.block_number);
    entry.remove("construction");
    if let Some(hash) = construction {
        entry.insert("construction".into(), json!(hash));
    }
    fs::write(stage.record(), record.to_string()).unwrap();
    address
}

fn state(stage: &Stage, key: &str) -> String {
    stage.read_record()["contracts"][key]["state"].as_str().unwrap().to_owned()
}

async fn factory_of(stage: &Stage, router: Address) -> Address {
    Address::from_word(stage.chain.provider().get_storage_at(router, U256::ZERO).await.unwrap().into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_that_was_created_and_not_constructed_is_constructed() {
    let (stage, _) = deployed().await;
    // Nothing was signed yet; then a constructor was written down and never sent.
    for construction in [None, Some(B256::repeat_byte(0xab))] {
        let router = created_only(&stage, "router", construction).await;
        let nonce = stage.nonce().await;
        stage.deploy(&config()).await.document();
        assert_eq!(stage.nonce().await, nonce + 1);
        assert_eq!((stage.address("router"), state(&stage, "router")), (router, "complete".into()));
        assert_eq!(factory_of(&stage, router).await, stage.address("factory"));
    }
    let factory = created_only(&stage, "factory", None).await;
    stage.deploy(&config()).await.document();
    assert_eq!(stage.address("factory"), factory);
    let template = IFactory::new(factory, stage.chain.provider()).vaultTemplate().call().await.unwrap();
    assert_eq!(template, stage.address("template.vault"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_stopped_after_it_had_sent_a_constructor_goes_on() {
    let (stage, _) = deployed().await;
    let nonce = stage.nonce().await;
    let mut record = stage.read_record();
    for key in ["token.usd", "factory", "router"] {
        let entry = &mut record["contracts"][key];
        assert_ne!(entry["construction"], entry["transaction"], "in three steps it is another transaction");
        entry["state"] = json!("created");
    }
    fs::write(stage.record(), record.to_string()).unwrap();
    stage.deploy(&config()).await.document();
    assert_eq!(stage.nonce().await, nonce);
    for key in ["token.usd", "factory", "router"] {
        assert_eq!(state(&stage, key), "complete", "{key}");
    }
}

/// A contract that answers every call with an address, as a factory is asked for its programs.
async fn other_factory(thief: &Account) -> Address {
    // PUSH10 code PUSH0 MSTORE PUSH1 10 PUSH1 22 RETURN; the code: PUSH1 18 PUSH1 0 MSTORE PUSH1 32 PUSH1 0 RETURN
    let init_code = hex!("69 60126000526020 6000f3 5f52 600a6016f3");
    let request = TransactionRequest::default().with_deploy_code(init_code);
    thief.send(request).await.unwrap().contract_address.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_constructor_that_somebody_else_ran_first_ends_in_an_error() {
    let (stage, thief) = deployed().await;
    let [pair, vault, extension, lifeboat] =
        ["pair", "vault", "extension", "lifeboat"].map(|name| stage.address(&format!("template.{name}")));
    let templates = Templates { pair, vault, extension, lifeboat };
    let (usd, factory) = (stage.address("token.usd"), stage.address("factory"));
    let other = other_factory(&thief).await;
    let whole = stage.read_record();
    for (key, constructor) in [
        ("factory", factory_constructor(Templates { extension: usd, ..templates })),
        ("router", router_constructor(other)),
        // As ordered, but not by us.
        ("router", router_constructor(factory)),
        ("factory", factory_constructor(templates)),
        ("token.usd", token_constructor("Test EUR", "tUSD", 6)),
    ] {
        fs::write(stage.record(), whole.to_string()).unwrap();
        let address = created_only(&stage, key, None).await;
        thief.send(construction(address, &constructor)).await.unwrap();
        let nonce = stage.nonce().await;
        // However often it is tried.
        for _ in 0..2 {
            let sentence = stage.deploy(&config()).await.sentence(5);
            let named = format!("somebody else ran the constructor of {key} at {address} first");
            assert!(sentence.starts_with(&named), "{sentence}");
            assert!(sentence.contains("do not use this contract"), "{sentence}");
        }
        assert_eq!(stage.nonce().await, nonce, "{key}");
        assert_eq!(state(&stage, key), "created");
    }
    // It says how to go on.
    let mut record = stage.read_record();
    record["contracts"].as_object_mut().unwrap().remove("token.usd");
    fs::write(stage.record(), record.to_string()).unwrap();
    stage.deploy(&config()).await.document();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_constructor_of_ours_that_came_second_ends_in_an_error() {
    let (stage, thief) = deployed().await;
    let factory = stage.address("factory");
    let other = other_factory(&thief).await;
    // Ours was mined and failed: somebody else was first, whatever the arguments were.
    let router = created_only(&stage, "router", None).await;
    let call = construction(router, &router_constructor(factory));
    thief.send(call.clone()).await.unwrap();
    let payer = stage.chain.payer().again().await.unwrap();
    let ours = payer.send_with_gas(call, 200_000).await.unwrap();
    assert!(!ours.status());
    let mut record = stage.read_record();
    record["contracts"]["router"]["construction"] = json!(ours.transaction_hash);
    fs::write(stage.record(), record.to_string()).unwrap();
    let sentence = stage.deploy(&config()).await.sentence(5);
    assert!(sentence.contains("somebody else ran the constructor of router"), "{sentence}");

    // The node does not know ours (any more): what is read back decides.
    let unknown = Some(B256::repeat_byte(0xab));
    for (key, constructor, word) in [
        ("router", router_constructor(other), "its factory (slot 0) is"),
        ("token.usd", token_constructor("Test EUR", "tUSD", 6), "name is Test EUR, not Test USD"),
    ] {
        let address = created_only(&stage, key, unknown).await;
        thief.send(construction(address, &constructor)).await.unwrap();
        let sentence = stage.deploy(&config()).await.sentence(5);
        assert!(sentence.contains(word) && sentence.contains("do not use it"), "{sentence}");
        assert!(sentence.contains(&format!("{key} at {address}")), "{sentence}");
        assert_eq!(state(&stage, key), "created");
        let mut record = stage.read_record();
        record["contracts"].as_object_mut().unwrap().remove(key);
        fs::write(stage.record(), record.to_string()).unwrap();
        stage.deploy(&config()).await.document();
    }
    let router = created_only(&stage, "router", unknown).await;
    thief.send(construction(router, &router_constructor(factory))).await.unwrap();
    stage.deploy(&config()).await.document();
    assert_eq!(state(&stage, "router"), "complete");
}
