//! How a test is run: by itself, on a chain of its own, or on the node that `WEIR_RPC_URL` names.
//!
//! A test is an async function that takes nothing. What fails is told with the whole chain of causes.

use std::{any::type_name, env, future::Future, process::Command};

use anyhow::{Error, Result};
use libtest_mimic::{Failed, Trial};
use tokio::runtime;
use weir_artifacts::solidity;
use weir_harness::RPC_URL_VARIABLE;

/// A test for every chain: it asks for nothing that a public node would not do.
pub fn on_any_chain<T, F>(test: T) -> Trial
where
    T: Fn() -> F + Send + 'static,
    F: Future<Output = Result<()>>,
{
    Trial::test(name::<T>(), move || run(&test))
}

/// A test that sets the clock. Only a devnode can, so on a node by URL it counts as ignored.
pub fn with_time_control<T, F>(test: T) -> Trial
where
    T: Fn() -> F + Send + 'static,
    F: Future<Output = Result<()>>,
{
    on_devnode("needs time control", test)
}

/// A test of the Stylus deployer, which a bare Nitro node does not have: on a node by URL it counts as ignored.
pub fn with_stylus_deployer<T, F>(test: T) -> Trial
where
    T: Fn() -> F + Send + 'static,
    F: Future<Output = Result<()>>,
{
    on_devnode("needs the Stylus deployer", test)
}

/// A test with contracts in Solidity, which `scripts/solidity` compiles: without Node.js it counts as ignored.
pub fn with_solidity(trial: Trial) -> Trial {
    let is_ci = env::var_os("CI").is_some();
    if solidity::is_compiled() || is_ci {
        trial
    } else {
        trial.with_kind("needs Node.js").with_ignored_flag(true)
    }
}

/// A test with packages that npm brings (`scripts/abi`): it counts as ignored if `WEIR_SKIP_CLIENTS` is set, or without
/// Node.js on a machine that is not a CI's.
pub fn with_npm(trial: Trial) -> Trial {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    if is_set("WEIR_SKIP_CLIENTS") {
        return trial.with_kind("left out").with_ignored_flag(true);
    }
    if !is_set("CI") && Command::new("node").arg("--version").output().is_err() {
        return trial.with_kind("needs Node.js").with_ignored_flag(true);
    }
    trial
}

fn on_devnode<T, F>(why: &str, test: T) -> Trial
where
    T: Fn() -> F + Send + 'static,
    F: Future<Output = Result<()>>,
{
    let trial = on_any_chain(test);
    match env::var_os(RPC_URL_VARIABLE) {
        Some(_) => trial.with_kind(why).with_ignored_flag(true),
        None => trial,
    }
}

/// Where the function stands, as the built-in test harness would name it: `deposits::a_deposit_comes_back_whole`.
fn name<T>() -> &'static str {
    let path = type_name::<T>();
    path.split_once("::").map_or(path, |(_, inner)| inner)
}

fn run<F: Future<Output = Result<()>>>(test: impl Fn() -> F) -> Result<(), Failed> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(test()).map_err(|error| told(&error).into())
}

/// The chain of causes and, if backtraces are on, the places in these tests that the error came through.
fn told(error: &Error) -> String {
    let mut causes = error.chain();
    let mut text = causes.next().map_or_else(String::new, ToString::to_string);
    for cause in causes {
        text += &format!("\n  caused by: {cause}");
    }
    let is_a_test = |line: &&str| line.contains("tests/e2e/") && !line.contains(file!());
    for place in error.backtrace().to_string().lines().filter(is_a_test) {
        text += &format!("\n  {}", place.trim());
    }
    text
}
