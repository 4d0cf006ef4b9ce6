//! Tests of `--keep-alive`: renewals on the side, after the bids, with the troubles that bids have.
//! `weir-cli` tests the command line of it, and which programs are found.

use alloy::{
    providers::Provider,
    rpc::types::{Filter, Log},
    sol_types::SolEvent,
};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use serde_json::json;
use weir_bindings::{IArbWasm::ProgramLifetimeExtended, IPair::SwappedExactAmountOut, deploy::ARB_WASM};

use crate::{
    proxy::{Proxy, Sending},
    running::{Running, and, usual, wait_for},
    stage::{FIRST_PRICE, Stage, WEALTH},
    trial::trial,
};

pub fn trials() -> Vec<Trial> {
    vec![
        trial(renewals_come_after_bids_and_are_no_part_of_the_profit),
        trial(renewals_undone_by_a_reorganisation_are_repeated),
        trial(a_stuck_renewal_is_cancelled_and_made_an_hour_later),
        trial(a_dry_run_renews_nothing),
    ]
}

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
/// The programs of the stage: the vault's two, and that of its tokens.
const PROGRAMS: usize = 3;

fn flags(stage: &Stage) -> Result<Vec<String>> {
    Ok(and(usual(stage)?, &["--keep-alive"]))
}

/// All renewals on the chain.
async fn renewals(stage: &Stage) -> Result<Vec<Log>> {
    let signature = ProgramLifetimeExtended::SIGNATURE_HASH;
    let filter = Filter::new().from_block(0).address(ARB_WASM).event_signature(signature);
    Ok(stage.chain.provider().get_logs(&filter).await?)
}

async fn has_renewed(stage: &Stage, count: usize) -> Result<()> {
    wait_for(async || Ok(renewals(stage).await?.len() == count)).await
}

async fn renewals_come_after_bids_and_are_no_part_of_the_profit() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    stage.pass(32 * DAY).await?;
    let bot = Running::start(flags(&stage)?, Some(key.clone())).await?;
    has_renewed(&stage, PROGRAMS).await?;
    bot.reaches("wins", 1.0).await?;
    wait_for(async || Ok(bot.metrics_text().await?.contains("weir_keepalive_renewals_total 3\n"))).await?;

    let sale = Filter::new().from_block(0).event_signature(SwappedExactAmountOut::SIGNATURE_HASH);
    let sale = stage.chain.provider().get_logs(&sale).await?[0].block_number;
    assert!(renewals(&stage).await?.iter().all(|renewal| renewal.block_number > sale));
    let gas = bot.metric("gas_wei").await.context("no gas_wei")?;
    let summary = bot.stop().await?;
    assert_eq!((summary.won, summary.renewals), (1, PROGRAMS as u64));
    assert_eq!(f64::from(summary.gas_wei), gas);
    assert!(summary.to_string().contains("\nrenewed 3 programs for 0.0"), "{summary}");
    // All ether that is gone paid for gas and renewals.
    let left = stage.chain.provider().get_balance(key.address()).await?;
    let ether = alloy::primitives::U256::from(500_000_000_000_000_000u64);
    assert_eq!(ether - left, summary.gas_wei + summary.renewals_wei);
    Ok(())
}

async fn renewals_undone_by_a_reorganisation_are_repeated() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("keeper", WEALTH).await?;
    let bot = Running::start(flags(&stage)?, Some(key)).await?;
    bot.sees(&stage, 60).await?;
    let snapshot = stage.control("evm_snapshot", json!([])).await?;
    stage.pass(32 * DAY).await?;
    has_renewed(&stage, PROGRAMS).await?;
    wait_for(async || Ok(bot.metrics_text().await?.contains("weir_keepalive_renewals_total 3\n"))).await?;

    assert_eq!(stage.control("evm_revert", json!([snapshot])).await?, json!(true));
    assert!(renewals(&stage).await?.is_empty());
    bot.reaches("undone_total", PROGRAMS as f64).await?;
    stage.pass(33 * DAY).await?;
    has_renewed(&stage, PROGRAMS).await?;
    wait_for(async || Ok(bot.metrics_text().await?.contains("weir_keepalive_renewals_total 6\n"))).await?;
    let summary = bot.stop().await?;
    assert_eq!((summary.renewals, summary.undone), (PROGRAMS as u64, PROGRAMS as u64));
    Ok(())
}

async fn a_stuck_renewal_is_cancelled_and_made_an_hour_later() -> Result<()> {
    let stage = Stage::new().await?;
    let proxy = Proxy::start(stage.url()?).await?;
    let key = stage.key("keeper", WEALTH).await?;
    let mut flags = flags(&stage)?;
    let url = flags.iter().position(|flag| flag == "--rpc-url").context("no --rpc-url")? + 1;
    flags[url] = proxy.url.clone();
    let bot = Running::start(flags, Some(key)).await?;
    proxy.set_sending(Sending::Hold);
    stage.pass(32 * DAY).await?;
    wait_for(async || Ok(!proxy.sent().is_empty())).await?;
    proxy.set_sending(Sending::Forward);
    // An empty transaction uses the nonce.
    wait_for(async || Ok(bot.metric("pending").await == Some(0.0) && proxy.sent().len() >= 2)).await?;
    assert!(renewals(&stage).await?.is_empty());
    stage.pass(32 * DAY + HOUR + 1).await?;
    has_renewed(&stage, PROGRAMS).await?;
    bot.stop().await?;
    Ok(())
}

async fn a_dry_run_renews_nothing() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("keeper", WEALTH).await?;
    let bot = Running::start(and(flags(&stage)?, &["--dry-run"]), Some(key)).await?;
    bot.sees(&stage, 32 * DAY).await?;
    assert!(bot.metrics_text().await?.contains("weir_keepalive_renewals_total 0\n"));
    assert!(renewals(&stage).await?.is_empty());
    bot.stop().await?;
    Ok(())
}
