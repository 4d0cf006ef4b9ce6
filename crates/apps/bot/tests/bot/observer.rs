//! Tests of the bot's output: metrics and the summary.
//! Log lines are not tested.

use anyhow::Result;
use libtest_mimic::Trial;

use crate::{
    running::{Running, usual},
    stage::{FIRST_PRICE, PERIOD, Stage, WEALTH},
    trial::trial,
};

pub fn trials() -> Vec<Trial> {
    vec![trial(metrics_report_the_run), trial(summary_is_text_and_json)]
}

async fn metrics_report_the_run() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let bot = Running::start(usual(&stage)?, Some(key)).await?;
    bot.sees(&stage, 60).await?;
    let next = format!("next_bid_timestamp_seconds{{pair=\"{}\"}}", stage.vault.address());
    let bid_time = bot.metric(&next).await.expect("a bid time");
    let half = (stage.start + PERIOD / 2) as f64;
    assert!(bid_time > half && bid_time < half + 10.0, "{bid_time} and {half}");
    bot.sees(&stage, PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    let metrics = bot.metrics_text().await?;
    for line in [
        "weir_bot_bids_total 1\n",
        "weir_bot_losses 0\n",
        "weir_bot_pairs 1\n",
        "# TYPE weir_bot_bids counter\n",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    let paid = bot.metric(&format!("paid_base_units{{token=\"{}\"}}", stage.reward.address())).await;
    assert_eq!(paid, Some(f64::from(stage.sales().await?[0].amountIn)));
    assert!(bot.metric("profit_estimate").await.is_some_and(|profit| profit > 0.05), "{metrics}");
    bot.stop().await?;
    Ok(())
}

async fn summary_is_text_and_json() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let bot = Running::start(usual(&stage)?, Some(key)).await?;
    bot.sees(&stage, PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    let summary = bot.stop().await?;
    let text = summary.to_string();
    assert!(text.contains("won 1, lost 0") && text.contains("for 0.2 YLD"), "{text}");
    let json = serde_json::to_value(&summary)?;
    assert_eq!(json["bought"][0]["tokens"], "0.2");
    Ok(())
}
