//! The bot's main loop: each round reads the chain and carries out what the strategy decides.
//! The submodules hold the steps of a round: watch pairs, bid, replace stuck transactions, record results.

mod follow;
mod keep_alive;
mod purchase;
mod replace;
mod round;
mod settle;

use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    time::{Duration, Instant},
};

use alloy::{
    primitives::{Address, B256, U256},
    providers::{DynProvider, Provider},
    signers::local::PrivateKeySigner,
};
use anyhow::{Context, Result, bail, ensure};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time,
};
use weir_bindings::{IERC20, Program};
use weir_client::{Node, NodeError, Patience, http_client};
use weir_units::UsageError;

use self::{follow::Followed, keep_alive::KeepAlive};
use crate::{
    arguments::Arguments,
    market::{Directory, Heads, now},
    metrics::Metrics,
    price::{Board, Reader, Report},
    reference::Reference,
    sender::{FeePolicy, Sender, Status},
    strategy::Rules,
    totals::{Purchase, Summary, Totals},
};

/// Interval between checks of a pending transaction.
const PENDING_POLL: Duration = Duration::from_millis(250);
/// First and longest pause after a node error. The pause doubles with each further error.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// Time limit of a request. Requests are not repeated, because the next round does that.
const PATIENCE: Patience = Patience { timeout: Duration::from_secs(10), repeats: false };

/// A running bot.
pub struct Bot {
    provider: DynProvider,
    settings: Settings,
    account: Address,
    /// None in a dry run.
    sender: Option<Sender>,
    directory: Directory,
    followed: Vec<Followed>,
    heads: Heads,
    board: Board,
    reports: mpsc::Receiver<Report>,
    /// The tasks that read prices. They end when this is dropped.
    _readers: JoinSet<()>,
    /// Sends the chain's time to the price readers.
    clock: watch::Sender<u64>,
    totals: Totals,
    /// The latest purchases with their transaction hashes, kept in case a reorganisation removes them.
    purchases: VecDeque<(B256, Purchase)>,
    metrics: Metrics,
    /// When the next pair is due, even if no block arrives before.
    wake_at: Option<Instant>,
    /// Whether to look for new pairs in the next round.
    pairs_outdated: bool,
    /// Whether a price has changed since the last round.
    prices_changed: bool,
    /// Consecutive node errors.
    failures: u32,
    /// Whether the pending transactions of an earlier run have been logged.
    earlier_run_logged: bool,
    /// Set with `--keep-alive`.
    keep_alive: Option<KeepAlive>,
}

/// The arguments that each round needs.
#[derive(Clone, Debug)]
struct Settings {
    rules: Rules,
    fees: FeePolicy,
    first_gas: u64,
    deadline: u64,
    replace_after: Duration,
    refresh: u64,
    poll: Duration,
    stop_patience: Duration,
    once: bool,
}

/// When the next round starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// At the next poll, or when the next pair is due.
    Poll,
    /// Soon, because a transaction is pending or about to be sent.
    Soon,
}

impl Bot {
    /// Connects to the node, checks the arguments and finds the pairs.
    ///
    /// # Errors
    /// If the arguments are invalid, the node does not answer, or a named contract does not exist.
    pub async fn start(
        arguments: &Arguments,
        signer: Option<PrivateKeySigner>,
        metrics: Metrics,
    ) -> Result<Self> {
        let sources = arguments.sources().map_err(UsageError::of)?;
        let node = Node::connect(&arguments.rpc_url, PATIENCE).await?;
        let Node { provider, chain_id, .. } = node.clone();
        let (sender, account) = Self::sender(arguments, signer, &provider).await?;
        let address = |reference: &Option<Reference>| reference.as_ref().map(Reference::address).transpose();
        let (factory, router) = (address(&arguments.factory)?, address(&arguments.router)?);
        let pairs = arguments.pair.iter().map(Reference::address).collect::<Result<Vec<Address>>>()?;
        for (flag, address) in [("--factory", factory), ("--router", router)] {
            let Some(address) = address else { continue };
            let code = provider.get_code_at(address).await?;
            ensure!(!code.is_empty(), "no contract at {address} on chain {chain_id}: check {flag}");
        }
        let keep_alive = match arguments.keep_alive {
            Some(left) => {
                let factory = factory.map(|factory| (Some(Program::Factory), factory));
                let router = router.map(|router| (Some(Program::Router), router));
                let pairs = pairs.iter().map(|pair| (None, *pair));
                let contracts = factory.into_iter().chain(router).chain(pairs);
                Some(KeepAlive::start(node, contracts, left.map(|left| left.0)).await?)
            }
            None => None,
        };
        let start = now(&provider).await?;
        let (clock, time) = watch::channel(start);
        let client = http_client(arguments.price_timeout)?;
        let reader = Reader {
            provider: provider.clone(),
            client,
            interval: arguments.price_interval,
            timeout: arguments.price_timeout,
        };
        let board = Board::new(sources.iter().map(|(token, (_, limits))| (*token, limits.clone())));
        let priced = sources.keys().copied().collect();
        let watched = sources.into_iter().map(|(token, (source, limits))| (token, source, limits.max_age));
        let (readers, reports) = reader.watch(watched, &time);
        let settings = Settings {
            rules: Rules {
                margin: arguments.margin(),
                max_bids: max_bids(arguments, &provider).await?,
                approval: arguments.approval,
            },
            fees: arguments.fee_policy(),
            first_gas: arguments.gas_units,
            deadline: arguments.deadline.0,
            replace_after: arguments.replace_after,
            refresh: arguments.refresh.0,
            poll: arguments.poll,
            stop_patience: arguments.stop_patience,
            once: arguments.once,
        };
        tracing::info!(chain_id, %account, dry_run = sender.is_none(), "bot started");
        let mut bot = Self {
            directory: Directory::new(pairs, factory, router, priced),
            provider,
            settings,
            account,
            sender,
            followed: Vec::new(),
            heads: Heads::default(),
            board,
            reports,
            _readers: readers,
            clock,
            totals: Totals::default(),
            purchases: VecDeque::new(),
            metrics,
            wake_at: None,
            pairs_outdated: true,
            prices_changed: false,
            failures: 0,
            earlier_run_logged: false,
            keep_alive,
        };
        bot.find_pairs().await?;
        let may_find_more = arguments.factory.is_some();
        ensure!(
            may_find_more || !bot.followed.is_empty(),
            "none of the pairs is usable: see the warnings in the log"
        );
        Ok(bot)
    }

    async fn sender(
        arguments: &Arguments,
        signer: Option<PrivateKeySigner>,
        provider: &DynProvider,
    ) -> Result<(Option<Sender>, Address)> {
        if arguments.dry_run {
            let account = arguments.account.or(signer.map(|signer| signer.address()));
            let Some(account) = account else {
                bail!("a dry run needs an account: give --account ADDRESS or a key")
            };
            return Ok((None, account));
        }
        let Some(signer) = signer else { bail!("no key to sign bids: give a key, or --dry-run") };
        let account = signer.address();
        let sender =
            Sender::start(provider.clone(), signer, arguments.fee_policy(), arguments.replace_after).await?;
        Ok((Some(sender), account))
    }

    /// Runs until `stop` is ready, then waits for a pending transaction and returns the summary.
    pub async fn run(mut self, stop: impl Future<Output = ()>) -> Summary {
        tokio::pin!(stop);
        loop {
            let pause = match self.round().await {
                Ok(next) => {
                    self.recovered();
                    if self.settings.once && next == Next::Poll && self.board.is_complete() && !self.is_busy()
                    {
                        break;
                    }
                    self.pause(next)
                }
                Err(failure) => self.failed(&failure),
            };
            tokio::select! {
                () = &mut stop => break,
                () = time::sleep(pause) => {}
                Some(report) = self.reports.recv() => self.handle_report(report),
            }
            while let Ok(report) = self.reports.try_recv() {
                self.handle_report(report);
            }
        }
        self.finish().await
    }

    /// The time until the next round, unless a price arrives before.
    fn pause(&self, next: Next) -> Duration {
        let poll = if next == Next::Soon || self.is_busy() {
            PENDING_POLL.min(self.settings.poll)
        } else {
            self.settings.poll
        };
        match self.wake_at {
            Some(wake_at) => poll.min(wake_at.saturating_duration_since(Instant::now())),
            None => poll,
        }
    }

    fn is_busy(&self) -> bool {
        self.sender.as_ref().is_some_and(|sender| sender.pending().is_some())
    }

    fn failed(&mut self, failure: &NodeError) -> Duration {
        let pause = FIRST_PAUSE.saturating_mul(2u32.saturating_pow(self.failures)).min(LONGEST_PAUSE);
        self.failures += 1;
        // The failed round may have left any pair unread, so the next one reads all.
        self.prices_changed = true;
        self.metrics.node_errors.inc();
        tracing::warn!(error = %failure, retry_in_seconds = pause.as_secs_f64(), "node error");
        pause
    }

    fn recovered(&mut self) {
        if self.failures > 0 {
            tracing::info!(after_failures = self.failures, "the node answers again");
            self.failures = 0;
        }
    }

    /// Waits up to `stop_patience` for a pending transaction and returns the summary.
    async fn finish(mut self) -> Summary {
        let deadline = Instant::now() + self.settings.stop_patience;
        while self.is_busy() && Instant::now() < deadline {
            // Checks the receipt only: nothing new is sent.
            if let Some(Ok(Status::Settled(settled))) = self.check_pending().await
                && let Err(failure) = self.settle(&settled).await
            {
                tracing::warn!(error = %failure, "cannot read the received amount");
            }
            if self.is_busy() {
                time::sleep(PENDING_POLL).await;
            }
        }
        let mut summary = self.totals.summary();
        summary.pending = self.sender.as_ref().and_then(Sender::pending).map(|(intent, nonce, hash)| {
            format!("{intent}, nonce {nonce}, transaction {hash}: may still be mined, within its limit")
        });
        if let Some(pending) = &summary.pending {
            tracing::warn!(pending, "bot stopped with a pending transaction");
        }
        summary
    }

    async fn check_pending(&mut self) -> Option<Result<Status, NodeError>> {
        Some(self.sender.as_mut()?.check().await)
    }
}

/// Returns `--max-bid` by payment token, in base units.
async fn max_bids(arguments: &Arguments, provider: &DynProvider) -> Result<HashMap<Address, U256>> {
    let mut bids = HashMap::new();
    for (reference, amount) in &arguments.max_bid {
        let token = reference.address()?;
        let decimals = IERC20::new(token, provider).decimals().call().await;
        let decimals =
            decimals.with_context(|| format!("{token} is not an ERC-20 token: check --max-bid"))?;
        let limit =
            amount.base_units(decimals).with_context(|| format!("invalid --max-bid {token}={amount}"))?;
        bids.insert(token, limit);
    }
    Ok(bids)
}
