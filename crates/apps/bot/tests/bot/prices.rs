//! Tests of price sources that return prices, return invalid results, or hang.
//! Feeds and pools are contracts of tests/solidity.

use std::fs;

use alloy::{
    primitives::{Address, I256, U160, aliases::I24},
    sol,
    sol_types::SolValue,
};
use anyhow::Result;
use libtest_mimic::Trial;
use weir_harness::Token;

use crate::{
    running::{Running, and, at},
    server::PriceServer,
    stage::{FIRST_PRICE, PERIOD, Stage, WEALTH, u},
    trial::{trial, with_solidity},
};

sol! {
    #[sol(rpc)]
    interface IPriceFeed {
        function set(int256 answer, uint256 updatedAt) external;
    }
    #[sol(rpc)]
    interface IPricePool {
        function token0() external view returns (address);
        function set(int24 tick, uint160 sqrtPriceX96) external;
    }
}

pub fn trials() -> Vec<Trial> {
    vec![
        trial(invalid_prices_stop_bids),
        trial(hanging_sources_keep_their_price_until_it_is_too_old),
        trial(changed_files_are_read_again),
        with_solidity(trial(stale_negative_and_future_feed_prices_are_rejected)),
        with_solidity(trial(pool_prices_are_means_unless_the_window_is_zero)),
        with_solidity(trial(pool_prices_work_for_either_token_order_and_decimals)),
    ]
}

/// Creates a stage whose lot costs half its worth, and the flags of a bot that prices the yield token by `source`.
async fn ready(source: impl FnOnce(&Stage) -> String) -> Result<(Stage, Vec<String>)> {
    let stage = Stage::new().await?;
    stage.stock(2 * FIRST_PRICE).await?;
    stage.pass(PERIOD).await?;
    let flags = flags(&stage, &source(&stage))?;
    Ok((stage, flags))
}

fn flags(stage: &Stage, source: &str) -> Result<Vec<String>> {
    let (reward, yields) = (stage.reward.address(), stage.yield_token.address());
    let mut flags = and(at(&stage.url()?), &["--pair", &stage.vault.address().to_string()]);
    flags.extend([
        "--price".into(),
        format!("{reward}=fixed:1"),
        "--price".into(),
        format!("{yields}={source}"),
    ]);
    Ok(flags)
}

fn rejected(token: &Address, reason: &str) -> String {
    format!("price_rejected_total{{token=\"{token}\",reason=\"{reason}\"}}")
}

/// Name of the metric for the age of a token's price, −1 without a price.
fn age(token: &Address) -> String {
    format!("price_age_seconds{{token=\"{token}\"}}")
}

async fn invalid_prices_stop_bids() -> Result<()> {
    let server = PriceServer::start("0").await?;
    let (stage, flags) = ready(|_| format!("{}#/price", server.url)).await?;
    let key = stage.key("buyer", WEALTH).await?;
    let token = *stage.yield_token.address();
    let bounds = format!("{token}=0.1..1000");
    let bot = Running::start(and(flags, &["--price-bounds", &bounds]), Some(key)).await?;
    bot.reaches(&rejected(&token, "not_positive"), 1.0).await?;
    for (price, reason) in [
        ("-5", "not_positive"),
        ("NaN", "not_a_number"),
        ("1001", "out_of_bounds"),
        ("0.09", "out_of_bounds"),
    ] {
        let before = bot.metric(&rejected(&token, reason)).await.unwrap_or(0.0);
        server.set_price(price);
        // The first of two more rejections may be of a request made before.
        bot.reaches(&rejected(&token, reason), before + 2.0).await?;
    }
    for body in ["<html>", "{}", ""] {
        let before = bot.metric(&rejected(&token, "not_a_number")).await.unwrap_or(0.0);
        server.set_response(Some(body.into()));
        bot.reaches(&rejected(&token, "not_a_number"), before + 2.0).await?;
    }
    assert_eq!(bot.metric("bids_total").await, Some(0.0));
    bot.sees(&stage, PERIOD + 10).await?;
    assert_eq!(bot.metric(&age(&token)).await, Some(-1.0));

    // The lot is worth 0.05 and costs 0.1. A jump of the price to ten times as much is accepted after ten minutes.
    server.set_price("0.25");
    bot.reaches(&age(&token), 0.0).await?;
    bot.sees(&stage, PERIOD + 20).await?;
    server.set_price("2.5");
    bot.reaches(&rejected(&token, "jump"), 2.0).await?;
    assert_eq!(bot.metric("bids_total").await, Some(0.0));
    bot.sees(&stage, PERIOD + 640).await?;
    bot.reaches("wins", 1.0).await?;
    let sale = &stage.sales().await?[0];
    assert!(sale.amountInMax > u(4 * FIRST_PRICE) && sale.amountIn < u(FIRST_PRICE), "{sale:?}");
    bot.stop().await?;
    Ok(())
}

async fn hanging_sources_keep_their_price_until_it_is_too_old() -> Result<()> {
    let server = PriceServer::start("1").await?;
    let (stage, flags) = ready(|_| format!("{}#/price", server.url)).await?;
    let key = stage.key("buyer", WEALTH).await?;
    let token = *stage.yield_token.address();
    let bot = Running::start(and(flags, &["--price-max-age", "7200"]), Some(key)).await?;
    bot.reaches("wins", 1.0).await?;
    server.set_response(None);
    bot.reaches(&rejected(&token, "unavailable"), 1.0).await?;

    // The last price is valid for two hours.
    stage.stock(2 * FIRST_PRICE).await?;
    bot.sees(&stage, 2 * PERIOD + 1_000).await?;
    bot.reaches("wins", 2.0).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    bot.sees(&stage, 6 * PERIOD).await?;
    bot.sees(&stage, 7 * PERIOD).await?;
    assert_eq!(bot.metric("bids_total").await, Some(2.0));

    server.set_price("1");
    bot.reaches("wins", 3.0).await?;
    bot.stop().await?;
    Ok(())
}

async fn changed_files_are_read_again() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("prices.json");
    fs::write(&file, r#"{"yield": 0.1}"#)?;
    let (stage, flags) = ready(|_| format!("file:{}#/yield", file.display())).await?;
    let key = stage.key("buyer", WEALTH).await?;
    let bot = Running::start(and(flags, &["--max-jump-bps", "1000000"]), Some(key)).await?;
    bot.reaches(&age(stage.yield_token.address()), 0.0).await?;
    bot.sees(&stage, PERIOD + 10).await?;
    bot.sees(&stage, PERIOD + 20).await?;
    assert_eq!(bot.metric("bids_total").await, Some(0.0));
    fs::write(&file, r#"{"yield": 1.5}"#)?;
    bot.reaches("wins", 1.0).await?;
    bot.stop().await?;
    Ok(())
}

async fn stale_negative_and_future_feed_prices_are_rejected() -> Result<()> {
    let stage = Stage::new().await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let key = stage.key("buyer", WEALTH).await?;
    let address = stage.chain.create_solidity("PriceFeed", &u(8).abi_encode()).await?;
    let feed = IPriceFeed::new(address, stage.chain.provider());
    let set = async |answer: i64, at: u64| {
        stage.chain.payer().send(feed.set(I256::try_from(answer)?, u(at.into()))).await?;
        anyhow::Ok(())
    };
    let token = *stage.yield_token.address();
    // A price of 1, updated a day ago.
    stage.pass(PERIOD).await?;
    set(100_000_000, stage.start + PERIOD - 86_400).await?;
    let bot = Running::start(flags(&stage, &format!("chainlink:{address}"))?, Some(key)).await?;
    bot.sees(&stage, PERIOD + 10).await?;
    bot.reaches(&age(&token), 86_400.0).await?;
    assert_eq!(bot.metric("bids_total").await, Some(0.0), "the price is too old");
    set(-100_000_000, stage.start + PERIOD + 12).await?;
    bot.reaches(&rejected(&token, "not_positive"), 1.0).await?;
    set(100_000_000, stage.start + 2 * PERIOD).await?;
    bot.reaches(&rejected(&token, "future"), 1.0).await?;
    assert_eq!(bot.metric("bids_total").await, Some(0.0));
    set(100_000_000, stage.start + PERIOD + 12).await?;
    bot.reaches("wins", 1.0).await?;
    let sale = &stage.sales().await?[0];
    assert!(
        sale.amountInMax < u(2 * FIRST_PRICE) && sale.amountInMax > u(2 * FIRST_PRICE * 99 / 100),
        "{sale:?}"
    );
    bot.stop().await?;
    Ok(())
}

/// A pool of the stage's yield token and another token.
struct Pool {
    address: Address,
    yield_is_token0: bool,
}

impl Pool {
    async fn new(stage: &Stage, other: Address) -> Result<Self> {
        let tokens = (*stage.yield_token.address(), other).abi_encode();
        let address = stage.chain.create_solidity("PricePool", &tokens).await?;
        let token0 = IPricePool::new(address, stage.chain.provider()).token0().call().await?;
        Ok(Self { address, yield_is_token0: token0 == *stage.yield_token.address() })
    }

    /// Sets the price of one base unit of yield in base units of the other token, as a tick and as a square root in
    /// halves.
    async fn set(&self, stage: &Stage, tick: i32, root_in_halves: u64) -> Result<()> {
        let pool = IPricePool::new(self.address, stage.chain.provider());
        let one = U160::from(1) << 96;
        let (tick, root) = match self.yield_is_token0 {
            true => (tick, one * U160::from(root_in_halves) / U160::from(2)),
            false => (-tick, one * U160::from(2) / U160::from(root_in_halves)),
        };
        stage.chain.payer().send(pool.set(I24::try_from(tick)?, root)).await?;
        Ok(())
    }
}

async fn pool_prices_are_means_unless_the_window_is_zero() -> Result<()> {
    let stage = Stage::new().await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let key = stage.key("buyer", WEALTH).await?;
    let pool = Pool::new(&stage, *stage.reward.address()).await?;
    // The pool's price is 0.25 for an hour: the lot is worth 0.05 and costs 0.1. Then it is 25 for one second.
    pool.set(&stage, -13_863, 1).await?;
    stage.pass(PERIOD - 1).await?;
    pool.set(&stage, 32_189, 10).await?;
    stage.pass(PERIOD).await?;
    let wide = flags(&stage, &format!("uniswap:{}", pool.address))?;
    let wide = and(wide, &["--max-jump-bps", "100000000"]);
    let bot = Running::start(wide, Some(key.clone())).await?;
    bot.reaches(&age(stage.yield_token.address()), 0.0).await?;
    bot.sees(&stage, PERIOD + 1).await?;
    assert_eq!(bot.metric("bids_total").await, Some(0.0), "the mean of ten minutes counts");
    bot.stop().await?;

    // With a window of 0 the current price counts.
    let current = flags(&stage, &format!("uniswap:{}@0", pool.address))?;
    let bot = Running::start(current, Some(key)).await?;
    bot.reaches("wins", 1.0).await?;
    assert!(stage.sales().await?[0].amountInMax > u(40 * FIRST_PRICE));
    bot.stop().await?;
    Ok(())
}

async fn pool_prices_work_for_either_token_order_and_decimals() -> Result<()> {
    // Among several tokens with 6 decimals, some sort before the yield token and some after it.
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    let mut seen = [false, false];
    for number in 0..20 {
        let dollar = Token::deploy(&stage.chain, "Dollar", "USD", 6).await?;
        let pool = Pool::new(&stage, *dollar.address()).await?;
        if std::mem::replace(&mut seen[usize::from(pool.yield_is_token0)], true) {
            continue;
        }
        stage.stock(2 * FIRST_PRICE).await?;
        // 10^-12 base units of the dollar per base unit of yield are one dollar per whole token.
        pool.set(&stage, -276_324, 1).await?;
        let now = stage.chain.now().await? - stage.start + 3 * PERIOD;
        stage.pass(now).await?;
        let flags = flags(&stage, &format!("uniswap:{}", pool.address))?;
        let mut flags = and(flags, &["--approval", "max"]);
        flags.extend(["--price".into(), format!("{}=fixed:1", dollar.address())]);
        let bot = Running::start(flags, Some(key.clone())).await?;
        bot.reaches("wins", 1.0).await?;
        let sales = stage.sales().await?;
        let limit = sales.last().expect("a sale").amountInMax;
        // A tick is 0.01%, and gas costs less.
        assert!(
            limit < u(2 * FIRST_PRICE) && limit > u(2 * FIRST_PRICE * 999 / 1000),
            "pool {number}: {limit}"
        );
        bot.stop().await?;
        if seen == [true, true] {
            return Ok(());
        }
    }
    panic!("20 tokens sort to the same side: {seen:?}");
}
