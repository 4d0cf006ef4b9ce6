//! `weir devnode --demo`: an active vault for people who try Weir for the first time.
//! Runs the commands that its banner proposes, and compares the amounts with the documentation.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use alloy::{
    network::TransactionBuilder,
    primitives::{Bytes, U256, address, hex},
    providers::Provider,
    rpc::types::TransactionRequest,
};
use serde_json::Value;
use weir_client::Patience;

use crate::sandbox::{program, run};

/// The account that the banner's commands use.
const ALICE: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
/// The private key of alice. It belongs to the public test mnemonic.
const ALICE_KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

struct Node {
    child: Child,
    url: String,
    folder: tempfile::TempDir,
}

impl Node {
    fn start(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let words = [&["devnode", "--demo", "--port", "0", "--no-cache"][..], more].concat();
        let mut command = program(&words);
        let mut child = command.current_dir(folder.path()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let url = lines.find_map(|line| line.strip_prefix("RPC").map(|url| url.trim().to_owned())).unwrap();
        assert!(lines.any(|line| line.contains("weir status savings --account alice")));
        // The log must be read, or the node would block.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url, folder }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = program(words);
        command.current_dir(self.folder.path()).env("WEIR_RPC_URL", &self.url);
        command.env("WEIR_PRIVATE_KEY", ALICE_KEY);
        command
    }

    async fn weir(&self, words: &[&str]) -> Value {
        run(self.command(&[words, &["--json"]].concat())).await.document()
    }

    fn record(&self) -> impl AsRef<Path> {
        self.folder.path().join("deployments/412346.json")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_banner_work() {
    let node = Node::start(&[]);
    let status = node.weir(&["status", "savings", "--account", "alice"]).await;
    let vault = &status["contracts"][0];
    assert_eq!(vault["total_assets"]["tokens"], "36500");
    assert_eq!(vault["epoch"]["stream"]["reward"]["tokens"], "70");
    assert_eq!(vault["queue"]["reward"]["tokens"], "35");
    assert_eq!(vault["auction"]["available"]["tokens"], "0.7");
    assert_eq!(vault["auction"]["has_sold"], false);
    assert_eq!(vault["account"]["shares"]["tokens"], "20000");
    assert_eq!(vault["account"]["history"][0]["event"], "deposit");

    let offer = node.weir(&["buy", "savings", "--dry-run"]).await;
    assert_eq!(offer["amount"]["tokens"], "0.7");
    let prices = ["--price", "usd=fixed:1", "--price", "yield=fixed:1", "--price", "ether=fixed:2500"];
    let bot = ["bot", "--once", "--dry-run", "--account", ALICE, "--pair", "savings"];
    let summary = node.weir(&[&bot[..], &prices].concat()).await;
    assert_eq!((&summary["bids"], &summary["lost"]), (&0.into(), &0.into()));

    let staked = node.weir(&["stake", "savings", "12.5"]).await;
    assert_eq!(staked["assets"]["tokens"], "12.5");
    assert_eq!(node.weir(&["exit", "savings"]).await["paid"]["assets"]["tokens"], "20012.5");
}

#[tokio::test(flavor = "multi_thread")]
async fn stakers_have_names_and_time_begins_at_the_given_timestamp() {
    let node = Node::start(&["--timestamp", "1735689600"]);
    let record: Value = serde_json::from_str(&std::fs::read_to_string(node.record()).unwrap()).unwrap();
    assert_eq!(record["accounts"]["alice"], ALICE.to_lowercase());
    let status = node.weir(&["status", "savings"]).await;
    assert_eq!(status["contracts"][0]["epoch"]["number"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn activations_are_paused_after_the_demo_is_deployed() {
    let node = Node::start(&["--activations-paused"]);
    let connection =
        weir_client::Node::connect(&node.url.parse().unwrap(), Patience::default()).await.unwrap();
    // ArbWasm.activationGas().
    let call = TransactionRequest::default()
        .with_to(address!("0000000000000000000000000000000000000071"))
        .with_input(Bytes::from(hex!("2278c278")));
    let gas = connection.provider.call(call).await.unwrap();
    assert_eq!(U256::from_be_slice(&gas), U256::from(u64::MAX));
    // What was active before still runs.
    let staked = node.weir(&["stake", "savings", "12.5"]).await;
    assert_eq!(staked["assets"]["tokens"], "12.5");
}
