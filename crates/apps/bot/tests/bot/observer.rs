//! What an operator sees: metrics, and the summary.

use anyhow::Result;
use libtest_mimic::Trial;

use crate::{
    running::{Running, usual},
    stage::{FIRST_PRICE, PERIOD, Stage, WEALTH},
    trial::trial,
};

pub fn trials() -> Vec<Trial> {
    vec![trial(metrics_tell_what_has_happened), trial(the_summary_is_for_people_and_programs)]
}

async fn metrics_tell_what_has_happened() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let bot = Running::start(usual(&stage)?, Some(key)).await?;
    bot.sees(&stage, 60).await?;
    let next = format!("next_bid_timestamp_seconds{{pair=\"{}\"}}", stage.vault.address());
    let moment = bot.figure(&next).await.expect("it is computed");
    let half = (stage.start + PERIOD / 2) as f64;
    assert!(moment > half && moment < half + 10.0, "{moment} and {half}");
    bot.sees(&stage, PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    let figures = bot.figures().await?;
    for line in [
        "weir_bot_bids_total 1\n",
        "weir_bot_losses 0\n",
        "weir_bot_pairs 1\n",
        "# TYPE weir_bot_bids counter\n",
    ] {
        assert!(figures.contains(line), "{line} in {figures}");
    }
    let paid = bot.figure(&format!("paid_base_units{{token=\"{}\"}}", stage.reward.address())).await;
    assert_eq!(paid, Some(f64::from(stage.sales().await?[0].amountIn)));
    assert!(bot.figure("profit_estimate").await.is_some_and(|profit| profit > 0.05), "{figures}");
    bot.stop().await?;
    Ok(())
}

async fn the_summary_is_for_people_and_programs() -> Result<()> {
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
