//! Starts and stops a node that serves a chain over HTTP and WebSocket.
//! Optionally keeps the chain in a file.

use crate::{
    accounts::DevAccount,
    chain::Chain,
    chain_file::{ChainFile, ChainFileError},
    config::ChainConfig,
    rpc::{Cors, Node, router, serve},
};
use alloy_primitives::U256;
use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use stylus_evm::ModuleCache;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::timeout};

/// The port that Nitro's development mode listens on.
pub const DEFAULT_PORT: u16 = 8547;

/// How often a chain with a file is saved, if it has changed.
pub const DEFAULT_STATE_INTERVAL: Duration = Duration::from_secs(10);
/// The time that a stopping node waits for running requests.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// The settings of a node to start.
#[derive(Clone, Debug)]
pub struct Builder {
    host: IpAddr,
    port: u16,
    cors: Cors,
    chain: ChainConfig,
    state_file: Option<PathBuf>,
    state_interval: Duration,
}

/// A running node. Dropping it stops the node and saves the chain to its file, if it has one.
#[derive(Debug)]
pub struct Devnode {
    file: Option<Arc<ChainFile>>,
    saving: Option<JoinHandle<()>>,
    chain: Chain,
    address: SocketAddr,
    stop: Option<watch::Sender<()>>,
    server: JoinHandle<io::Result<()>>,
}

/// Why a node cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "port {port} on {host} is in use, probably by another node: stop it or use another port \
         (0 picks a free one)"
    )]
    PortInUse { host: IpAddr, port: u16 },
    #[error("cannot listen on {address}: {error}")]
    Listen { address: SocketAddr, error: io::Error },
    #[error(transparent)]
    File(#[from] ChainFileError),
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            cors: Cors::default(),
            chain: ChainConfig::default(),
            state_file: None,
            state_interval: DEFAULT_STATE_INTERVAL,
        }
    }
}

impl Builder {
    /// Address to listen on. Default 127.0.0.1: only this machine can connect.
    pub const fn host(mut self, host: IpAddr) -> Self {
        self.host = host;
        self
    }

    /// Port to listen on. Default 0: a free one.
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Web pages that may use the node. Default: none.
    pub fn cors(mut self, cors: Cors) -> Self {
        self.cors = cors;
        self
    }

    /// All settings of the chain at once.
    pub fn chain(mut self, chain: ChainConfig) -> Self {
        self.chain = chain;
        self
    }

    /// Chain id. Default 412346.
    pub const fn chain_id(mut self, chain_id: u64) -> Self {
        self.chain.chain_id = chain_id;
        self
    }

    /// Number of funded accounts from the test mnemonic, in addition to Nitro's development account. Default 10.
    pub const fn accounts(mut self, accounts: u32) -> Self {
        self.chain.accounts = accounts;
        self
    }

    /// Balance of each funded account, in wei.
    pub const fn balance(mut self, balance: U256) -> Self {
        self.chain.balance = balance;
        self
    }

    /// Prices every Stylus program as if it were in the cache manager's cache.
    pub const fn treat_all_as_cached(mut self, cached: bool) -> Self {
        self.chain.treat_all_as_cached = cached;
        self
    }

    /// Pauses the activation of Stylus programs from the first block on, as on the public chains since October 2026.
    /// [`Chain::pause_activations`] does it later.
    pub const fn activations_paused(mut self, paused: bool) -> Self {
        self.chain.activations_paused = paused;
        self
    }

    /// Timestamp of the first block in seconds since 1970; the clock continues from it. Default: now.
    pub const fn genesis_timestamp(mut self, timestamp: u64) -> Self {
        self.chain.genesis_timestamp = Some(timestamp);
        self
    }

    /// The cache of checked and metered programs. Default: in memory.
    pub fn programs(mut self, programs: ModuleCache) -> Self {
        self.chain.programs = programs;
        self
    }

    /// Number of blocks below the head whose state can be read. Default 10 000.
    pub const fn kept_states(mut self, blocks: u64) -> Self {
        self.chain.kept_states = blocks;
        self
    }

    /// Keeps the chain in this file between runs: loads it at the start, if the file exists, and saves it when the node
    /// stops and every [`state_interval`](Self::state_interval).
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state_file = Some(path.into());
        self
    }

    /// How often the chain is saved to its file, if it has changed. Default 10 seconds.
    pub const fn state_interval(mut self, interval: Duration) -> Self {
        self.state_interval = interval;
        self
    }

    /// Starts the node on the current tokio runtime.
    ///
    /// # Errors
    /// The node cannot listen on the address, or cannot use the file.
    pub async fn spawn(self) -> Result<Devnode, StartError> {
        let address = SocketAddr::new(self.host, self.port);
        let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => StartError::PortInUse { host: self.host, port: self.port },
            _ => StartError::Listen { address, error },
        })?;
        let address = listener.local_addr().map_err(|error| StartError::Listen { address, error })?;
        let chain = Chain::new(self.chain);
        let file = self.state_file.map(|path| ChainFile::open(&path, &chain)).transpose()?.map(Arc::new);
        let saving = file
            .clone()
            .map(|file| tokio::spawn(ChainFile::keep_saving(file, chain.clone(), self.state_interval)));
        let (stop, stopping) = watch::channel(());
        let router = router(Node::new(chain.clone(), stopping.clone()), &self.cors, address.ip());
        let server = tokio::spawn(serve(listener, router, stopping));
        Ok(Devnode { file, saving, chain, address, stop: Some(stop), server })
    }
}

impl Devnode {
    /// The default settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The URL of the JSON-RPC endpoint.
    pub fn rpc_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The URL for WebSockets, on the same port.
    pub fn ws_url(&self) -> String {
        format!("ws://{}", self.address)
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The chain, for use without HTTP.
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    pub fn chain_id(&self) -> u64 {
        self.chain.chain_id()
    }

    /// The funded accounts; Nitro's development account is the first.
    pub fn accounts(&self) -> &[DevAccount] {
        self.chain.accounts()
    }

    /// Completes running requests, frees the port and saves the chain to its file. Logs an error of saving.
    pub async fn stop(self) {
        if let Err(error) = self.shut_down().await {
            tracing::error!("{error}");
        }
    }

    /// Like [`stop`](Self::stop).
    ///
    /// # Errors
    /// The chain cannot be saved.
    pub async fn shut_down(mut self) -> Result<(), ChainFileError> {
        drop(self.stop.take());
        // An error or a timeout does not matter: the chain is saved in any case.
        let _ = timeout(STOP_TIMEOUT, &mut self.server).await;
        self.release_file()
    }

    fn release_file(&mut self) -> Result<(), ChainFileError> {
        if let Some(saving) = self.saving.take() {
            saving.abort();
        }
        self.file.take().map_or(Ok(()), |file| file.release(&self.chain))
    }

    /// Saves the chain to its file now, if it has one and has changed.
    ///
    /// # Errors
    /// The chain cannot be saved.
    pub fn save(&self) -> Result<(), ChainFileError> {
        self.file.as_ref().map_or(Ok(()), |file| file.save(&self.chain))
    }

    /// Waits until the server stops by itself.
    ///
    /// # Errors
    /// Why the server stopped.
    pub async fn ended(&mut self) -> io::Result<()> {
        (&mut self.server).await.map_err(io::Error::other)?
    }
}

impl Drop for Devnode {
    fn drop(&mut self) {
        if let Err(error) = self.release_file() {
            tracing::error!("{error}");
        }
    }
}
