//! `weir status` and the time of programs: what it shows, when it warns, and how it ends after they have expired.
//! `leaving` has the vaults that only the lifeboat serves.

use alloy::primitives::U256;
use serde_json::Value;
use weir_bindings::deploy::activation;

use crate::sandbox::{CONFIG, PAIR, Sandbox, run};

const DAY: u64 = 86_400;
/// When the programs expire, in seconds after the chain's first block.
const EXPIRY: u64 = 365 * DAY;

/// Everything that a config can have, with programs that were activated in the chain's first hour.
async fn deployed() -> Sandbox {
    let sandbox = Sandbox::new().await;
    let owner = sandbox.payer();
    let config = CONFIG.replace("[vault.savings]", &format!("[vault.savings]\nowner = \"{owner}\""));
    sandbox.deploy(&format!("{config}{PAIR}[router]\n")).await.document();
    sandbox
}

/// The contract of this key in a document of `weir status`.
fn contract<'a>(document: &'a Value, key: &str) -> &'a Value {
    let contracts = document["contracts"].as_array().unwrap();
    contracts.iter().find(|contract| contract["key"] == key).unwrap()
}

/// Names of the programs of a contract.
fn names(contract: &Value) -> Vec<&str> {
    let programs = contract["programs"].as_array().unwrap();
    programs.iter().map(|program| program["program"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn status_shows_when_each_program_expires() {
    let sandbox = deployed().await;
    sandbox.mine_after(8 * DAY).await;
    let document = sandbox.weir(&["status", "--json"]).await.document();
    for (key, programs) in [
        ("vault.savings", vec!["vault", "extension", "token"]),
        ("factory", vec!["factory", "pair", "vault", "extension"]),
        ("pair.drops", vec!["pair"]),
        ("router", vec!["router"]),
    ] {
        let contract = contract(&document, key);
        assert_eq!(names(contract), programs, "{key}");
        for program in contract["programs"].as_array().unwrap() {
            assert_eq!(program["expires"], Sandbox::start() + EXPIRY, "{key}");
            assert_eq!(program["seconds_left"], 357 * DAY, "{key}");
            assert_eq!(program["inactive"], Value::Null, "{key}");
        }
    }
    assert_eq!(document["warnings"], Value::Array(Vec::new()));
    let words = sandbox.weir(&["status"]).await.stdout;
    let rows = words.lines().filter(|line| line.ends_with("active for another 357 days")).count();
    assert_eq!(rows, 9, "three rows of the vault, four of the factory, pair and router:\n{words}");
    for key in ["token.usd", "template.extension"] {
        let words = sandbox.weir(&["status", key]).await.stdout;
        assert!(words.contains("active for another 357 days"), "{key}\n{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn status_warns_with_59_days_left_and_not_with_61() {
    let sandbox = deployed().await;
    sandbox.mine_after(EXPIRY - 61 * DAY).await;
    let ran = sandbox.weir(&["status", "savings", "--json"]).await;
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
    assert_eq!(ran.document()["warnings"], Value::Array(Vec::new()));

    sandbox.mine_after(EXPIRY - 59 * DAY).await;
    let ran = sandbox.weir(&["status", "savings", "factory", "--json"]).await;
    let document = ran.document();
    let warnings: Vec<&str> =
        document["warnings"].as_array().unwrap().iter().map(|warning| warning.as_str().unwrap()).collect();
    // The factory's two other programs; the vault's are named once.
    assert_eq!(warnings.len(), 5, "{warnings:?}");
    let expected = "the program vault of vault.savings expires on 2026-01-01 00:00:00 UTC, in 59 days: renew it \
                    (weir keepalive vault.savings)";
    assert_eq!(warnings[0], expected);
    for warning in warnings {
        assert!(ran.stderr.contains(&format!("warning: {warning}\n")), "{}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_have_expired_are_shown_and_end_status_with_code_5() {
    let sandbox = deployed().await;
    sandbox.mine_after(EXPIRY + DAY).await;
    let document = sandbox.weir(&["status", "--json"]).await.document_with(5);
    let message = document["error"]["message"].as_str().unwrap();
    assert!(
        message.starts_with("6 programs cannot run: vault of vault.savings (it expired on 2026-01-01"),
        "{message}"
    );
    for key in ["vault.savings", "pair.drops", "factory", "router"] {
        let contract = contract(&document, key);
        assert_eq!(contract["kind"], key.split('.').next().unwrap());
        assert_eq!(contract["programs"][0]["inactive"], "expired", "{key}");
        assert_eq!(contract["programs"][0]["expires"], Sandbox::start() + EXPIRY, "{key}");
    }
    let ran =
        sandbox.weir(&["status", "pair.drops", "factory", "router", "token.usd", "template.vault"]).await;
    assert_eq!(ran.code, 5);
    let rows = ran.stdout.matches("cannot run: it expired on 2026-01-01 00:00:00 UTC").count();
    assert_eq!(rows, 5, "{}", ran.stdout);
    assert_eq!(ran.stdout.matches("activateProgram(address)").count(), 5, "{}", ran.stdout);
    // The code of a pair says what it would sell.
    assert!(ran.stdout.contains("pair ") && ran.stdout.contains("it sells nothing while"), "{}", ran.stdout);

    // By address, without a record.
    let factory = sandbox.address("factory");
    let mut command = sandbox.command(&["status", &factory.to_string(), "--json"]);
    command.args(["--deployments", "nowhere"]);
    let document = run(command).await.document_with(5);
    assert_eq!(document["contracts"][0]["programs"][0]["inactive"], "expired");
    let message = document["error"]["message"].as_str().unwrap();
    assert!(message.contains(&format!("\"activateProgram(address)\" {factory}")), "{message}");

    let payer = sandbox.chain.payer().again().await.unwrap();
    payer.send(activation(factory, U256::from(10).pow(U256::from(16)))).await.unwrap();
    let document = sandbox.weir(&["status", "factory", "--json"]).await.document_with(5);
    assert_eq!(document["contracts"][0]["programs"][0]["inactive"], Value::Null);
    assert_eq!(document["contracts"][0]["total_vaults"], 1);
}
