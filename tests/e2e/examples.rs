//! Tests of the examples in `crates/lib/bindings/examples`. They live here so that the examples compile without the
//! devnode.

#[path = "../../crates/lib/bindings/examples/stake.rs"]
mod stake;
#[path = "../../crates/lib/bindings/examples/watch_auction.rs"]
mod watch_auction;

use alloy::primitives::{Bytes, U256};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir_bindings::ILiquidationPair;

use crate::{
    scene::{EPOCH, Scene, Tokens, u},
    trial::with_time_control,
};

/// Stake, reward, lot and the auction's first price. A power of two, so that rewards are exact.
const AMOUNT: u128 = 1 << 20;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(stake_deposits_and_claims),
        with_time_control(watch_auction_reads_the_offer_and_the_sales),
    ]
}

/// A vault whose auction starts at a price of `AMOUNT` and lasts an epoch.
async fn scene() -> Result<Scene> {
    Scene::with(Tokens::Different, |settings| {
        settings.targetAuctionPeriod = EPOCH as u32;
        settings.targetAuctionPrice = u(AMOUNT);
    })
    .await
}

async fn stake_deposits_and_claims() -> Result<()> {
    let scene = scene().await?;
    let node = scene.chain.node().context("the chain is not a devnode")?;
    let staker = node.accounts().get(1).context("the devnode has no second account")?;
    let (url, key, vault) = (node.rpc_url(), staker.key().to_string(), scene.vault.address());

    let error = stake::run(&url, &key, vault, u(AMOUNT)).await;
    let error = error.err().context("a deposit without assets succeeded")?;
    assert!(error.to_string().contains("ERC20InsufficientBalance"), "{error}");

    scene.asset.mint(&scene.chain, staker.address(), u(AMOUNT)).await?;
    let first = stake::run(&url, &key, vault, u(AMOUNT)).await?;
    assert_eq!((first.shares, first.claimed), (u(AMOUNT), U256::ZERO));

    // Rewards of epoch 0 stream out in epoch 1.
    scene.fund(0, AMOUNT).await?;
    scene.advance_to(2 * EPOCH).await?;
    let second = stake::run(&url, &key, vault, U256::ZERO).await?;
    assert_eq!((second.shares, second.claimed), (u(AMOUNT), u(AMOUNT)));
    assert_eq!(scene.reward.balance(staker.address()).await?, u(AMOUNT));
    Ok(())
}

async fn watch_auction_reads_the_offer_and_the_sales() -> Result<()> {
    let scene = scene().await?;
    let pair = ILiquidationPair::new(scene.vault.address(), scene.chain.provider().clone());
    scene.accrue(AMOUNT).await?;
    scene.advance_to(EPOCH).await?;

    // The lot costs the first price one target period after the start, and half of it a period later.
    let offer = watch_auction::Offer::of(&pair, u(AMOUNT / 2)).await?;
    assert_eq!((offer.lot, offer.price, offer.symbol.as_str()), (u(AMOUNT), u(AMOUNT), "YLD"));
    assert_eq!(offer.meets_limit_at, U256::from(scene.start + 2 * EPOCH));

    let (none, next) = watch_auction::sales_since(&pair, 0).await?;
    assert!(none.is_empty());
    let buyer = scene.holder("buyer", AMOUNT).await?;
    let swap = scene.vault.swapExactAmountOut(buyer.address(), u(AMOUNT), u(AMOUNT), Bytes::new());
    scene.send_at(EPOCH, &buyer, swap).await?;
    let (sales, after) = watch_auction::sales_since(&pair, next).await?;
    let sales: Vec<_> = sales.iter().map(|sale| (sale.amountOut, sale.amountIn)).collect();
    assert_eq!(sales, [(u(AMOUNT), u(AMOUNT))]);
    assert!(watch_auction::sales_since(&pair, after).await?.0.is_empty(), "a sale is reported twice");
    Ok(())
}
