//! `weir exit`, with working and with failing tokens and programs.
//! Also `weir status` of a vault whose programs cannot run.

use alloy::{
    primitives::{Address, Bytes, U256, hex},
    providers::{DynProvider, Provider},
};
use serde_json::Value;
use weir_bindings::{IERC20, IVault, deploy::activation};
use weir_client::Account;

use crate::sandbox::{CONFIG, Sandbox, run};

/// 366 days.
const YEAR: u64 = 366 * 86_400;
/// Stake and reward in base units of tUSD.
const STAKE: u64 = 1_048_576_000_000;
const REWARD: u64 = 70_000_000;

/// A vault in which the payer has staked and earned a reward.
struct Fixture {
    sandbox: Sandbox,
    vault: IVault::IVaultInstance<DynProvider>,
    payer: Account,
}

impl Fixture {
    async fn new() -> Self {
        Self::with(CONFIG, "token.usd").await
    }

    async fn with(config: &str, reward: &str) -> Self {
        let sandbox = Sandbox::new().await;
        sandbox.deploy(config).await.document();
        let provider = sandbox.chain.provider().clone();
        let vault = IVault::new(sandbox.address("vault.savings"), provider.clone());
        let payer = sandbox.chain.payer().again().await.unwrap();
        for token in ["token.usd", reward] {
            let token = IERC20::new(sandbox.address(token), provider.clone());
            payer.send(token.approve(*vault.address(), U256::MAX)).await.unwrap();
        }
        payer.send(vault.deposit(U256::from(STAKE / 2), payer.address())).await.unwrap();
        payer.send(vault.fund(U256::from(REWARD))).await.unwrap();
        let end: u64 = vault.epochEnd().call().await.unwrap().to();
        sandbox.chain.mine_at(end + 14 * 86_400).await.unwrap();
        Self { sandbox, vault, payer }
    }

    /// Advances the time by a year, so that all programs expire, and activates the tokens' program again.
    async fn expire(&self) {
        let chain = &self.sandbox.chain;
        chain.mine_at(chain.now().await.unwrap() + YEAR).await.unwrap();
        self.activate(self.sandbox.address("token.usd")).await;
    }

    async fn activate(&self, program: Address) {
        let request = activation(program, U256::from(10).pow(U256::from(16)));
        self.payer.again().await.unwrap().send(request).await.unwrap();
    }

    /// Replaces the token's code with code that reverts every call.
    async fn break_token(&self, key: &str) {
        // PUSH0 PUSH0 REVERT
        let code = Bytes::from_static(&hex!("5f5ffd"));
        let parameters = (self.sandbox.address(key), code);
        let provider = self.sandbox.chain.provider();
        let _: Value = provider.raw_request("anvil_setCode".into(), parameters).await.unwrap();
    }

    async fn usd(&self) -> U256 {
        let token = IERC20::new(self.sandbox.address("token.usd"), self.sandbox.chain.provider());
        token.balanceOf(self.payer.address()).call().await.unwrap()
    }

    async fn status(&self) -> Value {
        self.sandbox.weir(&["status", "savings", "--json"]).await.document()["contracts"][0].clone()
    }

    /// The status of the vault while one of its programs cannot run, which is an error.
    async fn inactive_status(&self) -> Value {
        let document = self.sandbox.weir(&["status", "savings", "--json"]).await.document_with(5);
        assert!(document["error"]["message"].as_str().unwrap().contains("cannot run"), "{document}");
        document["contracts"][0].clone()
    }
}

/// The config with another reward token.
fn with_another_reward() -> String {
    CONFIG.replace("reward = \"usd\"", "reward = \"gift\"").replace(
        "[vault.savings]",
        "[token.gift]\ntest = true\nname = \"Gift\"\nsymbol = \"GFT\"\nmint = 1000\n\n[vault.savings]",
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_withdraws_principal_and_rewards() {
    let fixture = Fixture::new().await;
    let (sandbox, before) = (&fixture.sandbox, fixture.usd().await);
    let nonce = sandbox.nonce().await;
    let planned = sandbox.weir(&["exit", "savings", "--dry-run", "--json"]).await.document();
    assert_eq!(planned["inactive"], Value::Null);
    assert_eq!(planned["assets"]["tokens"], "524288");
    assert_eq!(planned["rewards"]["tokens"], "70");
    assert_eq!(planned["transaction"], Value::Null);
    assert_eq!(sandbox.nonce().await, nonce);

    let done = sandbox.weir(&["exit", &fixture.vault.address().to_string(), "--json"]).await.document();
    assert_eq!(done["paid"]["assets"]["base_units"], (STAKE / 2).to_string());
    assert_eq!(done["paid"]["rewards"]["base_units"], REWARD.to_string());
    assert!(done["gas_used"].as_u64().unwrap() < 200_000);
    assert_eq!(fixture.usd().await - before, U256::from(STAKE / 2 + REWARD));

    let again = sandbox.weir(&["exit", "savings"]).await;
    assert_eq!(again.code, 0);
    assert!(again.stdout.contains("There is nothing to withdraw."), "{}", again.stdout);
    assert_eq!(sandbox.nonce().await, nonce + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_works_by_the_lifeboat_after_the_programs_have_expired() {
    let fixture = Fixture::new().await;
    let sandbox = &fixture.sandbox;
    assert_eq!(fixture.status().await["inactive"], Value::Null);
    let words = sandbox.weir(&["status", "savings"]).await.stdout;
    assert!(words.contains("active for"), "{words}");

    fixture.expire().await;
    let status = fixture.inactive_status().await;
    assert_eq!(status["genuine"], true);
    assert_eq!(status["inactive"]["program"], "vault");
    assert_eq!(status["total_assets"]["tokens"], "524288");
    assert_eq!(status["reserve"]["tokens"], "70");
    let words = sandbox.weir(&["status", "savings"]).await.stdout;
    for part in ["inactive: withdrawals by the lifeboat (it expired on 2026", "weir exit", "524288 tUSD"] {
        assert!(words.contains(part), "{part} is not in\n{words}");
    }

    let receiver = Address::repeat_byte(0x77);
    let words = &["exit", "savings", "--receiver", &receiver.to_string(), "--json"];
    let done = sandbox.weir(words).await.document();
    assert_eq!(done["inactive"]["program"], "vault");
    assert!((500_000..800_000).contains(&done["gas_used"].as_u64().unwrap()), "{done}");
    let token = IERC20::new(sandbox.address("token.usd"), sandbox.chain.provider());
    assert_eq!(token.balanceOf(receiver).call().await.unwrap(), U256::from(STAKE / 2 + REWARD));
    assert_eq!(fixture.inactive_status().await["shares"]["tokens"], "0");

    // The program is activated first, then the extension.
    fixture.activate(sandbox.address("template.vault")).await;
    let status = fixture.inactive_status().await;
    assert_eq!(status["inactive"]["program"], "extension");
    assert_eq!(status["reserve"], Value::Null);
    fixture.activate(sandbox.address("template.extension")).await;
    assert_eq!(fixture.status().await["inactive"], Value::Null);
}

/// The test tokens are programs, too, and expire like those of the vault.
#[tokio::test(flavor = "multi_thread")]
async fn an_expired_asset_is_reported_with_the_command_that_activates_it() {
    let fixture = Fixture::new().await;
    let (sandbox, chain) = (&fixture.sandbox, &fixture.sandbox.chain);
    chain.mine_at(chain.now().await.unwrap() + YEAR).await.unwrap();
    let token = sandbox.address("token.usd");
    let advice = format!("\"activateProgram(address)\" {token} --value 0.01ether");
    let status = fixture.inactive_status().await;
    assert_eq!(status["total_assets"], Value::Null);
    assert_eq!(status["reserve"]["tokens"], "70");
    let words = sandbox.weir(&["status", "savings"]).await.stdout;
    assert!(
        words.contains("does not answer: it is itself a Stylus program") && words.contains(&advice),
        "{words}"
    );
    let sentence = sandbox.weir(&["exit", "savings", "--json"]).await.sentence(4);
    assert!(sentence.contains("nothing can be paid now") && sentence.contains(&advice), "{sentence}");

    // The factory's list needs only the factory's program.
    fixture.activate(sandbox.address("factory")).await;
    let listed = sandbox.weir(&["status", "factory", "--json"]).await.document_with(5);
    assert_eq!(listed["contracts"][0]["total_vaults"], 1);
    fixture.activate(token).await;
    sandbox.weir(&["exit", "savings", "--json"]).await.document();
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_withdraws_only_the_principal_if_the_reward_token_fails() {
    let fixture = Fixture::with(&with_another_reward(), "token.gift").await;
    let (sandbox, before) = (&fixture.sandbox, fixture.usd().await);
    fixture.break_token("token.gift").await;
    let ran = sandbox.weir(&["exit", "savings", "--json"]).await;
    assert!(
        ran.stderr.contains("the rewards cannot be paid now and stay claimable: SafeERC20FailedOperation"),
        "{}",
        ran.stderr
    );
    let done = ran.document();
    assert_eq!(done["paid"]["rewards"]["base_units"], "0");
    assert_eq!(fixture.usd().await - before, U256::from(STAKE / 2));
    assert!(!fixture.vault.earned(fixture.payer.address()).call().await.unwrap().is_zero());

    let sentence = sandbox.weir(&["exit", "savings", "--json"]).await.sentence(4);
    assert!(
        sentence.contains("nothing can be paid now; shares and rewards stay the account's: SafeERC20"),
        "{sentence}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_claims_only_the_rewards_if_the_asset_fails() {
    let fixture = Fixture::with(&with_another_reward(), "token.gift").await;
    let sandbox = &fixture.sandbox;
    fixture.break_token("token.usd").await;
    let ran = sandbox.weir(&["exit", "savings", "--json"]).await;
    let warning =
        "the principal cannot be paid now and the shares stay: it reverts with SafeERC20FailedOperation";
    assert!(ran.stderr.contains(warning), "{}", ran.stderr);
    let done = ran.document();
    assert_eq!(done["assets"], Value::Null);
    assert_eq!(done["paid"]["rewards"]["base_units"], REWARD.to_string());
    assert_eq!(done["shares"], (STAKE / 2).to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_needs_a_vault_and_a_key() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    let token = sandbox.address("token.usd").to_string();
    let sentence = sandbox.weir(&["exit", &token, "--json"]).await.sentence(5);
    assert!(sentence.contains("is not a vault of this build"), "{sentence}");
    let nowhere = Address::repeat_byte(5).to_string();
    let sentence = sandbox.weir(&["exit", &nowhere, "--json"]).await.sentence(5);
    assert!(sentence.contains("is not a vault of this build"), "{sentence}");
    let ran = run(sandbox.command_without_key(&["exit", "savings", "--json"])).await;
    assert!(ran.sentence(2).contains("WEIR_PRIVATE_KEY"));
}
