//! [`Node`], the state that all methods share: the chain, and the filters and waiting transactions of its clients.
//! Also limits how many methods run at the same time.

use super::{
    error::{INTERNAL_ERROR, RpcError},
    filters::Filters,
    limits::MAX_SOCKETS,
    nonce_queue::NonceQueue,
};
use crate::chain::Chain;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// A chain and the state of its clients. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Node {
    pub chain: Chain,
    pub filters: Arc<Filters>,
    pub nonce_queue: NonceQueue,
    /// Permits for long-running calls.
    calls: Arc<Semaphore>,
    /// Permits for sending, which calls must not delay.
    sending: Arc<Semaphore>,
    /// Permits for WebSockets.
    sockets: Arc<Semaphore>,
    stopping: watch::Receiver<()>,
}

impl Node {
    /// A node that closes its connections when `stopping` changes or its sender is dropped.
    pub fn new(chain: Chain, stopping: watch::Receiver<()>) -> Self {
        let threads = std::thread::available_parallelism().map_or(4, usize::from);
        let permits = || Arc::new(Semaphore::new(2 * threads));
        Self {
            chain,
            filters: Arc::default(),
            nonce_queue: NonceQueue::default(),
            calls: permits(),
            sending: permits(),
            sockets: Arc::new(Semaphore::new(MAX_SOCKETS)),
            stopping,
        }
    }

    /// JSON-RPC without a server: see [`request`](Self::request).
    pub fn in_process(chain: Chain) -> Self {
        Self::new(chain, watch::channel(()).1)
    }

    /// Changes, or loses its sender, when the node stops.
    pub fn stopping(&self) -> watch::Receiver<()> {
        self.stopping.clone()
    }

    /// A permit for one more WebSocket, if there is one.
    pub fn socket_permit(&self) -> Option<OwnedSemaphorePermit> {
        self.sockets.clone().try_acquire_owned().ok()
    }

    /// Runs a call on a thread of its own.
    ///
    /// # Errors
    /// The call panicked.
    pub async fn run_call<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, RpcError> {
        self.run_blocking(&self.calls, run).await
    }

    /// Sends a transaction on a thread of its own.
    ///
    /// # Errors
    /// Sending panicked.
    pub async fn run_send<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Chain) -> T + Send + 'static,
    ) -> Result<T, RpcError> {
        self.run_blocking(&self.sending, move |node| run(&node.chain)).await
    }

    async fn run_blocking<T: Send + 'static>(
        &self,
        permits: &Arc<Semaphore>,
        run: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, RpcError> {
        let internal =
            |cause: String| RpcError::new(INTERNAL_ERROR, format!("the node failed to answer: {cause}"));
        let permit = permits.clone().acquire_owned().await.map_err(|error| internal(error.to_string()))?;
        let node = self.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            run(&node)
        });
        task.await.map_err(|error| internal(error.to_string()))
    }
}
