//! `weir status`: its figures match the chain and the arithmetic.
//! Vaults whose programs cannot run are in `leaving`, accounts in `acting`.

use alloy::{
    primitives::{Address, U256},
    providers::DynProvider,
};
use serde_json::Value;
use weir_bindings::{IERC20, IToken, IVault};
use weir_client::Account;

use crate::sandbox::{CONFIG, Sandbox, run};

const WEEK: u64 = 604_800;

/// A vault with a stake of 36 500 tUSD, which streams 70 tUSD in this epoch and has 7 tYLD to sell.
struct Fixture {
    sandbox: Sandbox,
    vault: IVault::IVaultInstance<DynProvider>,
    payer: Account,
    /// Start of the second epoch.
    start: u64,
}

impl Fixture {
    async fn new() -> Self {
        let sandbox = Sandbox::new().await;
        sandbox.deploy(CONFIG).await.document();
        let provider = sandbox.chain.provider().clone();
        let vault = IVault::new(sandbox.address("vault.savings"), provider.clone());
        let usd = IERC20::new(sandbox.address("token.usd"), provider.clone());
        let sold = IToken::new(sandbox.address("token.yield"), provider);
        let payer = sandbox.chain.payer().again().await.unwrap();
        payer.send(usd.approve(*vault.address(), U256::MAX)).await.unwrap();
        payer.send(vault.deposit(U256::from(36_500_000_000_u64), payer.address())).await.unwrap();
        payer.send(vault.fund(U256::from(70_000_000))).await.unwrap();
        let lot = U256::from(7) * U256::from(10).pow(U256::from(18));
        payer.send(sold.mint(*vault.address(), lot)).await.unwrap();
        let start: u64 = vault.epochEnd().call().await.unwrap().to();
        sandbox.chain.mine_at(start + 3_600).await.unwrap();
        Self { sandbox, vault, payer, start }
    }

    async fn status(&self, more: &[&str]) -> Value {
        let document = self.sandbox.weir(&[&["status", "savings", "--json"], more].concat()).await.document();
        document["contracts"][0].clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_of_a_vault_match_the_chain() {
    let fixture = Fixture::new().await;
    let status = fixture.status(&[]).await;
    assert_eq!(status["total_assets"]["tokens"], "36500");
    assert_eq!(status["shares"]["base_units"], "36500000000");
    assert_eq!(status["share_price"]["tokens"], "1");
    assert_eq!(status["epoch"]["number"], 1);
    assert_eq!(status["epoch"]["start"], fixture.start);
    assert_eq!(status["epoch"]["end"], fixture.start + WEEK);
    let stream = &status["epoch"]["stream"];
    assert_eq!(stream["reward"]["tokens"], "70");
    assert_eq!(stream["tokens_a_day"], "10");
    assert_eq!(stream["tokens_a_second"], "0.00011574");
    // 70 a week on 36 500, for 365 / 7 weeks.
    assert!((stream["annualised_yield"].as_f64().unwrap() - 0.1).abs() < 1e-12, "{stream}");
    assert_eq!(status["queue"]["reward"]["tokens"], "0");
    assert_eq!(status["auction"]["liquidatable"]["tokens"], "7");
    assert_eq!(status["auction"]["available"]["tokens"], "4.9");

    // New rewards are queued.
    fixture.payer.send(fixture.vault.fund(U256::from(35_000_000))).await.unwrap();
    let status = fixture.status(&[]).await;
    assert_eq!(status["queue"]["reward"]["tokens"], "35");
    assert!((status["queue"]["annualised_yield"].as_f64().unwrap() - 0.05).abs() < 1e-12);
    let words = fixture.sandbox.weir(&["status", "savings"]).await.stdout;
    for part in ["36500 tUSD", "10.00 %", "5.00 %", "10 tUSD a day", "1 of 7 days each", "4.9 tYLD"] {
        assert!(words.contains(part), "{part} is not in\n{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_is_genuine_or_not_checked() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    let document = sandbox.weir(&["status", "savings", "--json"]).await.document();
    assert_eq!(document["contracts"][0]["genuine"], true);
    let words = sandbox.weir(&["status", "savings"]).await.stdout;
    assert!(
        words.lines().any(|line| line.contains("code and address") && line.ends_with("genuine")),
        "{words}"
    );

    let unbuilt = |more: &[&str]| {
        let mut command = sandbox.command_without_key(&[&["status", "savings"], more].concat());
        command.env("WEIR_WASM_DIR", sandbox.folder.path());
        command
    };
    let document = run(unbuilt(&["--json"])).await.document();
    assert_eq!(document["contracts"][0]["genuine"], Value::Null);
    let words = run(unbuilt(&[])).await.stdout;
    assert!(words.contains("not checked: the programs have not been built"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_price_matches_the_contract_and_reaches_a_limit_at_the_shown_time() {
    let fixture = Fixture::new().await;
    let price = async || fixture.vault.computeExactAmountIn(U256::ONE).call().await.unwrap();
    let status = fixture.status(&["--at-price", "0.37"]).await;
    let auction = &status["auction"];
    assert_eq!(auction["price_now"]["base_units"], price().await.to_string());
    let time = auction["at_price"]["time"].as_u64().unwrap();
    let limit = U256::from(370_000);
    fixture.sandbox.chain.mine_at(time - 1).await.unwrap();
    assert!(price().await > limit);
    fixture.sandbox.chain.mine_at(time).await.unwrap();
    assert!(price().await <= limit);
    let words = fixture.sandbox.weir(&["status", "savings", "--at-price", "0.37"]).await.stdout;
    assert!(words.contains("at 0.37 tUSD or less") && words.contains(", now\n"), "{words}");
    let words = fixture.sandbox.weir(&["status", "savings", "--at-price", "0.0000999"]).await.stdout;
    assert!(words.contains("the price has too many digits for tUSD"), "{words}");
    let words = fixture.sandbox.weir(&["status", "savings", "--at-price", "0.000099"]).await.stdout;
    assert!(words.contains("never: the minimum price is 0.0001 tUSD"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_annualised_yield_in_another_token_needs_its_price() {
    let sandbox = Sandbox::new().await;
    let config = CONFIG.replace("reward = \"usd\"", "reward = \"yield\"");
    let config = config.replace("yield_token = \"yield\"", "yield_token = \"usd\"");
    sandbox.deploy(&config).await.document();
    let provider = sandbox.chain.provider();
    let vault = IVault::new(sandbox.address("vault.savings"), provider);
    let payer = sandbox.chain.payer().again().await.unwrap();
    for token in ["token.usd", "token.yield"] {
        let token = IERC20::new(sandbox.address(token), provider);
        payer.send(token.approve(*vault.address(), U256::MAX)).await.unwrap();
    }
    payer.send(vault.deposit(U256::from(36_500_000_000_u64), payer.address())).await.unwrap();
    payer.send(vault.fund(U256::from(7) * U256::from(10).pow(U256::from(18)))).await.unwrap();
    let queue = |document: Value| document["contracts"][0]["queue"]["annualised_yield"].clone();
    let without = sandbox.weir(&["status", "--json"]).await.document();
    assert_eq!(queue(without), Value::Null);
    let words = sandbox.weir(&["status"]).await.stdout;
    assert!(words.contains("0.01 tYLD for each tUSD (a percentage with --reward-price)"), "{words}");
    let with = sandbox.weir(&["status", "--json", "--reward-price", "2"]).await.document();
    assert!((queue(with).as_f64().unwrap() - 0.02).abs() < 1e-12);
    let words = sandbox.weir(&["status", "--reward-price", "2"]).await.stdout;
    assert!(words.contains("2.00 % (if 1 tYLD is worth 2 tUSD)"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_names_and_wrong_addresses_are_errors() {
    let sandbox = Sandbox::new().await;
    let nothing = sandbox.weir(&["status", "--json"]).await.sentence(2);
    assert!(nothing.contains("412346.json names no vault"), "{nothing}");
    sandbox.deploy(CONFIG).await.document();
    let unknown = sandbox.weir(&["status", "saving", "--json"]).await.sentence(2);
    assert!(unknown.contains("does not name \"saving\"") && unknown.contains("vault.savings"), "{unknown}");
    let unused = Address::repeat_byte(7).to_string();
    let empty = sandbox.weir(&["status", &unused, "--json"]).await.sentence(5);
    assert!(empty.contains("there is no contract at 0x0707"), "{empty}");
    let token = sandbox.address("token.usd").to_string();
    sandbox.write("empty", "");
    let mut command = sandbox.command(&["status", &token, "--json"]);
    command.args(["--deployments", "nowhere"]);
    let token = run(command).await.sentence(5);
    assert!(token.contains("does not answer as a vault, pair or factory"), "{token}");
    let by_address = sandbox.address("vault.savings").to_string();
    let document = sandbox.weir(&["status", &by_address, "--json"]).await.document();
    assert_eq!(document["contracts"][0]["key"], "vault.savings");
}
