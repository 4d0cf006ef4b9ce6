//! `weir deploy`: the contracts on the chain, the record, and the estimate.
//! A second run changes nothing.

use std::fs;

use alloy::{
    primitives::{B256, U256, keccak256},
    providers::Provider,
};
use weir_bindings::{IERC20, IVault, Program, deploy::code_of};

use crate::sandbox::{CONFIG, Sandbox, run};

#[tokio::test(flavor = "multi_thread")]
async fn a_config_is_deployed_exactly_and_recorded() {
    let sandbox = Sandbox::new().await;
    let document = sandbox.deploy(CONFIG).await.document();
    assert_eq!(document["changed"], true);
    let provider = sandbox.chain.provider();
    let vault = IVault::new(sandbox.address("vault.savings"), provider);
    let (usd, sold) = (sandbox.address("token.usd"), sandbox.address("token.yield"));
    assert_eq!(vault.name().call().await.unwrap(), "Savings");
    assert_eq!(vault.asset().call().await.unwrap(), usd);
    assert_eq!(vault.reward().call().await.unwrap(), usd);
    assert_eq!(vault.yieldToken().call().await.unwrap(), sold);
    assert_eq!(vault.epochLength().call().await.unwrap(), U256::from(604_800));
    assert_eq!(vault.targetAuctionPeriod().call().await.unwrap(), U256::from(21_600));
    assert_eq!(U256::from(vault.lastAuctionPrice().call().await.unwrap()), U256::from(12_500_000));
    assert_eq!(vault.smoothingFactor().call().await.unwrap(), U256::from(300_000_000_000_000_000_u64));
    let token = IERC20::new(usd, provider);
    assert_eq!(token.decimals().call().await.unwrap(), 6);
    assert_eq!(token.balanceOf(sandbox.payer()).call().await.unwrap(), U256::from(1_000_000_000_000_u64));

    let record = sandbox.read_record();
    for (key, program) in [
        ("token.usd", Some(Program::Token)),
        ("token.yield", Some(Program::Token)),
        ("template.pair", Some(Program::Pair)),
        ("template.vault", Some(Program::Vault)),
        ("template.extension", Some(Program::Extension)),
        ("factory", Some(Program::Factory)),
        ("vault.savings", None),
    ] {
        let entry = &record["contracts"][key];
        assert_eq!(entry["state"], "complete");
        let code = match program {
            Some(program) => code_of(program).unwrap().into(),
            None => provider.get_code_at(sandbox.address(key)).await.unwrap(),
        };
        assert_eq!(entry["code_hash"], keccak256(code).to_string());
        let transaction: B256 = entry["transaction"].as_str().unwrap().parse().unwrap();
        let receipt = provider.get_transaction_receipt(transaction).await.unwrap().unwrap();
        assert_eq!(entry["block"], receipt.block_number.unwrap());
    }
    assert_eq!(record["contracts"]["vault.savings"]["arguments"]["target_price"], "12500000");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_estimate_matches_the_cost() {
    let sandbox = Sandbox::new().await;
    // A second vault with a name of the maximum length.
    let (_, vault) = CONFIG.split_once("[vault.savings]").unwrap();
    let long = vault.replace("[vault.savings", "[vault.long").replace("Savings", &"n".repeat(255));
    let document = sandbox.deploy(&format!("{CONFIG}\n[vault.long]{long}")).await.document();
    let number = |value: &serde_json::Value| value.as_str().unwrap().parse::<f64>().unwrap();
    let (estimated, spent) = (number(&document["estimate"]["wei"]), number(&document["spent_wei"]));
    // The clock stands still, so each activation raises the data fee of the next.
    assert!((spent / estimated - 1.0).abs() < 0.03, "{estimated} and then {spent}");
    for (key, contract) in document["contracts"].as_object().unwrap() {
        let estimated = contract["estimated_gas"].as_f64().unwrap();
        let used = contract["entry"]["gas_used"].as_f64().unwrap();
        assert!((used / estimated - 1.0).abs() < 0.03, "{key}: {estimated} and then {used}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_changes_nothing_and_needs_no_key() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    let (nonce, record) = (sandbox.nonce().await, fs::read(sandbox.record()).unwrap());
    let again = run(sandbox.command_without_key(&["deploy", "config.toml", "--json"])).await.document();
    assert_eq!(again["changed"], false);
    assert!(again["values_read_back"].as_u64().unwrap() > 15, "{again}");
    let words = run(sandbox.command_without_key(&["deploy", "config.toml"])).await;
    assert_eq!(words.code, 0, "{}", words.stderr);
    assert!(words.stdout.starts_with("Nothing to do: "), "{}", words.stdout);
    assert_eq!(sandbox.nonce().await, nonce);
    assert_eq!(fs::read(sandbox.record()).unwrap(), record);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_larger_config_adds_only_the_new_contracts() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    let (nonce, old) = (sandbox.nonce().await, sandbox.address("vault.savings"));
    let (_, vault) = CONFIG.split_once("[vault.savings]").unwrap();
    let grown = format!("{CONFIG}\n[vault.more]{}", vault.replace("[vault.savings", "[vault.more"));
    let document = sandbox.deploy(&grown).await.document();
    assert_eq!(document["contracts"]["vault.savings"]["state"], "unchanged");
    assert_eq!(document["contracts"]["vault.more"]["state"], "deployed");
    assert_eq!(sandbox.nonce().await, nonce + 1);
    assert_eq!(sandbox.address("vault.savings"), old);
    // The program is already active, so there is no data fee.
    assert_eq!(document["contracts"]["vault.more"]["estimated_data_fee_wei"], "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_that_contradicts_a_deployed_contract_is_an_error() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    let (nonce, record) = (sandbox.nonce().await, fs::read(sandbox.record()).unwrap());
    for (from, to, word) in [
        ("7 days", "1 day", "epoch_length 604800, but it is 86400 in config.toml"),
        ("12.5", "12.6", "target_price \"12500000\", but it is \"12600000\""),
        ("sUSD", "sUSX", "symbol"),
        ("asset = \"usd\"", "asset = \"yield\"", "asset"),
    ] {
        let sentence = sandbox.deploy(&CONFIG.replace(from, to)).await.sentence(5);
        assert!(
            sentence.contains("vault.savings is deployed at 0x") && sentence.contains(word),
            "{sentence}"
        );
    }
    assert_eq!(sandbox.nonce().await, nonce);
    assert_eq!(fs::read(sandbox.record()).unwrap(), record);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_needs_no_key_sends_nothing_and_writes_nothing() {
    let sandbox = Sandbox::new().await;
    sandbox.write("config.toml", CONFIG);
    let document =
        run(sandbox.command_without_key(&["deploy", "config.toml", "--dry-run", "--json"])).await.document();
    assert_eq!(document["dry_run"], true);
    let vault = &document["contracts"]["vault.savings"];
    assert_eq!(vault["state"], "missing");
    let prices = &vault["first_price"]["after_target_periods"];
    assert_eq!(
        (&prices["1"], &prices["2"], &prices["7"]),
        (&"12500000".into(), &"6250000".into(), &"1785714".into())
    );
    assert_eq!(sandbox.chain.provider().get_block_number().await.unwrap(), 0);
    assert!(!sandbox.folder.path().join("deployments").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_deploy_needs_yes() {
    let sandbox = Sandbox::new().await;
    sandbox.write("config.toml", CONFIG);
    let sentence = sandbox.weir(&["deploy", "config.toml", "--json"]).await.sentence(2);
    assert!(sentence.contains("--yes"), "{sentence}");
    assert_eq!(sandbox.nonce().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_local_chain_needs_a_reset_that_keeps_the_old_record() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    let old = fs::read(sandbox.record()).unwrap();

    // The same first block, but without the contracts.
    let restarted = Sandbox { folder: sandbox.folder, ..Sandbox::new().await };
    let sentence = restarted.deploy(CONFIG).await.sentence(5);
    assert!(sentence.contains("--reset"), "{sentence}");
    // Another first block.
    let other = weir_devnode::Devnode::builder().genesis_timestamp(1_700_000_000);
    let chain = weir_harness::Chain::at_a_standstill(other).await.unwrap();
    let sandbox = Sandbox { chain, folder: restarted.folder };
    let sentence = sandbox.deploy(CONFIG).await.sentence(5);
    assert!(sentence.contains("another chain") && sentence.contains("--reset"), "{sentence}");
    assert_eq!(fs::read(sandbox.record()).unwrap(), old);

    sandbox.weir(&["deploy", "config.toml", "--yes", "--json", "--reset"]).await.document();
    assert_eq!(fs::read(sandbox.folder.path().join("deployments/412346.old-1.json")).unwrap(), old);
    assert_ne!(fs::read(sandbox.record()).unwrap(), old);
}
