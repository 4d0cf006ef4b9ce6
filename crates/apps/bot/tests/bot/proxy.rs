//! A proxy between the bot and the devnode that simulates a faulty node.
//! It can be unavailable, drop or hold transactions, or lose responses.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alloy::{
    primitives::{B256, hex, keccak256},
    transports::http::reqwest::Client,
};
use anyhow::Result;
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// How the proxy handles `eth_sendRawTransaction`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sending {
    /// Forwards the transaction.
    #[default]
    Forward,
    /// Returns the hash and drops the transaction.
    Drop,
    /// Returns the hash and holds the transaction, which is then known but not mined.
    Hold,
    /// Forwards the transaction and loses the response.
    LoseResponse,
}

#[derive(Debug, Default)]
struct Faults {
    sending: Sending,
    is_away: bool,
    /// Number added to every account's pending transactions.
    extra_pending: u64,
    held: Vec<String>,
    sent: Vec<String>,
}

#[derive(Clone)]
struct Shared {
    node: String,
    client: Client,
    faults: Arc<Mutex<Faults>>,
}

/// A running proxy.
pub struct Proxy {
    pub url: String,
    shared: Shared,
    server: JoinHandle<()>,
}

impl Proxy {
    /// Starts a proxy for the node at `node`.
    pub async fn start(node: String) -> Result<Self> {
        let shared = Shared { node, client: Client::new(), faults: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = Router::new().route("/", post(respond)).with_state(shared.clone());
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, shared, server })
    }

    /// Sets how transactions are handled.
    pub fn set_sending(&self, sending: Sending) {
        self.shared.faults().sending = sending;
    }

    /// Sets whether the proxy answers requests.
    pub fn set_away(&self, is_away: bool) {
        self.shared.faults().is_away = is_away;
    }

    /// Adds this number to the pending transactions of every account.
    pub fn set_extra_pending(&self, extra_pending: u64) {
        self.shared.faults().extra_pending = extra_pending;
    }

    /// Returns all raw transactions received.
    pub fn sent(&self) -> Vec<String> {
        self.shared.faults().sent.clone()
    }

    /// Forwards the held transactions and returns the node's responses.
    pub async fn release(&self) -> Result<Vec<Value>> {
        let held = std::mem::take(&mut self.shared.faults().held);
        let mut responses = Vec::new();
        for raw in held {
            let request =
                json!({"jsonrpc": "2.0", "id": 1, "method": "eth_sendRawTransaction", "params": [raw]});
            responses.push(serde_json::from_str(&self.shared.forward(request.to_string()).await?)?);
        }
        Ok(responses)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn forward(&self, body: String) -> Result<String> {
        let request = self.client.post(&self.node).header("content-type", "application/json").body(body);
        Ok(request.send().await?.text().await?)
    }

    /// Returns the proxy's own result, or `None` to forward the request.
    fn own_result(&self, request: &Value) -> Option<Value> {
        let mut faults = self.faults();
        let parameter = &request["params"][0];
        match request["method"].as_str()? {
            "eth_sendRawTransaction" => {
                let raw = parameter.as_str()?.to_owned();
                faults.sent.push(raw.clone());
                match faults.sending {
                    Sending::Forward | Sending::LoseResponse => return None,
                    Sending::Drop => {}
                    Sending::Hold => faults.held.push(raw.clone()),
                }
                Some(json!(hash(&raw)))
            }
            "eth_getTransactionByHash" => {
                let is_held = faults.held.iter().any(|raw| json!(hash(raw)) == *parameter);
                is_held.then(|| json!({"hash": parameter}))
            }
            _ => None,
        }
    }
}

fn hash(raw: &str) -> B256 {
    keccak256(hex::decode(raw).unwrap_or_default())
}

async fn respond(State(shared): State<Shared>, body: String) -> Response {
    if shared.faults().is_away {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let request: Value = serde_json::from_str(&body).unwrap_or_default();
    if let Some(result) = shared.own_result(&request) {
        return json!({"jsonrpc": "2.0", "id": request["id"], "result": result}).to_string().into_response();
    }
    let extra_pending = shared.faults().extra_pending;
    let is_count = request["method"] == "eth_getTransactionCount" && request["params"][1] == "pending";
    let Ok(response) = shared.forward(body).await else { return StatusCode::BAD_GATEWAY.into_response() };
    if is_count && extra_pending > 0 {
        let mut response: Value = serde_json::from_str(&response).unwrap_or_default();
        let count = response["result"].as_str().unwrap_or_default().trim_start_matches("0x");
        let count = u64::from_str_radix(count, 16).unwrap_or(0);
        response["result"] = json!(format!("{:#x}", count + extra_pending));
        return response.to_string().into_response();
    }
    if request["method"] == "eth_sendRawTransaction" && shared.faults().sending == Sending::LoseResponse {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    response.into_response()
}
