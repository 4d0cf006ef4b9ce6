//! A liquidator: buys the lots of TPDA liquidation pairs when they are worth more than they cost.
//!
//! Arrows run one way: `money` is arithmetic; `price` says what tokens are worth, `market` what the chain shows;
//! `strategy` decides from both, purely; `sender` sends; `bot` goes round by round. docs/bot.md explains the decisions.

mod arguments;
mod bot;
mod ledger;
mod log;
mod market;
mod metrics;
mod money;
mod price;
mod reference;
mod sender;
mod strategy;

use std::future::Future;

use alloy::signers::local::PrivateKeySigner;
use anyhow::Result;

pub use arguments::{Arguments, LogLevel};
pub use ledger::{Summary, TokenAmount};

/// Works until Ctrl-C or SIGTERM, and sums up. The log goes to standard error, as lines of JSON if `json`.
///
/// # Errors
/// If the arguments make no sense, there is no key and it is no dry run, the node does not answer at the start, or something
/// that the arguments name is not there. Later troubles are logged, and the bot goes on.
pub async fn run(arguments: &Arguments, signer: Option<PrivateKeySigner>, json: bool) -> Result<Summary> {
    log::start(arguments.log_level, json || arguments.log_json);
    run_until(arguments, signer, told_to_stop()).await
}

/// As [`run`], but works until `stop` is ready, and leaves the log to whoever calls.
///
/// # Errors
/// As [`run`].
pub async fn run_until(
    arguments: &Arguments,
    signer: Option<PrivateKeySigner>,
    stop: impl Future<Output = ()>,
) -> Result<Summary> {
    let metrics = metrics::Metrics::default();
    let server = match arguments.metrics {
        Some(address) => {
            let (address, server) = metrics.serve(address).await?;
            tracing::info!("metrics at http://{address}/metrics");
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

/// Waits for Ctrl-C or, where there is such a thing, SIGTERM.
async fn told_to_stop() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    // Without signals it works until it is killed.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
