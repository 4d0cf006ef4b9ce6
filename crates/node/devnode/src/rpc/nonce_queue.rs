//! Transactions whose nonce is too high: each waits a moment for those with lower nonces.
//! `txpool_…` methods list them as queued.

use crate::lock::lock;
use alloy_consensus::{Transaction as _, TxEnvelope, transaction::Recovered};
use alloy_primitives::Address;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

type BySender = BTreeMap<Address, BTreeMap<u64, Recovered<TxEnvelope>>>;

/// The waiting transactions. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct NonceQueue(Arc<Mutex<BySender>>);

/// Keeps a transaction in the queue until it is dropped.
#[derive(Debug)]
pub struct Queued {
    queue: NonceQueue,
    sender: Address,
    nonce: u64,
}

impl NonceQueue {
    pub fn insert(&self, tx: &Recovered<TxEnvelope>) -> Queued {
        let (sender, nonce) = (tx.signer(), tx.inner().nonce());
        lock(&self.0).entry(sender).or_default().insert(nonce, tx.clone());
        Queued { queue: self.clone(), sender, nonce }
    }

    pub fn len(&self) -> usize {
        lock(&self.0).values().map(BTreeMap::len).sum()
    }

    /// The transactions of all senders or of one, each converted by `convert`, by sender and nonce.
    pub fn list<T>(
        &self,
        only: Option<Address>,
        convert: impl Fn(&Recovered<TxEnvelope>) -> T,
    ) -> BTreeMap<Address, BTreeMap<String, T>> {
        let queue = lock(&self.0);
        let wanted = queue.iter().filter(|(sender, _)| only.is_none_or(|only| only == **sender));
        let by_nonce = |queued: &BTreeMap<u64, Recovered<TxEnvelope>>| {
            queued.iter().map(|(nonce, tx)| (nonce.to_string(), convert(tx))).collect()
        };
        wanted.map(|(sender, queued)| (*sender, by_nonce(queued))).collect()
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        let mut queue = lock(&self.queue.0);
        if let Some(queued) = queue.get_mut(&self.sender) {
            queued.remove(&self.nonce);
            if queued.is_empty() {
                queue.remove(&self.sender);
            }
        }
    }
}
