//! What the tests with other people's programs share: how a trial runs, and how a program is run.

#![allow(dead_code, reason = "two test programs use a part each")]

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

/// A trial that runs `test`; what fails is told with the whole chain of causes.
pub fn trial<T, F>(name: impl Into<String>, test: T) -> Trial
where
    T: FnOnce() -> F + Send + 'static,
    F: Future<Output = Result<()>>,
{
    Trial::test(name, move || run(test()))
}

fn run(test: impl Future<Output = Result<()>>) -> Result<(), Failed> {
    // Two threads: the node goes on answering while a trial waits for a program.
    let runtime = runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(test).map_err(|error: Error| {
        let causes: Vec<_> = error.chain().map(ToString::to_string).collect();
        causes.join("\n  caused by: ").into()
    })
}

/// Whether the environment asks to leave such trials out: `variable` is set, and not to 0.
pub fn is_skipped(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}

/// Whether this runs where everything has to be there: what is missing fails then.
pub fn is_ci() -> bool {
    is_skipped("CI")
}

/// Runs a program to its end and gives its standard output, without what only colours it.
///
/// # Errors
/// If it cannot be run, or says that it failed: with all it wrote.
pub async fn output(command: Command) -> Result<String> {
    let shown = format!("{command:?}");
    let Output { status, stdout, stderr } = run_to_end(command).await?;
    let (stdout, stderr) = (plain(&stdout), plain(&stderr));
    if !status.success() {
        bail!("{shown}\nended with {status}\n{stdout}\n{stderr}");
    }
    Ok(stdout)
}

/// Runs a program that has to fail, and gives all it wrote.
///
/// # Errors
/// If it cannot be run, or succeeds.
pub async fn failure(command: Command) -> Result<String> {
    let shown = format!("{command:?}");
    let Output { status, stdout, stderr } = run_to_end(command).await?;
    let told = format!("{}\n{}", plain(&stdout), plain(&stderr));
    if status.success() {
        bail!("{shown}\nwas to be refused and said\n{told}");
    }
    Ok(told)
}

async fn run_to_end(mut command: Command) -> Result<Output> {
    let shown = format!("{command:?}");
    let output = tokio::task::spawn_blocking(move || command.output()).await?;
    output.with_context(|| format!("cannot run {shown}"))
}

/// The text without escape sequences of terminals.
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
