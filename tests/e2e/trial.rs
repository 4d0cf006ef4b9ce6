//! Runs each test by itself, on its own devnode or on the node that `WEIR_RPC_URL` names.
//!
//! A test is an async function without arguments. A failure is reported with its whole chain of causes.

use std::{any::type_name, env, future::Future, process::Command};

use anyhow::{Error, Result};
use libtest_mimic::{Failed, Trial};
use tokio::runtime;
use weir_artifacts::solidity;
use weir_client::RPC_URL_VARIABLE;

/// A test for every chain: it needs only what a public node offers.
pub fn on_any_chain<T, F>(test: T) -> Trial
where
    T: Fn() -> F + Send + 'static,
    F: Future<Output = Result<()>>,
{
    Trial::test(name::<T>(), move || run(&test))
}

/// A test that sets the clock. Only a devnode can, so the test is ignored on a node by URL.
pub fn with_time_control<T, F>(test: T) -> Trial
where
    T: Fn() -> F + Send + 'static,
    F: Future<Output = Result<()>>,
{
    on_devnode("needs time control", test)
}

/// A test of the Stylus deployer, which a bare Nitro node does not have: ignored on a node by URL.
pub fn with_stylus_deployer<T, F>(test: T) -> Trial
where
    T: Fn() -> F + Send + 'static,
    F: Future<Output = Result<()>>,
{
    on_devnode("needs the Stylus deployer", test)
}

/// A test with contracts in Solidity, which `scripts/solidity` compiles: ignored without Node.js.
pub fn with_solidity(trial: Trial) -> Trial {
    let is_ci = env::var_os("CI").is_some();
    if solidity::is_compiled() || is_ci {
        trial
    } else {
        trial.with_kind("needs Node.js").with_ignored_flag(true)
    }
}

/// A test with npm packages (`scripts/abi`): ignored if `WEIR_SKIP_CLIENTS` is set, or without Node.js outside of CI.
pub fn with_npm(trial: Trial) -> Trial {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    if is_set("WEIR_SKIP_CLIENTS") {
        return trial.with_kind("skipped").with_ignored_flag(true);
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

/// The path of the function, as the built-in test harness names it: `deposits::a_deposit_can_be_withdrawn_in_full`.
fn name<T>() -> &'static str {
    let path = type_name::<T>();
    path.split_once("::").map_or(path, |(_, inner)| inner)
}

fn run<F: Future<Output = Result<()>>>(test: impl Fn() -> F) -> Result<(), Failed> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(test()).map_err(|error| report(&error).into())
}

/// The chain of causes and, if backtraces are on, the places in these tests that the error passed.
fn report(error: &Error) -> String {
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
