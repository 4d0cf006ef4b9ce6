//! A config with everything: factory, router, a vault, a pair that a vault lets sell.

use alloy::primitives::{Address, U256};
use serde_json::Value;
use weir_bindings::{IFactory, IPair, IToken, IVault};

use crate::stage::{CONFIG, Stage};

/// With a vault of `owner`.
fn config(owner: Address) -> String {
    let vault = CONFIG
        .replace("epoch_length = \"7 days\"", &format!("epoch_length = \"7 days\"\nowner = \"{owner}\""));
    format!(
        "{vault}
[token.drop]
test = true
name = \"Drop\"
symbol = \"DROP\"

[factory]
[router]

[pair.drops]
source = \"savings\"
token_in = \"usd\"
token_out = \"drop\"

[pair.drops.auction]
target_period = \"1 day\"
target_price = 100
"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_made_registered_and_allowed_and_costs_what_was_estimated() {
    let stage = Stage::new().await;
    let config = config(stage.payer());
    let document = stage.deploy(&config).await.document();
    assert_eq!(document["left_to_do"], Value::Array(Vec::new()));
    for (key, contract) in document["contracts"].as_object().unwrap() {
        let estimated = contract["estimated_gas"].as_f64().unwrap();
        let used = contract["entry"]["gas_used"].as_f64().unwrap();
        println!("{key}: estimated {estimated}, used {used}");
        // That the vault lets the pair sell is no part of the pair's deployment, and of what it is estimated to cost.
        if key != "pair.drops" {
            assert!((used / estimated - 1.0).abs() < 0.05, "{key}: {estimated} and then {used}");
        }
    }
    let number = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
    let (estimated, spent) = (number(&document["estimate"]["wei"]), number(&document["spent_wei"]));
    println!("in all: estimated {estimated}, spent {spent}");
    assert!((spent / estimated - 1.0).abs() < 0.02, "{estimated} and then {spent}");
    let provider = stage.chain.provider();
    let factory = IFactory::new(stage.address("factory"), provider);
    let (vault, pair) = (stage.address("vault.savings"), stage.address("pair.drops"));
    assert!(factory.deployedVaults(vault).call().await.unwrap());
    assert!(factory.deployedPairs(pair).call().await.unwrap());
    let drop = stage.address("token.drop");
    assert_eq!(IPair::new(pair, provider).source().call().await.unwrap(), vault);
    assert!(IVault::new(vault, provider).isLiquidationPair(drop, pair).call().await.unwrap());

    let nonce = stage.nonce().await;
    assert_eq!(stage.deploy(&config).await.document()["changed"], false);
    assert_eq!(stage.nonce().await, nonce);

    // What is dropped into the vault is what the pair shows, and the router's and factory's own lines are there.
    let payer = stage.chain.payer().again().await.unwrap();
    payer.send(IToken::new(drop, provider).mint(vault, U256::from(10).pow(U256::from(18)))).await.unwrap();
    let document = stage.weir(&["status", "--json"]).await.document();
    let contracts = document["contracts"].as_array().unwrap();
    let by_key = |key: &str| contracts.iter().find(|contract| contract["key"] == key).unwrap();
    assert_eq!(by_key("pair.drops")["auction"]["available"]["tokens"], "0.1", "smoothing is 0.9 by default");
    assert_eq!(by_key("pair.drops")["is_liquidation_pair"], true);
    assert_eq!(by_key("factory")["total_pairs"], 2);
    assert_eq!(by_key("factory")["latest_pairs"][0]["kind"], "vault");
    assert_eq!(by_key("router")["kind"], "router");
    let words = stage.weir(&["status"]).await;
    for part in ["pair DROP for tUSD", "vault Savings (sUSD)", "factory", "router"] {
        assert!(words.stdout.contains(part), "{part} is not in\n{}", words.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_of_somebody_else_is_left_to_its_owner() {
    let stage = Stage::new().await;
    let owner = stage.chain.account("owner").await.unwrap();
    let config = config(owner.address());
    let document = stage.deploy(&config).await.document();
    let left = document["left_to_do"][0].as_str().unwrap();
    assert!(left.contains(&owner.address().to_string()) && left.contains("setLiquidationPair"), "{left}");
    let provider = stage.chain.provider();
    let vault = IVault::new(stage.address("vault.savings"), provider);
    let (drop, pair) = (stage.address("token.drop"), stage.address("pair.drops"));
    assert!(!vault.isLiquidationPair(drop, pair).call().await.unwrap());
    owner.send(vault.setLiquidationPair(drop, pair)).await.unwrap();
    assert_eq!(stage.deploy(&config).await.document()["left_to_do"], Value::Array(Vec::new()));
}
