//! One account in a vault: stake, rewards, share of the pool, and its history from events.
//! It uses only functions that also work by the lifeboat.

use alloy::{
    primitives::{Address, B256, U256},
    providers::Provider,
    rpc::types::{Filter, Log},
    sol_types::SolEvent,
};
use anyhow::Result;
use serde_json::{Value, json};
use tokio::try_join;
use weir_bindings::{
    IERC20::Transfer,
    IVault::{self, Deposit, RewardPaid, Withdraw},
};
use weir_client::{Node, NodeError};
use weir_report::table::{Align, Table};
use weir_units::{DAY, exact};

use super::{
    rates::Rate,
    sections::{row, sections},
};
use crate::token::Token;

/// Number of latest events in the table. The JSON document has all.
const SHOWN_EVENTS: usize = 20;
/// Parts of the whole: a percentage has four digits after the point.
const PARTS: u64 = 1_000_000;

/// A vault's shares and tokens.
#[derive(Clone, Copy)]
pub struct VaultTokens<'a> {
    /// The share token, whose address is the vault's.
    pub share: &'a Token,
    pub asset: &'a Token,
    pub reward: &'a Token,
}

/// The current earnings of all stakers.
pub struct Pool<'a> {
    /// The rate at which the running epoch streams to all shares.
    pub rate: Rate<'a>,
    /// The annualised yield, which is the same for every staker.
    pub annualised_yield: String,
}

/// An account's stake. Amounts are base units.
struct Stake {
    shares: U256,
    total: U256,
    earned: U256,
    worth: Result<U256, NodeError>,
}

/// One event of an account.
struct Event {
    block: u64,
    transaction: B256,
    what: &'static str,
    amount: U256,
    /// Of the reward token; else of shares.
    is_reward: bool,
}

/// An account's section as text and as a JSON document.
///
/// # Errors
/// If the node does not answer.
pub async fn read(
    tokens: VaultTokens<'_>,
    node: &Node,
    account: Address,
    pool: Option<Pool<'_>>,
) -> Result<(String, Value)> {
    let stake = Stake::read(tokens, node, account).await?;
    let history = history(tokens, node, account).await;
    let text = text(tokens, account, &stake, pool.as_ref(), &history);
    Ok((text, document(tokens, account, &stake, &history)))
}

impl Stake {
    async fn read(tokens: VaultTokens<'_>, node: &Node, account: Address) -> Result<Self> {
        let reader = node.reader(tokens.share.address).in_next_block();
        let (shares, total, earned) = try_join!(
            reader.ask(IVault::balanceOfCall { account }),
            reader.ask(IVault::totalSupplyCall {}),
            reader.ask(IVault::earnedCall { account })
        )?;
        let worth = reader.ask(IVault::previewRedeemCall { shares }).await;
        match worth {
            Err(error) if !error.is_answer() => Err(error.into()),
            worth => Ok(Self { shares, total, earned, worth }),
        }
    }

    /// The account's part of all shares, in millionths.
    fn parts(&self) -> u64 {
        let parts = self.shares * U256::from(PARTS);
        parts.checked_div(self.total).unwrap_or_default().saturating_to()
    }

    /// `12.3456 %`.
    fn share_of_pool(&self) -> String {
        format!("{} %", exact(U256::from(self.parts()), 4))
    }
}

fn text(
    tokens: VaultTokens<'_>,
    account: Address,
    stake: &Stake,
    pool: Option<&Pool>,
    history: &Result<Vec<Event>, NodeError>,
) -> String {
    let worth = match &stake.worth {
        Ok(worth) => tokens.asset.exact(*worth),
        Err(why) => format!("unknown: {why}"),
    };
    let mut rows = vec![
        row("shares", tokens.share.exact(stake.shares)),
        row("value", worth),
        row("share of the pool", stake.share_of_pool()),
        row("rewards to claim", tokens.reward.exact(stake.earned)),
    ];
    if let Some(Pool { rate, annualised_yield }) = pool {
        let mine = Rate { reward: rate.reward * stake.shares / stake.total.max(U256::ONE), ..*rate };
        rows.push(row("current earnings", format!("{} a day", mine.over(DAY))));
        rows.push(row("annualised yield", annualised_yield.clone()));
    }
    let head = sections("account", &account.to_string(), vec![("stake", rows)]);
    match history {
        Ok(events) if events.is_empty() => format!("{head}\nThere are no events of this account.\n"),
        Ok(events) => format!("{head}\n{}", table(tokens, events).text()),
        Err(why) => format!("{head}\nThe node returns no history: {why}\n"),
    }
}

fn table(tokens: VaultTokens<'_>, events: &[Event]) -> Table {
    let mut table = Table::new([
        ("block", Align::Right),
        ("event", Align::Left),
        ("amount", Align::Right),
        ("transaction", Align::Left),
    ]);
    for event in events.iter().rev().take(SHOWN_EVENTS) {
        let amount = event.token(tokens).exact(event.amount);
        table.row(vec![event.block.to_string(), event.what.into(), amount, event.transaction.to_string()]);
    }
    table
}

fn document(
    tokens: VaultTokens<'_>,
    account: Address,
    stake: &Stake,
    history: &Result<Vec<Event>, NodeError>,
) -> Value {
    let events = history.as_ref().ok().map(|events| {
        let event = |event: &Event| {
            json!({
                "block": event.block, "transaction": event.transaction, "event": event.what,
                "amount": event.token(tokens).amount(event.amount),
            })
        };
        events.iter().map(event).collect::<Vec<Value>>()
    });
    json!({
        "account": account,
        "shares": tokens.share.amount(stake.shares),
        "assets": stake.worth.as_ref().ok().map(|worth| tokens.asset.amount(*worth)),
        "share_of_pool": stake.parts() as f64 / PARTS as f64,
        "rewards": tokens.reward.amount(stake.earned),
        "history": events,
    })
}

impl Event {
    fn token<'a>(&self, tokens: VaultTokens<'a>) -> &'a Token {
        if self.is_reward { tokens.reward } else { tokens.share }
    }

    /// Decodes a log of the vault, for this account.
    fn of(log: &Log, account: Address) -> Option<Self> {
        let event = |what, amount, is_reward| {
            let (block, transaction) = (log.block_number?, log.transaction_hash?);
            Some(Self { block, transaction, what, amount, is_reward })
        };
        if let Ok(log) = Deposit::decode_log(&log.inner) {
            return event("deposit", log.shares, false);
        }
        if let Ok(log) = Withdraw::decode_log(&log.inner) {
            return event("withdrawal", log.shares, false);
        }
        if let Ok(log) = RewardPaid::decode_log(&log.inner) {
            return event("rewards paid", log.amount, true);
        }
        let transfer = Transfer::decode_log(&log.inner).ok()?;
        // Transfers from and to the zero address belong to deposits and withdrawals.
        if transfer.from.is_zero() || transfer.to.is_zero() {
            return None;
        }
        let what = if transfer.from == account { "shares sent" } else { "shares received" };
        event(what, transfer.value, false)
    }
}

/// The account's events, oldest first.
async fn history(tokens: VaultTokens<'_>, node: &Node, account: Address) -> Result<Vec<Event>, NodeError> {
    let from = Filter::new().address(tokens.share.address).from_block(0);
    let topic = account.into_word();
    let [first, second, third] = [
        from.clone()
            .event_signature(vec![RewardPaid::SIGNATURE_HASH, Transfer::SIGNATURE_HASH])
            .topic1(topic),
        from.clone().event_signature(vec![Deposit::SIGNATURE_HASH, Transfer::SIGNATURE_HASH]).topic2(topic),
        from.event_signature(Withdraw::SIGNATURE_HASH).topic3(topic),
    ];
    let (first, second, third) = try_join!(
        node.provider.get_logs(&first),
        node.provider.get_logs(&second),
        node.provider.get_logs(&third)
    )?;
    let mut logs: Vec<Log> = [first, second, third].concat();
    logs.sort_by_key(|log| (log.block_number, log.log_index));
    logs.dedup_by_key(|log| (log.block_number, log.log_index));
    Ok(logs.iter().filter_map(|log| Event::of(log, account)).collect())
}
