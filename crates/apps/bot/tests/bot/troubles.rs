//! Tests of reorganisations, dropped and stuck transactions, lost responses, unavailable nodes and competitors.
//! A proxy causes the failures of the node.

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
        trial(bot_continues_after_the_node_restarts),
        trial(bot_waits_while_the_node_is_away),
        trial(bids_undone_by_a_reorganisation_are_repeated),
        trial(dropped_bids_are_sent_again_with_the_same_nonce),
        trial(stuck_bids_are_replaced_with_higher_fees),
        trial(stuck_unprofitable_bids_are_cancelled),
        trial(bids_with_a_lost_response_are_made_once),
        trial(pending_transactions_of_an_earlier_run_are_awaited_then_replaced),
        trial(lots_bought_by_others_are_counted),
        trial(stopped_bots_report_the_pending_bid_and_the_next_run_continues),
    ]
}

/// A stage with a lot for sale, and a proxy between its node and the bot.
struct ProxiedStage {
    stage: Stage,
    proxy: Proxy,
    key: alloy::signers::local::PrivateKeySigner,
}

impl ProxiedStage {
    async fn new() -> Result<Self> {
        let stage = Stage::new().await?;
        let proxy = Proxy::start(stage.url()?).await?;
        let key = stage.key("buyer", WEALTH).await?;
        stage.stock(2 * FIRST_PRICE).await?;
        // Approved in advance, so that the bot sends only bids.
        let account =
            weir_client::Account::new(stage.chain.provider().clone(), stage.chain.chain_id(), key.clone())
                .await?;
        stage.reward.approve_all(&account, stage.vault.address()).await?;
        Ok(Self { stage, proxy, key })
    }

    fn flags(&self) -> Result<Vec<String>> {
        let mut flags = usual(&self.stage)?;
        let url = flags.iter().position(|flag| flag == "--rpc-url").context("no --rpc-url")? + 1;
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

async fn bot_continues_after_the_node_restarts() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("chain");
    let node = Devnode::builder().state_file(&file).spawn().await?;
    let port = node.address().port();
    let stage = Stage::on(freeze_time(Chain::of(node).await?).await?).await?;
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let bot = Running::start(usual(&stage)?, Some(key.clone())).await?;
    bot.sees(&stage, PERIOD).await?;
    bot.reaches("wins", 1.0).await?;

    let Stage { chain, reward, yield_token, vault, start } = stage;
    chain.into_node().context("not a devnode")?.shut_down().await?;
    bot.reaches("node_errors_total", 2.0).await?;
    let node = Devnode::builder().port(port).state_file(&file).spawn().await?;
    let chain = freeze_time(Chain::of(node).await?).await?;
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

/// Freezes the chain's time.
async fn freeze_time(chain: Chain) -> Result<Chain> {
    use alloy::providers::Provider;
    let _: serde_json::Value =
        chain.provider().raw_request("anvil_setBlockTimestampInterval".into(), [0]).await?;
    Ok(chain)
}

async fn bot_waits_while_the_node_is_away() -> Result<()> {
    let proxied = ProxiedStage::new().await?;
    let bot = proxied.bot().await?;
    bot.sees(&proxied.stage, 60).await?;
    proxied.proxy.set_away(true);
    bot.reaches("node_errors_total", 2.0).await?;
    // The bid time passes while the node is away.
    proxied.stage.pass(PERIOD).await?;
    assert_eq!(proxied.stage.sales().await?.len(), 0);
    proxied.proxy.set_away(false);
    bot.reaches("wins", 1.0).await?;
    bot.stop().await?;
    Ok(())
}

async fn bids_undone_by_a_reorganisation_are_repeated() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let bot = Running::start(usual(&stage)?, Some(key.clone())).await?;
    bot.sees(&stage, 60).await?;
    let snapshot = stage.control("evm_snapshot", json!([])).await?;
    bot.sees(&stage, PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    let before = bot.metric("profit_estimate").await.context("no profit_estimate")?;

    // Simulates a reorganisation that removes the blocks with the approval and the bid.
    assert_eq!(stage.control("evm_revert", json!([snapshot])).await?, json!(true));
    assert_eq!(stage.sales().await?.len(), 0);
    bot.reaches("reorganisations_total", 1.0).await?;
    bot.reaches("undone_total", 2.0).await?;
    stage.pass(PERIOD + 60).await?;
    bot.reaches("wins", 1.0).await?;
    wait_for(async || Ok(stage.sales().await?.len() == 1)).await?;
    bot.reaches("wins", 1.0).await?;
    assert!(
        bot.metric("profit_estimate").await.context("no profit_estimate")? > before,
        "the second bid pays less"
    );
    let summary = bot.stop().await?;
    assert_eq!((summary.won, summary.lost, summary.undone), (1, 0, 2));
    let paid = stage.sales().await?[0].amountIn;
    assert_eq!(summary.paid[0].amount.base_units, paid, "undone payments are not counted");
    assert_eq!(stage.reward.balance(key.address()).await?, u(WEALTH) - paid);
    Ok(())
}

async fn dropped_bids_are_sent_again_with_the_same_nonce() -> Result<()> {
    let proxied = ProxiedStage::new().await?;
    let bot = proxied.bot().await?;
    proxied.proxy.set_sending(Sending::Drop);
    proxied.stage.pass(PERIOD).await?;
    proxied.has_sent(1).await?;
    proxied.proxy.set_sending(Sending::Forward);
    bot.reaches("wins", 1.0).await?;
    let sent = proxied.proxy.sent();
    let nonces: Vec<u64> = sent.iter().map(|raw| Ok(decoded(raw)?.nonce())).collect::<Result<_>>()?;
    assert!(nonces.len() >= 2 && nonces.iter().all(|nonce| *nonce == nonces[0]), "{nonces:?}");
    assert_eq!(proxied.stage.sales().await?.len(), 1);
    bot.stop().await?;
    Ok(())
}

async fn stuck_bids_are_replaced_with_higher_fees() -> Result<()> {
    let proxied = ProxiedStage::new().await?;
    let bot = proxied.bot().await?;
    proxied.proxy.set_sending(Sending::Hold);
    proxied.stage.pass(PERIOD).await?;
    proxied.has_sent(1).await?;
    proxied.proxy.set_sending(Sending::Forward);
    bot.reaches("wins", 1.0).await?;
    let sent = proxied.proxy.sent();
    let (first, last) = (decoded(&sent[0])?, decoded(sent.last().context("nothing sent")?)?);
    assert_eq!(first.nonce(), last.nonce());
    assert!(last.max_fee_per_gas() * 10 >= first.max_fee_per_gas() * 11, "{first:?} {last:?}");
    assert!(last.max_priority_fee_per_gas() > first.max_priority_fee_per_gas());
    let released = proxied.proxy.release().await?;
    assert!(
        released.iter().all(|response| response["error"]["message"].to_string().contains("nonce too low"))
    );
    let summary = bot.stop().await?;
    assert_eq!((summary.won, proxied.stage.sales().await?.len()), (1, 1));
    Ok(())
}

async fn stuck_unprofitable_bids_are_cancelled() -> Result<()> {
    let proxied = ProxiedStage::new().await?;
    let rival = proxied.stage.chain.account("rival").await?;
    proxied.stage.reward.mint(&proxied.stage.chain, rival.address(), u(WEALTH)).await?;
    let bot = proxied.bot().await?;
    proxied.proxy.set_sending(Sending::Hold);
    proxied.stage.pass(PERIOD).await?;
    proxied.has_sent(1).await?;
    proxied.stage.buy(&rival).await?;
    proxied.proxy.set_sending(Sending::Forward);
    bot.reaches("sold_to_others_total", 1.0).await?;
    // An empty transaction uses the nonce.
    wait_for(async || Ok(bot.metric("pending").await == Some(0.0) && proxied.proxy.sent().len() >= 2))
        .await?;
    let cancellation = decoded(proxied.proxy.sent().last().context("nothing sent")?)?;
    assert_eq!((cancellation.to(), cancellation.input().len()), (Some(proxied.key.address()), 0));
    assert!(proxied.proxy.release().await?.iter().all(|response| !response["error"].is_null()));
    let summary = bot.stop().await?;
    assert_eq!((summary.won, summary.lost), (0, 0));
    assert_eq!(proxied.stage.reward.balance(proxied.key.address()).await?, u(WEALTH));
    Ok(())
}

async fn bids_with_a_lost_response_are_made_once() -> Result<()> {
    let proxied = ProxiedStage::new().await?;
    let bot = proxied.bot().await?;
    proxied.proxy.set_sending(Sending::LoseResponse);
    proxied.stage.pass(PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    let now = proxied.stage.chain.now().await? - proxied.stage.start;
    bot.sees(&proxied.stage, now + 60).await?;
    assert_eq!((proxied.proxy.sent().len(), proxied.stage.sales().await?.len()), (1, 1));
    assert_eq!(bot.stop().await?.won, 1);
    Ok(())
}

async fn pending_transactions_of_an_earlier_run_are_awaited_then_replaced() -> Result<()> {
    let proxied = ProxiedStage::new().await?;
    proxied.stage.pass(PERIOD).await?;
    proxied.proxy.set_extra_pending(2);
    let patient = and(proxied.flags()?, &["--replace-after", "3600"]);
    let bot = Running::start(patient, Some(proxied.key.clone())).await?;
    bot.sees(&proxied.stage, PERIOD + 10).await?;
    assert_eq!(bot.metric("bids_total").await, Some(0.0));
    bot.stop().await?;

    let bot = proxied.bot().await?;
    bot.reaches("wins", 1.0).await?;
    bot.stop().await?;
    Ok(())
}

async fn lots_bought_by_others_are_counted() -> Result<()> {
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
    assert_eq!(bot.metric("bids_total").await, Some(0.0));
    // The bot buys the next lot.
    stage.stock(2 * FIRST_PRICE).await?;
    bot.sees(&stage, 400 * PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    assert_eq!(bot.stop().await?.sold_to_others, 1);
    Ok(())
}

async fn stopped_bots_report_the_pending_bid_and_the_next_run_continues() -> Result<()> {
    let proxied = ProxiedStage::new().await?;
    let bot = proxied.bot().await?;
    proxied.proxy.set_sending(Sending::Hold);
    proxied.stage.pass(PERIOD).await?;
    proxied.has_sent(1).await?;
    let summary = bot.stop().await?;
    let pending = summary.pending.context("nothing pending")?;
    assert!(pending.contains("bid of at most") && pending.contains("nonce"), "{pending}");

    // The pending bid is mined before the next run.
    proxied.proxy.set_sending(Sending::Forward);
    assert!(proxied.proxy.release().await?.iter().all(|response| response["error"].is_null()));
    let bot = proxied.bot().await?;
    proxied.stage.stock(2 * FIRST_PRICE).await?;
    bot.sees(&proxied.stage, 3 * PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    assert_eq!((bot.stop().await?.won, proxied.stage.sales().await?.len()), (1, 2));
    Ok(())
}
