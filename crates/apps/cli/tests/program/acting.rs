//! `weir stake`, `withdraw`, `claim`, `fund` and `buy`, and the view of `weir status --account`.
//! Amounts are checked on the chain, too, not only in the output.

use alloy::{
    primitives::{Address, U256},
    providers::DynProvider,
};
use serde_json::{Value, json};
use weir_bindings::{IERC20, IToken, IVault};

use crate::sandbox::{CONFIG, Sandbox};

/// Stake and funding in base units of tUSD.
const STAKE: u64 = 12_500_000;
const FUNDING: u64 = 70_000_000;

/// A vault whose test tokens were minted for the payer.
struct Fixture {
    sandbox: Sandbox,
    vault: IVault::IVaultInstance<DynProvider>,
}

impl Fixture {
    async fn new() -> Self {
        let sandbox = Sandbox::new().await;
        sandbox.deploy(CONFIG).await.document();
        let vault = IVault::new(sandbox.address("vault.savings"), sandbox.chain.provider().clone());
        Self { sandbox, vault }
    }

    async fn run(&self, words: &[&str]) -> Value {
        let words = [words, &["--json"]].concat();
        self.sandbox.weir(&words).await.document()
    }

    async fn balance(&self, token: &str, account: Address) -> U256 {
        let token = IERC20::new(self.sandbox.address(token), self.sandbox.chain.provider());
        token.balanceOf(account).call().await.unwrap()
    }

    async fn shares(&self) -> U256 {
        self.vault.balanceOf(self.sandbox.payer()).call().await.unwrap()
    }

    /// Advances the time to the end of the next epoch.
    async fn let_an_epoch_pass(&self) {
        let end: u64 = self.vault.epochEnd().call().await.unwrap().to();
        self.sandbox.chain.mine_at(end + 7 * 86_400).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_stakes_earns_claims_and_withdraws() {
    let fixture = Fixture::new().await;
    let payer = fixture.sandbox.payer();
    let staked = fixture.run(&["stake", "savings", "12.5"]).await;
    assert_eq!((&staked["assets"]["tokens"], &staked["shares"]), (&json!("12.5"), &json!(STAKE.to_string())));
    assert_eq!(fixture.shares().await, U256::from(STAKE));
    // The approval was for exactly the stake.
    let usd = IERC20::new(fixture.sandbox.address("token.usd"), fixture.sandbox.chain.provider());
    assert_eq!(usd.allowance(payer, *fixture.vault.address()).call().await.unwrap(), U256::ZERO);

    let funded = fixture.run(&["fund", "savings", "70"]).await;
    assert_eq!(funded["credited"]["base_units"], FUNDING.to_string());
    fixture.let_an_epoch_pass().await;

    let before = fixture.balance("token.usd", payer).await;
    let claimed = fixture.run(&["claim", "savings"]).await;
    // The index rounds down, here by one base unit.
    assert_eq!(claimed["rewards"]["tokens"], "69.999999");
    assert_eq!(fixture.balance("token.usd", payer).await - before, U256::from(FUNDING - 1));

    let part = fixture.run(&["withdraw", "savings", "2.5"]).await;
    assert_eq!(part["shares"], "2500000");
    let receiver = Address::repeat_byte(0x77);
    let rest = fixture.run(&["withdraw", "savings", "all", "--receiver", &receiver.to_string()]).await;
    assert_eq!(rest["assets"]["tokens"], "10");
    assert_eq!(fixture.shares().await, U256::ZERO);
    assert_eq!(fixture.balance("token.usd", receiver).await, U256::from(10_000_000));

    let nothing = fixture.run(&["claim", "savings"]).await;
    assert_eq!((&nothing["rewards"]["base_units"], &nothing["transaction"]), (&json!("0"), &Value::Null));
    let nothing = fixture.run(&["withdraw", "savings", "all"]).await;
    assert_eq!(nothing["transaction"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn status_shows_the_stake_of_an_account_and_its_history() {
    let fixture = Fixture::new().await;
    let payer = fixture.sandbox.payer();
    fixture.run(&["stake", "savings", "30"]).await;
    let other = Address::repeat_byte(0x77);
    fixture.run(&["stake", "savings", "10", "--receiver", &other.to_string()]).await;
    fixture.run(&["fund", "savings", "70"]).await;
    fixture.let_an_epoch_pass().await;
    fixture.run(&["withdraw", "savings", "10"]).await;

    let words = ["status", "savings", "--account", &payer.to_string()];
    let account = fixture.run(&words).await["contracts"][0]["account"].clone();
    assert_eq!(account["shares"]["tokens"], "20");
    assert_eq!(account["assets"]["tokens"], "20");
    assert_eq!(account["rewards"]["tokens"], "52.5");
    assert_eq!(account["share_of_pool"], json!(0.666_666));
    let events: Vec<&str> =
        account["history"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["deposit", "withdrawal"]);
    let text = fixture.sandbox.weir(&words).await.stdout;
    assert!(text.contains("66.6666 %") && text.contains("withdrawal"), "{text}");

    let stranger = fixture.sandbox.weir(&["status", "savings", "--account", "alice", "--json"]).await;
    assert!(stranger.sentence(2).contains("no account \"alice\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lot_is_bought_for_at_most_the_maximum_price() {
    let fixture = Fixture::new().await;
    let payer = fixture.sandbox.payer();
    let empty = fixture.sandbox.weir(&["buy", "savings", "--json"]).await;
    assert!(empty.sentence(4).contains("nothing for sale"));

    let yielded =
        IToken::new(fixture.sandbox.address("token.yield"), fixture.sandbox.chain.provider().clone());
    let account = fixture.sandbox.chain.payer().again().await.unwrap();
    account.send(yielded.mint(*fixture.vault.address(), U256::from(1_000_000))).await.unwrap();
    let now = fixture.sandbox.chain.now().await.unwrap();
    fixture.sandbox.chain.mine_at(now + 21_600).await.unwrap();

    let too_expensive = fixture.sandbox.weir(&["buy", "savings", "--max-price", "1", "--json"]).await;
    assert!(too_expensive.sentence(4).contains("more than 1 tUSD"));
    let planned = fixture.run(&["buy", "savings", "--dry-run"]).await;
    assert_eq!((&planned["amount"]["base_units"], &planned["paid"]), (&json!("700000"), &Value::Null));

    let before = fixture.balance("token.usd", payer).await;
    let bought = fixture.run(&["buy", "savings", "--max-price", "20"]).await;
    let paid: U256 = bought["paid"]["base_units"].as_str().unwrap().parse().unwrap();
    assert!(paid <= U256::from(12_500_000), "{paid}");
    assert_eq!(before - fixture.balance("token.usd", payer).await, paid);
    let lot = fixture.balance("token.yield", payer).await;
    assert_eq!(lot % U256::from(1_000_000), U256::from(700_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_amounts_and_contracts_are_errors_before_anything_is_sent() {
    let fixture = Fixture::new().await;
    let sandbox = &fixture.sandbox;
    let nonce = sandbox.nonce().await;
    for (words, code, part) in [
        (vec!["stake", "savings", "0"], 2, "the amount is 0"),
        (vec!["stake", "savings", "0.0000001"], 2, "more than 6 digits"),
        (vec!["stake", "savings", "1000000000"], 4, "needs 1000000000 tUSD"),
        (vec!["withdraw", "savings", "5"], 0, ""),
        (vec!["fund", "savings", "all"], 2, "write an amount"),
        (vec!["claim", "other"], 2, "does not name \"other\""),
        (vec!["claim", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAee"], 2, "wrong checksum"),
        (vec!["claim", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"], 5, "not a vault"),
    ] {
        let words = [words, vec!["--json"]].concat();
        let ran = sandbox.weir(&words).await;
        if code == 0 {
            ran.document();
            continue;
        }
        let sentence = ran.sentence(code);
        assert!(sentence.contains(part), "{words:?}: {sentence}");
    }
    assert_eq!(sandbox.nonce().await, nonce);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revert_is_reported_by_name_and_costs_no_gas() {
    let fixture = Fixture::new().await;
    fixture.run(&["stake", "savings", "5"]).await;
    let nonce = fixture.sandbox.nonce().await;
    let ran = fixture.sandbox.weir(&["withdraw", "savings", "6", "--json"]).await;
    let sentence = ran.sentence(4);
    assert!(sentence.contains("ERC4626ExceededMaxWithdraw"), "{sentence}");
    assert_eq!(fixture.sandbox.nonce().await, nonce);
}
