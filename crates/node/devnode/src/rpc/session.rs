//! What one WebSocket connection has subscribed to.

use super::{
    dispatch::Node,
    error::{REFUSED, RpcError},
    method::{Answer, value},
    params::Params,
};
use crate::chain::{Chain, Cursor};
use alloy_primitives::U64;
use alloy_rpc_types_eth::{
    Filter, FilterBlockOption,
    pubsub::{Params as Options, SubscriptionKind},
};
use serde::Serialize;
use serde_json::value::RawValue;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Subscriptions that one connection may have.
pub const MAX_SUBSCRIPTIONS: usize = 128;

/// Ids differ between connections too, so that nobody takes one for another's.
static LAST_ID: AtomicU64 = AtomicU64::new(0);

/// The subscriptions of a connection. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Session(Arc<Mutex<BTreeMap<u64, Subscription>>>);

/// One message as it reaches the session, and the subscriptions it opens.
#[derive(Debug)]
pub struct Exchange {
    session: Session,
    opened: Mutex<Vec<u64>>,
}

#[derive(Debug)]
struct Subscription {
    kind: Kind,
    cursor: Cursor,
    /// Its id has been sent: from then on the client knows what the notifications belong to.
    live: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    Heads,
    Logs(Box<Filter>),
    Transactions { full: bool },
}

#[derive(Serialize)]
struct Notification<'a> {
    jsonrpc: &'static str,
    method: &'static str,
    params: Event<'a>,
}

#[derive(Serialize)]
struct Event<'a> {
    subscription: U64,
    result: &'a RawValue,
}

impl Session {
    /// The exchange that a message from the client begins.
    pub fn exchange(&self) -> Exchange {
        Exchange { session: self.clone(), opened: Mutex::default() }
    }

    /// Whether there is something to tell.
    pub fn is_behind(&self, chain: &Chain) -> bool {
        lock(&self.0).values().any(|one| one.live && chain.next_at(&one.cursor).is_some())
    }

    /// The notifications of the lowest block that has not been told to all; empty if all know all.
    pub fn news(&self, chain: &Chain) -> Vec<String> {
        let mut open = lock(&self.0);
        let next = |subscription: &Subscription| chain.next_at(&subscription.cursor);
        let Some(lowest) = open.values().filter(|one| one.live).filter_map(next).min() else {
            return Vec::new();
        };
        let due = open.iter_mut().filter(|(_, one)| one.live && next(one) == Some(lowest));
        due.flat_map(|(id, subscription)| subscription.tell(*id, chain)).collect()
    }
}

impl Subscription {
    /// What the next block brings.
    fn tell(&mut self, id: u64, chain: &Chain) -> Vec<String> {
        let cursor = &mut self.cursor;
        match &self.kind {
            Kind::Heads => notifications(id, &chain.headers_since(cursor, 1)),
            Kind::Logs(filter) => notifications(id, &chain.logs_since(filter, cursor, 1)),
            Kind::Transactions { full: true } => notifications(id, &chain.transactions_since(cursor, 1)),
            Kind::Transactions { full: false } => {
                notifications(id, &chain.transaction_hashes_since(cursor, 1))
            }
        }
    }
}

impl Exchange {
    /// The answer has been sent: what it opened may now tell.
    pub fn answered(self) {
        let mut open = lock(&self.session.0);
        for id in lock(&self.opened).drain(..) {
            if let Some(subscription) = open.get_mut(&id) {
                subscription.live = true;
            }
        }
    }

    /// `eth_subscribe`.
    ///
    /// # Errors
    /// There is no such subscription, or there are too many.
    pub fn subscribe(&self, node: &Node, params: Params) -> Answer {
        let kind = kind(params)?;
        let mut open = lock(&self.session.0);
        if open.len() >= MAX_SUBSCRIPTIONS {
            let text = format!("too many subscriptions: a connection may have {MAX_SUBSCRIPTIONS}");
            return Err(RpcError::new(REFUSED, text));
        }
        let id = LAST_ID.fetch_add(1, Ordering::Relaxed) + 1;
        open.insert(id, Subscription { kind, cursor: node.chain.cursor(), live: false });
        lock(&self.opened).push(id);
        value(&U64::from(id))
    }

    /// `eth_unsubscribe`: true, or an error if there is no such subscription (as in geth).
    ///
    /// # Errors
    /// There is no such subscription.
    pub fn unsubscribe(&self, mut params: Params) -> Answer {
        let id: U64 = params.next("subscription id")?;
        params.end()?;
        match lock(&self.session.0).remove(&id.to()) {
            Some(_) => value(&true),
            None => Err(RpcError::new(REFUSED, "subscription not found")),
        }
    }
}

fn kind(mut params: Params) -> Result<Kind, RpcError> {
    let kind: SubscriptionKind = params.next("kind of subscription")?;
    let options: Options = params.optional("options")?.unwrap_or_default();
    params.end()?;
    match (kind, options) {
        (SubscriptionKind::NewHeads, Options::None) => Ok(Kind::Heads),
        (SubscriptionKind::Logs, Options::None) => Ok(Kind::Logs(Box::default())),
        (SubscriptionKind::Logs, Options::Logs(mut filter)) => {
            // It tells what is mined from now on, whatever the filter says of blocks (as in geth).
            filter.block_option = FilterBlockOption::default();
            Ok(Kind::Logs(filter))
        }
        (SubscriptionKind::NewPendingTransactions, Options::None) => Ok(Kind::Transactions { full: false }),
        (SubscriptionKind::NewPendingTransactions, Options::Bool(full)) => Ok(Kind::Transactions { full }),
        (SubscriptionKind::Syncing, _) => {
            Err(RpcError::params("there is nothing to tell of \"syncing\": this chain has no peers"))
        }
        (SubscriptionKind::TransactionReceipts, _) => {
            Err(RpcError::params("receipts are not told of: subscribe to \"newHeads\" and ask for them"))
        }
        _ => Err(RpcError::params("invalid argument 1 (options): they do not fit this kind of subscription")),
    }
}

fn notifications<T: Serialize>(id: u64, events: &[T]) -> Vec<String> {
    let write = |event: &T| {
        let result = &serde_json::value::to_raw_value(event).ok()?;
        let params = Event { subscription: U64::from(id), result };
        serde_json::to_string(&Notification { jsonrpc: "2.0", method: "eth_subscription", params }).ok()
    };
    // What comes from the chain can always be written as JSON.
    events.iter().filter_map(write).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
