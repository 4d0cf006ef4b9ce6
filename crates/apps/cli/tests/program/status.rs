//! `weir status`: what it shows is what the chain says and what the arithmetic gives.

use alloy::{
    primitives::{Address, U256},
    providers::DynProvider,
};
use serde_json::Value;
use weir_bindings::{IERC20, IToken, IVault};
use weir_client::Account;

use crate::stage::{CONFIG, Stage, run};

const WEEK: u64 = 604_800;

/// A vault in which the payer has staked 36 500 tUSD, which streams 70 tUSD in this epoch and has 7 tYLD to sell.
struct Scene {
    stage: Stage,
    vault: IVault::IVaultInstance<DynProvider>,
    payer: Account,
    /// When the second epoch began.
    start: u64,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        stage.deploy(CONFIG).await.document();
        let provider = stage.chain.provider().clone();
        let vault = IVault::new(stage.address("vault.savings"), provider.clone());
        let usd = IERC20::new(stage.address("token.usd"), provider.clone());
        let sold = IToken::new(stage.address("token.yield"), provider);
        let payer = stage.chain.payer().again().await.unwrap();
        payer.send(usd.approve(*vault.address(), U256::MAX)).await.unwrap();
        payer.send(vault.deposit(U256::from(36_500_000_000_u64), payer.address())).await.unwrap();
        payer.send(vault.fund(U256::from(70_000_000))).await.unwrap();
        let lot = U256::from(7) * U256::from(10).pow(U256::from(18));
        payer.send(sold.mint(*vault.address(), lot)).await.unwrap();
        let start: u64 = vault.epochEnd().call().await.unwrap().to();
        stage.chain.mine_at(start + 3_600).await.unwrap();
        Self { stage, vault, payer, start }
    }

    async fn status(&self, more: &[&str]) -> Value {
        let document = self.stage.weir(&[&["status", "savings", "--json"], more].concat()).await.document();
        document["contracts"][0].clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_a_vault_are_those_of_the_chain_and_its_rates_follow_from_them() {
    let scene = Scene::new().await;
    let status = scene.status(&[]).await;
    assert_eq!(status["total_assets"]["tokens"], "36500");
    assert_eq!(status["shares"]["base_units"], "36500000000");
    assert_eq!(status["share_price"]["tokens"], "1");
    assert_eq!(status["epoch"]["number"], 1);
    assert_eq!(status["epoch"]["start"], scene.start);
    assert_eq!(status["epoch"]["end"], scene.start + WEEK);
    let stream = &status["epoch"]["stream"];
    assert_eq!(stream["reward"]["tokens"], "70");
    assert_eq!(stream["tokens_a_day"], "10");
    assert_eq!(stream["tokens_a_second"], "0.00011574");
    // 70 a week on 36 500 for 365 / 7 weeks.
    assert!((stream["annualised_yield"].as_f64().unwrap() - 0.1).abs() < 1e-12, "{stream}");
    assert_eq!(status["queue"]["reward"]["tokens"], "0");
    assert_eq!(status["auction"]["liquidatable"]["tokens"], "7");
    assert_eq!(status["auction"]["available"]["tokens"], "4.9");

    // What arrives now is queued.
    scene.payer.send(scene.vault.fund(U256::from(35_000_000))).await.unwrap();
    let status = scene.status(&[]).await;
    assert_eq!(status["queue"]["reward"]["tokens"], "35");
    assert!((status["queue"]["annualised_yield"].as_f64().unwrap() - 0.05).abs() < 1e-12);
    let words = scene.stage.weir(&["status", "savings"]).await.stdout;
    for part in ["36500 tUSD", "10.00 %", "5.00 %", "10 tUSD a day", "1 of 7 days each", "4.9 tYLD"] {
        assert!(words.contains(part), "{part} is not in\n{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_is_genuine_or_was_not_checked() {
    let stage = Stage::new().await;
    stage.deploy(CONFIG).await.document();
    let document = stage.weir(&["status", "savings", "--json"]).await.document();
    assert_eq!(document["contracts"][0]["genuine"], true);
    let words = stage.weir(&["status", "savings"]).await.stdout;
    assert!(
        words.lines().any(|line| line.contains("code and address") && line.ends_with("genuine")),
        "{words}"
    );

    let unbuilt = |more: &[&str]| {
        let mut command = stage.command_without_key(&[&["status", "savings"], more].concat());
        command.env("WEIR_WASM_DIR", stage.folder.path());
        command
    };
    let document = run(unbuilt(&["--json"])).await.document();
    assert_eq!(document["contracts"][0]["genuine"], Value::Null);
    let words = run(unbuilt(&[])).await.stdout;
    assert!(words.contains("not checked: the programs have not been built"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_price_now_is_that_of_the_contract_and_a_price_is_met_when_it_says() {
    let scene = Scene::new().await;
    let price = async || scene.vault.computeExactAmountIn(U256::ONE).call().await.unwrap();
    let status = scene.status(&["--at-price", "0.37"]).await;
    let auction = &status["auction"];
    assert_eq!(auction["price_now"]["base_units"], price().await.to_string());
    let time = auction["at_price"]["time"].as_u64().unwrap();
    let limit = U256::from(370_000);
    scene.stage.chain.mine_at(time - 1).await.unwrap();
    assert!(price().await > limit);
    scene.stage.chain.mine_at(time).await.unwrap();
    assert!(price().await <= limit);
    let words = scene.stage.weir(&["status", "savings", "--at-price", "0.37"]).await.stdout;
    assert!(words.contains("at 0.37 tUSD or less") && words.contains(", now\n"), "{words}");
    let words = scene.stage.weir(&["status", "savings", "--at-price", "0.0000999"]).await.stdout;
    assert!(words.contains("it does not fit tUSD"), "{words}");
    let words = scene.stage.weir(&["status", "savings", "--at-price", "0.000099"]).await.stdout;
    assert!(words.contains("never: the least price is 0.0001 tUSD"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yield_in_another_token_needs_its_price() {
    let stage = Stage::new().await;
    let config = CONFIG.replace("reward = \"usd\"", "reward = \"yield\"");
    let config = config.replace("yield_token = \"yield\"", "yield_token = \"usd\"");
    stage.deploy(&config).await.document();
    let provider = stage.chain.provider();
    let vault = IVault::new(stage.address("vault.savings"), provider);
    let payer = stage.chain.payer().again().await.unwrap();
    for token in ["token.usd", "token.yield"] {
        let token = IERC20::new(stage.address(token), provider);
        payer.send(token.approve(*vault.address(), U256::MAX)).await.unwrap();
    }
    payer.send(vault.deposit(U256::from(36_500_000_000_u64), payer.address())).await.unwrap();
    payer.send(vault.fund(U256::from(7) * U256::from(10).pow(U256::from(18)))).await.unwrap();
    let queue = |document: Value| document["contracts"][0]["queue"]["annualised_yield"].clone();
    let without = stage.weir(&["status", "--json"]).await.document();
    assert_eq!(queue(without), Value::Null);
    let words = stage.weir(&["status"]).await.stdout;
    assert!(words.contains("0.01 tYLD for each tUSD (--reward-price"), "{words}");
    let with = stage.weir(&["status", "--json", "--reward-price", "2"]).await.document();
    assert!((queue(with).as_f64().unwrap() - 0.02).abs() < 1e-12);
    let words = stage.weir(&["status", "--reward-price", "2"]).await.stdout;
    assert!(words.contains("2.00 % (1 tYLD taken as 2 tUSD)"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_and_is_not_there_is_told() {
    let stage = Stage::new().await;
    let nothing = stage.weir(&["status", "--json"]).await.sentence(2);
    assert!(nothing.contains("412346.json names no vault"), "{nothing}");
    stage.deploy(CONFIG).await.document();
    let unknown = stage.weir(&["status", "saving", "--json"]).await.sentence(2);
    assert!(unknown.contains("does not name \"saving\"") && unknown.contains("vault.savings"), "{unknown}");
    let nobody = Address::repeat_byte(7).to_string();
    let empty = stage.weir(&["status", &nobody, "--json"]).await.sentence(5);
    assert!(empty.contains("there is no contract at 0x0707"), "{empty}");
    let token = stage.address("token.usd").to_string();
    stage.write("empty", "");
    let mut command = stage.command(&["status", &token, "--json"]);
    command.args(["--deployments", "nowhere"]);
    let token = run(command).await.sentence(5);
    assert!(token.contains("neither as a vault nor as a pair or a factory"), "{token}");
    let by_address = stage.address("vault.savings").to_string();
    let document = stage.weir(&["status", &by_address, "--json"]).await.document();
    assert_eq!(document["contracts"][0]["key"], "vault.savings");
}
