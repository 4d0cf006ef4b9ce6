//! Test of two bots at one vault.
//! Each lot is bought once, by either bot, within the bid's limit.

use anyhow::Result;
use libtest_mimic::Trial;

use crate::{
    running::{Running, usual, wait_for},
    stage::{FIRST_PRICE, PERIOD, Stage, WEALTH, u},
    trial::trial,
};

/// Number of lots that both bots bid for.
const LOTS: u64 = 6;

pub fn trials() -> Vec<Trial> {
    vec![trial(two_bots_buy_each_lot_once_and_continue)]
}

async fn two_bots_buy_each_lot_once_and_continue() -> Result<()> {
    let stage = Stage::new().await?;
    let (ada, bob) = (stage.key("ada", WEALTH).await?, stage.key("bob", WEALTH).await?);
    let first = Running::start(usual(&stage)?, Some(ada.clone())).await?;
    let second = Running::start(usual(&stage)?, Some(bob.clone())).await?;
    let mut now = 0;
    for lot in 1..=LOTS {
        stage.stock(2 * FIRST_PRICE).await?;
        now += 3 * PERIOD;
        stage.pass(now).await?;
        wait_for(async || Ok(stage.sales().await?.len() as u64 == lot)).await?;
    }
    // Both bots record the results.
    let done = async || {
        let metrics = (first.metric("wins").await, second.metric("wins").await);
        Ok(metrics.0.unwrap_or(0.0) + metrics.1.unwrap_or(0.0) == LOTS as f64)
    };
    wait_for(done).await?;

    // A bot without competitors buys every lot.
    let first_summary = first.stop().await?;
    stage.stock(2 * FIRST_PRICE).await?;
    now += 3 * PERIOD;
    stage.pass(now).await?;
    wait_for(async || Ok(stage.sales().await?.len() as u64 == LOTS + 1)).await?;
    second.reaches("wins", (LOTS - first_summary.won + 1) as f64).await?;
    let second_summary = second.stop().await?;
    let again = Running::start(usual(&stage)?, Some(ada.clone())).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    now += 3 * PERIOD;
    stage.pass(now).await?;
    again.reaches("wins", 1.0).await?;
    let again_summary = again.stop().await?;

    let sales = stage.sales().await?;
    assert_eq!(sales.len() as u64, LOTS + 2);
    assert_eq!(first_summary.won + second_summary.won + again_summary.won, LOTS + 2);
    for sale in &sales {
        assert!(sale.amountIn <= sale.amountInMax && sale.amountInMax < sale.amountOut, "{sale:?}");
    }
    for (key, summaries) in [(&ada, vec![&first_summary, &again_summary]), (&bob, vec![&second_summary])] {
        let own = || sales.iter().filter(|sale| sale.receiver == key.address());
        let (paid, bought) =
            own().fold((u(0), u(0)), |sums, sale| (sums.0 + sale.amountIn, sums.1 + sale.amountOut));
        assert_eq!(stage.reward.balance(key.address()).await?, u(WEALTH) - paid);
        assert_eq!(stage.yield_token.balance(key.address()).await?, bought);
        let reported = summaries
            .iter()
            .flat_map(|summary| &summary.paid)
            .fold(u(0), |sum, paid| sum + paid.amount.base_units);
        assert_eq!(reported, paid, "the summaries contain all payments");
    }
    assert_eq!(stage.yield_token.balance(stage.vault.address()).await?, u(0), "all yield is sold");
    println!("{first_summary}\n{second_summary}");
    Ok(())
}
