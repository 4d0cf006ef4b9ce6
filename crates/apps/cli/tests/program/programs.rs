//! What `weir deploy` finds on the chain: programs that are there already, have expired, or cannot be activated now.
//! It looks before it sends anything.

use std::fs;

use alloy::{
    primitives::{Address, U256, address, keccak256},
    rpc::types::TransactionRequest,
    sol,
    sol_types::SolCall,
};
use serde_json::json;
use weir_bindings::{
    Program,
    deploy::{activation, code_of},
    fixed::Fixed,
};

use crate::sandbox::{CONFIG, Sandbox};

sol! {
    interface ArbDebug {
        function becomeChainOwner() external;
    }
    interface ArbOwner {
        function setWasmActivationGas(uint64 gas) external;
    }
}

const ARB_DEBUG: Address = address!("00000000000000000000000000000000000000ff");
const ARB_OWNER: Address = address!("0000000000000000000000000000000000000070");

/// Contracts that clones run.
const SHARED: [&str; 4] = ["template.pair", "template.vault", "template.extension", "template.lifeboat"];

/// Adds this gas to every activation. The payer becomes an owner of the chain.
async fn set_activation_gas(sandbox: &Sandbox, gas: u64) {
    let owner = sandbox.chain.payer().again().await.unwrap();
    let calls = [
        (ARB_DEBUG, ArbDebug::becomeChainOwnerCall {}.abi_encode()),
        (ARB_OWNER, ArbOwner::setWasmActivationGasCall { gas }.abi_encode()),
    ];
    for (to, input) in calls {
        let request = TransactionRequest { to: Some(to.into()), input: input.into(), ..Default::default() };
        assert!(owner.send(request).await.unwrap().status());
    }
}

async fn pass_a_year(sandbox: &Sandbox) {
    let chain = &sandbox.chain;
    chain.mine_at(chain.now().await.unwrap() + 366 * 86_400).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clones_run_is_at_the_same_addresses_on_every_chain() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    let bare = Sandbox::bare().await;
    bare.deploy(CONFIG).await.document();
    for (key, fixed) in SHARED.into_iter().zip(Fixed::ALL) {
        assert_eq!(sandbox.address(key), fixed.address().unwrap(), "{key}");
        assert_eq!(bare.address(key), fixed.address().unwrap(), "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_are_on_the_chain_are_used_and_not_deployed_again() {
    let sandbox = Sandbox::new().await;
    let first = sandbox.deploy(CONFIG).await.document();
    assert_eq!(first["stylus"]["to_activate"], json!(["extension", "factory", "pair", "token", "vault"]));
    let nonce = sandbox.nonce().await;
    let words = ["deploy", "config.toml", "--yes", "--json", "--deployments", "of-another-team"];
    let second = sandbox.weir(&words).await.document();
    assert_eq!(second["stylus"]["to_activate"], json!([]));
    assert_eq!(sandbox.nonce().await, nonce + 6, "two tokens and their mints, factory, vault");
    for key in SHARED {
        let entry = &second["contracts"][key]["entry"];
        assert_eq!(entry["address"], first["contracts"][key]["entry"]["address"], "{key}");
        assert_eq!((&entry["gas_used"], entry.get("transaction")), (&json!(0), None), "{key}");
        assert_eq!(second["contracts"][key]["estimated_gas"], 0, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_while_the_chain_activates_no_programs() {
    let sandbox = Sandbox::new().await;
    set_activation_gas(&sandbox, u64::MAX).await;
    let nonce = sandbox.nonce().await;
    for words in
        [&["deploy", "config.toml", "--yes", "--json"][..], &["deploy", "config.toml", "--dry-run", "--json"]]
    {
        sandbox.write("config.toml", CONFIG);
        let sentence = sandbox.weir(words).await.sentence(7);
        assert!(sentence.contains("activates no programs now"), "{sentence}");
        assert!(sentence.contains("extension, factory, pair, token, vault must be activated"), "{sentence}");
    }
    assert_eq!(sandbox.nonce().await, nonce);
    assert!(!sandbox.record().exists());
    set_activation_gas(&sandbox, 1_000).await;
    sandbox.deploy(CONFIG).await.document();
}

#[tokio::test(flavor = "multi_thread")]
async fn vaults_are_made_from_living_programs_while_the_chain_activates_none() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    set_activation_gas(&sandbox, u64::MAX).await;
    let (nonce, config) = (sandbox.nonce().await, sandbox.config_of_another_team(sandbox.address("factory")));
    let document = sandbox.deploy(&config).await.document();
    assert_eq!(document["contracts"]["vault.other"]["state"], "deployed");
    assert_eq!(document["stylus"]["activations_paused"], true);
    assert_eq!(sandbox.nonce().await, nonce + 1);
    let sentence = sandbox.deploy(&format!("{CONFIG}[router]\n")).await.sentence(7);
    assert!(sentence.contains("router must be activated"), "{sentence}");
    assert_eq!(sandbox.nonce().await, nonce + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_programs_are_activated_again_for_the_estimated_cost() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    pass_a_year(&sandbox).await;
    // The tokens can run again: another team's plan reads them, but activates no program of the factory.
    let activation = activation(sandbox.address("token.usd"), U256::from(10).pow(U256::from(16)));
    sandbox.chain.payer().again().await.unwrap().send(activation).await.unwrap();
    let nonce = sandbox.nonce().await;
    let theirs = sandbox.config_of_another_team(sandbox.address("factory"));
    let words = ["deploy", "theirs.toml", "--yes", "--json", "--deployments", "theirs"];
    sandbox.write("theirs.toml", &theirs);
    let sentence = sandbox.weir(&words).await.sentence(5);
    assert!(sentence.contains("the program factory of the factory 0x"), "{sentence}");
    assert_eq!(sandbox.nonce().await, nonce);
    let document = sandbox.deploy(CONFIG).await.document();
    assert_eq!(sandbox.nonce().await, nonce + 4, "one activation for each program");
    let again = document["activated_again"].as_array().unwrap();
    assert!(again.contains(&json!("template.vault")) && again.contains(&json!("factory")), "{document}");
    let number = |value: &serde_json::Value| value.as_str().unwrap().parse::<f64>().unwrap();
    let (estimated, spent) = (number(&document["estimate"]["wei"]), number(&document["spent_wei"]));
    // Each activation raises the data fee of the next, by a few percent.
    assert!((spent / estimated - 1.0).abs() < 0.05, "{estimated} and then {spent}");
    assert_eq!(sandbox.deploy(CONFIG).await.document()["changed"], false);
    assert_eq!(sandbox.nonce().await, nonce + 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn contracts_of_another_build_are_an_error_before_anything_is_sent() {
    let sandbox = Sandbox::new().await;
    let router = *sandbox.chain.market().await.unwrap().router.address();
    sandbox.deploy(CONFIG).await.document();
    let whole = sandbox.read_record();
    let code = keccak256(code_of(Program::Router).unwrap());
    let nonce = sandbox.nonce().await;
    for key in ["factory", "template.vault", "template.lifeboat"] {
        let mut record = whole.clone();
        let entry = &mut record["contracts"][key];
        (entry["address"], entry["code_hash"]) = (json!(router), json!(code));
        for state in ["complete", "created"] {
            record["contracts"][key]["state"] = json!(state);
            fs::write(sandbox.record(), record.to_string()).unwrap();
            let sentence = sandbox.deploy(CONFIG).await.sentence(5);
            assert!(sentence.contains("was deployed by another build of Weir"), "{key} {state}: {sentence}");
        }
    }
    // A creation that another build has sent is not taken for this build's.
    let mut record = whole.clone();
    let entry = record["contracts"]["template.vault"].as_object_mut().unwrap();
    for name in ["address", "code_hash", "block"] {
        entry.remove(name);
    }
    entry["state"] = json!("sent");
    entry.insert("transaction".into(), whole["contracts"]["factory"]["transaction"].clone());
    record["contracts"]
        .as_object_mut()
        .unwrap()
        .retain(|key, _| !["factory", "vault.savings"].contains(&key.as_str()));
    fs::write(sandbox.record(), record.to_string()).unwrap();
    sandbox.deploy(CONFIG).await.document();
    assert_eq!(sandbox.address("template.vault"), Fixed::Program(Program::Vault).address().unwrap());
    assert_eq!(sandbox.nonce().await, nonce + 2, "factory and vault");
}
