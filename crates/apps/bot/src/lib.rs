//! A liquidator: buys the lots of TPDA liquidation pairs when they are worth more than they cost.
//! docs/bot.md explains how it decides and what it does when something fails.
//!
//! Modules depend on each other in one direction. `money` is arithmetic. `price` reads price sources, and `market`
//! reads pairs from the chain. `strategy` decides from both without I/O. `sender` sends transactions. `bot` runs the
//! main loop.

mod arguments;
mod bot;
mod log;
mod market;
mod metrics;
mod money;
mod price;
mod reference;
mod sender;
mod strategy;
mod totals;

use std::future::Future;

use alloy::signers::local::PrivateKeySigner;
use anyhow::Result;

pub use arguments::{Arguments, LogLevel};
pub use metrics::serve_metrics;
pub use totals::{Summary, TokenAmount};

/// Runs until Ctrl-C or SIGTERM and returns a summary. The log goes to standard error, as JSON lines if `json`.
///
/// # Errors
/// If the arguments are invalid, a key is missing outside a dry run, the node does not answer at the start, or a named
/// contract does not exist. Later errors are logged, and the bot continues.
pub async fn run(arguments: &Arguments, signer: Option<PrivateKeySigner>, json: bool) -> Result<Summary> {
    log::start(arguments.log_level, json || arguments.log_json);
    run_until(arguments, signer, stop_signal()).await
}

/// Like [`run`], but runs until `stop` is ready and leaves logging to the caller.
///
/// # Errors
/// Those of [`run`].
pub async fn run_until(
    arguments: &Arguments,
    signer: Option<PrivateKeySigner>,
    stop: impl Future<Output = ()>,
) -> Result<Summary> {
    let mut metrics = metrics::Metrics::default();
    if arguments.keep_alive.is_some() {
        metrics.keep_alive = Some(weir_programs::Metrics::default());
    }
    let server = match arguments.metrics {
        Some(address) => {
            let (address, server) = metrics.serve(address).await?;
            tracing::info!("serving metrics at http://{address}/metrics");
            Some(server)
        }
        None => None,
    };
    let bot = bot::Bot::start(arguments, signer, metrics).await?;
    let summary = bot.run(stop).await;
    if let Some(server) = server {
        server.abort();
    }
    Ok(summary)
}

/// Waits for Ctrl-C or, on Unix, SIGTERM.
pub async fn stop_signal() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    // Without signal handlers the bot runs until it is killed.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
