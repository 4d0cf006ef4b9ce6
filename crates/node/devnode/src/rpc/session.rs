//! The subscriptions of one WebSocket connection.
//! Notifications are built from the chain's blocks on demand, so a subscription needs no buffer.

use super::{
    answer::{Answer, value},
    error::{RpcError, SERVER_ERROR},
    limits::MAX_SUBSCRIPTIONS,
    params::Params,
};
use crate::{
    chain::{Chain, Cursor},
    lock::lock,
};
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
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

/// Ids are unique across connections, so a client cannot confuse them.
static LAST_ID: AtomicU64 = AtomicU64::new(0);

/// The subscriptions of a connection. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Session(Arc<Mutex<BTreeMap<u64, Subscription>>>);

/// One message of the client and its answer, with the subscriptions that the message opens.
#[derive(Debug)]
pub struct Exchange {
    session: Session,
    opened: Mutex<Vec<u64>>,
}

#[derive(Debug)]
struct Subscription {
    events: Events,
    cursor: Cursor,
    /// Whether the client has received the id, without which it cannot assign notifications.
    active: bool,
}

#[derive(Clone, Debug)]
enum Events {
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
    /// Starts the exchange of a message from the client.
    pub fn exchange(&self) -> Exchange {
        Exchange { session: self.clone(), opened: Mutex::default() }
    }

    /// Whether a subscription has blocks to report.
    pub fn has_news(&self, chain: &Chain) -> bool {
        lock(&self.0).values().any(|one| one.active && chain.next_at(&one.cursor).is_some())
    }

    /// The notifications of the lowest block that some subscription has not reported; empty if there is none.
    pub fn next_notifications(&self, chain: &Chain) -> Vec<String> {
        let mut open = lock(&self.0);
        let next = |subscription: &Subscription| chain.next_at(&subscription.cursor);
        let Some(lowest) = open.values().filter(|one| one.active).filter_map(next).min() else {
            return Vec::new();
        };
        let due = open.iter_mut().filter(|(_, one)| one.active && next(one) == Some(lowest));
        due.flat_map(|(id, subscription)| subscription.advance(*id, chain)).collect()
    }
}

impl Subscription {
    /// The notifications of the next block.
    fn advance(&mut self, id: u64, chain: &Chain) -> Vec<String> {
        let cursor = &mut self.cursor;
        match &self.events {
            Events::Heads => notifications(id, &chain.headers_since(cursor, 1)),
            Events::Logs(filter) => notifications(id, &chain.logs_since(filter, cursor, 1)),
            Events::Transactions { full: true } => notifications(id, &chain.transactions_since(cursor, 1)),
            Events::Transactions { full: false } => {
                notifications(id, &chain.transaction_hashes_since(cursor, 1))
            }
        }
    }
}

impl Exchange {
    /// Activates the subscriptions that the message opened, after its answer was sent.
    pub fn answered(self) {
        let mut open = lock(&self.session.0);
        for id in lock(&self.opened).drain(..) {
            if let Some(subscription) = open.get_mut(&id) {
                subscription.active = true;
            }
        }
    }

    /// `eth_subscribe`.
    ///
    /// # Errors
    /// There is no such subscription, or there are too many.
    pub fn subscribe(&self, chain: &Chain, params: Params) -> Answer {
        let events = events(params)?;
        let mut open = lock(&self.session.0);
        if open.len() >= MAX_SUBSCRIPTIONS {
            let text = format!("too many subscriptions: a connection may have {MAX_SUBSCRIPTIONS}");
            return Err(RpcError::new(SERVER_ERROR, text));
        }
        let id = LAST_ID.fetch_add(1, Ordering::Relaxed) + 1;
        open.insert(id, Subscription { events, cursor: chain.cursor(), active: false });
        lock(&self.opened).push(id);
        value(&U64::from(id))
    }

    /// `eth_unsubscribe`: true, or as in geth an error.
    ///
    /// # Errors
    /// There is no such subscription.
    pub fn unsubscribe(&self, mut params: Params) -> Answer {
        let id: U64 = params.next("subscription id")?;
        params.end()?;
        match lock(&self.session.0).remove(&id.to()) {
            Some(_) => value(&true),
            None => Err(RpcError::new(SERVER_ERROR, "subscription not found")),
        }
    }
}

fn events(mut params: Params) -> Result<Events, RpcError> {
    let kind: SubscriptionKind = params.next("kind of subscription")?;
    let options: Options = params.optional("options")?.unwrap_or_default();
    params.end()?;
    match (kind, options) {
        (SubscriptionKind::NewHeads, Options::None) => Ok(Events::Heads),
        (SubscriptionKind::Logs, Options::None) => Ok(Events::Logs(Box::default())),
        (SubscriptionKind::Logs, Options::Logs(mut filter)) => {
            // As in geth, a subscription ignores the filter's blocks: it reports only new ones.
            filter.block_option = FilterBlockOption::default();
            Ok(Events::Logs(filter))
        }
        (SubscriptionKind::NewPendingTransactions, Options::None) => Ok(Events::Transactions { full: false }),
        (SubscriptionKind::NewPendingTransactions, Options::Bool(full)) => Ok(Events::Transactions { full }),
        (SubscriptionKind::Syncing, _) => {
            Err(RpcError::params("\"syncing\" is not supported: this chain has no peers"))
        }
        (SubscriptionKind::TransactionReceipts, _) => Err(RpcError::params(
            "\"transactionReceipts\" is not supported: subscribe to \"newHeads\" and fetch the receipts",
        )),
        _ => Err(RpcError::params("invalid argument 1 (options): they do not fit this kind of subscription")),
    }
}

fn notifications<T: Serialize>(id: u64, results: &[T]) -> Vec<String> {
    let write = |result: &T| {
        let result = &serde_json::value::to_raw_value(result).ok()?;
        let params = Event { subscription: U64::from(id), result };
        serde_json::to_string(&Notification { jsonrpc: "2.0", method: "eth_subscription", params }).ok()
    };
    // Encoding cannot fail: the chain's types can always be written as JSON.
    results.iter().filter_map(write).collect()
}
