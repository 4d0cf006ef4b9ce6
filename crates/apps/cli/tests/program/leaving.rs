//! `weir exit`, and `weir status` of a vault whose programs cannot run.

use alloy::{
    primitives::{Address, Bytes, U256, hex},
    providers::{DynProvider, Provider},
};
use serde_json::Value;
use weir_bindings::{IERC20, IVault, deploy::activation};
use weir_client::Account;

use crate::stage::{CONFIG, Stage, run};

/// 366 days.
const YEAR: u64 = 366 * 86_400;
/// Stake and reward in base units of tUSD.
const STAKE: u64 = 1_048_576_000_000;
const REWARD: u64 = 70_000_000;

/// A vault in which the payer has staked, and has earned a reward.
struct Scene {
    stage: Stage,
    vault: IVault::IVaultInstance<DynProvider>,
    payer: Account,
}

impl Scene {
    async fn new() -> Self {
        Self::with(CONFIG, "token.usd").await
    }

    async fn with(config: &str, reward: &str) -> Self {
        let stage = Stage::new().await;
        stage.deploy(config).await.document();
        let provider = stage.chain.provider().clone();
        let vault = IVault::new(stage.address("vault.savings"), provider.clone());
        let payer = stage.chain.payer().again().await.unwrap();
        for token in ["token.usd", reward] {
            let token = IERC20::new(stage.address(token), provider.clone());
            payer.send(token.approve(*vault.address(), U256::MAX)).await.unwrap();
        }
        payer.send(vault.deposit(U256::from(STAKE / 2), payer.address())).await.unwrap();
        payer.send(vault.fund(U256::from(REWARD))).await.unwrap();
        let end: u64 = vault.epochEnd().call().await.unwrap().to();
        stage.chain.mine_at(end + 14 * 86_400).await.unwrap();
        Self { stage, vault, payer }
    }

    /// A year passes, and nobody keeps the vault's programs alive. The tokens' program is activated again.
    async fn expire(&self) {
        let chain = &self.stage.chain;
        chain.mine_at(chain.now().await.unwrap() + YEAR).await.unwrap();
        self.activate(self.stage.address("token.usd")).await;
    }

    async fn activate(&self, program: Address) {
        let request = activation(program, U256::from(10).pow(U256::from(16)));
        self.payer.again().await.unwrap().send(request).await.unwrap();
    }

    /// From now on the token reverts every call.
    async fn break_token(&self, key: &str) {
        // PUSH0 PUSH0 REVERT
        let code = Bytes::from_static(&hex!("5f5ffd"));
        let parameters = (self.stage.address(key), code);
        let provider = self.stage.chain.provider();
        let _: Value = provider.raw_request("anvil_setCode".into(), parameters).await.unwrap();
    }

    async fn usd(&self) -> U256 {
        let token = IERC20::new(self.stage.address("token.usd"), self.stage.chain.provider());
        token.balanceOf(self.payer.address()).call().await.unwrap()
    }

    async fn status(&self) -> Value {
        self.stage.weir(&["status", "savings", "--json"]).await.document()["contracts"][0].clone()
    }
}

/// The config, with a reward token of its own.
fn with_another_reward() -> String {
    CONFIG.replace("reward = \"usd\"", "reward = \"gift\"").replace(
        "[vault.savings]",
        "[token.gift]\ntest = true\nname = \"Gift\"\nsymbol = \"GFT\"\nmint = 1000\n\n[vault.savings]",
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_takes_everything_out_of_a_vault_that_runs() {
    let scene = Scene::new().await;
    let (stage, before) = (&scene.stage, scene.usd().await);
    let nonce = stage.nonce().await;
    let planned = stage.weir(&["exit", "savings", "--dry-run", "--json"]).await.document();
    assert_eq!(planned["inactive"], Value::Null);
    assert_eq!(planned["assets"]["tokens"], "524288");
    assert_eq!(planned["rewards"]["tokens"], "70");
    assert_eq!(planned["transaction"], Value::Null);
    assert_eq!(stage.nonce().await, nonce);

    let done = stage.weir(&["exit", &scene.vault.address().to_string(), "--json"]).await.document();
    assert_eq!(done["paid"]["assets"]["base_units"], (STAKE / 2).to_string());
    assert_eq!(done["paid"]["rewards"]["base_units"], REWARD.to_string());
    assert!(done["gas_used"].as_u64().unwrap() < 200_000);
    assert_eq!(scene.usd().await - before, U256::from(STAKE / 2 + REWARD));

    let again = stage.weir(&["exit", "savings"]).await;
    assert_eq!(again.code, 0);
    assert!(again.stdout.contains("There is nothing to take out."), "{}", again.stdout);
    assert_eq!(stage.nonce().await, nonce + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_whose_programs_expired_says_so_and_everything_leaves_to_whom_its_owner_names() {
    let scene = Scene::new().await;
    let stage = &scene.stage;
    assert_eq!(scene.status().await["inactive"], Value::Null);
    let words = stage.weir(&["status", "savings"]).await.stdout;
    assert!(words.contains("active for"), "{words}");

    scene.expire().await;
    let status = scene.status().await;
    assert_eq!(status["genuine"], true);
    assert_eq!(status["inactive"]["program"], "vault");
    assert_eq!(status["total_assets"]["tokens"], "524288");
    assert_eq!(status["reserve"]["tokens"], "70");
    let words = stage.weir(&["status", "savings"]).await.stdout;
    for part in ["inactive: withdrawals by the lifeboat (it has expired", "weir exit", "524288 tUSD"] {
        assert!(words.contains(part), "{part} is not in\n{words}");
    }

    let receiver = Address::repeat_byte(0x77);
    let words = &["exit", "savings", "--receiver", &receiver.to_string(), "--json"];
    let done = stage.weir(words).await.document();
    assert_eq!(done["inactive"]["program"], "vault");
    assert!((500_000..800_000).contains(&done["gas_used"].as_u64().unwrap()), "{done}");
    let token = IERC20::new(stage.address("token.usd"), stage.chain.provider());
    assert_eq!(token.balanceOf(receiver).call().await.unwrap(), U256::from(STAKE / 2 + REWARD));
    assert_eq!(scene.status().await["shares"]["tokens"], "0");

    // Activated again it goes on: first its program alone.
    scene.activate(stage.address("template.vault")).await;
    let status = scene.status().await;
    assert_eq!(status["inactive"]["program"], "extension");
    assert_eq!(status["reserve"], Value::Null);
    scene.activate(stage.address("template.extension")).await;
    assert_eq!(scene.status().await["inactive"], Value::Null);
}

/// The test tokens are programs, too, and expire with the vault's.
#[tokio::test(flavor = "multi_thread")]
async fn an_asset_that_has_expired_too_is_told_with_what_to_do() {
    let scene = Scene::new().await;
    let (stage, chain) = (&scene.stage, &scene.stage.chain);
    chain.mine_at(chain.now().await.unwrap() + YEAR).await.unwrap();
    let token = stage.address("token.usd");
    let advice = format!("\"activateProgram(address)\" {token} --value 0.01ether");
    let status = scene.status().await;
    assert_eq!(status["total_assets"], Value::Null);
    assert_eq!(status["reserve"]["tokens"], "70");
    let words = stage.weir(&["status", "savings"]).await.stdout;
    assert!(
        words.contains("does not answer: it is a Stylus program, too") && words.contains(&advice),
        "{words}"
    );
    let sentence = stage.weir(&["exit", "savings", "--json"]).await.sentence(4);
    assert!(sentence.contains("nothing can leave now") && sentence.contains(&advice), "{sentence}");

    // With the factory alone alive its list is told.
    scene.activate(stage.address("factory")).await;
    let listed = stage.weir(&["status", "factory", "--json"]).await.document();
    assert_eq!(listed["contracts"][0]["total_vaults"], 1);
    scene.activate(token).await;
    stage.weir(&["exit", "savings", "--json"]).await.document();
}

#[tokio::test(flavor = "multi_thread")]
async fn principal_leaves_alone_where_the_reward_token_fails() {
    let scene = Scene::with(&with_another_reward(), "token.gift").await;
    let (stage, before) = (&scene.stage, scene.usd().await);
    scene.break_token("token.gift").await;
    let ran = stage.weir(&["exit", "savings", "--json"]).await;
    assert!(
        ran.stderr.contains("the rewards cannot be paid now and stay claimable: SafeERC20FailedOperation"),
        "{}",
        ran.stderr
    );
    let done = ran.document();
    assert_eq!(done["paid"]["rewards"]["base_units"], "0");
    assert_eq!(scene.usd().await - before, U256::from(STAKE / 2));
    assert!(!scene.vault.earned(scene.payer.address()).call().await.unwrap().is_zero());

    let sentence = stage.weir(&["exit", "savings", "--json"]).await.sentence(4);
    assert!(
        sentence.contains("nothing can leave now, and all of it stays the account's: SafeERC20"),
        "{sentence}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rewards_leave_alone_where_the_asset_fails() {
    let scene = Scene::with(&with_another_reward(), "token.gift").await;
    let stage = &scene.stage;
    scene.break_token("token.usd").await;
    let ran = stage.weir(&["exit", "savings", "--json"]).await;
    let warning =
        "the principal cannot leave now, and the shares stay: it reverts with SafeERC20FailedOperation";
    assert!(ran.stderr.contains(warning), "{}", ran.stderr);
    let done = ran.document();
    assert_eq!(done["assets"], Value::Null);
    assert_eq!(done["paid"]["rewards"]["base_units"], REWARD.to_string());
    assert_eq!(done["shares"], (STAKE / 2).to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_vault_and_a_missing_key_are_told() {
    let stage = Stage::new().await;
    stage.deploy(CONFIG).await.document();
    let token = stage.address("token.usd").to_string();
    let sentence = stage.weir(&["exit", &token, "--json"]).await.sentence(5);
    assert!(sentence.contains("is not a vault of this build"), "{sentence}");
    let nowhere = Address::repeat_byte(5).to_string();
    let sentence = stage.weir(&["exit", &nowhere, "--json"]).await.sentence(5);
    assert!(sentence.contains("is not a vault of this build"), "{sentence}");
    let ran = run(stage.command_without_key(&["exit", "savings", "--json"])).await;
    assert!(ran.sentence(2).contains("WEIR_PRIVATE_KEY"));
}
