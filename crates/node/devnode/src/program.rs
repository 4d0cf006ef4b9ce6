//! The node as a program: its options, its banner, and the signals that stop it.
//! `weir-devnode` and `weir devnode` run it.

use crate::{
    accounts::MNEMONIC,
    chain_file::ChainFileError,
    config::ChainConfig,
    devnode::{Builder, DEFAULT_PORT, DEFAULT_STATE_INTERVAL, Devnode, StartError},
    rpc::{Cors, NO_FORKING},
};
use clap::ArgAction;
use serde_json::{Value, json};
use std::{
    io::{self, IsTerminal, Write},
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use stylus_evm::{CacheDirectoryError, ModuleCache};
use tracing::Level;

/// Options of the node.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,

    /// Address to listen on; 0.0.0.0 lets other machines connect.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,

    /// Chain id; the default is that of Nitro's development mode.
    #[arg(long, default_value_t = ChainConfig::default().chain_id)]
    chain_id: u64,

    /// Number of funded accounts from the test mnemonic, in addition to Nitro's development account.
    #[arg(
        long,
        default_value_t = ChainConfig::default().accounts,
        value_parser = clap::value_parser!(u32).range(..=1000)
    )]
    accounts: u32,

    /// Price every Stylus program as if it were in the cache manager's cache.
    #[arg(long)]
    cached: bool,

    /// Pause the activation of Stylus programs, as on Arbitrum's public chains since October 2026; with `--demo`, after the
    /// demo is deployed.
    #[arg(long)]
    activations_paused: bool,

    /// Timestamp of the first block, in seconds since 1970; the clock continues from it. Default: now.
    #[arg(long, value_name = "SECONDS")]
    timestamp: Option<u64>,

    /// Number of blocks below the head whose state can be read.
    #[arg(long, value_name = "BLOCKS", default_value_t = ChainConfig::default().kept_states)]
    history: u64,

    /// Keep the chain in this file between runs: loaded at the start if it exists, saved regularly and at the end.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// How often the chain is saved to its file, if it has changed.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = DEFAULT_STATE_INTERVAL.as_secs(),
        requires = "state",
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    state_interval: u64,

    /// Folder to cache checked and metered programs in. Default: weir-devnode in the user's cache folder.
    #[arg(long, value_name = "FOLDER", conflicts_with = "no_cache")]
    cache_dir: Option<PathBuf>,

    /// Keep checked and metered programs in memory only.
    #[arg(long)]
    no_cache: bool,

    /// Not supported. Accepted only to explain why.
    #[arg(long, value_name = "URL", alias = "rpc-url", hide = true, value_parser = reject_forking)]
    fork_url: Option<String>,

    /// Let web pages of this origin use the node from a browser; `*` allows all.
    #[arg(long, value_name = "ORIGIN", value_parser = parse_cors)]
    cors: Option<Cors>,

    /// Print only warnings and errors: no banner, no transactions.
    #[arg(long, short, conflicts_with = "verbose")]
    quiet: bool,

    /// Also print failed requests with the reason (-v), or everything (-vv).
    #[arg(long, short, action = ArgAction::Count)]
    verbose: u8,
}

fn reject_forking(_: &str) -> Result<String, String> {
    Err(NO_FORKING.into())
}

fn parse_cors(origin: &str) -> Result<Cors, String> {
    if origin == "*" {
        return Ok(Cors::Any);
    }
    origin.parse().map(Cors::Origin).map_err(|_| "an origin looks like http://localhost:3000".into())
}

/// The output of a node that starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Banner and log on standard output.
    Text,
    /// One JSON document on standard output, and the log on standard error.
    Json,
}

/// Why the node could not start or stop in order.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Cache(#[from] CacheDirectoryError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    File(#[from] ChainFileError),
    #[error("the server stopped unexpectedly: {0}")]
    Ended(String),
}

/// Runs a node on the current tokio runtime until Ctrl-C or SIGTERM.
///
/// # Errors
/// The node cannot start, its server stops unexpectedly, or the chain cannot be saved.
pub async fn run(args: &Args, format: Format) -> Result<(), RunError> {
    start(args, format, Duration::ZERO).await?.serve("").await
}

/// A node that answers but has not printed its banner yet, so that its chain can be prepared first.
pub struct Started {
    node: Devnode,
    signals: StopSignals,
    format: Format,
    is_quiet: bool,
    pauses_activations: bool,
}

/// Starts a node without its banner and without pausing activations. Its first block is `past` old, unless the options set its timestamp.
///
/// # Errors
/// The node cannot start.
pub async fn start(args: &Args, format: Format, past: Duration) -> Result<Started, RunError> {
    start_log(args, format);
    let signals = StopSignals::listen();
    let node = args.builder(past)?.spawn().await?;
    let (is_quiet, pauses_activations) = (args.quiet, args.activations_paused);
    Ok(Started { node, signals, format, is_quiet, pauses_activations })
}

impl Started {
    pub const fn node(&self) -> &Devnode {
        &self.node
    }

    /// Pauses activations if the options ask for it, prints the banner followed by `words`, and runs until Ctrl-C or SIGTERM.
    ///
    /// # Errors
    /// The server stops unexpectedly, or the chain cannot be saved.
    pub async fn serve(self, words: &str) -> Result<(), RunError> {
        let Self { mut node, mut signals, format, is_quiet, pauses_activations } = self;
        if pauses_activations {
            node.chain().pause_activations(true);
        }
        if !is_quiet || format == Format::Json {
            let banner = match format {
                Format::Text if words.is_empty() => banner(&node),
                Format::Text => format!("{}\n{words}", banner(&node)),
                Format::Json => format!("{:#}", document(&node)),
            };
            // Standard output may be closed, which must not stop the node.
            let _ = writeln!(io::stdout(), "{banner}");
        }
        tokio::select! {
            ended = node.ended() => return Err(RunError::Ended(format!("{ended:?}"))),
            () = signals.wait() => {}
        }
        Ok(node.shut_down().await?)
    }
}

impl Args {
    fn builder(&self, past: Duration) -> Result<Builder, CacheDirectoryError> {
        let began = || SystemTime::now().checked_sub(past)?.duration_since(UNIX_EPOCH).ok();
        let first = if past.is_zero() { None } else { began().map(|since| since.as_secs()) };
        let chain = ChainConfig {
            chain_id: self.chain_id,
            accounts: self.accounts,
            treat_all_as_cached: self.cached,
            genesis_timestamp: self.timestamp.or(first),
            kept_states: self.history,
            programs: programs(self)?,
            ..Default::default()
        };
        let builder = Devnode::builder().host(self.host).port(self.port).chain(chain);
        let builder = builder.cors(self.cors.clone().unwrap_or_default());
        Ok(match &self.state {
            Some(path) => builder.state_file(path).state_interval(Duration::from_secs(self.state_interval)),
            None => builder,
        })
    }
}

/// The cache of metered programs. A folder given by option must be usable; without the default one, memory is used.
fn programs(args: &Args) -> Result<ModuleCache, CacheDirectoryError> {
    if let Some(folder) = &args.cache_dir {
        return ModuleCache::on_disk(folder);
    }
    let default = if args.no_cache { None } else { default_cache() };
    let Some(folder) = default else { return Ok(ModuleCache::default()) };
    Ok(ModuleCache::on_disk(folder).unwrap_or_else(|error| {
        tracing::warn!("checked and metered programs are kept in memory only: {error}");
        ModuleCache::default()
    }))
}

/// A folder in the user's cache folder, as in the XDG base directory specification.
fn default_cache() -> Option<PathBuf> {
    let folder =
        |variable: &str| std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    let caches = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))?;
    Some(caches.join("weir-devnode"))
}

fn banner(node: &Devnode) -> String {
    let accounts =
        node.accounts().iter().map(|account| format!("  {}  {}", account.address(), account.key()));
    let accounts: Vec<_> = accounts.collect();
    format!(
        "weir-devnode {version}: Arbitrum with Stylus, for development only\n\n\
         RPC       {url}\n\
         Chain id  {chain_id}\n\n\
         Accounts  (address, private key; these keys are public)\n{accounts}\n\n\
         Mnemonic  {MNEMONIC}\n          (all accounts but the first, m/44'/60'/0'/0/i)\n",
        version = env!("CARGO_PKG_VERSION"),
        url = node.rpc_url(),
        chain_id = node.chain_id(),
        accounts = accounts.join("\n"),
    )
}

/// The banner as a document for scripts.
fn document(node: &Devnode) -> Value {
    let accounts = node.accounts().iter();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "rpc_url": node.rpc_url(),
        "ws_url": node.ws_url(),
        "chain_id": node.chain_id(),
        "accounts": accounts
            .map(|account| json!({ "address": account.address(), "private_key": account.key() }))
            .collect::<Vec<_>>(),
        "mnemonic": MNEMONIC,
    })
}

fn start_log(args: &Args, format: Format) {
    let level = match (args.quiet, args.verbose) {
        (true, _) => Level::WARN,
        (false, 0) => Level::INFO,
        (false, 1) => Level::DEBUG,
        (false, _) => Level::TRACE,
    };
    let subscriber = tracing_subscriber::fmt().with_max_level(level).with_target(false);
    // Fails if the process has a subscriber already, which then stays.
    let _ = match format {
        Format::Text => subscriber.with_ansi(io::stdout().is_terminal()).try_init(),
        Format::Json => subscriber.with_ansi(io::stderr().is_terminal()).with_writer(io::stderr).try_init(),
    };
}

/// The signals that stop the node: Ctrl-C and, on Unix, SIGTERM.
struct StopSignals {
    #[cfg(unix)]
    signals: Option<[tokio::signal::unix::Signal; 2]>,
}

impl StopSignals {
    /// Starts to listen, so that no signal from now on is lost.
    fn listen() -> Self {
        Self {
            #[cfg(unix)]
            signals: {
                use tokio::signal::unix::{SignalKind, signal};
                let both = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
                let [Ok(interrupt), Ok(terminate)] = both else { return Self { signals: None } };
                Some([interrupt, terminate])
            },
        }
    }

    async fn wait(&mut self) {
        #[cfg(unix)]
        if let Some([interrupt, terminate]) = &mut self.signals {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        let _ = tokio::signal::ctrl_c().await;
    }
}
