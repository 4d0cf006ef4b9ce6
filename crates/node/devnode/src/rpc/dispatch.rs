//! Carries out requests: finds the method, runs it where it belongs, answers.

use super::{
    anvil, debug,
    error::{INTERNAL_ERROR, METHOD_NOT_FOUND, REFUSED, RpcError},
    eth, evm,
    filters::Filters,
    frame::{self, Body, Request, Response},
    impossible,
    method::{Answer, Method},
    net,
    params::Params,
    session::Exchange,
    txpool::{self, Waiting},
};
use crate::chain::Chain;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// What a client is told who wants to subscribe over HTTP.
const NO_SUBSCRIPTIONS: &str =
    "notifications not supported: connect by WebSocket, or over HTTP use filters (eth_newFilter)";

/// WebSockets that may be open at a time.
const MAX_SOCKETS: usize = 512;
/// Bytes of answers after which a batch is answered no further (geth's default, `BatchResponseMaxSize`).
const MAX_BATCH_RESPONSE_BYTES: usize = 25_000_000;
/// Time after which a batch is answered no further (geth's default, `WriteTimeout`).
const BATCH_PATIENCE: Duration = Duration::from_secs(30);

/// A chain and what its clients have open on it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Node {
    pub chain: Chain,
    pub filters: Arc<Filters>,
    /// Transactions that wait for those before them.
    pub waiting: Waiting,
    /// Places for calls that may take long; sending has its own, so that calls do not hold it up.
    heavy: Arc<Semaphore>,
    sending: Arc<Semaphore>,
    /// Places for WebSockets.
    sockets: Arc<Semaphore>,
    stopping: watch::Receiver<()>,
}

impl Node {
    /// A node that ends its connections when `stopping` changes or its sender is gone.
    pub fn new(chain: Chain, stopping: watch::Receiver<()>) -> Self {
        let threads = std::thread::available_parallelism().map_or(4, usize::from);
        let places = || Arc::new(Semaphore::new(2 * threads));
        Self {
            chain,
            filters: Arc::default(),
            waiting: Waiting::default(),
            heavy: places(),
            sending: places(),
            sockets: Arc::new(Semaphore::new(MAX_SOCKETS)),
            stopping,
        }
    }

    /// A place for one more WebSocket, if there is one.
    pub fn place_for_socket(&self) -> Option<OwnedSemaphorePermit> {
        self.sockets.clone().try_acquire_owned().ok()
    }

    /// JSON-RPC on this chain without a server: bodies in, bodies out.
    pub fn in_process(chain: Chain) -> Self {
        Self::new(chain, watch::channel(()).1)
    }

    /// Answers a body as the server would over HTTP; `None` if it holds nothing but notifications.
    pub async fn request(&self, body: &[u8]) -> Option<String> {
        self.answer(body, None).await
    }

    /// Changes, or has no sender, when the node stops.
    pub fn stopping(&self) -> watch::Receiver<()> {
        self.stopping.clone()
    }

    /// Answers a body; `None` if it holds nothing but notifications. The exchange is there if the client can be
    /// notified.
    pub async fn answer(&self, body: &[u8], exchange: Option<&Exchange>) -> Option<String> {
        match frame::parse(body) {
            Err(error) => to_json(&Response::new(None, Err(error))),
            Ok(Body::Single(request)) => to_json(&self.respond(request, exchange).await?),
            Ok(Body::Batch(requests)) => {
                let responses = self.respond_to_all(requests, exchange).await;
                (!responses.is_empty()).then(|| format!("[{}]", responses.join(",")))
            }
        }
    }

    /// Answers one after another, as long as there is time and place for it.
    async fn respond_to_all(
        &self,
        requests: Vec<Result<Request<'_>, RpcError>>,
        exchange: Option<&Exchange>,
    ) -> Vec<String> {
        let (begin, mut bytes) = (Instant::now(), 0);
        let mut responses = Vec::with_capacity(requests.len());
        for request in requests {
            let response = match request {
                Ok(request) if bytes > MAX_BATCH_RESPONSE_BYTES => too_much(&request, TOO_LARGE),
                Ok(request) if begin.elapsed() > BATCH_PATIENCE => too_much(&request, TIMED_OUT),
                request => self.respond(request, exchange).await,
            };
            let text = response.and_then(|response| to_json(&response));
            bytes += text.as_ref().map_or(0, String::len);
            responses.extend(text);
        }
        responses
    }

    async fn respond(
        &self,
        request: Result<Request<'_>, RpcError>,
        exchange: Option<&Exchange>,
    ) -> Option<Response> {
        let request = match request {
            Ok(request) => request,
            Err(error) => return Some(Response::new(None, Err(error))),
        };
        let result = match Params::parse(request.params) {
            Ok(params) => self.execute(&request.method, params, exchange).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &result {
            tracing::debug!(method = request.method, code = error.code, error = error.message, "refused");
        }
        Some(Response::new(Some(request.id?), result))
    }

    async fn execute(&self, name: &str, params: Params, exchange: Option<&Exchange>) -> Answer {
        let Some(method) = lookup(name) else {
            let text = format!("the method {name} does not exist/is not available");
            return Err(RpcError::new(METHOD_NOT_FOUND, text));
        };
        match method {
            Method::Quick(run) => run(self, params),
            Method::Heavy(run) => self.apart(&self.heavy, move |node| run(node, params)).await?,
            Method::Set(run, reply) => {
                self.apart(&self.heavy, move |node| run(node, params)).await??;
                reply.write()
            }
            Method::Refused(reason) => Err(RpcError::new(REFUSED, reason)),
            Method::Send => eth::send::send_raw(self, params).await,
            Method::Session(run) => match exchange {
                Some(exchange) => run(exchange, self, params),
                None => Err(RpcError::new(METHOD_NOT_FOUND, NO_SUBSCRIPTIONS)),
            },
        }
    }

    /// Sends something on a thread of its own.
    ///
    /// # Errors
    /// It panicked.
    pub async fn send<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Chain) -> T + Send + 'static,
    ) -> Result<T, RpcError> {
        self.apart(&self.sending, move |node| run(&node.chain)).await
    }

    async fn apart<T: Send + 'static>(
        &self,
        places: &Arc<Semaphore>,
        run: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, RpcError> {
        let fault =
            |what: String| RpcError::new(INTERNAL_ERROR, format!("the node failed to answer: {what}"));
        let place = places.clone().acquire_owned().await.map_err(|error| fault(error.to_string()))?;
        let node = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            run(&node)
        });
        done.await.map_err(|error| fault(error.to_string()))
    }
}

fn lookup(name: &str) -> Option<Method> {
    let (namespace, _) = name.split_once('_')?;
    match namespace {
        "eth" => eth::lookup(name),
        "net" | "web3" | "rpc" => net::lookup(name),
        "debug" | "trace" => debug::lookup(name),
        "evm" => evm::lookup(name),
        "anvil" | "hardhat" => anvil::lookup(name),
        "tenderly" => tenderly(name),
        "txpool" => txpool::lookup(name),
        "personal" => eth::lookup(name),
        _ => None,
    }
    .or_else(|| impossible::reason(name).map(Method::Refused))
}

/// The two methods of Tenderly's that test suites use: hardhat's.
fn tenderly(name: &str) -> Option<Method> {
    match name {
        "tenderly_setBalance" => anvil::lookup("hardhat_setBalance"),
        "tenderly_addBalance" => anvil::lookup("hardhat_addBalance"),
        _ => None,
    }
}

/// What a batch has no time or place left for (codes and words are geth's).
const TOO_LARGE: (i32, &str) = (-32003, "response too large: split the batch");
const TIMED_OUT: (i32, &str) = (-32002, "request timed out: split the batch");

fn too_much(request: &Request<'_>, (code, message): (i32, &str)) -> Option<Response> {
    Some(Response::new(Some(request.id?), Err(RpcError::new(code, message))))
}

fn to_json<T: serde::Serialize>(response: &T) -> Option<String> {
    // A response is made of strings, numbers and JSON that has been written before: it can always be written.
    serde_json::to_string(response).ok()
}
