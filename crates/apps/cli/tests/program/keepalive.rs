//! `weir keepalive`: when it renews, what it costs, and what it says of programs that it cannot renew.
//! `keepalive_watch` has `--watch`.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, U256, address, hex},
    providers::Provider,
    rpc::types::TransactionRequest,
};
use serde_json::{Value, json};
use weir_bindings::deploy::activation;

use crate::sandbox::{CONFIG, CommandResult, Sandbox, run};

const DAY: u64 = 86_400;
/// Programs of [`deployed`]: token, pair, vault, extension, factory, router.
pub const PROGRAMS: u64 = 6;

/// A vault, a factory, a router and two tokens, with programs that were activated in the chain's first hour.
pub async fn deployed() -> Sandbox {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(&format!("{CONFIG}[router]\n")).await.document();
    sandbox
}

/// The states of all programs in a document, by name.
fn states(document: &Value) -> Vec<(&str, &str)> {
    let programs = document["programs"].as_array().unwrap();
    let mut states: Vec<(&str, &str)> = programs
        .iter()
        .map(|program| (program["program"].as_str().unwrap(), program["state"].as_str().unwrap()))
        .collect();
    states.sort_unstable();
    states
}

/// All programs in this state.
fn all(state: &str) -> Vec<(&str, &str)> {
    ["extension", "factory", "pair", "router", "token", "vault"].map(|name| (name, state)).to_vec()
}

async fn keepalive(sandbox: &Sandbox, more: &[&str]) -> CommandResult {
    sandbox.weir(&[&["keepalive", "--json"], more].concat()).await
}

async fn balance(sandbox: &Sandbox) -> U256 {
    sandbox.chain.provider().get_balance(sandbox.payer()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_until_31_days_after_the_activation() {
    let sandbox = deployed().await;
    let nonce = sandbox.nonce().await;
    sandbox.mine_after(31 * DAY - 1).await;
    let document = keepalive(&sandbox, &["--yes"]).await.document();
    assert_eq!(states(&document), all("waiting"));
    for program in document["programs"].as_array().unwrap() {
        assert_eq!(program["renew_at"], Sandbox::start() + 31 * DAY);
        assert_eq!(program["expires"], Sandbox::start() + 365 * DAY);
    }
    assert_eq!(document["spent_wei"], Value::Null);
    let words = sandbox.weir(&["keepalive"]).await.stdout;
    assert!(words.contains("There is nothing to renew before 2025-02-01 00:00:00 UTC"), "{words}");
    assert_eq!(sandbox.nonce().await, nonce);

    sandbox.mine_after(31 * DAY).await;
    let document = keepalive(&sandbox, &["--dry-run"]).await.document();
    assert_eq!(states(&document), all("due"));
    assert_eq!(sandbox.nonce().await, nonce, "a dry run sends nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_costs_what_was_shown_and_starts_the_365_days_again() {
    let sandbox = deployed().await;
    let nonce = sandbox.nonce().await;
    sandbox.mine_after(32 * DAY).await;
    let shown = keepalive(&sandbox, &["--dry-run"]).await.document();
    let before = balance(&sandbox).await;
    let ran = keepalive(&sandbox, &["--yes"]).await;
    let renewed = ran.document();
    assert_eq!(states(&renewed), all("renewed"));
    assert_eq!(sandbox.nonce().await, nonce + PROGRAMS, "one transaction a program");

    let spent = before - balance(&sandbox).await;
    assert_eq!(renewed["spent_wei"], spent.to_string());
    assert_eq!(shown["estimate"]["wei"], spent.to_string(), "{shown}");
    for (shown, renewed) in
        shown["programs"].as_array().unwrap().iter().zip(renewed["programs"].as_array().unwrap())
    {
        assert_eq!(shown["estimated_data_fee_wei"], renewed["data_fee_wei"]);
        assert_eq!(shown["estimated_gas"], renewed["gas_used"]);
        assert_eq!(renewed["expires"], Sandbox::start() + (32 + 365) * DAY);
    }
    let tokens = renewed["programs"].as_array().unwrap().iter().find(|program| program["program"] == "token");
    // The vault's tokens run it, and are named by themselves, too.
    let users = json!(["vault.savings", "token.usd", "token.yield"]);
    assert_eq!(tokens.unwrap()["run_by"], users, "one renewal serves all that run the code");

    let after = keepalive(&sandbox, &[]).await.document();
    assert_eq!(states(&after), all("waiting"));
    for program in after["programs"].as_array().unwrap() {
        assert_eq!(program["expires"], Sandbox::start() + (32 + 365) * DAY);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_program_is_reported_and_the_others_are_renewed() {
    let sandbox = deployed().await;
    sandbox.mine_after(32 * DAY).await;
    let some = keepalive(&sandbox, &["factory", "--yes"]).await.document();
    let names = [("extension", "renewed"), ("factory", "renewed"), ("pair", "renewed"), ("vault", "renewed")];
    assert_eq!(states(&some), names, "a factory and the programs of its clones");

    sandbox.mine_after(366 * DAY).await;
    let nonce = sandbox.nonce().await;
    let document = keepalive(&sandbox, &["--yes"]).await.document_with(5);
    let mixed = [names[0], names[1], names[2], ("router", "expired"), ("token", "expired"), names[3]];
    assert_eq!(states(&document), mixed);
    assert_eq!(sandbox.nonce().await, nonce + 4);
    let message = document["error"]["message"].as_str().unwrap();
    for part in [
        "the program token cannot be renewed: it expired on 2026-01-01 00:00:00 UTC",
        "the program router cannot be renewed",
        "activateProgram(address)",
    ] {
        assert!(message.contains(part), "{part} is not in {message}");
    }
    assert_eq!(document["left_to_do"].as_array().unwrap().len(), 2);
    // Nothing is left to renew, but the two still cannot run.
    assert_eq!(keepalive(&sandbox, &["--dry-run"]).await.code, 5);

    let payer = sandbox.chain.payer().again().await.unwrap();
    for key in ["token.usd", "router"] {
        let request = activation(sandbox.address(key), U256::from(10).pow(U256::from(16)));
        payer.send(request).await.unwrap();
    }
    keepalive(&sandbox, &[]).await.document();
}

#[tokio::test(flavor = "multi_thread")]
async fn renewals_work_while_activations_are_paused() {
    const ARB_OWNER: Address = address!("0000000000000000000000000000000000000070");
    const ARB_DEBUG: Address = address!("00000000000000000000000000000000000000ff");
    let sandbox = deployed().await;
    let payer = sandbox.chain.payer().again().await.unwrap();
    // becomeChainOwner(), then setWasmActivationGas(2^64 - 1).
    let become_owner = hex!("0e5bbc11").to_vec();
    let pause = [&hex!("a0a32497")[..], &U256::from(u64::MAX).to_be_bytes::<32>()].concat();
    for (to, input) in [(ARB_DEBUG, become_owner), (ARB_OWNER, pause)] {
        payer.send(TransactionRequest::default().with_to(to).with_input(input)).await.unwrap();
    }
    sandbox.mine_after(32 * DAY).await;
    let document = keepalive(&sandbox, &["savings", "--yes"]).await.document();
    assert_eq!(document["activations_paused"], true);
    let renewed = [("extension", "renewed"), ("token", "renewed"), ("vault", "renewed")];
    assert_eq!(states(&document), renewed, "a vault's programs and those of its tokens");

    sandbox.mine_after(366 * DAY).await;
    let message = keepalive(&sandbox, &["router"]).await.sentence(5);
    assert!(
        message.contains("the chain has activations paused") && !message.contains("cast send"),
        "{message}"
    );
    let message = sandbox.weir(&["status", "router", "--json"]).await.sentence(5);
    assert!(message.contains("the chain has activations paused"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_on_time_and_cost_are_kept() {
    let sandbox = deployed().await;
    let nonce = sandbox.nonce().await;
    sandbox.mine_after(100 * DAY).await;
    let document = keepalive(&sandbox, &["--yes", "--left", "90 days"]).await.document();
    assert_eq!(states(&document), all("waiting"));
    assert_eq!(document["programs"][0]["renew_at"], Sandbox::start() + (365 - 90) * DAY);

    let ran = keepalive(&sandbox, &["--yes", "--max-cost", "0.00001"]).await;
    let message = ran.sentence(4);
    assert!(message.contains("more than --max-cost 0.00001"), "{message}");
    assert_eq!(states(&ran.document_with(4)), all("failed"));
    assert_eq!(sandbox.nonce().await, nonce);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_asks_before_it_sends() {
    let sandbox = deployed().await;
    let nonce = sandbox.nonce().await;
    sandbox.mine_after(32 * DAY).await;
    let message = keepalive(&sandbox, &[]).await.sentence(2);
    assert!(message.contains("use --yes to renew"), "{message}");
    let without_key = run(sandbox.command_without_key(&["keepalive", "--json", "--yes"])).await;
    assert!(without_key.sentence(2).contains("WEIR_PRIVATE_KEY"));
    assert_eq!(sandbox.nonce().await, nonce);
    let dry = run(sandbox.command_without_key(&["keepalive", "--json", "--dry-run"])).await;
    assert_eq!(states(&dry.document()), all("due"));
}

#[tokio::test(flavor = "multi_thread")]
async fn contracts_are_found_by_name_or_address() {
    let sandbox = deployed().await;
    let vault = sandbox.address("vault.savings").to_string();
    let mut command = sandbox.command(&["keepalive", &vault, "--json"]);
    command.args(["--deployments", "nowhere"]);
    let document = run(command).await.document();
    let waiting = [("extension", "waiting"), ("token", "waiting"), ("vault", "waiting")];
    assert_eq!(states(&document), waiting);

    let message = keepalive(&sandbox, &["template.lifeboat"]).await.sentence(5);
    assert!(message.contains("runs no Stylus program"), "{message}");
    let message = keepalive(&sandbox, &["nobody"]).await.sentence(2);
    assert!(message.contains("does not name \"nobody\""), "{message}");
    let empty = Sandbox::new().await;
    let message = keepalive(&empty, &[]).await.sentence(2);
    assert!(message.contains("names no contract"), "{message}");
}
