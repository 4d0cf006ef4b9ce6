//! Answers requests: finds the method and runs it on the right thread.
//! A batch runs request by request.

use super::{
    answer::Answer,
    error::{METHOD_NOT_FOUND, RpcError, SERVER_ERROR},
    eth,
    frame::{self, Body, Request, Response},
    limits::MAX_BATCH_RESPONSE_BYTES,
    lookup::lookup,
    method::Method,
    node::Node,
    params::Params,
    session::Exchange,
};
use std::time::{Duration, Instant};

/// The error of `eth_subscribe` over HTTP.
const NO_SUBSCRIPTIONS: &str =
    "notifications not supported: connect by WebSocket, or over HTTP use filters (eth_newFilter)";

/// The time after which the rest of a batch fails (geth's default, `WriteTimeout`).
const BATCH_TIMEOUT: Duration = Duration::from_secs(30);

/// Errors of the rest of a batch. Codes and the first words are geth's.
const TOO_LARGE: (i32, &str) = (-32003, "response too large: split the batch");
const TIMED_OUT: (i32, &str) = (-32002, "request timed out: split the batch");

impl Node {
    /// Answers a body like the server over HTTP; `None` if it contains only notifications.
    pub async fn request(&self, body: &[u8]) -> Option<String> {
        self.answer(body, None).await
    }

    /// Answers a body; `None` if it contains only notifications. A client that can receive notifications has an
    /// exchange.
    pub async fn answer(&self, body: &[u8], exchange: Option<&Exchange>) -> Option<String> {
        match frame::parse(body) {
            Err(error) => to_json(&Response::new(None, Err(error))),
            Ok(Body::Single(request)) => to_json(&self.respond(request, exchange).await?),
            Ok(Body::Batch(requests)) => {
                let responses = self.respond_to_batch(requests, exchange).await;
                (!responses.is_empty()).then(|| format!("[{}]", responses.join(",")))
            }
        }
    }

    async fn respond_to_batch(
        &self,
        requests: Vec<Result<Request<'_>, RpcError>>,
        exchange: Option<&Exchange>,
    ) -> Vec<String> {
        let (begin, mut bytes) = (Instant::now(), 0);
        let mut responses = Vec::with_capacity(requests.len());
        for request in requests {
            let response = match request {
                Ok(request) if bytes > MAX_BATCH_RESPONSE_BYTES => skipped(&request, TOO_LARGE),
                Ok(request) if begin.elapsed() > BATCH_TIMEOUT => skipped(&request, TIMED_OUT),
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
            tracing::debug!(
                method = request.method,
                code = error.code,
                error = error.message,
                "request failed"
            );
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
            Method::Heavy(run) => self.run_call(move |node| run(node, params)).await?,
            Method::Set(run, reply) => {
                self.run_call(move |node| run(node, params)).await??;
                reply.answer()
            }
            Method::Unsupported(reason) => Err(RpcError::new(SERVER_ERROR, reason)),
            Method::SendRaw => eth::send::send_raw(self, params).await,
            Method::Session(run) => match exchange {
                Some(exchange) => run(exchange, self, params),
                None => Err(RpcError::new(METHOD_NOT_FOUND, NO_SUBSCRIPTIONS)),
            },
        }
    }
}

/// The response to a request of a batch that is not executed.
fn skipped(request: &Request<'_>, (code, message): (i32, &str)) -> Option<Response> {
    Some(Response::new(Some(request.id?), Err(RpcError::new(code, message))))
}

fn to_json<T: serde::Serialize>(response: &T) -> Option<String> {
    // Encoding cannot fail: a response contains only strings, numbers and JSON.
    serde_json::to_string(response).ok()
}
