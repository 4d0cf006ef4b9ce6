//! The node as a program: its arguments, its banner, and how it is stopped. `weir-devnode` and `weir devnode` run it.

use crate::{
    CacheDirectoryError, ChainConfig, ChainFileError, Cors, DEFAULT_PORT, DEFAULT_STATE_INTERVAL, Devnode,
    ModuleCache, StartError, accounts::MNEMONIC,
};
use clap::ArgAction;
use serde_json::{Value, json};
use std::{
    io::{self, IsTerminal, Write},
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    time::Duration,
};
use tracing::Level;

/// What the node can be told on a command line.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Port to listen on; 0 takes any that is free.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,

    /// Address to listen on; 0.0.0.0 lets other machines connect.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,

    /// Chain id; the default is that of Nitro's development mode.
    #[arg(long, default_value_t = ChainConfig::default().chain_id)]
    chain_id: u64,

    /// Funded accounts derived from the test mnemonic, besides Nitro's development account.
    #[arg(long, default_value_t = ChainConfig::default().accounts, value_parser = clap::value_parser!(u32).range(..=1000))]
    accounts: u32,

    /// Price every Stylus program as if it were in the cache manager's cache.
    #[arg(long)]
    cached: bool,

    /// Timestamp of the first block, in seconds since 1970; the chain's clock runs on from it. Default: now.
    #[arg(long, value_name = "SECONDS")]
    timestamp: Option<u64>,

    /// Blocks below the head that keep their state readable.
    #[arg(long, value_name = "BLOCKS", default_value_t = ChainConfig::default().kept_states)]
    history: u64,

    /// Keep the chain in this file between runs: read at the start if it exists, written at the end and now and then.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// How often the chain is written to its file, if it has changed.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = DEFAULT_STATE_INTERVAL.as_secs(),
        requires = "state",
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    state_interval: u64,

    /// Folder that keeps checked and metered programs for later runs. Default: weir-devnode in the user's cache folder.
    #[arg(long, value_name = "FOLDER", conflicts_with = "no_cache")]
    cache_dir: Option<PathBuf>,

    /// Keep programs in memory only.
    #[arg(long)]
    no_cache: bool,

    /// Not supported: the chain always starts from its own first block.
    #[arg(long, value_name = "URL", alias = "rpc-url", hide = true, value_parser = no_forking)]
    fork_url: Option<String>,

    /// Let web pages of this origin use the node from a browser; `*` for all.
    #[arg(long, value_name = "ORIGIN", value_parser = parse_cors)]
    cors: Option<Cors>,

    /// Print neither the banner nor transactions, only what goes wrong.
    #[arg(long, short, conflicts_with = "verbose")]
    quiet: bool,

    /// Print what requests are refused and why (-v), or everything (-vv).
    #[arg(long, short, action = ArgAction::Count)]
    verbose: u8,
}

fn no_forking(_: &str) -> Result<String, String> {
    Err("forking is out of scope: start an empty chain, deploy what you need, or put code and storage in place with \
         anvil_setCode and anvil_setStorageAt"
        .into())
}

fn parse_cors(origin: &str) -> Result<Cors, String> {
    if origin == "*" {
        return Ok(Cors::Any);
    }
    origin.parse().map(Cors::Origin).map_err(|_| "an origin looks like http://localhost:3000".into())
}

/// How the node says that it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// A banner and the log, on standard output.
    Words,
    /// One JSON document on standard output; the log on standard error.
    Json,
}

/// Why the node did not run, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Cache(#[from] CacheDirectoryError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    File(#[from] ChainFileError),
    #[error("the server ended by itself: {0}")]
    Ended(String),
}

/// Runs a node on the present tokio runtime until it is told to stop by Ctrl-C or SIGTERM.
///
/// # Errors
/// It cannot start, its server ends by itself, or its chain cannot be written to its file.
pub async fn run(args: &Args, speech: Speech) -> Result<(), RunError> {
    log(args, speech);
    let mut stop = Stop::listen();
    let mut node = args.builder()?.spawn().await?;
    if !args.quiet || speech == Speech::Json {
        let banner = match speech {
            Speech::Words => banner(&node),
            Speech::Json => format!("{:#}", document(&node)),
        };
        // Whoever started the node may not listen to it: it runs all the same.
        let _ = writeln!(io::stdout(), "{banner}");
    }
    tokio::select! {
        ended = node.ended() => return Err(RunError::Ended(format!("{ended:?}"))),
        () = stop.told() => {}
    }
    Ok(node.shut_down().await?)
}

impl Args {
    fn builder(&self) -> Result<crate::Builder, CacheDirectoryError> {
        let chain = ChainConfig {
            chain_id: self.chain_id,
            accounts: self.accounts,
            treat_all_as_cached: self.cached,
            genesis_timestamp: self.timestamp,
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

/// Where programs are kept. A folder that was asked for has to be usable; the usual one is done without.
fn programs(args: &Args) -> Result<ModuleCache, CacheDirectoryError> {
    if let Some(folder) = &args.cache_dir {
        return ModuleCache::on_disk(folder);
    }
    let usual = match args.no_cache {
        true => None,
        false => usual_cache(),
    };
    let Some(folder) = usual else { return Ok(ModuleCache::default()) };
    Ok(ModuleCache::on_disk(folder).unwrap_or_else(|error| {
        tracing::warn!("programs are kept in memory only: {error}");
        ModuleCache::default()
    }))
}

/// The user's cache folder, as the XDG base directory specification has it.
fn usual_cache() -> Option<PathBuf> {
    let folder =
        |variable: &str| std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    let caches = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))?;
    Some(caches.join("weir-devnode"))
}

/// Where it listens and what can be used there.
fn banner(node: &Devnode) -> String {
    let accounts =
        node.accounts().iter().map(|account| format!("  {}  {}", account.address(), account.key()));
    let accounts: Vec<_> = accounts.collect();
    format!(
        "weir-devnode {version}: Arbitrum with Stylus, for development only\n\n\
         RPC       {url}\n\
         Chain id  {chain_id}\n\n\
         Accounts  (address, private key; everybody knows these keys)\n{accounts}\n\n\
         Mnemonic  {MNEMONIC}\n          (all accounts but the first, m/44'/60'/0'/0/i)\n",
        version = env!("CARGO_PKG_VERSION"),
        url = node.rpc_url(),
        chain_id = node.chain_id(),
        accounts = accounts.join("\n"),
    )
}

/// What the banner tells, for scripts.
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

fn log(args: &Args, speech: Speech) {
    let level = match (args.quiet, args.verbose) {
        (true, _) => Level::WARN,
        (false, 0) => Level::INFO,
        (false, 1) => Level::DEBUG,
        (false, _) => Level::TRACE,
    };
    let subscriber = tracing_subscriber::fmt().with_max_level(level).with_target(false);
    // A subscriber that is there already goes on.
    let _ = match speech {
        Speech::Words => subscriber.with_ansi(io::stdout().is_terminal()).try_init(),
        Speech::Json => subscriber.with_ansi(io::stderr().is_terminal()).with_writer(io::stderr).try_init(),
    };
}

/// Being told to stop: by Ctrl-C or, where there is such a thing, by SIGTERM.
struct Stop {
    #[cfg(unix)]
    signals: Option<[tokio::signal::unix::Signal; 2]>,
}

impl Stop {
    /// Listens from now on.
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

    async fn told(&mut self) {
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
