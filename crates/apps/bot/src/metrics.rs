//! What Prometheus is told, and the endpoint that tells it.

use std::{net::SocketAddr, sync::Arc, sync::atomic::AtomicU64};

use anyhow::{Context, Result};
use axum::{Router, http::header::CONTENT_TYPE, response::IntoResponse, routing::get};
use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{ledger::Ledger, price::show_token};

/// A name and its value.
type Label = [(&'static str, String); 1];
type FloatGauge = Gauge<f64, AtomicU64>;

/// The figures. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    pub bids: Counter,
    pub wins: Gauge,
    pub losses: Gauge,
    pub refused: Family<Label, Counter>,
    pub sold_to_others: Counter,
    pub undone: Counter,
    pub replacements: Counter,
    pub node_errors: Counter,
    pub reorganisations: Counter,
    pub price_refused: Family<Vec<(&'static str, String)>, Counter>,
    pub price_age: Family<Label, Gauge>,
    pub next_bid: Family<Label, Gauge>,
    pub pairs: Gauge,
    pub chain_time: Gauge,
    pub pending: Gauge,
    paid: Family<Label, FloatGauge>,
    gas: FloatGauge,
    profit: FloatGauge,
}

impl Metrics {
    /// Puts what has been won, lost and spent into the figures.
    pub fn tell(&self, ledger: &Ledger) {
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.wins.set(count(ledger.won));
        self.losses.set(count(ledger.lost));
        for (token, amount) in ledger.paid() {
            let label = [("token", token.address.to_string())];
            self.paid.get_or_create(&label).set(f64::from(amount));
        }
        self.gas.set(f64::from(ledger.gas_wei()));
        self.profit.set(ledger.profit_estimate());
    }

    /// Puts the age of a token's price into the figures, in seconds; -1 if it has none.
    pub fn tell_age(&self, token: crate::price::Token, age: Option<u64>) {
        let age = age.map_or(-1, |age| i64::try_from(age).unwrap_or(i64::MAX));
        self.price_age.get_or_create(&[("token", show_token(token))]).set(age);
    }

    fn registry(&self) -> Registry {
        let mut registry = Registry::with_prefix("weir_bot");
        let r = &mut registry;
        r.register("bids", "Transactions sent that bid, replacements included", self.bids.clone());
        r.register("wins", "Bids that got the lot in this run", self.wins.clone());
        r.register("losses", "Bids that were mined and reverted in this run", self.losses.clone());
        r.register("refused", "Bids not sent, or not taken, by reason", self.refused.clone());
        r.register("sold_to_others", "Lots that somebody else bought", self.sold_to_others.clone());
        r.register("undone", "Transactions whose blocks are gone", self.undone.clone());
        r.register(
            "replacements",
            "Transactions sent in the place of one that was stuck or dropped",
            self.replacements.clone(),
        );
        r.register("node_errors", "Times that the node did not answer", self.node_errors.clone());
        r.register("reorganisations", "Times that blocks were gone", self.reorganisations.clone());
        r.register(
            "price_refused",
            "Answers of price sources not believed, by token and reason",
            self.price_refused.clone(),
        );
        r.register(
            "price_age_seconds",
            "Age of each price by the chain's time; -1 without one",
            self.price_age.clone(),
        );
        r.register(
            "next_bid_timestamp_seconds",
            "When the next bid at a pair is due; 0 if none is",
            self.next_bid.clone(),
        );
        r.register("pairs", "Pairs that are followed", self.pairs.clone());
        r.register("chain_timestamp_seconds", "The chain's time", self.chain_time.clone());
        r.register("pending", "Transactions under way", self.pending.clone());
        r.register("paid_base_units", "Paid for lots in this run, by token", self.paid.clone());
        r.register("gas_wei", "Paid for gas in this run", self.gas.clone());
        r.register(
            "profit_estimate",
            "Worth of what was bought less price and gas, by the prices when it was bid, in their unit",
            self.profit.clone(),
        );
        registry
    }

    /// Serves the figures at `/metrics`; gives the address that it listens on.
    ///
    /// # Errors
    /// If it cannot listen there.
    pub async fn serve(&self, address: SocketAddr) -> Result<(SocketAddr, JoinHandle<()>)> {
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!("cannot serve metrics on {address}: choose another address with --metrics")
        })?;
        let address = listener.local_addr()?;
        let registry = Arc::new(self.registry());
        let answer = move || {
            let registry = registry.clone();
            async move { text(&registry) }
        };
        let router = Router::new().route("/metrics", get(answer));
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the metrics' server has ended");
            }
        });
        Ok((address, server))
    }
}

fn text(registry: &Registry) -> impl IntoResponse + use<> {
    const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = encode(&mut text, registry);
    ([(CONTENT_TYPE, OPEN_METRICS)], text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_its_name() {
        let metrics = Metrics::default();
        metrics.bids.inc();
        metrics.refused.get_or_create(&[("reason", "simulation".into())]).inc();
        metrics.tell_age(crate::price::ETHER, Some(7));
        let mut text = String::new();
        encode(&mut text, &metrics.registry()).expect("it can be written");
        for line in [
            "weir_bot_bids_total 1",
            "weir_bot_refused_total{reason=\"simulation\"} 1",
            "weir_bot_price_age_seconds{token=\"ether\"} 7",
            "weir_bot_wins 0",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }
}
