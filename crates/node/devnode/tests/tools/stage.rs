//! A node, the installed tools, and the key that pays.
//! Also finds values in the output of a tool.

use std::{
    env,
    future::Future,
    path::{Path, PathBuf},
    process::Command,
};

use alloy::primitives::{Address, address};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_bindings::Program;
use weir_devnode::Devnode;
use weir_harness::Chain;

use crate::support::{self, is_skipped};

/// Set this variable to skip these trials.
const SKIP: &str = "WEIR_SKIP_TOOLS";
/// The folder of the tools, if it is not `target/tools`.
const FOLDER: &str = "WEIR_TOOLS_DIR";

/// The key that the tools pay with: that of the test mnemonic's first account.
pub const KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/// Its address.
pub const PAYER: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");

/// A trial that needs the tools. It is ignored only if the environment says so.
pub fn trial<T, F>(name: &str, test: T) -> Trial
where
    T: FnOnce() -> F + Send + 'static,
    F: Future<Output = Result<()>>,
{
    let trial = support::trial(name, test);
    if is_skipped(SKIP) { trial.with_kind("skipped").with_ignored_flag(true) } else { trial }
}

/// A tool that `scripts/tools` has installed.
pub fn tool(name: &str) -> Result<PathBuf> {
    let folder = env::var_os(FOLDER).map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/tools").join("bin"),
        PathBuf::from,
    );
    let path = folder.join(name);
    ensure!(
        path.is_file(),
        "{} is missing: run scripts/tools, or set {SKIP}=1 to skip these trials",
        path.display()
    );
    Ok(path)
}

/// The WASM of a program, which `scripts/build` builds.
pub fn wasm(program: Program) -> Result<PathBuf> {
    let path = weir_artifacts::wasm_folder().join(program.name()).with_extension("wasm");
    path.canonicalize().with_context(|| format!("{} is missing: run scripts/build", path.display()))
}

pub struct Stage {
    pub chain: Chain,
    pub url: String,
}

impl Stage {
    pub async fn start() -> Result<Self> {
        let chain = Chain::devnode(Devnode::builder()).await?;
        let url = chain.node().context("the chain is not a devnode")?.rpc_url();
        Ok(Self { chain, url })
    }

    /// The command `cargo stylus WORDS…` for this node, in a folder.
    pub fn cargo_stylus(&self, folder: &Path, words: &[&str]) -> Result<Command> {
        let mut command = cargo_stylus(folder, words)?;
        command.args(["--endpoint", &self.url]);
        Ok(command)
    }
}

/// The command `cargo stylus WORDS…` in a folder, without a node.
pub fn cargo_stylus(folder: &Path, words: &[&str]) -> Result<Command> {
    let mut command = Command::new(tool("cargo-stylus")?);
    // The cargo that runs this test sets this variable, and the tool's cargo must not see it.
    command.env_remove("CARGO").current_dir(folder).arg("stylus").args(words);
    Ok(command)
}

/// The word after `label` in the output of a tool.
pub fn value_after(text: &str, label: &str) -> Result<String> {
    let rest = text.lines().find_map(|line| Some(line.split_once(label)?.1));
    let word = rest.and_then(|rest| rest.split_whitespace().next());
    Ok(word.with_context(|| format!("no {label:?} in\n{text}"))?.trim_matches('"').to_owned())
}
