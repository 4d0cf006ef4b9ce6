//! Runs async tests, each on its own runtime, so that bot and node work while the test waits.
//! `WEIR_LOG=1` shows the bot's log.

use std::{any::type_name, env, future::Future};

use anyhow::{Error, Result};
use libtest_mimic::Trial;
use tokio::runtime;
use weir_artifacts::solidity;

/// Creates a test from an async function. A failure shows the whole chain of causes.
pub fn trial<T, F>(test: T) -> Trial
where
    T: Fn() -> F + Send + 'static,
    F: Future<Output = Result<()>>,
{
    let path = type_name::<T>();
    let name = path.split_once("::").map_or(path, |(_, inner)| inner);
    Trial::test(name, move || {
        if env::var_os("WEIR_LOG").is_some() {
            // An error means that another test has installed the log.
            let _ = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::INFO)
                .with_target(false)
                .with_ansi(false)
                .try_init();
        }
        let runtime = runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        runtime.block_on(test()).map_err(|error: Error| format!("{error:?}").into())
    })
}

/// Marks a test that needs the Solidity contracts of `scripts/solidity`. It is ignored while they are not compiled.
pub fn with_solidity(trial: Trial) -> Trial {
    if solidity::is_compiled() || env::var_os("CI").is_some() {
        trial
    } else {
        trial.with_kind("needs Node.js").with_ignored_flag(true)
    }
}
