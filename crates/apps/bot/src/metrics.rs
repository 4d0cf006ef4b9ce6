//! Prometheus metrics of the bot and the HTTP endpoint that serves them.
//! docs/bot.md lists all names.

use std::{net::SocketAddr, sync::Arc, sync::atomic::AtomicU64};

use anyhow::{Context, Result};
use axum::{Router, http::header::CONTENT_TYPE, response::IntoResponse, routing::get};
use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{price::show_token, totals::Totals};

/// The name and value of one label.
type Label = [(&'static str, String); 1];
type FloatGauge = Gauge<f64, AtomicU64>;

/// All metrics. Clones share their values.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    pub bids: Counter,
    pub wins: Gauge,
    pub losses: Gauge,
    pub rejected: Family<Label, Counter>,
    pub sold_to_others: Counter,
    pub undone: Counter,
    pub replacements: Counter,
    pub node_errors: Counter,
    pub reorganisations: Counter,
    pub price_rejected: Family<Vec<(&'static str, String)>, Counter>,
    pub price_age: Family<Label, Gauge>,
    pub next_bid: Family<Label, Gauge>,
    pub pairs: Gauge,
    pub chain_time: Gauge,
    pub pending: Gauge,
    paid: Family<Label, FloatGauge>,
    gas: FloatGauge,
    profit: FloatGauge,
    /// Set if the bot also renews programs.
    pub keep_alive: Option<weir_programs::Metrics>,
}

impl Metrics {
    /// Sets the gauges that follow from the totals.
    pub fn record_totals(&self, totals: &Totals) {
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.wins.set(count(totals.won));
        self.losses.set(count(totals.lost));
        for (token, amount) in totals.paid() {
            let label = [("token", token.address.to_string())];
            self.paid.get_or_create(&label).set(f64::from(amount));
        }
        self.gas.set(f64::from(totals.gas_wei()));
        self.profit.set(totals.profit_estimate());
    }

    /// Sets the age of a token's price in seconds, or -1 without a price.
    pub fn record_price_age(&self, token: crate::price::Token, age: Option<u64>) {
        let age = age.map_or(-1, |age| i64::try_from(age).unwrap_or(i64::MAX));
        self.price_age.get_or_create(&[("token", show_token(token))]).set(age);
    }

    fn registry(&self) -> Registry {
        let mut registry = Registry::default();
        if let Some(metrics) = &self.keep_alive {
            metrics.register(&mut registry);
        }
        let r = registry.sub_registry_with_prefix("weir_bot");
        r.register("bids", "Bids sent, including replacements", self.bids.clone());
        r.register("wins", "Lots bought in this run", self.wins.clone());
        r.register("losses", "Bids that reverted in this run", self.losses.clone());
        r.register("rejected", "Bids and approvals not sent, by reason", self.rejected.clone());
        r.register("sold_to_others", "Lots bought by other accounts", self.sold_to_others.clone());
        r.register("undone", "Transactions undone by a reorganisation", self.undone.clone());
        r.register(
            "replacements",
            "Transactions sent to replace a stuck or dropped one",
            self.replacements.clone(),
        );
        r.register("node_errors", "Node errors", self.node_errors.clone());
        r.register("reorganisations", "Reorganisations", self.reorganisations.clone());
        r.register(
            "price_rejected",
            "Failed reads and rejected prices, by token and reason",
            self.price_rejected.clone(),
        );
        r.register(
            "price_age_seconds",
            "Age of each price in chain time; -1 without a price",
            self.price_age.clone(),
        );
        r.register(
            "next_bid_timestamp_seconds",
            "Bid time of each pair; 0 without one",
            self.next_bid.clone(),
        );
        r.register("pairs", "Pairs followed", self.pairs.clone());
        r.register("chain_timestamp_seconds", "The chain's time", self.chain_time.clone());
        r.register("pending", "Pending transactions", self.pending.clone());
        r.register("paid_base_units", "Paid for lots in this run, by token", self.paid.clone());
        r.register("gas_wei", "Paid for gas in this run", self.gas.clone());
        r.register(
            "profit_estimate",
            "Worth of the lots bought minus payments and gas, in the price unit at the time of the bids",
            self.profit.clone(),
        );
        registry
    }

    /// Serves the metrics at `/metrics`. Returns the address that the server listens on.
    ///
    /// # Errors
    /// If the address is not available.
    pub async fn serve(&self, address: SocketAddr) -> Result<(SocketAddr, JoinHandle<()>)> {
        serve_metrics(self.registry(), address).await
    }
}

/// Serves the metrics of a registry at `/metrics`, until the task that is returned is aborted. Returns the address that
/// the server listens on, too.
///
/// # Errors
/// If the address is not available.
pub async fn serve_metrics(registry: Registry, address: SocketAddr) -> Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot serve metrics on {address}: choose another address with --metrics")
    })?;
    let address = listener.local_addr()?;
    let registry = Arc::new(registry);
    let handler = move || {
        let registry = registry.clone();
        async move { text(&registry) }
    };
    let router = Router::new().route("/metrics", get(handler));
    let server = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "metrics server stopped");
        }
    });
    Ok((address, server))
}

fn text(registry: &Registry) -> impl IntoResponse + use<> {
    const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = encode(&mut text, registry);
    ([(CONTENT_TYPE, OPEN_METRICS)], text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_have_their_documented_names() {
        let metrics = Metrics::default();
        metrics.bids.inc();
        metrics.rejected.get_or_create(&[("reason", "simulation".into())]).inc();
        metrics.record_price_age(crate::price::ETHER, Some(7));
        let mut text = String::new();
        encode(&mut text, &metrics.registry()).expect("writing to a string");
        for line in [
            "weir_bot_bids_total 1",
            "weir_bot_rejected_total{reason=\"simulation\"} 1",
            "weir_bot_price_age_seconds{token=\"ether\"} 7",
            "weir_bot_wins 0",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }
}
