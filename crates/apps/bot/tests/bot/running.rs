//! A bot that runs in this process, started with the flags of the command line.
//! Tests observe it through its metrics.

use std::{
    future::Future,
    net::TcpListener,
    time::{Duration, Instant},
};

use alloy::{signers::local::PrivateKeySigner, transports::http::reqwest};
use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use tokio::{sync::oneshot, task::JoinHandle, time::sleep};
use weir_bot::{Arguments, Summary, run_until};

use crate::stage::Stage;

/// Time limit of every wait. It is long, because the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(10);

#[derive(Parser)]
// Of repeated flags the last one counts.
#[command(args_override_self = true)]
struct Program {
    #[command(flatten)]
    arguments: Arguments,
}

/// A running bot. Dropping it stops the bot.
pub struct Running {
    metrics_url: String,
    stop: Option<oneshot::Sender<()>>,
    end: JoinHandle<Result<Summary>>,
}

/// Returns the flags of a bot that buys at the stage's vault. Both tokens and ether have price 1.
pub fn usual(stage: &Stage) -> Result<Vec<String>> {
    let mut flags = at(&stage.url()?);
    flags.extend(["--pair".into(), stage.vault.address().to_string()]);
    flags.extend(["--price".into(), format!("{}=fixed:1", stage.yield_token.address())]);
    flags.extend(["--price".into(), format!("{}=fixed:1", stage.reward.address())]);
    Ok(flags)
}

/// Returns the flags that all tests share: short intervals and no margin.
pub fn at(url: &str) -> Vec<String> {
    let quick =
        ["--poll", "0.01", "--price-interval", "0.05", "--price-timeout", "0.5", "--replace-after", "0.3"];
    let rules = ["--margin-bps", "0", "--price", "ether=fixed:1", "--stop-patience", "0.2"];
    let flags = ["--rpc-url", url].into_iter().chain(quick).chain(rules);
    flags.map(str::to_owned).collect()
}

/// Appends flags.
pub fn and(mut flags: Vec<String>, more: &[&str]) -> Vec<String> {
    flags.extend(more.iter().map(|flag| (*flag).to_owned()));
    flags
}

/// Parses flags like the command line.
pub fn arguments(flags: &[String]) -> Result<Arguments> {
    Ok(Program::try_parse_from(["bot".to_owned()].iter().chain(flags))?.arguments)
}

impl Running {
    /// Starts a bot and waits for its first round.
    pub async fn start(flags: Vec<String>, signer: Option<PrivateKeySigner>) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let arguments = arguments(&and(flags, &["--metrics", &format!("127.0.0.1:{port}")]))?;
        let (stop, stopped) = oneshot::channel();
        let end = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            run_until(&arguments, signer, stopped).await
        });
        let mut running =
            Self { metrics_url: format!("http://127.0.0.1:{port}/metrics"), stop: Some(stop), end };
        let start = Instant::now();
        while running.metric("chain_timestamp_seconds").await.is_none_or(|time| time == 0.0) {
            if running.end.is_finished() {
                let ended = (&mut running.end).await?;
                bail!("the bot ended during its start: {ended:?}");
            }
            ensure!(start.elapsed() < PATIENCE, "the bot runs no round");
            sleep(PAUSE).await;
        }
        Ok(running)
    }

    /// Returns all metrics as text.
    pub async fn metrics_text(&self) -> Result<String> {
        Ok(reqwest::get(&self.metrics_url).await?.error_for_status()?.text().await?)
    }

    /// Returns a metric by its name without `weir_bot_`, including labels, or `None` if it is not set.
    pub async fn metric(&self, name: &str) -> Option<f64> {
        let text = self.metrics_text().await.ok()?;
        let name = format!("weir_bot_{name} ");
        text.lines().find_map(|line| line.strip_prefix(&name))?.parse().ok()
    }

    /// Waits until a metric is at least `value`.
    pub async fn reaches(&self, name: &str, value: f64) -> Result<()> {
        let reached = async || Ok(self.metric(name).await.is_some_and(|metric| metric >= value));
        let waited = wait_for(reached).await;
        let metric = self.metric(name).await;
        waited.with_context(|| format!("weir_bot_{name} is {metric:?}, expected {value}"))
    }

    /// Advances the chain to `seconds` after the deployment and waits until the bot has finished its round there.
    pub async fn sees(&self, stage: &Stage, seconds: u64) -> Result<()> {
        stage.pass(seconds).await?;
        self.reaches("chain_timestamp_seconds", (stage.start + seconds) as f64).await?;
        // The next round starts after the end of this one.
        stage.pass(seconds + 1).await?;
        self.reaches("chain_timestamp_seconds", (stage.start + seconds + 1) as f64).await
    }

    /// Stops the bot as Ctrl-C does and returns its summary.
    pub async fn stop(mut self) -> Result<Summary> {
        drop(self.stop.take());
        (&mut self.end).await?
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end.abort();
    }
}

/// Waits until the condition holds.
pub async fn wait_for<F: Future<Output = Result<bool>>>(is_so: impl Fn() -> F) -> Result<()> {
    let start = Instant::now();
    while !is_so().await? {
        ensure!(start.elapsed() < PATIENCE, "the condition does not hold within {} s", PATIENCE.as_secs());
        sleep(PAUSE).await;
    }
    Ok(())
}
