//! `weir verify`: what each kind of contract is, from code and address alone.
//! Forged contracts are in `forged`.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, U256, keccak256},
    providers::Provider,
    rpc::types::TransactionRequest,
};
use serde_json::{Value, json};
use weir_artifacts::{Program, init_code};
use weir_bindings::{deploy::code_of, fixed::Fixed};

use crate::sandbox::{CONFIG, PAIR, Sandbox};

/// All kinds of contracts, with the pair's vault owned by the payer.
async fn deployed() -> Sandbox {
    let sandbox = Sandbox::new().await;
    let owner = format!("epoch_length = \"7 days\"\nowner = \"{}\"", sandbox.payer());
    let vault = CONFIG.replace("epoch_length = \"7 days\"", &owner);
    sandbox.deploy(&format!("{vault}{PAIR}[factory]\n[router]\n")).await.document();
    sandbox
}

async fn verified(sandbox: &Sandbox, name: &str) -> Value {
    let document = sandbox.weir(&["verify", name, "--json"]).await.document();
    let found = document["contracts"][0].clone();
    assert_eq!((&found["genuine"], &found["reason"]), (&json!(true), &Value::Null), "{name}: {found}");
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_contract_is_recognised_and_genuine() {
    let sandbox = deployed().await;
    for (name, what) in [
        ("vault.savings", "vault"),
        ("pair.drops", "pair"),
        ("factory", "factory"),
        ("router", "router"),
        ("template.vault", "program vault"),
        ("template.extension", "program extension"),
        ("template.pair", "program pair"),
        ("template.lifeboat", "lifeboat"),
        ("token.usd", "test token"),
    ] {
        let found = verified(&sandbox, name).await;
        assert_eq!(found["what"], what, "{name}");
        let code = sandbox.chain.provider().get_code_at(sandbox.address(name)).await.unwrap();
        assert_eq!(found["found"]["code_hash"], json!(keccak256(code)), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_arguments_in_the_code_of_a_vault_are_decoded() {
    let sandbox = deployed().await;
    let found = &verified(&sandbox, "savings").await["found"];
    for (name, value) in [
        ("factory", json!(sandbox.address("factory"))),
        ("number", json!(0)),
        ("created_at", found["created_at"].clone()),
        ("name", json!("Savings")),
        ("symbol", json!("sUSD")),
        ("first_owner", json!(sandbox.payer())),
        ("epoch_length", json!(7 * 86_400)),
        ("target_period", json!(6 * 3_600)),
        ("first_price", json!("12500000")),
        ("smoothing", json!("300000000000000000")),
        ("decimals", json!(6)),
    ] {
        assert_eq!(found[name], value, "{name}");
    }
    for (name, fixed) in
        [("vault", Fixed::ALL[1]), ("extension", Fixed::ALL[2]), ("lifeboat", Fixed::Lifeboat)]
    {
        assert_eq!(found["runs"][name], json!(fixed.address().unwrap()), "{name}");
    }
    assert_eq!(found["asset"]["address"], json!(sandbox.address("token.usd")));
    assert_eq!(found["yield_token"]["address"], json!(sandbox.address("token.yield")));
}

#[tokio::test(flavor = "multi_thread")]
async fn contracts_are_verified_while_their_programs_cannot_run() {
    let sandbox = deployed().await;
    let chain = &sandbox.chain;
    chain.mine_at(chain.now().await.unwrap() + 366 * 86_400).await.unwrap();
    for name in ["savings", "pair.drops", "factory", "router"] {
        verified(&sandbox, name).await;
    }
    let program = &verified(&sandbox, "template.vault").await["found"];
    assert_eq!(program["active"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_elsewhere_a_planted_router_and_a_stranger_are_not_genuine() {
    let sandbox = deployed().await;
    let payer = sandbox.chain.payer().again().await.unwrap();
    let create = async |code: Vec<u8>| -> Address {
        let request = TransactionRequest::default().with_deploy_code(code);
        payer.send(request).await.unwrap().contract_address.unwrap()
    };
    let elsewhere = create(init_code(&code_of(Program::Vault).unwrap()).to_vec()).await;
    let stranger = create(init_code(&[0x5f, 0x5f, 0xfd]).to_vec()).await;
    let router = sandbox.address("router");
    let provider = sandbox.chain.provider();
    let planted = (router, U256::from(2), B256::repeat_byte(7));
    let _: Value = provider.raw_request("anvil_setStorageAt".into(), planted).await.unwrap();
    for (address, word) in [
        (elsewhere, "has the code of the program vault but not its address"),
        (stranger, "is no contract of this build: its code has the hash"),
        (router, "serves other clones than those of its factory"),
        (sandbox.payer(), "there is no contract at"),
    ] {
        let ran = sandbox.weir(&["verify", &address.to_string()]).await;
        assert_eq!(ran.code, 5, "{}", ran.stderr);
        assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
    }
    // All are reported before the command fails, and scripts get one document.
    let words = ["verify", "savings", &stranger.to_string(), "factory"];
    let ran = sandbox.weir(&words).await;
    assert_eq!(ran.code, 5);
    assert!(ran.stdout.contains("genuine factory"), "{}", ran.stdout);
    let ran = sandbox.weir(&[&words[..], &["--json"]].concat()).await;
    ran.sentence(5);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["contracts"].as_array().unwrap().len(), 3);
}
