//! `weir deploy` on a chain without a Stylus deployer and without a CREATE2 deployer, such as a bare Nitro node: create,
//! activate and construct are three transactions. Another account can run a constructor in between.

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
        Method, Templates, code_of, construction, factory_constructor, router_constructor, token_constructor,
    },
};
use weir_client::Account;

use crate::sandbox::{CONFIG, Sandbox};

/// Transactions for the config: two tokens and their mints (the second needs no activation), ether for the CREATE2
/// deployer, three programs without constructors, lifeboat, factory, vault, router.
const TRANSACTIONS: u64 = (3 + 1) + (2 + 1) + 1 + 3 * 2 + 1 + 3 + 1 + 3;

fn config() -> String {
    format!("{CONFIG}[router]\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_is_deployed_in_three_steps_for_the_estimated_gas() {
    let sandbox = Sandbox::bare().await;
    let document = sandbox.deploy(&config()).await.document();
    assert_eq!(sandbox.nonce().await, TRANSACTIONS);
    for (key, contract) in document["contracts"].as_object().unwrap() {
        let estimated = contract["estimated_gas"].as_f64().unwrap();
        let used = contract["entry"]["gas_used"].as_f64().unwrap();
        println!("{key}: estimated {estimated}, used {used}");
        assert!((used / estimated - 1.0).abs() < 0.03, "{key}: {estimated} and then {used}");
    }
    let again = sandbox.deploy(&config()).await.document();
    assert_eq!(again["changed"], false);
}

/// As in `interrupted`, but three steps have more points to stop at.
#[tokio::test(flavor = "multi_thread")]
async fn every_transaction_is_sent_once_if_runs_are_killed() {
    let sandbox = Sandbox::bare().await;
    sandbox.write("config.toml", &config());
    for pause in [50, 200, 400, 700, 900, 1_200, 1_500] {
        let mut child = sandbox.command(&["deploy", "config.toml", "--yes"]).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(pause)).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    sandbox.deploy(&config()).await.document();
    assert_eq!(sandbox.nonce().await, TRANSACTIONS);
}

/// A complete deployment, and an account that runs foreign constructors.
async fn deployed() -> (Sandbox, Account) {
    let sandbox = Sandbox::bare().await;
    let thief = sandbox.chain.account("thief").await.unwrap();
    sandbox.deploy(&config()).await.document();
    (sandbox, thief)
}

/// Creates a new contract for this entry and changes the record as if the run had stopped after the creation. Removes
/// the entries that depend on it.
async fn created_only(sandbox: &Sandbox, key: &str, construction: Option<B256>) -> Address {
    let program = match key {
        "factory" => Program::Factory,
        "router" => Program::Router,
        _ => Program::Token,
    };
    let payer = sandbox.chain.payer().again().await.unwrap();
    let code = code_of(program).unwrap();
    let created = payer.send(Method::ThreeSteps.first(&code, Default::default(), U256::ZERO)).await.unwrap();
    let address = Method::ThreeSteps.created(&created).unwrap();
    let mut record = sandbox.read_record();
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
    fs::write(sandbox.record(), record.to_string()).unwrap();
    address
}

fn state(sandbox: &Sandbox, key: &str) -> String {
    sandbox.read_record()["contracts"][key]["state"].as_str().unwrap().to_owned()
}

async fn factory_of(sandbox: &Sandbox, router: Address) -> Address {
    Address::from_word(sandbox.chain.provider().get_storage_at(router, U256::ZERO).await.unwrap().into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_created_contract_without_constructor_run_is_constructed() {
    let (sandbox, _) = deployed().await;
    // First without a signed constructor transaction, then with one that was recorded but never sent.
    for construction in [None, Some(B256::repeat_byte(0xab))] {
        let router = created_only(&sandbox, "router", construction).await;
        let nonce = sandbox.nonce().await;
        sandbox.deploy(&config()).await.document();
        assert_eq!(sandbox.nonce().await, nonce + 1);
        assert_eq!((sandbox.address("router"), state(&sandbox, "router")), (router, "complete".into()));
        assert_eq!(factory_of(&sandbox, router).await, sandbox.address("factory"));
    }
    let factory = created_only(&sandbox, "factory", None).await;
    sandbox.deploy(&config()).await.document();
    assert_eq!(sandbox.address("factory"), factory);
    let template = IFactory::new(factory, sandbox.chain.provider()).vaultTemplate().call().await.unwrap();
    assert_eq!(template, sandbox.address("template.vault"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_stopped_after_a_constructor_continues() {
    let (sandbox, _) = deployed().await;
    let nonce = sandbox.nonce().await;
    let mut record = sandbox.read_record();
    for key in ["token.usd", "factory", "router"] {
        let entry = &mut record["contracts"][key];
        assert_ne!(entry["construction"], entry["transaction"], "three steps use another transaction");
        entry["state"] = json!("created");
    }
    fs::write(sandbox.record(), record.to_string()).unwrap();
    sandbox.deploy(&config()).await.document();
    assert_eq!(sandbox.nonce().await, nonce);
    for key in ["token.usd", "factory", "router"] {
        assert_eq!(state(&sandbox, key), "complete", "{key}");
    }
}

/// A contract that answers every call with an address, as a factory does when asked for its programs.
async fn other_factory(thief: &Account) -> Address {
    // PUSH10 code PUSH0 MSTORE PUSH1 10 PUSH1 22 RETURN; the code: PUSH1 18 PUSH1 0 MSTORE PUSH1 32 PUSH1 0 RETURN
    let init_code = hex!("69 60126000526020 6000f3 5f52 600a6016f3");
    let request = TransactionRequest::default().with_deploy_code(init_code);
    thief.send(request).await.unwrap().contract_address.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_constructor_that_another_account_ran_first_is_an_error() {
    let (sandbox, thief) = deployed().await;
    let [pair, vault, extension, lifeboat] =
        ["pair", "vault", "extension", "lifeboat"].map(|name| sandbox.address(&format!("template.{name}")));
    let templates = Templates { pair, vault, extension, lifeboat };
    let (usd, factory) = (sandbox.address("token.usd"), sandbox.address("factory"));
    let other = other_factory(&thief).await;
    let whole = sandbox.read_record();
    for (key, constructor) in [
        ("factory", factory_constructor(Templates { extension: usd, ..templates })),
        ("router", router_constructor(other)),
        // The right arguments, but not our transaction.
        ("router", router_constructor(factory)),
        ("factory", factory_constructor(templates)),
        ("token.usd", token_constructor("Test EUR", "tUSD", 6)),
    ] {
        fs::write(sandbox.record(), whole.to_string()).unwrap();
        let address = created_only(&sandbox, key, None).await;
        thief.send(construction(address, &constructor)).await.unwrap();
        let nonce = sandbox.nonce().await;
        // Trying again does not help.
        for _ in 0..2 {
            let sentence = sandbox.deploy(&config()).await.sentence(5);
            let named = format!("another account ran the constructor of {key} at {address} first");
            assert!(sentence.starts_with(&named), "{sentence}");
            assert!(sentence.contains("do not use this contract"), "{sentence}");
        }
        assert_eq!(sandbox.nonce().await, nonce, "{key}");
        assert_eq!(state(&sandbox, key), "created");
    }
    // The error says how to continue.
    let mut record = sandbox.read_record();
    record["contracts"].as_object_mut().unwrap().remove("token.usd");
    fs::write(sandbox.record(), record.to_string()).unwrap();
    sandbox.deploy(&config()).await.document();
}

#[tokio::test(flavor = "multi_thread")]
async fn our_constructor_after_another_one_is_an_error() {
    let (sandbox, thief) = deployed().await;
    let factory = sandbox.address("factory");
    let other = other_factory(&thief).await;
    // Ours was mined and reverted, so another account was first.
    let router = created_only(&sandbox, "router", None).await;
    let call = construction(router, &router_constructor(factory));
    thief.send(call.clone()).await.unwrap();
    let payer = sandbox.chain.payer().again().await.unwrap();
    let ours = payer.send_with_gas(call, 200_000).await.unwrap();
    assert!(!ours.status());
    let mut record = sandbox.read_record();
    record["contracts"]["router"]["construction"] = json!(ours.transaction_hash);
    fs::write(sandbox.record(), record.to_string()).unwrap();
    let sentence = sandbox.deploy(&config()).await.sentence(5);
    assert!(sentence.contains("another account ran the constructor of router"), "{sentence}");

    // The node does not know our transaction (any more), so the verification decides.
    let unknown = Some(B256::repeat_byte(0xab));
    for (key, constructor, word) in [
        ("router", router_constructor(other), "its factory (slot 0) is"),
        ("token.usd", token_constructor("Test EUR", "tUSD", 6), "name is Test EUR, not Test USD"),
    ] {
        let address = created_only(&sandbox, key, unknown).await;
        thief.send(construction(address, &constructor)).await.unwrap();
        let sentence = sandbox.deploy(&config()).await.sentence(5);
        assert!(sentence.contains(word) && sentence.contains("do not use it"), "{sentence}");
        assert!(sentence.contains(&format!("{key} at {address}")), "{sentence}");
        assert_eq!(state(&sandbox, key), "created");
        let mut record = sandbox.read_record();
        record["contracts"].as_object_mut().unwrap().remove(key);
        fs::write(sandbox.record(), record.to_string()).unwrap();
        sandbox.deploy(&config()).await.document();
    }
    let router = created_only(&sandbox, "router", unknown).await;
    thief.send(construction(router, &router_constructor(factory))).await.unwrap();
    sandbox.deploy(&config()).await.document();
    assert_eq!(state(&sandbox, "router"), "complete");
}
