//! Shared by the tests with external programs: runs trials and commands.
//! The test programs `clients` and `tools` include it.

#![allow(dead_code, reason = "each test program uses only some of the functions")]

use std::{
    env,
    future::Future,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context, Error, Result, bail};
use libtest_mimic::{Failed, Trial};
use tokio::runtime;

/// The folder `tests` of this package.
pub fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// A trial that runs `test` and reports an error with all its causes.
pub fn trial<T, F>(name: impl Into<String>, test: T) -> Trial
where
    T: FnOnce() -> F + Send + 'static,
    F: Future<Output = Result<()>>,
{
    Trial::test(name, move || run(test()))
}

fn run(test: impl Future<Output = Result<()>>) -> Result<(), Failed> {
    // Two threads, so that the node answers while a trial waits for a program.
    let runtime = runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(test).map_err(|error: Error| {
        let causes: Vec<_> = error.chain().map(ToString::to_string).collect();
        causes.join("\n  caused by: ").into()
    })
}

/// Whether the environment variable says to skip trials: it is set, and not to 0.
pub fn is_skipped(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}

/// Whether the tests run on CI, where missing programs are failures.
pub fn is_ci() -> bool {
    is_skipped("CI")
}

/// Runs a command; returns its standard output, without colours.
///
/// # Errors
/// The command cannot run, or fails; the error contains its whole output.
pub async fn output(command: Command) -> Result<String> {
    let shown = format!("{command:?}");
    let Output { status, stdout, stderr } = run_to_end(command).await?;
    let (stdout, stderr) = (plain(&stdout), plain(&stderr));
    if !status.success() {
        bail!("{shown}\nfailed with {status}\n{stdout}\n{stderr}");
    }
    Ok(stdout)
}

/// Runs a command that is expected to fail; returns its whole output.
///
/// # Errors
/// The command cannot run, or succeeds.
pub async fn failure(command: Command) -> Result<String> {
    let shown = format!("{command:?}");
    let Output { status, stdout, stderr } = run_to_end(command).await?;
    let text = format!("{}\n{}", plain(&stdout), plain(&stderr));
    if status.success() {
        bail!("{shown}\nsucceeded unexpectedly\n{text}");
    }
    Ok(text)
}

async fn run_to_end(mut command: Command) -> Result<Output> {
    let shown = format!("{command:?}");
    let output = tokio::task::spawn_blocking(move || command.output()).await?;
    output.with_context(|| format!("cannot run {shown}"))
}

/// The text without terminal escape sequences.
fn plain(text: &[u8]) -> String {
    let mut plain = String::new();
    let mut escaped = false;
    for character in String::from_utf8_lossy(text).chars() {
        match (escaped, character) {
            (false, '\u{1b}') => escaped = true,
            (false, _) => plain.push(character),
            (true, _) => escaped = !character.is_ascii_alphabetic(),
        }
    }
    plain
}
