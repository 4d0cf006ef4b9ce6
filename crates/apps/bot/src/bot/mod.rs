//! The bot: looks at the chain round by round, and does what the strategy decides.

mod follow;
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
use weir_bindings::IERC20;
use weir_client::{Node, NodeError, Patience};
use weir_units::UsageError;

use self::follow::Followed;
use crate::{
    arguments::Arguments,
    ledger::{Ledger, Purchase, Summary},
    market::{Directory, Heads, now},
    metrics::Metrics,
    price::{Board, Reader, Report},
    reference::Reference,
    sender::{FeePolicy, Sender, Status},
    strategy::Rules,
};

/// How often what was sent is looked after.
const PENDING_POLL: Duration = Duration::from_millis(250);
/// How long is waited after the node did not answer: at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// For one answer of the node. The bot's own rounds repeat what failed.
const PATIENCE: Patience = Patience { timeout: Duration::from_secs(10), repeats: false };

/// A bot at work.
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
    /// The tasks that read prices: they end with this.
    _readers: JoinSet<()>,
    /// Tells them the chain's time.
    clock: watch::Sender<u64>,
    ledger: Ledger,
    /// The latest purchases, by their transactions.
    purchases: VecDeque<(B256, Purchase)>,
    metrics: Metrics,
    /// When something is to be looked at again even if no block comes.
    wake_at: Option<Instant>,
    /// New pairs are to be looked for.
    list_is_old: bool,
    /// A price has changed since the last round.
    prices_changed: bool,
    /// Times in a row that the node did not answer.
    failures: u32,
    /// Transactions of an earlier run have been told of.
    told_of_foreign: bool,
}

/// What rounds keep to.
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

/// Whether there is more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Look again at the next block or moment.
    Rest,
    /// Something was sent, or is to be sent: look again soon.
    Soon,
}

impl Bot {
    /// Connects, checks what the arguments name, and finds the pairs.
    ///
    /// # Errors
    /// If the arguments make no sense, the node does not answer, or something that they name is not there.
    pub async fn start(
        arguments: &Arguments,
        signer: Option<PrivateKeySigner>,
        metrics: Metrics,
    ) -> Result<Self> {
        let sources = arguments.sources().map_err(UsageError::of)?;
        let Node { provider, chain_id, .. } = Node::connect(&arguments.rpc_url, PATIENCE).await?;
        let (sender, account) = Self::sender(arguments, signer, &provider).await?;
        let address = |reference: &Option<Reference>| reference.as_ref().map(Reference::address).transpose();
        let (factory, router) = (address(&arguments.factory)?, address(&arguments.router)?);
        let pairs = arguments.pair.iter().map(Reference::address).collect::<Result<Vec<Address>>>()?;
        for (flag, address) in [("--factory", factory), ("--router", router)] {
            let Some(address) = address else { continue };
            let code = provider.get_code_at(address).await?;
            ensure!(!code.is_empty(), "there is no contract at {address} on chain {chain_id}: check {flag}");
        }
        let start = now(&provider).await?;
        let (clock, time) = watch::channel(start);
        let client =
            alloy::transports::http::reqwest::Client::builder().timeout(arguments.price_timeout).build()?;
        let reader = Reader {
            provider: provider.clone(),
            client,
            interval: arguments.price_interval,
            patience: arguments.price_timeout,
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
        tracing::info!(chain_id, %account, dry_run = sender.is_none(), "the bot has started");
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
            ledger: Ledger::default(),
            purchases: VecDeque::new(),
            metrics,
            wake_at: None,
            list_is_old: true,
            prices_changed: false,
            failures: 0,
            told_of_foreign: false,
        };
        bot.find_pairs().await?;
        let may_find_more = arguments.factory.is_some();
        ensure!(
            may_find_more || !bot.followed.is_empty(),
            "none of the pairs can be bought at: the log says why"
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
                bail!("whose bids are these? give --account ADDRESS, or a key")
            };
            return Ok((None, account));
        }
        let Some(signer) = signer else { bail!("there is no key to sign bids with: give one, or --dry-run") };
        let account = signer.address();
        let sender =
            Sender::start(provider.clone(), signer, arguments.fee_policy(), arguments.replace_after).await?;
        Ok((Some(sender), account))
    }

    /// Works until `stop` is ready, then waits a moment for what is under way, and sums up.
    pub async fn run(mut self, stop: impl Future<Output = ()>) -> Summary {
        tokio::pin!(stop);
        loop {
            let pause = match self.round().await {
                Ok(next) => {
                    self.recovered();
                    if self.settings.once && next == Next::Rest && self.board.is_complete() && !self.is_busy()
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
                Some(report) = self.reports.recv() => self.take_report(report),
            }
            while let Ok(report) = self.reports.try_recv() {
                self.take_report(report);
            }
        }
        self.finish().await
    }

    /// Until when nothing has to be done unless a price comes.
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
        // Whatever the round was about, the next one looks at all of it.
        self.prices_changed = true;
        self.metrics.node_errors.inc();
        tracing::warn!(why = %failure, again_in_seconds = pause.as_secs_f64(), "the node is in trouble");
        pause
    }

    fn recovered(&mut self) {
        if self.failures > 0 {
            tracing::info!(after_failures = self.failures, "the node answers again");
            self.failures = 0;
        }
    }

    /// Waits a moment for what is under way, and sums up.
    async fn finish(mut self) -> Summary {
        let deadline = Instant::now() + self.settings.stop_patience;
        while self.is_busy() && Instant::now() < deadline {
            // What is under way may get settled; nothing new is sent.
            if let Some(Ok(Status::Settled(settled))) = self.check_pending().await
                && let Err(failure) = self.settle(&settled).await
            {
                tracing::warn!(why = %failure, "what was bought cannot be read");
            }
            if self.is_busy() {
                time::sleep(PENDING_POLL).await;
            }
        }
        let mut summary = self.ledger.summary();
        summary.pending = self.sender.as_ref().and_then(Sender::pending).map(|(intent, nonce, hash)| {
            format!("{intent}, nonce {nonce}, transaction {hash}: it may still be mined, at no more than its limit")
        });
        if let Some(pending) = &summary.pending {
            tracing::warn!(pending, "the bot ends while this is under way");
        }
        summary
    }

    async fn check_pending(&mut self) -> Option<Result<Status, NodeError>> {
        Some(self.sender.as_mut()?.check().await)
    }
}

/// The most to pay with each token, in its base units.
async fn max_bids(arguments: &Arguments, provider: &DynProvider) -> Result<HashMap<Address, U256>> {
    let mut bids = HashMap::new();
    for (reference, amount) in &arguments.max_bid {
        let token = reference.address()?;
        let decimals = IERC20::new(token, provider).decimals().call().await;
        let decimals = decimals.with_context(|| format!("{token} is no token: check --max-bid"))?;
        let limit =
            amount.base_units(decimals).with_context(|| format!("--max-bid {token}={amount} is wrong"))?;
        bids.insert(token, limit);
    }
    Ok(bids)
}
