//! The namespace `txpool`. Transactions are mined as they come, so nothing is ever pending; what came before the
//! transactions it follows on waits for them a moment, and is told as queued.

use super::{
    dispatch::Node,
    method::{Answer, Method, value},
    params::Params,
};
use crate::chain::{BASE_FEE, Transaction};
use alloy_consensus::{Transaction as _, TxEnvelope, transaction::Recovered};
use alloy_primitives::{Address, U64};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

type Queue = BTreeMap<Address, BTreeMap<u64, Recovered<TxEnvelope>>>;

/// The transactions that wait. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Waiting(Arc<Mutex<Queue>>);

/// Keeps a transaction among those that wait, until it is dropped.
#[derive(Debug)]
pub struct Place {
    waiting: Waiting,
    sender: Address,
    nonce: u64,
}

impl Waiting {
    /// Lets a transaction wait.
    pub fn enter(&self, tx: &Recovered<TxEnvelope>) -> Place {
        let (sender, nonce) = (tx.signer(), tx.inner().nonce());
        self.lock().entry(sender).or_default().insert(nonce, tx.clone());
        Place { waiting: self.clone(), sender, nonce }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What waits, of all senders or of one, as `show` shows it, by sender and nonce.
    fn show<T>(
        &self,
        only: Option<Address>,
        show: impl Fn(&Recovered<TxEnvelope>) -> T,
    ) -> BTreeMap<Address, BTreeMap<String, T>> {
        let queue = self.lock();
        let wanted = queue.iter().filter(|(sender, _)| only.is_none_or(|only| only == **sender));
        let of_sender = |queued: &BTreeMap<u64, Recovered<TxEnvelope>>| {
            queued.iter().map(|(nonce, tx)| (nonce.to_string(), show(tx))).collect()
        };
        wanted.map(|(sender, queued)| (*sender, of_sender(queued))).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut queue = self.waiting.lock();
        if let Some(queued) = queue.get_mut(&self.sender) {
            queued.remove(&self.nonce);
            if queued.is_empty() {
                queue.remove(&self.sender);
            }
        }
    }
}

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
    let queued: usize = node.waiting.lock().values().map(BTreeMap::len).sum();
    value(&serde_json::json!({ "pending": U64::ZERO, "queued": U64::from(queued) }))
}

fn content(node: &Node, params: Params) -> Answer {
    params.end()?;
    let queued = node.waiting.show(None, present);
    value(&Pool { pending: BTreeMap::new(), queued })
}

fn content_from(node: &Node, mut params: Params) -> Answer {
    let sender: Address = params.next("address")?;
    params.end()?;
    let mut queued = node.waiting.show(Some(sender), present);
    let queued = queued.remove(&sender).unwrap_or_default();
    value(&serde_json::json!({ "pending": {}, "queued": queued }))
}

fn inspect(node: &Node, params: Params) -> Answer {
    params.end()?;
    let queued = node.waiting.show(None, |tx| {
        let tx = tx.inner();
        let to = tx.to().map_or_else(|| "contract creation".into(), |to| to.to_string());
        let (value, gas, price) = (tx.value(), tx.gas_limit(), tx.max_fee_per_gas());
        format!("{to}: {value} wei + {gas} gas × {price} wei")
    });
    value(&Pool { pending: BTreeMap::new(), queued })
}

fn present(tx: &Recovered<TxEnvelope>) -> Transaction {
    Transaction {
        inner: tx.clone(),
        block_hash: None,
        block_number: None,
        transaction_index: None,
        effective_gas_price: Some(BASE_FEE.into()),
        block_timestamp: None,
    }
}
