//! `weir keepalive --watch`: checks the programs at intervals, and renews each as soon as it may be renewed.
//! It ends on Ctrl-C or SIGTERM, and on no error of a node or a program: its metrics and standard error say them.

use std::time::{Duration, Instant};

use alloy::signers::local::PrivateKeySigner;
use anyhow::Result;
use prometheus_client::registry::Registry;
use weir_bot::{serve_metrics, stop_signal};
use weir_client::Node;
use weir_programs::Metrics;
use weir_units::Seconds;

use super::{Arguments, Outcome, Plan, Session, failure, make_plan, report};
use crate::{
    confirm::confirm,
    exit::{ErrorKind, sentence},
    keys,
    output::Output,
};

/// Longest pause after an error of the node, in seconds.
const LONGEST_RETRY: u64 = 60;

/// Checks and renews every `seconds` until Ctrl-C.
///
/// # Errors
/// If a name is unknown, there is no key, or the metrics cannot be served.
pub async fn run(
    arguments: &Arguments,
    node: &Node,
    signer: Option<PrivateKeySigner>,
    seconds: u64,
    output: Output,
) -> Result<()> {
    if signer.is_none() && !arguments.dry_run {
        return Err(keys::missing().into());
    }
    let mut watch = Watch { arguments, node, signer, metrics: Metrics::default(), noted: None, output };
    let server = match arguments.metrics {
        Some(address) => Some(watch.serve(address).await?),
        None => None,
    };
    watch.begin().await?;
    let stopped = watch.run(seconds);
    let ended = tokio::select! {
        ended = stopped => ended,
        () = stop_signal() => Ok(()),
    };
    if let Some(server) = server {
        server.abort();
    }
    ended
}

/// State that is kept between checks.
struct Watch<'a> {
    arguments: &'a Arguments,
    node: &'a Node,
    /// None in a dry run without a key.
    signer: Option<PrivateKeySigner>,
    metrics: Metrics,
    /// The error that was last printed.
    noted: Option<String>,
    output: Output,
}

impl Watch<'_> {
    async fn serve(&self, address: std::net::SocketAddr) -> Result<tokio::task::JoinHandle<()>> {
        let mut registry = Registry::default();
        self.metrics.register(&mut registry);
        let (address, server) = serve_metrics(registry, address).await?;
        self.output.note(format_args!("serving metrics at http://{address}/metrics"));
        Ok(server)
    }

    /// Shows the programs, and asks once.
    async fn begin(&self) -> Result<()> {
        let plan = make_plan(self.arguments, self.node, self.signer.as_ref()).await?;
        self.output.say(report::plan(&plan))?;
        if self.arguments.dry_run || self.arguments.yes {
            return Ok(());
        }
        let question = format!("Renew these programs on chain {} whenever they may be?", plan.chain_id);
        confirm(&question, "renew", self.output)
    }

    async fn run(&mut self, seconds: u64) -> Result<()> {
        let mut failing_since = None;
        loop {
            let pause = match self.check().await {
                Ok(()) => {
                    failing_since = None;
                    seconds
                }
                Err(error) if ErrorKind::of(&error) == ErrorKind::Usage => return Err(error),
                Err(error) => {
                    self.metrics.record_failure();
                    let since = failing_since.get_or_insert_with(Instant::now).elapsed().as_secs();
                    let pause = seconds.min(LONGEST_RETRY);
                    self.output.note(format_args!(
                        "{} (for {}; trying again in {})",
                        sentence(&error),
                        Seconds(since).rough(),
                        Seconds(pause)
                    ));
                    pause
                }
            };
            tokio::time::sleep(Duration::from_secs(pause)).await;
        }
    }

    /// Checks all programs, and renews those that are due.
    async fn check(&mut self) -> Result<()> {
        let plan = make_plan(self.arguments, self.node, self.signer.as_ref()).await?;
        self.record(&plan);
        let outcome = self.renew(&plan).await?;
        if let Some(outcome) = &outcome {
            outcome.renewed.iter().for_each(|renewed| self.metrics.record_renewal(renewed.wei));
            outcome.failed.iter().for_each(|_| self.metrics.record_failure());
            // The new times of expiry.
            let plan = make_plan(self.arguments, self.node, self.signer.as_ref()).await?;
            self.record(&plan);
            self.output.say(report::nothing(&plan))?;
        }
        if self.output.is_json() {
            self.output.line(&report::document(&plan, outcome.as_ref()))?;
        }
        self.note(failure(&plan, outcome.as_ref()).map(|failure| failure.to_string()));
        Ok(())
    }

    fn record(&self, plan: &Plan) {
        let states = plan.items.iter().map(|item| (&item.program, &item.lifetime));
        self.metrics.record_check(states, plan.now);
    }

    /// Sends the renewals; `None` if there are none, or in a dry run.
    async fn renew(&self, plan: &Plan) -> Result<Option<Outcome>> {
        let Some(signer) = self.signer.clone().filter(|_| plan.renews() && !self.arguments.dry_run) else {
            return Ok(None);
        };
        plan.check_balance()?;
        let session = Session::open(self.node, signer).await?;
        Ok(Some(session.renew_all(plan, |line| self.output.say(line)).await?))
    }

    /// Prints an error once, until it changes.
    fn note(&mut self, error: Option<String>) {
        if let Some(error) = error.as_ref().filter(|error| self.noted.as_ref() != Some(error)) {
            self.output.note(format_args!("warning: {error}"));
        }
        self.noted = error;
    }
}
