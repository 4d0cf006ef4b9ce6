//! `weir deploy`: what is on the chain afterwards, what is written down, and that a second run changes nothing.

use std::fs;

use alloy::{
    primitives::{B256, U256, keccak256},
    providers::Provider,
};
use weir_bindings::{IERC20, IVault, Program, deploy::code_of};

use crate::stage::{CONFIG, Stage, run};

#[tokio::test(flavor = "multi_thread")]
async fn a_config_is_on_the_chain_as_it_says_and_in_the_record() {
    let stage = Stage::new().await;
    let document = stage.deploy(CONFIG).await.document();
    assert_eq!(document["changed"], true);
    let provider = stage.chain.provider();
    let vault = IVault::new(stage.address("vault.savings"), provider);
    let (usd, sold) = (stage.address("token.usd"), stage.address("token.yield"));
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
    assert_eq!(token.balanceOf(stage.payer()).call().await.unwrap(), U256::from(1_000_000_000_000_u64));

    let record = stage.read_record();
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
            None => provider.get_code_at(stage.address(key)).await.unwrap(),
        };
        assert_eq!(entry["code_hash"], keccak256(code).to_string());
        let transaction: B256 = entry["transaction"].as_str().unwrap().parse().unwrap();
        let receipt = provider.get_transaction_receipt(transaction).await.unwrap().unwrap();
        assert_eq!(entry["block"], receipt.block_number.unwrap());
    }
    assert_eq!(record["contracts"]["vault.savings"]["arguments"]["target_price"], "12500000");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_estimated_is_what_is_paid() {
    let stage = Stage::new().await;
    // A second vault, with texts as long as they can be.
    let (_, vault) = CONFIG.split_once("[vault.savings]").unwrap();
    let long = vault.replace("[vault.savings", "[vault.long").replace("Savings", &"n".repeat(255));
    let document = stage.deploy(&format!("{CONFIG}\n[vault.long]{long}")).await.document();
    let number = |value: &serde_json::Value| value.as_str().unwrap().parse::<f64>().unwrap();
    let (estimated, spent) = (number(&document["estimate"]["wei"]), number(&document["spent_wei"]));
    assert!((spent / estimated - 1.0).abs() < 0.02, "{estimated} and then {spent}");
    for (key, contract) in document["contracts"].as_object().unwrap() {
        let estimated = contract["estimated_gas"].as_f64().unwrap();
        let used = contract["entry"]["gas_used"].as_f64().unwrap();
        assert!((used / estimated - 1.0).abs() < 0.03, "{key}: {estimated} and then {used}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_changes_nothing_and_needs_no_key() {
    let stage = Stage::new().await;
    stage.deploy(CONFIG).await.document();
    let (nonce, record) = (stage.nonce().await, fs::read(stage.record()).unwrap());
    let again = run(stage.command_without_key(&["deploy", "config.toml", "--json"])).await.document();
    assert_eq!(again["changed"], false);
    assert!(again["values_read_back"].as_u64().unwrap() > 15, "{again}");
    let words = run(stage.command_without_key(&["deploy", "config.toml"])).await;
    assert_eq!(words.code, 0, "{}", words.stderr);
    assert!(words.stdout.starts_with("Nothing to do: "), "{}", words.stdout);
    assert_eq!(stage.nonce().await, nonce);
    assert_eq!(fs::read(stage.record()).unwrap(), record);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_that_has_grown_adds_what_is_new_alone() {
    let stage = Stage::new().await;
    stage.deploy(CONFIG).await.document();
    let (nonce, old) = (stage.nonce().await, stage.address("vault.savings"));
    let (_, vault) = CONFIG.split_once("[vault.savings]").unwrap();
    let grown = format!("{CONFIG}\n[vault.more]{}", vault.replace("[vault.savings", "[vault.more"));
    let document = stage.deploy(&grown).await.document();
    assert_eq!(document["contracts"]["vault.savings"]["state"], "unchanged");
    assert_eq!(document["contracts"]["vault.more"]["state"], "deployed");
    assert_eq!(stage.nonce().await, nonce + 1);
    assert_eq!(stage.address("vault.savings"), old);
    // The program is active already: nothing is paid for that.
    assert_eq!(document["contracts"]["vault.more"]["estimated_data_fee_wei"], "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_that_contradicts_what_is_deployed_is_refused_in_a_sentence() {
    let stage = Stage::new().await;
    stage.deploy(CONFIG).await.document();
    let (nonce, record) = (stage.nonce().await, fs::read(stage.record()).unwrap());
    for (from, to, word) in [
        ("7 days", "1 day", "epoch_length 604800, which is 86400 in config.toml"),
        ("12.5", "12.6", "target_price \"12500000\", which is \"12600000\""),
        ("sUSD", "sUSX", "symbol"),
        ("asset = \"usd\"", "asset = \"yield\"", "asset"),
    ] {
        let sentence = stage.deploy(&CONFIG.replace(from, to)).await.sentence(5);
        assert!(
            sentence.contains("vault.savings is deployed at 0x") && sentence.contains(word),
            "{sentence}"
        );
    }
    assert_eq!(stage.nonce().await, nonce);
    assert_eq!(fs::read(stage.record()).unwrap(), record);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_needs_no_key_sends_nothing_and_writes_nothing() {
    let stage = Stage::new().await;
    stage.write("config.toml", CONFIG);
    let document =
        run(stage.command_without_key(&["deploy", "config.toml", "--dry-run", "--json"])).await.document();
    assert_eq!(document["dry_run"], true);
    let vault = &document["contracts"]["vault.savings"];
    assert_eq!(vault["state"], "missing");
    let prices = &vault["first_price"]["after_target_periods"];
    assert_eq!(
        (&prices["1"], &prices["2"], &prices["7"]),
        (&"12500000".into(), &"6250000".into(), &"1785714".into())
    );
    assert_eq!(stage.chain.provider().get_block_number().await.unwrap(), 0);
    assert!(!stage.folder.path().join("deployments").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_nothing_is_sent_unless_yes_is_given() {
    let stage = Stage::new().await;
    stage.write("config.toml", CONFIG);
    let sentence = stage.weir(&["deploy", "config.toml", "--json"]).await.sentence(2);
    assert!(sentence.contains("--yes"), "{sentence}");
    assert_eq!(stage.nonce().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_chain_that_starts_anew_is_told_and_the_old_record_kept() {
    let stage = Stage::new().await;
    stage.deploy(CONFIG).await.document();
    let old = fs::read(stage.record()).unwrap();

    // The same first block: only the contracts are gone.
    let snapshots = Stage { folder: stage.folder, ..Stage::new().await };
    let sentence = snapshots.deploy(CONFIG).await.sentence(5);
    assert!(sentence.contains("--reset"), "{sentence}");
    // Another first block.
    let other = weir_devnode::Devnode::builder().genesis_timestamp(1_700_000_000);
    let chain = weir_harness::Chain::at_a_standstill(other).await.unwrap();
    let stage = Stage { chain, folder: snapshots.folder };
    let sentence = stage.deploy(CONFIG).await.sentence(5);
    assert!(sentence.contains("another chain") && sentence.contains("--reset"), "{sentence}");
    assert_eq!(fs::read(stage.record()).unwrap(), old);

    stage.weir(&["deploy", "config.toml", "--yes", "--json", "--reset"]).await.document();
    assert_eq!(fs::read(stage.folder.path().join("deployments/412346.old-1.json")).unwrap(), old);
    assert_ne!(fs::read(stage.record()).unwrap(), old);
}
