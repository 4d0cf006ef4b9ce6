//! A chain without a Stylus deployer, as a bare Nitro node is: create, activate, construct, each by itself.

use std::fs;

use alloy::primitives::U256;
use serde_json::json;
use weir_bindings::{
    IVault, Program,
    deploy::{VaultSettings, Way, code_of, construction, vault_constructor},
};

use crate::stage::{CONFIG, Stage};

/// Two tokens and their mints, three templates, factory, vault, router: of two programs the second needs no activation, and
/// templates no constructor.
const TRANSACTIONS: u64 = 3 + 2 + 2 + 2 + 2 + 2 + 3 + 2 + 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_config_is_deployed_in_three_steps_for_what_was_estimated() {
    let stage = Stage::bare().await;
    let config = format!("{CONFIG}[factory]\n[router]\n");
    let document = stage.deploy(&config).await.document();
    assert_eq!(stage.nonce().await, TRANSACTIONS);
    for (key, contract) in document["contracts"].as_object().unwrap() {
        let estimated = contract["estimated_gas"].as_f64().unwrap();
        let used = contract["entry"]["gas_used"].as_f64().unwrap();
        println!("{key}: estimated {estimated}, used {used}");
        assert!((used / estimated - 1.0).abs() < 0.03, "{key}: {estimated} and then {used}");
    }
    let again = stage.deploy(&config).await.document();
    assert_eq!(again["changed"], false);
}

/// The vault's program, created and nothing more, under the entry of the record.
async fn created_only(stage: &Stage) -> alloy::primitives::Address {
    stage.deploy(CONFIG).await.document();
    let payer = stage.chain.payer().again().await.unwrap();
    let code = code_of(Program::Vault).unwrap();
    let created = payer.send(Way::ThreeSteps.first(&code, Default::default(), U256::ZERO)).await.unwrap();
    let address = Way::ThreeSteps.created(&created).unwrap();
    let mut record = stage.read_record();
    let entry = &mut record["contracts"]["vault.savings"];
    entry["state"] = json!("created");
    entry["address"] = json!(address);
    entry["transaction"] = json!(created.transaction_hash);
    entry["block"] = json!(created.block_number);
    fs::write(stage.record(), record.to_string()).unwrap();
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_that_was_created_and_not_constructed_is_constructed() {
    let stage = Stage::bare().await;
    let address = created_only(&stage).await;
    let nonce = stage.nonce().await;
    stage.deploy(CONFIG).await.document();
    assert_eq!(stage.nonce().await, nonce + 1);
    assert_eq!(stage.address("vault.savings"), address);
    assert_eq!(IVault::new(address, stage.chain.provider()).name().call().await.unwrap(), "Savings");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_constructor_that_somebody_else_ran_first_is_found_out() {
    let stage = Stage::bare().await;
    let thief = stage.chain.account("thief").await.unwrap();
    let address = created_only(&stage).await;
    let (usd, sold) = (stage.address("token.usd"), stage.address("token.yield"));
    let settings = VaultSettings {
        asset: usd,
        reward: usd,
        yieldToken: sold,
        epochLength: 604_800,
        targetAuctionPeriod: 21_600,
        targetAuctionPrice: U256::from(12_500_000),
        smoothingFactor: 300_000_000_000_000_000,
        name: "Savings".into(),
        symbol: "sUSD".into(),
        owner: thief.address(),
    };
    let stolen = vault_constructor(stage.address("template.extension"), &settings);
    thief.send(construction(address, &stolen)).await.unwrap();
    let sentence = stage.deploy(CONFIG).await.sentence(5);
    assert!(sentence.contains("owner is") && sentence.contains("do not use it"), "{sentence}");
    assert_eq!(stage.read_record()["contracts"]["vault.savings"]["state"], "created");
}
