//! An HTTP endpoint of prices that tells what it is told to tell, or nothing at all.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::{Router, extract::State, routing::get};
use tokio::{net::TcpListener, task::JoinHandle};

/// What it answers; `None`: it takes the request and never answers.
type Answer = Arc<Mutex<Option<String>>>;

/// An endpoint at work.
pub struct PriceServer {
    pub url: String,
    answer: Answer,
    server: JoinHandle<()>,
}

impl PriceServer {
    /// Starts one that tells this price, as `{"price": "…"}`.
    pub async fn start(price: &str) -> Result<Self> {
        let answer: Answer = Answer::default();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/price", listener.local_addr()?);
        let router = Router::new().route("/price", get(tell)).with_state(answer.clone());
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        let this = Self { url, answer, server };
        this.tell(price);
        Ok(this)
    }

    /// From now on it tells this price.
    pub fn tell(&self, price: &str) {
        self.say(Some(format!("{{\"price\": \"{price}\"}}")));
    }

    /// From now on it answers this, or hangs.
    pub fn say(&self, answer: Option<String>) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }
}

impl Drop for PriceServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn tell(State(answer): State<Answer>) -> String {
    let answer = answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match answer {
        Some(answer) => answer,
        None => std::future::pending().await,
    }
}
