//! Carries out requests: finds the method, runs it where it belongs, answers.

use super::{
    anvil,
    error::{INTERNAL_ERROR, METHOD_NOT_FOUND, RpcError},
    eth, evm,
    filters::Filters,
    frame::{self, Body, Request, Response},
    method::{Answer, Method},
    net,
    params::Params,
};
use crate::chain::Chain;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// A chain and what its clients have open on it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Node {
    pub chain: Chain,
    pub filters: Arc<Filters>,
    /// Places for calls that may take long; sending has its own, so that calls do not hold it up.
    heavy: Arc<Semaphore>,
    sending: Arc<Semaphore>,
}

impl Node {
    pub fn new(chain: Chain) -> Self {
        let threads = std::thread::available_parallelism().map_or(4, usize::from);
        let places = || Arc::new(Semaphore::new(2 * threads));
        Self { chain, filters: Arc::default(), heavy: places(), sending: places() }
    }

    /// Answers a body; `None` if it holds nothing but notifications.
    pub async fn answer(&self, body: &[u8]) -> Option<String> {
        match frame::parse(body) {
            Err(error) => to_json(&Response::new(None, Err(error))),
            Ok(Body::Single(request)) => to_json(&self.respond(request).await?),
            Ok(Body::Batch(requests)) => {
                let mut responses = Vec::with_capacity(requests.len());
                for request in requests {
                    responses.extend(self.respond(request).await);
                }
                (!responses.is_empty()).then(|| to_json(&responses))?
            }
        }
    }

    async fn respond(&self, request: Result<Request<'_>, RpcError>) -> Option<Response> {
        let request = match request {
            Ok(request) => request,
            Err(error) => return Some(Response::new(None, Err(error))),
        };
        let result = match Params::parse(request.params) {
            Ok(params) => self.execute(&request.method, params).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &result {
            tracing::debug!(method = request.method, code = error.code, error = error.message, "refused");
        }
        Some(Response::new(Some(request.id?), result))
    }

    async fn execute(&self, name: &str, params: Params) -> Answer {
        let Some(method) = lookup(name) else {
            let text = format!("the method {name} does not exist/is not available");
            return Err(RpcError::new(METHOD_NOT_FOUND, text));
        };
        match method {
            Method::Quick(run) => run(self, params),
            Method::Heavy(run) => self.apart(&self.heavy, move |node| run(node, params)).await?,
            Method::Send => eth::send::send_raw(self, params).await,
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
        "evm" => evm::lookup(name),
        "anvil" | "hardhat" => anvil::lookup(name),
        _ => None,
    }
}

fn to_json<T: serde::Serialize>(response: &T) -> Option<String> {
    // A response is made of strings, numbers and JSON that has been written before: it can always be written.
    serde_json::to_string(response).ok()
}
