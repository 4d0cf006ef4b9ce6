//! Checks that Node.js and the npm packages are installed.
//! Decides whether trials without them are ignored or fail.

use std::{env::consts::EXE_SUFFIX, fs, future::Future, path::PathBuf, process::Command};

use anyhow::{Result, bail};
use libtest_mimic::Trial;

use crate::support::{self, is_ci, is_skipped, tests_folder};

/// Set this variable to skip the trials with viem and cast.
const SKIP: &str = "WEIR_SKIP_CLIENTS";

/// The folder of the scripts and their packages.
pub fn folder() -> PathBuf {
    tests_folder().join("clients")
}

fn packages() -> PathBuf {
    folder().join("node_modules")
}

/// The binary of cast. The script that npm links does not pass the exit code on.
pub fn cast() -> Result<Command> {
    for package in fs::read_dir(packages().join("@foundry-rs"))? {
        let program = package?.path().join("bin").join(format!("cast{EXE_SUFFIX}"));
        if program.is_file() {
            return Ok(Command::new(program));
        }
    }
    bail!("npm has no cast for this machine: set {SKIP}=1 to skip these trials")
}

/// A trial that needs Node.js and the packages. It is ignored if the environment says so, or on a machine without
/// Node.js other than CI. Otherwise it fails if something is missing.
pub fn trial<T, F>(name: impl Into<String>, test: T) -> Trial
where
    T: FnOnce() -> F + Send + 'static,
    F: Future<Output = Result<()>>,
{
    let trial = support::trial(name, async move || {
        if !packages().is_dir() {
            bail!(
                "viem and cast are not installed: run scripts/clients, or set {SKIP}=1 to skip these trials"
            );
        }
        test().await
    });
    if is_skipped(SKIP) {
        return trial.with_kind("skipped").with_ignored_flag(true);
    }
    if !is_ci() && Command::new("node").arg("--version").output().is_err() {
        return trial.with_kind("needs Node.js").with_ignored_flag(true);
    }
    trial
}
