//! The program `weir-devnode`: a node with a banner, stopped by Ctrl-C.

use clap::{ArgAction, Parser};
use std::{
    io::IsTerminal,
    net::{IpAddr, Ipv4Addr},
    process::ExitCode,
};
use tracing::Level;
use weir_devnode::{ChainConfig, Cors, DEFAULT_PORT, Devnode, accounts::MNEMONIC};

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
    let chain = ChainConfig {
        chain_id: args.chain_id,
        accounts: args.accounts,
        treat_all_as_cached: args.cached,
        genesis_timestamp: args.timestamp,
        kept_states: args.history,
        ..Default::default()
    };
    let builder = Devnode::builder().host(args.host).port(args.port).chain(chain);
    let mut node = match builder.cors(args.cors.unwrap_or_default()).spawn().await {
        Ok(node) => node,
        Err(error) => {
            eprintln!("weir-devnode: {error}");
            return ExitCode::FAILURE;
        }
    };
    if !args.quiet {
        println!("{}", banner(&node));
    }
    tokio::select! {
        ended = node.ended() => {
            eprintln!("weir-devnode: the server ended by itself: {ended:?}");
            ExitCode::FAILURE
        }
        () = told_to_stop() => ExitCode::SUCCESS,
    }
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

/// Waits for Ctrl-C or, where there is such a thing, SIGTERM.
async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
