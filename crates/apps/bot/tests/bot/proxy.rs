//! A node between the bot and the devnode that goes away, forgets transactions, keeps them back, or loses its answers.

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

/// What becomes of the transactions that are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sending {
    /// They are passed on.
    #[default]
    Pass,
    /// They are said to be taken, and forgotten.
    Forget,
    /// They are said to be taken, and kept back: known, but not mined.
    Keep,
    /// They are passed on, and the answer gets lost.
    LoseAnswer,
}

#[derive(Debug, Default)]
struct Mood {
    sending: Sending,
    is_away: bool,
    /// Transactions that it says are under way for every account.
    foreign: u64,
    kept: Vec<String>,
    sent: Vec<String>,
}

#[derive(Clone)]
struct Shared {
    node: String,
    client: Client,
    mood: Arc<Mutex<Mood>>,
}

/// A proxy at work.
pub struct Proxy {
    pub url: String,
    shared: Shared,
    server: JoinHandle<()>,
}

impl Proxy {
    /// Starts one before the node at `node`.
    pub async fn start(node: String) -> Result<Self> {
        let shared = Shared { node, client: Client::new(), mood: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = Router::new().route("/", post(answer)).with_state(shared.clone());
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, shared, server })
    }

    /// From now on this becomes of transactions.
    pub fn send_by(&self, sending: Sending) {
        self.shared.mood().sending = sending;
    }

    /// Whether it answers at all.
    pub fn go_away(&self, is_away: bool) {
        self.shared.mood().is_away = is_away;
    }

    /// Says that so many transactions of every account are under way.
    pub fn pretend(&self, foreign: u64) {
        self.shared.mood().foreign = foreign;
    }

    /// Transactions that were sent to it, raw.
    pub fn sent(&self) -> Vec<String> {
        self.shared.mood().sent.clone()
    }

    /// Passes on what was kept back; gives what the node said.
    pub async fn release(&self) -> Result<Vec<Value>> {
        let kept = std::mem::take(&mut self.shared.mood().kept);
        let mut answers = Vec::new();
        for raw in kept {
            let request =
                json!({"jsonrpc": "2.0", "id": 1, "method": "eth_sendRawTransaction", "params": [raw]});
            answers.push(serde_json::from_str(&self.shared.forward(request.to_string()).await?)?);
        }
        Ok(answers)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn mood(&self) -> MutexGuard<'_, Mood> {
        self.mood.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn forward(&self, body: String) -> Result<String> {
        let request = self.client.post(&self.node).header("content-type", "application/json").body(body);
        Ok(request.send().await?.text().await?)
    }

    /// What it says itself, if it does not ask the node.
    fn own_answer(&self, request: &Value) -> Option<Value> {
        let mut mood = self.mood();
        let first = &request["params"][0];
        match request["method"].as_str()? {
            "eth_sendRawTransaction" => {
                let raw = first.as_str()?.to_owned();
                mood.sent.push(raw.clone());
                match mood.sending {
                    Sending::Pass | Sending::LoseAnswer => return None,
                    Sending::Forget => {}
                    Sending::Keep => mood.kept.push(raw.clone()),
                }
                Some(json!(hash(&raw)))
            }
            "eth_getTransactionByHash" => {
                let is_kept = mood.kept.iter().any(|raw| json!(hash(raw)) == *first);
                is_kept.then(|| json!({"hash": first}))
            }
            _ => None,
        }
    }
}

fn hash(raw: &str) -> B256 {
    keccak256(hex::decode(raw).unwrap_or_default())
}

async fn answer(State(shared): State<Shared>, body: String) -> Response {
    if shared.mood().is_away {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let request: Value = serde_json::from_str(&body).unwrap_or_default();
    if let Some(result) = shared.own_answer(&request) {
        return json!({"jsonrpc": "2.0", "id": request["id"], "result": result}).to_string().into_response();
    }
    let foreign = shared.mood().foreign;
    let is_count = request["method"] == "eth_getTransactionCount" && request["params"][1] == "pending";
    let Ok(answer) = shared.forward(body).await else { return StatusCode::BAD_GATEWAY.into_response() };
    if is_count && foreign > 0 {
        let mut answer: Value = serde_json::from_str(&answer).unwrap_or_default();
        let count = answer["result"].as_str().unwrap_or_default().trim_start_matches("0x");
        let count = u64::from_str_radix(count, 16).unwrap_or(0);
        answer["result"] = json!(format!("{:#x}", count + foreign));
        return answer.to_string().into_response();
    }
    if request["method"] == "eth_sendRawTransaction" && shared.mood().sending == Sending::LoseAnswer {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    answer.into_response()
}
