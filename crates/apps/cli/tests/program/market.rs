//! `weir deploy` and `weir status` with all kinds of contracts: factory, router, vault, and a pair of the vault.
//! The vault's owner must let the pair sell.

use alloy::primitives::{Address, U256};
use serde_json::Value;
use weir_bindings::{IFactory, IPair, IToken, IVault};

use crate::sandbox::{CONFIG, PAIR, Sandbox};

/// The config, with `owner` as the vault's owner.
fn config(owner: Address) -> String {
    let vault = CONFIG
        .replace("epoch_length = \"7 days\"", &format!("epoch_length = \"7 days\"\nowner = \"{owner}\""));
    format!("{vault}{PAIR}[factory]\n[router]\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn all_contracts_are_deployed_registered_and_allowed_at_the_estimated_cost() {
    let sandbox = Sandbox::new().await;
    let config = config(sandbox.payer());
    let document = sandbox.deploy(&config).await.document();
    assert_eq!(document["left_to_do"], Value::Array(Vec::new()));
    for (key, contract) in document["contracts"].as_object().unwrap() {
        let estimated = contract["estimated_gas"].as_f64().unwrap();
        let used = contract["entry"]["gas_used"].as_f64().unwrap();
        println!("{key}: estimated {estimated}, used {used}");
        // The pair's estimate includes the permission to sell, but its entry's gas does not.
        if key != "pair.drops" {
            assert!((used / estimated - 1.0).abs() < 0.05, "{key}: {estimated} and then {used}");
        }
    }
    let number = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
    let (estimated, spent) = (number(&document["estimate"]["wei"]), number(&document["spent_wei"]));
    println!("total: estimated {estimated}, spent {spent}");
    // The clock stands still, so each activation raises the data fee of the next.
    assert!((spent / estimated - 1.0).abs() < 0.04, "{estimated} and then {spent}");
    let provider = sandbox.chain.provider();
    let factory = IFactory::new(sandbox.address("factory"), provider);
    let (vault, pair) = (sandbox.address("vault.savings"), sandbox.address("pair.drops"));
    assert!(factory.deployedVaults(vault).call().await.unwrap());
    assert!(factory.deployedPairs(pair).call().await.unwrap());
    let drop = sandbox.address("token.drop");
    assert_eq!(IPair::new(pair, provider).source().call().await.unwrap(), vault);
    assert!(IVault::new(vault, provider).isLiquidationPair(drop, pair).call().await.unwrap());

    let nonce = sandbox.nonce().await;
    assert_eq!(sandbox.deploy(&config).await.document()["changed"], false);
    assert_eq!(sandbox.nonce().await, nonce);

    // The pair shows tokens that were sent to the vault.
    let payer = sandbox.chain.payer().again().await.unwrap();
    payer.send(IToken::new(drop, provider).mint(vault, U256::from(10).pow(U256::from(18)))).await.unwrap();
    let document = sandbox.weir(&["status", "--json"]).await.document();
    let contracts = document["contracts"].as_array().unwrap();
    let by_key = |key: &str| contracts.iter().find(|contract| contract["key"] == key).unwrap();
    assert_eq!(by_key("pair.drops")["auction"]["available"]["tokens"], "0.1", "smoothing is 0.9 by default");
    assert_eq!(by_key("pair.drops")["is_liquidation_pair"], true);
    assert_eq!(by_key("factory")["total_pairs"], 2);
    assert_eq!(by_key("factory")["latest_pairs"][0]["kind"], "vault");
    assert_eq!(by_key("router")["kind"], "router");
    let words = sandbox.weir(&["status"]).await;
    for part in ["pair DROP for tUSD", "vault Savings (sUSD)", "factory", "router"] {
        assert!(words.stdout.contains(part), "{part} is not in\n{}", words.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_of_a_vault_lets_a_pair_sell() {
    let sandbox = Sandbox::new().await;
    let owner = sandbox.chain.account("owner").await.unwrap();
    let config = config(owner.address());
    let document = sandbox.deploy(&config).await.document();
    let left = document["left_to_do"][0].as_str().unwrap();
    assert!(left.contains(&owner.address().to_string()) && left.contains("setLiquidationPair"), "{left}");
    let provider = sandbox.chain.provider();
    let vault = IVault::new(sandbox.address("vault.savings"), provider);
    let (drop, pair) = (sandbox.address("token.drop"), sandbox.address("pair.drops"));
    assert!(!vault.isLiquidationPair(drop, pair).call().await.unwrap());
    owner.send(vault.setLiquidationPair(drop, pair)).await.unwrap();
    assert_eq!(sandbox.deploy(&config).await.document()["left_to_do"], Value::Array(Vec::new()));
}
