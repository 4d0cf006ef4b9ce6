//! A devnode and a folder, and runs of the program `weir` with them.
//! A run returns its exit code and its output.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use alloy::{
    primitives::{Address, B256},
    providers::Provider,
};
use serde_json::Value;
use tempfile::TempDir;
use weir_bindings::{deploy::STYLUS_DEPLOYER, fixed::CREATE2_DEPLOYER};
use weir_devnode::Devnode;
use weir_harness::Chain;

/// Two test tokens and a vault. They need three programs, a lifeboat and a factory.
pub const CONFIG: &str = r#"
[token.usd]
test = true
name = "Test USD"
symbol = "tUSD"
decimals = 6
mint = "1000000"

[token.yield]
test = true
name = "Test Yield"
symbol = "tYLD"
mint = "1000000"

[vault.savings]
name = "Savings"
symbol = "sUSD"
asset = "usd"
reward = "usd"
yield_token = "yield"
epoch_length = "7 days"

[vault.savings.auction]
target_period = "6 hours"
target_price = "12.5"
smoothing = 0.3
"#;

/// Another token, and a pair that sells it for the vault of [`CONFIG`]. Only an owner could let it sell.
pub const PAIR: &str = r#"
[token.drop]
test = true
name = "Drop"
symbol = "DROP"

[pair.drops]
source = "savings"
token_in = "usd"
token_out = "drop"

[pair.drops.auction]
target_period = "1 day"
target_price = 100
"#;

/// Time of the chain's first block, at a full hour.
const START: u64 = 1_735_689_600;

/// A devnode and a folder to run the program in.
pub struct Sandbox {
    pub chain: Chain,
    pub folder: TempDir,
}

/// The result of a run.
#[derive(Debug)]
pub struct CommandResult {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Sandbox {
    pub async fn new() -> Self {
        let chain = Chain::at_a_standstill(Devnode::builder().genesis_timestamp(START)).await.unwrap();
        Self { chain, folder: tempfile::tempdir().unwrap() }
    }

    /// A sandbox on a chain without a Stylus deployer.
    pub async fn bare() -> Self {
        let sandbox = Self::new().await;
        let provider = sandbox.chain.provider();
        for address in [STYLUS_DEPLOYER, CREATE2_DEPLOYER] {
            let _: Value = provider.raw_request("anvil_setCode".into(), (address, "0x")).await.unwrap();
            let _: Value = provider.raw_request("anvil_setNonce".into(), (address, "0x0")).await.unwrap();
        }
        sandbox
    }

    pub fn url(&self) -> String {
        self.chain.node().unwrap().rpc_url()
    }

    /// The key of the payer, Nitro's development account.
    pub fn key(&self) -> B256 {
        self.chain.node().unwrap().accounts()[0].key()
    }

    pub fn payer(&self) -> Address {
        self.chain.node().unwrap().accounts()[0].address()
    }

    /// Number of transactions that the payer has sent.
    pub async fn nonce(&self) -> u64 {
        self.chain.provider().get_transaction_count(self.payer()).await.unwrap()
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Path of the chain's deployment record.
    pub fn record(&self) -> PathBuf {
        self.folder.path().join("deployments/412346.json")
    }

    pub fn read_record(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.record()).unwrap()).unwrap()
    }

    /// The address of a contract by its key in the record.
    pub fn address(&self, key: &str) -> Address {
        self.read_record()["contracts"][key]["address"].as_str().unwrap().parse().unwrap()
    }

    /// The config of another team: a vault of this factory with the tokens of the record.
    pub fn config_of_another_team(&self, factory: Address) -> String {
        let (_, section) = CONFIG.split_once("[vault.savings]").unwrap();
        let section = section.replace("[vault.savings", "[vault.other");
        let section = section.replace("\"usd\"", &format!("\"{}\"", self.address("token.usd")));
        let section = section.replace("\"yield\"", &format!("\"{}\"", self.address("token.yield")));
        format!("[factory]\naddress = \"{factory}\"\n[vault.other]{section}")
    }

    /// The program with the payer's key.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = self.command_without_key(words);
        command.env("WEIR_PRIVATE_KEY", self.key().to_string());
        command
    }

    pub fn command_without_key(&self, words: &[&str]) -> Command {
        let mut command = program(words);
        command.current_dir(self.folder.path()).env("WEIR_RPC_URL", self.url());
        command
    }

    pub async fn weir(&self, words: &[&str]) -> CommandResult {
        run(self.command(words)).await
    }

    /// Time of the chain's first block.
    pub const fn start() -> u64 {
        START
    }

    /// Mines a block so many seconds after the chain's first one.
    pub async fn mine_after(&self, seconds: u64) {
        self.chain.mine_at(START + seconds).await.unwrap();
    }

    /// Writes the config and deploys it.
    pub async fn deploy(&self, config: &str) -> CommandResult {
        self.write("config.toml", config);
        self.weir(&["deploy", "config.toml", "--yes", "--json"]).await
    }
}

/// The program without the environment variables that it reads.
pub fn program(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weir"));
    for variable in
        ["WEIR_RPC_URL", "WEIR_PRIVATE_KEY", "WEIR_KEYSTORE", "WEIR_KEYSTORE_PASSWORD", "WEIR_DEPLOYMENTS"]
    {
        command.env_remove(variable);
    }
    command.args(words).stdin(Stdio::null());
    command
}

/// Runs a program to its end. The node in this process keeps answering.
pub async fn run(mut command: Command) -> CommandResult {
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
    let Output { status, stdout, stderr } = output.unwrap();
    CommandResult {
        code: status.code().unwrap_or(-1),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

impl CommandResult {
    /// The JSON document of a run that succeeded.
    pub fn document(&self) -> Value {
        assert_eq!(self.code, 0, "{}\n{}", self.stdout, self.stderr);
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// The JSON document of a run with this exit code. If it is not 0, the document has the error as a member.
    pub fn document_with(&self, code: i32) -> Value {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// The error message of a run with `--json` that ended with this code. It must be one line, printed to both
    /// outputs.
    pub fn sentence(&self, code: i32) -> String {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        let document: Value = serde_json::from_str(&self.stdout).unwrap();
        assert_eq!(document["error"]["exit_code"], code);
        let sentence = document["error"]["message"].as_str().unwrap().to_owned();
        assert!(!sentence.contains('\n'), "{sentence}");
        assert!(self.stderr.contains(&format!("error: {sentence}\n")), "{}", self.stderr);
        sentence
    }
}
