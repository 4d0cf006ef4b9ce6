//! Starts a node that serves a chain over HTTP, and stops it.

use crate::{
    accounts::DevAccount,
    chain::Chain,
    config::ChainConfig,
    rpc::{Cors, Node, router},
};
use alloy_primitives::U256;
use axum::serve::ListenerExt;
use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// The port that Nitro's development mode listens on.
pub const DEFAULT_PORT: u16 = 8547;

/// A node that is to be started.
#[derive(Clone, Debug)]
pub struct Builder {
    host: IpAddr,
    port: u16,
    cors: Cors,
    chain: ChainConfig,
}

/// A running node. It stops when this is dropped.
#[derive(Debug)]
pub struct Devnode {
    chain: Chain,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<io::Result<()>>,
}

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "port {port} on {host} is in use, most likely by another node: stop that one or choose another port \
         (0 takes any that is free)"
    )]
    PortInUse { host: IpAddr, port: u16 },
    #[error("cannot listen on {address}: {error}")]
    Listen { address: SocketAddr, error: io::Error },
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            cors: Cors::default(),
            chain: ChainConfig::default(),
        }
    }
}

impl Builder {
    /// The address to listen on. Default 127.0.0.1: only this machine can connect.
    pub const fn host(mut self, host: IpAddr) -> Self {
        self.host = host;
        self
    }

    /// The port to listen on. Default 0: any that is free.
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Which web pages may use the node. Default: none.
    pub fn cors(mut self, cors: Cors) -> Self {
        self.cors = cors;
        self
    }

    /// All settings of the chain at once.
    pub fn chain(mut self, chain: ChainConfig) -> Self {
        self.chain = chain;
        self
    }

    /// Default 412346.
    pub const fn chain_id(mut self, chain_id: u64) -> Self {
        self.chain.chain_id = chain_id;
        self
    }

    /// Accounts funded from the test mnemonic, besides Nitro's development account. Default 10.
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

    /// Timestamp of the first block in seconds since 1970; the chain's clock runs on from it. Default: now.
    pub const fn genesis_timestamp(mut self, timestamp: u64) -> Self {
        self.chain.genesis_timestamp = Some(timestamp);
        self
    }

    /// How many blocks below the head keep their state readable. Default 10 000.
    pub const fn kept_states(mut self, blocks: u64) -> Self {
        self.chain.kept_states = blocks;
        self
    }

    /// Starts the node on the present tokio runtime.
    ///
    /// # Errors
    /// It cannot listen there.
    pub async fn spawn(self) -> Result<Devnode, StartError> {
        let address = SocketAddr::new(self.host, self.port);
        let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => StartError::PortInUse { host: self.host, port: self.port },
            _ => StartError::Listen { address, error },
        })?;
        let address = listener.local_addr().map_err(|error| StartError::Listen { address, error })?;
        let chain = Chain::new(self.chain);
        let router = router(Node::new(chain.clone()), &self.cors);
        let (stop, stopped) = oneshot::channel();
        // Answers are small: sent at once, not held back to be joined with later ones.
        let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
        let serving =
            axum::serve(listener, router).with_graceful_shutdown(async move { drop(stopped.await) });
        let server = tokio::spawn(async move { serving.await });
        Ok(Devnode { chain, address, stop: Some(stop), server })
    }
}

impl Devnode {
    /// A node with default settings, to be changed and started.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where it answers.
    pub fn rpc_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The chain it serves, to be used without HTTP.
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    pub fn chain_id(&self) -> u64 {
        self.chain.chain_id()
    }

    /// The funded accounts, Nitro's development account first.
    pub fn accounts(&self) -> &[DevAccount] {
        self.chain.accounts()
    }

    /// Stops it, after the requests under way, and frees the port.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        // A server that ended with an error has stopped too.
        let _ = (&mut self.server).await;
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// Why it ended.
    pub async fn ended(&mut self) -> io::Result<()> {
        (&mut self.server).await.map_err(io::Error::other)?
    }
}
