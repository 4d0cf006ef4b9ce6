//! The program `weir-devnode`: a node with a banner, stopped by Ctrl-C.

use clap::{ArgAction, Parser};
use std::{
    io::{IsTerminal, Write},
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};
use tracing::Level;
use weir_devnode::{
    CacheDirectoryError, ChainConfig, Cors, DEFAULT_PORT, DEFAULT_STATE_INTERVAL, Devnode, ModuleCache,
    accounts::MNEMONIC,
};

/// A local Arbitrum node for Stylus and EVM contracts, without Docker.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Args {
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

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    log(&args);
    let mut stop = Stop::listen();
    let programs = match programs(&args) {
        Ok(programs) => programs,
        Err(error) => {
            eprintln!("weir-devnode: {error}");
            return ExitCode::FAILURE;
        }
    };
    let chain = ChainConfig {
        chain_id: args.chain_id,
        accounts: args.accounts,
        treat_all_as_cached: args.cached,
        genesis_timestamp: args.timestamp,
        kept_states: args.history,
        programs,
        ..Default::default()
    };
    let mut builder = Devnode::builder().host(args.host).port(args.port).chain(chain);
    if let Some(path) = args.state {
        builder = builder.state_file(path).state_interval(Duration::from_secs(args.state_interval));
    }
    let mut node = match builder.cors(args.cors.unwrap_or_default()).spawn().await {
        Ok(node) => node,
        Err(error) => {
            eprintln!("weir-devnode: {error}");
            return ExitCode::FAILURE;
        }
    };
    if !args.quiet {
        // Whoever started the node may not listen to it: it runs all the same.
        let _ = writeln!(std::io::stdout(), "{}", banner(&node));
    }
    tokio::select! {
        ended = node.ended() => {
            eprintln!("weir-devnode: the server ended by itself: {ended:?}");
            return ExitCode::FAILURE;
        }
        () = stop.told() => {}
    }
    match node.shut_down().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("weir-devnode: {error}");
            ExitCode::FAILURE
        }
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

fn log(args: &Args) {
    let level = match (args.quiet, args.verbose) {
        (true, _) => Level::WARN,
        (false, 0) => Level::INFO,
        (false, 1) => Level::DEBUG,
        (false, _) => Level::TRACE,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_target(false)
        .with_ansi(std::io::stdout().is_terminal())
        .init();
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
