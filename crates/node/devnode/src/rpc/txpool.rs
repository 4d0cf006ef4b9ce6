//! The namespace `txpool`. Transactions are mined on arrival, so none is ever pending.
//! Those that wait for lower nonces are queued.

use super::{
    answer::{Answer, value},
    method::Method,
    node::Node,
    params::Params,
};
use crate::chain::{BASE_FEE, Transaction};
use alloy_consensus::{Transaction as _, TxEnvelope, transaction::Recovered};
use alloy_primitives::{Address, U64};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Pool<T> {
    pending: BTreeMap<Address, T>,
    queued: T,
}

pub fn lookup(name: &str) -> Option<Method> {
    Some(match name {
        "txpool_status" => Method::Quick(status),
        "txpool_content" => Method::Quick(content),
        "txpool_contentFrom" => Method::Quick(content_from),
        "txpool_inspect" => Method::Quick(inspect),
        _ => return None,
    })
}

fn status(node: &Node, params: Params) -> Answer {
    params.end()?;
    let queued = node.nonce_queue.len();
    value(&serde_json::json!({ "pending": U64::ZERO, "queued": U64::from(queued) }))
}

fn content(node: &Node, params: Params) -> Answer {
    params.end()?;
    let queued = node.nonce_queue.list(None, rpc_transaction);
    value(&Pool { pending: BTreeMap::new(), queued })
}

fn content_from(node: &Node, mut params: Params) -> Answer {
    let sender: Address = params.next("address")?;
    params.end()?;
    let mut queued = node.nonce_queue.list(Some(sender), rpc_transaction);
    let queued = queued.remove(&sender).unwrap_or_default();
    value(&serde_json::json!({ "pending": {}, "queued": queued }))
}

fn inspect(node: &Node, params: Params) -> Answer {
    params.end()?;
    let queued = node.nonce_queue.list(None, |tx| {
        let tx = tx.inner();
        let to = tx.to().map_or_else(|| "contract creation".into(), |to| to.to_string());
        let (value, gas, price) = (tx.value(), tx.gas_limit(), tx.max_fee_per_gas());
        format!("{to}: {value} wei + {gas} gas × {price} wei")
    });
    value(&Pool { pending: BTreeMap::new(), queued })
}

fn rpc_transaction(tx: &Recovered<TxEnvelope>) -> Transaction {
    Transaction {
        inner: tx.clone(),
        block_hash: None,
        block_number: None,
        transaction_index: None,
        effective_gas_price: Some(tx.inner().effective_gas_price(Some(BASE_FEE))),
        block_timestamp: None,
    }
}
