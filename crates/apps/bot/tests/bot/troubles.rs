//! What goes wrong on the way to a purchase: blocks that are gone, transactions that are dropped, stuck or unanswered, nodes
//! that go away, somebody who is first.

use alloy::{
    consensus::{Transaction, TxEnvelope},
    eips::eip2718::Decodable2718,
    primitives::hex,
};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use serde_json::json;
use weir_devnode::Devnode;
use weir_harness::Chain;

use crate::{
    proxy::{Proxy, Sending},
    running::{Running, and, usual, wait_for},
    stage::{FIRST_PRICE, PERIOD, Stage, WEALTH, u},
    trial::trial,
};

pub fn trials() -> Vec<Trial> {
    vec![
        trial(a_node_that_restarts_is_used_again_and_nothing_is_bought_twice),
        trial(a_node_that_is_away_for_a_while_is_waited_for),
        trial(a_win_whose_block_is_gone_is_won_again),
        trial(a_dropped_bid_is_sent_again_with_its_nonce),
        trial(a_stuck_bid_is_replaced_by_one_that_offers_more),
        trial(a_stuck_bid_that_is_not_worth_it_any_more_is_cancelled),
        trial(a_bid_whose_answer_got_lost_is_made_once),
        trial(transactions_of_an_earlier_run_are_waited_for_then_replaced),
        trial(a_lot_that_somebody_else_bought_is_let_go),
        trial(a_bot_that_is_stopped_says_what_is_under_way_and_the_next_goes_on),
    ]
}

/// A stage with something for sale, and a bot that reaches its node by a proxy.
struct Route {
    stage: Stage,
    proxy: Proxy,
    key: alloy::signers::local::PrivateKeySigner,
}

impl Route {
    async fn new() -> Result<Self> {
        let stage = Stage::new().await?;
        let proxy = Proxy::start(stage.url()?).await?;
        let key = stage.key("buyer", WEALTH).await?;
        stage.stock(2 * FIRST_PRICE).await?;
        // Approved before, so that the only transactions are bids.
        let account =
            weir_client::Account::new(stage.chain.provider().clone(), stage.chain.chain_id(), key.clone())
                .await?;
        stage.reward.approve_all(&account, stage.vault.address()).await?;
        Ok(Self { stage, proxy, key })
    }

    fn flags(&self) -> Result<Vec<String>> {
        let mut flags = usual(&self.stage)?;
        let url = flags.iter().position(|flag| flag == "--rpc-url").context("there is one")? + 1;
        flags[url] = self.proxy.url.clone();
        Ok(flags)
    }

    async fn bot(&self) -> Result<Running> {
        Running::start(self.flags()?, Some(self.key.clone())).await
    }

    async fn has_sent(&self, count: usize) -> Result<()> {
        wait_for(async || Ok(self.proxy.sent().len() >= count)).await
    }
}

fn decoded(raw: &str) -> Result<TxEnvelope> {
    Ok(TxEnvelope::decode_2718(&mut hex::decode(raw)?.as_slice())?)
}

async fn a_node_that_restarts_is_used_again_and_nothing_is_bought_twice() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("chain");
    let node = Devnode::builder().state_file(&file).spawn().await?;
    let port = node.address().port();
    let stage = Stage::on(still(Chain::of(node).await?).await?).await?;
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let bot = Running::start(usual(&stage)?, Some(key.clone())).await?;
    bot.sees(&stage, PERIOD).await?;
    bot.reaches("wins", 1.0).await?;

    let Stage { chain, reward, yield_token, vault, start } = stage;
    chain.into_node().context("it is a devnode")?.shut_down().await?;
    bot.reaches("node_errors_total", 2.0).await?;
    let node = Devnode::builder().port(port).state_file(&file).spawn().await?;
    let chain = still(Chain::of(node).await?).await?;
    let stage = Stage { chain, reward, yield_token, vault, start };
    stage.stock(2 * FIRST_PRICE).await?;
    bot.sees(&stage, 3 * PERIOD).await?;
    bot.reaches("wins", 2.0).await?;
    assert_eq!(stage.sales().await?.len(), 2);
    let summary = bot.stop().await?;
    assert_eq!((summary.won, summary.lost, summary.undone), (2, 0, 0));
    assert_eq!(stage.yield_token.balance(key.address()).await?, u(4 * FIRST_PRICE));
    Ok(())
}

/// The chain's time stands still.
async fn still(chain: Chain) -> Result<Chain> {
    use alloy::providers::Provider;
    let _: serde_json::Value =
        chain.provider().raw_request("anvil_setBlockTimestampInterval".into(), [0]).await?;
    Ok(chain)
}

async fn a_node_that_is_away_for_a_while_is_waited_for() -> Result<()> {
    let route = Route::new().await?;
    let bot = route.bot().await?;
    bot.sees(&route.stage, 60).await?;
    route.proxy.go_away(true);
    bot.reaches("node_errors_total", 2.0).await?;
    // The moment comes while the node is away.
    route.stage.pass(PERIOD).await?;
    assert_eq!(route.stage.sales().await?.len(), 0);
    route.proxy.go_away(false);
    bot.reaches("wins", 1.0).await?;
    bot.stop().await?;
    Ok(())
}

async fn a_win_whose_block_is_gone_is_won_again() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let bot = Running::start(usual(&stage)?, Some(key.clone())).await?;
    bot.sees(&stage, 60).await?;
    let snapshot = stage.control("evm_snapshot", json!([])).await?;
    bot.sees(&stage, PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    let before = bot.figure("profit_estimate").await.context("it is told")?;

    // As a reorganisation does: the blocks with approval and bid are gone, and others come.
    assert_eq!(stage.control("evm_revert", json!([snapshot])).await?, json!(true));
    assert_eq!(stage.sales().await?.len(), 0);
    bot.reaches("reorganisations_total", 1.0).await?;
    bot.reaches("undone_total", 2.0).await?;
    stage.pass(PERIOD + 60).await?;
    bot.reaches("wins", 1.0).await?;
    wait_for(async || Ok(stage.sales().await?.len() == 1)).await?;
    bot.reaches("wins", 1.0).await?;
    assert!(bot.figure("profit_estimate").await.context("it is told")? > before, "it came cheaper this time");
    let summary = bot.stop().await?;
    assert_eq!((summary.won, summary.lost, summary.undone), (1, 0, 2));
    let paid = stage.sales().await?[0].amountIn;
    assert_eq!(summary.paid[0].amount.base_units, paid, "what is gone is not counted");
    assert_eq!(stage.reward.balance(key.address()).await?, u(WEALTH) - paid);
    Ok(())
}

async fn a_dropped_bid_is_sent_again_with_its_nonce() -> Result<()> {
    let route = Route::new().await?;
    let bot = route.bot().await?;
    route.proxy.send_by(Sending::Forget);
    route.stage.pass(PERIOD).await?;
    route.has_sent(1).await?;
    route.proxy.send_by(Sending::Pass);
    bot.reaches("wins", 1.0).await?;
    let sent = route.proxy.sent();
    let nonces: Vec<u64> = sent.iter().map(|raw| Ok(decoded(raw)?.nonce())).collect::<Result<_>>()?;
    assert!(nonces.len() >= 2 && nonces.iter().all(|nonce| *nonce == nonces[0]), "{nonces:?}");
    assert_eq!(route.stage.sales().await?.len(), 1);
    bot.stop().await?;
    Ok(())
}

async fn a_stuck_bid_is_replaced_by_one_that_offers_more() -> Result<()> {
    let route = Route::new().await?;
    let bot = route.bot().await?;
    route.proxy.send_by(Sending::Keep);
    route.stage.pass(PERIOD).await?;
    route.has_sent(1).await?;
    route.proxy.send_by(Sending::Pass);
    bot.reaches("wins", 1.0).await?;
    let sent = route.proxy.sent();
    let (first, last) = (decoded(&sent[0])?, decoded(sent.last().context("there are two")?)?);
    assert_eq!(first.nonce(), last.nonce());
    assert!(last.max_fee_per_gas() * 10 >= first.max_fee_per_gas() * 11, "{first:?} {last:?}");
    assert!(last.max_priority_fee_per_gas() > first.max_priority_fee_per_gas());
    let released = route.proxy.release().await?;
    assert!(released.iter().all(|answer| answer["error"]["message"].to_string().contains("nonce too low")));
    let summary = bot.stop().await?;
    assert_eq!((summary.won, route.stage.sales().await?.len()), (1, 1));
    Ok(())
}

async fn a_stuck_bid_that_is_not_worth_it_any_more_is_cancelled() -> Result<()> {
    let route = Route::new().await?;
    let rival = route.stage.chain.account("rival").await?;
    route.stage.reward.mint(&route.stage.chain, rival.address(), u(WEALTH)).await?;
    let bot = route.bot().await?;
    route.proxy.send_by(Sending::Keep);
    route.stage.pass(PERIOD).await?;
    route.has_sent(1).await?;
    route.stage.buy(&rival).await?;
    route.proxy.send_by(Sending::Pass);
    bot.reaches("sold_to_others_total", 1.0).await?;
    // The nonce is taken by something that does nothing.
    wait_for(async || Ok(bot.figure("pending").await == Some(0.0) && route.proxy.sent().len() >= 2)).await?;
    let cancellation = decoded(route.proxy.sent().last().context("it was sent")?)?;
    assert_eq!((cancellation.to(), cancellation.input().len()), (Some(route.key.address()), 0));
    assert!(route.proxy.release().await?.iter().all(|answer| !answer["error"].is_null()));
    let summary = bot.stop().await?;
    assert_eq!((summary.won, summary.lost), (0, 0));
    assert_eq!(route.stage.reward.balance(route.key.address()).await?, u(WEALTH));
    Ok(())
}

async fn a_bid_whose_answer_got_lost_is_made_once() -> Result<()> {
    let route = Route::new().await?;
    let bot = route.bot().await?;
    route.proxy.send_by(Sending::LoseAnswer);
    route.stage.pass(PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    let now = route.stage.chain.now().await? - route.stage.start;
    bot.sees(&route.stage, now + 60).await?;
    assert_eq!((route.proxy.sent().len(), route.stage.sales().await?.len()), (1, 1));
    assert_eq!(bot.stop().await?.won, 1);
    Ok(())
}

async fn transactions_of_an_earlier_run_are_waited_for_then_replaced() -> Result<()> {
    let route = Route::new().await?;
    route.stage.pass(PERIOD).await?;
    route.proxy.pretend(2);
    let patient = and(route.flags()?, &["--replace-after", "3600"]);
    let bot = Running::start(patient, Some(route.key.clone())).await?;
    bot.sees(&route.stage, PERIOD + 10).await?;
    assert_eq!(bot.figure("bids_total").await, Some(0.0));
    bot.stop().await?;

    let bot = route.bot().await?;
    bot.reaches("wins", 1.0).await?;
    bot.stop().await?;
    Ok(())
}

async fn a_lot_that_somebody_else_bought_is_let_go() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    let rival = stage.chain.account("rival").await?;
    stage.reward.mint(&stage.chain, rival.address(), u(WEALTH)).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let bot = Running::start(usual(&stage)?, Some(key)).await?;
    bot.sees(&stage, 60).await?;
    // The rival pays more than the lot is worth.
    stage.buy(&rival).await?;
    bot.reaches("sold_to_others_total", 1.0).await?;
    assert_eq!(bot.figure("bids_total").await, Some(0.0));
    // The next lot is the bot's.
    stage.stock(2 * FIRST_PRICE).await?;
    bot.sees(&stage, 400 * PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    assert_eq!(bot.stop().await?.sold_to_others, 1);
    Ok(())
}

async fn a_bot_that_is_stopped_says_what_is_under_way_and_the_next_goes_on() -> Result<()> {
    let route = Route::new().await?;
    let bot = route.bot().await?;
    route.proxy.send_by(Sending::Keep);
    route.stage.pass(PERIOD).await?;
    route.has_sent(1).await?;
    let summary = bot.stop().await?;
    let pending = summary.pending.context("something is under way")?;
    assert!(pending.contains("bid of at most") && pending.contains("nonce"), "{pending}");

    // What was under way is mined before the next run.
    route.proxy.send_by(Sending::Pass);
    assert!(route.proxy.release().await?.iter().all(|answer| answer["error"].is_null()));
    let bot = route.bot().await?;
    route.stage.stock(2 * FIRST_PRICE).await?;
    bot.sees(&route.stage, 3 * PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    assert_eq!((bot.stop().await?.won, route.stage.sales().await?.len()), (1, 2));
    Ok(())
}
