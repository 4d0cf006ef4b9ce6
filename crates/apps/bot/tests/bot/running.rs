//! A bot at work in this process: started with the flags of the command line, watched by its metrics, stopped.

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

/// How long something that has to happen is waited for: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(10);

#[derive(Parser)]
// What is given twice holds as it was given last.
#[command(args_override_self = true)]
struct Program {
    #[command(flatten)]
    arguments: Arguments,
}

/// A bot at work. It ends when this is dropped.
pub struct Running {
    metrics: String,
    stop: Option<oneshot::Sender<()>>,
    end: JoinHandle<Result<Summary>>,
}

/// The flags of a bot that buys at the stage's vault, where every token is worth 1 and ether too.
pub fn usual(stage: &Stage) -> Result<Vec<String>> {
    let mut flags = at(&stage.url()?);
    flags.extend(["--pair".into(), stage.vault.address().to_string()]);
    flags.extend(["--price".into(), format!("{}=fixed:1", stage.yield_token.address())]);
    flags.extend(["--price".into(), format!("{}=fixed:1", stage.reward.address())]);
    Ok(flags)
}

/// The flags of every bot of the tests: quick, and without a margin.
pub fn at(url: &str) -> Vec<String> {
    let quick =
        ["--poll", "0.01", "--price-interval", "0.05", "--price-timeout", "0.5", "--replace-after", "0.3"];
    let rules = ["--margin-bps", "0", "--price", "ether=fixed:1", "--stop-patience", "0.2"];
    let flags = ["--rpc-url", url].into_iter().chain(quick).chain(rules);
    flags.map(str::to_owned).collect()
}

/// Adds flags.
pub fn and(mut flags: Vec<String>, more: &[&str]) -> Vec<String> {
    flags.extend(more.iter().map(|flag| (*flag).to_owned()));
    flags
}

/// Reads flags as the command line would.
pub fn arguments(flags: &[String]) -> Result<Arguments> {
    Ok(Program::try_parse_from(["bot".to_owned()].iter().chain(flags))?.arguments)
}

impl Running {
    /// Starts a bot and waits until it is at work.
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
        let mut running = Self { metrics: format!("http://127.0.0.1:{port}/metrics"), stop: Some(stop), end };
        let start = Instant::now();
        while running.figure("chain_timestamp_seconds").await.is_none_or(|time| time == 0.0) {
            if running.end.is_finished() {
                let ended = (&mut running.end).await?;
                bail!("the bot ended at once: {ended:?}");
            }
            ensure!(start.elapsed() < PATIENCE, "the bot does not begin");
            sleep(PAUSE).await;
        }
        Ok(running)
    }

    /// All figures as text.
    pub async fn figures(&self) -> Result<String> {
        Ok(reqwest::get(&self.metrics).await?.error_for_status()?.text().await?)
    }

    /// A figure by its name without `weir_bot_`, labels and all; `None` if there is none yet.
    pub async fn figure(&self, name: &str) -> Option<f64> {
        let text = self.figures().await.ok()?;
        let name = format!("weir_bot_{name} ");
        text.lines().find_map(|line| line.strip_prefix(&name))?.parse().ok()
    }

    /// Waits until a figure is at least `value`.
    pub async fn reaches(&self, name: &str, value: f64) -> Result<()> {
        let reached = async || Ok(self.figure(name).await.is_some_and(|figure| figure >= value));
        let waited = wait_for(reached).await;
        let figure = self.figure(name).await;
        waited.with_context(|| format!("weir_bot_{name} is {figure:?} and not {value}"))
    }

    /// Lets the chain go to `seconds` after the deployment, and waits until the bot has done there whatever it does.
    pub async fn sees(&self, stage: &Stage, seconds: u64) -> Result<()> {
        stage.pass(seconds).await?;
        self.reaches("chain_timestamp_seconds", (stage.start + seconds) as f64).await?;
        // The next round begins when this one is over.
        stage.pass(seconds + 1).await?;
        self.reaches("chain_timestamp_seconds", (stage.start + seconds + 1) as f64).await
    }

    /// Ends it as Ctrl-C does, and gives its summary.
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

/// Waits until something is so.
pub async fn wait_for<F: Future<Output = Result<bool>>>(is_so: impl Fn() -> F) -> Result<()> {
    let start = Instant::now();
    while !is_so().await? {
        ensure!(start.elapsed() < PATIENCE, "it did not happen within {} s", PATIENCE.as_secs());
        sleep(PAUSE).await;
    }
    Ok(())
}
