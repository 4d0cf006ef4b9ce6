//! An HTTP endpoint with a configurable price.
//! It can also return any other text, or hang.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::{Router, extract::State, routing::get};
use tokio::{net::TcpListener, task::JoinHandle};

/// The response body, or `None` to never respond.
type Body = Arc<Mutex<Option<String>>>;

/// A running endpoint.
pub struct PriceServer {
    pub url: String,
    body: Body,
    server: JoinHandle<()>,
}

impl PriceServer {
    /// Starts an endpoint that returns this price as `{"price": "…"}`.
    pub async fn start(price: &str) -> Result<Self> {
        let body = Body::default();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/price", listener.local_addr()?);
        let router = Router::new().route("/price", get(respond)).with_state(body.clone());
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        let this = Self { url, body, server };
        this.set_price(price);
        Ok(this)
    }

    /// Sets the price.
    pub fn set_price(&self, price: &str) {
        self.set_response(Some(format!("{{\"price\": \"{price}\"}}")));
    }

    /// Sets the response body, or makes the endpoint hang.
    pub fn set_response(&self, body: Option<String>) {
        *self.body.lock().unwrap_or_else(PoisonError::into_inner) = body;
    }
}

impl Drop for PriceServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn respond(State(body): State<Body>) -> String {
    let body = body.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match body {
        Some(body) => body,
        None => std::future::pending().await,
    }
}
