//! `weir stake`, `withdraw`, `claim`, `fund` and `buy`, and what `weir status --account` shows of them.
//! Every amount is checked on the chain, not only in what the program prints.

use alloy::{
    primitives::{Address, U256},
    providers::DynProvider,
};
use serde_json::{Value, json};
use weir_bindings::{IERC20, IToken, IVault};

use crate::stage::{CONFIG, Stage};

/// Base units of tUSD.
const STAKE: u64 = 12_500_000;
const GIFT: u64 = 70_000_000;

/// A vault with test tokens, of which the payer has plenty.
struct Scene {
    stage: Stage,
    vault: IVault::IVaultInstance<DynProvider>,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        stage.deploy(CONFIG).await.document();
        let vault = IVault::new(stage.address("vault.savings"), stage.chain.provider().clone());
        Self { stage, vault }
    }

    async fn run(&self, words: &[&str]) -> Value {
        let words = [words, &["--json"]].concat();
        self.stage.weir(&words).await.document()
    }

    async fn balance(&self, token: &str, account: Address) -> U256 {
        let token = IERC20::new(self.stage.address(token), self.stage.chain.provider());
        token.balanceOf(account).call().await.unwrap()
    }

    async fn shares(&self) -> U256 {
        self.vault.balanceOf(self.stage.payer()).call().await.unwrap()
    }

    /// Until the end of the next epoch.
    async fn let_an_epoch_pass(&self) {
        let end: u64 = self.vault.epochEnd().call().await.unwrap().to();
        self.stage.chain.mine_at(end + 7 * 86_400).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_stakes_earns_claims_and_withdraws() {
    let scene = Scene::new().await;
    let payer = scene.stage.payer();
    let staked = scene.run(&["stake", "savings", "12.5"]).await;
    assert_eq!((&staked["assets"]["tokens"], &staked["shares"]), (&json!("12.5"), &json!(STAKE.to_string())));
    assert_eq!(scene.shares().await, U256::from(STAKE));
    // The approval was for exactly the stake.
    let usd = IERC20::new(scene.stage.address("token.usd"), scene.stage.chain.provider());
    assert_eq!(usd.allowance(payer, *scene.vault.address()).call().await.unwrap(), U256::ZERO);

    let funded = scene.run(&["fund", "savings", "70"]).await;
    assert_eq!(funded["credited"]["base_units"], GIFT.to_string());
    scene.let_an_epoch_pass().await;

    let before = scene.balance("token.usd", payer).await;
    let claimed = scene.run(&["claim", "savings"]).await;
    // The index rounds down, here by one unit.
    assert_eq!(claimed["rewards"]["tokens"], "69.999999");
    assert_eq!(scene.balance("token.usd", payer).await - before, U256::from(GIFT - 1));

    let part = scene.run(&["withdraw", "savings", "2.5"]).await;
    assert_eq!(part["shares"], "2500000");
    let receiver = Address::repeat_byte(0x77);
    let rest = scene.run(&["withdraw", "savings", "all", "--receiver", &receiver.to_string()]).await;
    assert_eq!(rest["assets"]["tokens"], "10");
    assert_eq!(scene.shares().await, U256::ZERO);
    assert_eq!(scene.balance("token.usd", receiver).await, U256::from(10_000_000));

    let nothing = scene.run(&["claim", "savings"]).await;
    assert_eq!((&nothing["rewards"]["base_units"], &nothing["transaction"]), (&json!("0"), &Value::Null));
    let nothing = scene.run(&["withdraw", "savings", "all"]).await;
    assert_eq!(nothing["transaction"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn status_shows_what_an_account_has_and_its_history() {
    let scene = Scene::new().await;
    let payer = scene.stage.payer();
    scene.run(&["stake", "savings", "30"]).await;
    let other = Address::repeat_byte(0x77);
    scene.run(&["stake", "savings", "10", "--receiver", &other.to_string()]).await;
    scene.run(&["fund", "savings", "70"]).await;
    scene.let_an_epoch_pass().await;
    scene.run(&["withdraw", "savings", "10"]).await;

    let words = ["status", "savings", "--account", &payer.to_string()];
    let account = scene.run(&words).await["contracts"][0]["account"].clone();
    assert_eq!(account["shares"]["tokens"], "20");
    assert_eq!(account["assets"]["tokens"], "20");
    assert_eq!(account["rewards"]["tokens"], "52.5");
    assert_eq!(account["share_of_pool"], json!(0.666_666));
    let events: Vec<&str> =
        account["history"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["deposit", "withdrawal"]);
    let text = scene.stage.weir(&words).await.stdout;
    assert!(text.contains("66.6666 %") && text.contains("withdrawal"), "{text}");

    let stranger = scene.stage.weir(&["status", "savings", "--account", "alice", "--json"]).await;
    assert!(stranger.sentence(2).contains("no account \"alice\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lot_is_bought_by_hand_for_no_more_than_the_limit() {
    let scene = Scene::new().await;
    let payer = scene.stage.payer();
    let empty = scene.stage.weir(&["buy", "savings", "--json"]).await;
    assert!(empty.sentence(4).contains("nothing for sale"));

    let yielded = IToken::new(scene.stage.address("token.yield"), scene.stage.chain.provider().clone());
    let account = scene.stage.chain.payer().again().await.unwrap();
    account.send(yielded.mint(*scene.vault.address(), U256::from(1_000_000))).await.unwrap();
    let now = scene.stage.chain.now().await.unwrap();
    scene.stage.chain.mine_at(now + 21_600).await.unwrap();

    let dear = scene.stage.weir(&["buy", "savings", "--max-price", "1", "--json"]).await;
    assert!(dear.sentence(4).contains("more than 1 tUSD"));
    let planned = scene.run(&["buy", "savings", "--dry-run"]).await;
    assert_eq!((&planned["amount"]["base_units"], &planned["paid"]), (&json!("700000"), &Value::Null));

    let before = scene.balance("token.usd", payer).await;
    let bought = scene.run(&["buy", "savings", "--max-price", "20"]).await;
    let paid: U256 = bought["paid"]["base_units"].as_str().unwrap().parse().unwrap();
    assert!(paid <= U256::from(12_500_000), "{paid}");
    assert_eq!(before - scene.balance("token.usd", payer).await, paid);
    let lot = scene.balance("token.yield", payer).await;
    assert_eq!(lot % U256::from(1_000_000), U256::from(700_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_amounts_and_accounts_are_errors_before_anything_is_sent() {
    let scene = Scene::new().await;
    let stage = &scene.stage;
    let nonce = stage.nonce().await;
    for (words, code, part) in [
        (vec!["stake", "savings", "0"], 2, "the amount is 0"),
        (vec!["stake", "savings", "0.0000001"], 2, "more than 6 digits"),
        (vec!["stake", "savings", "1000000000"], 4, "needs 1000000000 tUSD"),
        (vec!["withdraw", "savings", "5"], 0, ""),
        (vec!["fund", "savings", "all"], 2, "needs an amount"),
        (vec!["claim", "other"], 2, "does not name \"other\""),
        (vec!["claim", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAee"], 2, "wrong checksum"),
        (vec!["claim", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"], 5, "not a vault"),
    ] {
        let words = [words, vec!["--json"]].concat();
        let ran = stage.weir(&words).await;
        if code == 0 {
            ran.document();
            continue;
        }
        let sentence = ran.sentence(code);
        assert!(sentence.contains(part), "{words:?}: {sentence}");
    }
    assert_eq!(stage.nonce().await, nonce);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revert_is_named_and_costs_nothing() {
    let scene = Scene::new().await;
    scene.run(&["stake", "savings", "5"]).await;
    let nonce = scene.stage.nonce().await;
    let ran = scene.stage.weir(&["withdraw", "savings", "6", "--json"]).await;
    let sentence = ran.sentence(4);
    assert!(sentence.contains("ERC4626ExceededMaxWithdraw"), "{sentence}");
    assert_eq!(scene.stage.nonce().await, nonce);
}
