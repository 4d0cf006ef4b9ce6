//! Tests of when the bot buys and how much it pays.
//! Time, price and worth are exact, so the second of each purchase is known.

use alloy::primitives::U256;
use anyhow::Result;
use libtest_mimic::Trial;
use weir_bindings::IERC20;
use weir_devnode::Devnode;
use weir_harness::{Chain, Token, Vault};

use crate::{
    running::{Running, and, arguments, usual},
    stage::{FIRST_PRICE, PERIOD, Stage, TOKEN, WEALTH, settings, u},
    trial::{trial, with_solidity},
};

pub fn trials() -> Vec<Trial> {
    vec![
        trial(bot_buys_when_the_price_falls_to_the_limit),
        trial(larger_lots_are_bought_earlier),
        trial(purchases_above_the_limit_revert),
        trial(payments_respect_max_bid_and_balance),
        trial(approval_flag_sets_the_allowance),
        with_solidity(trial(tokens_that_approve_only_from_zero_are_reset_first)),
        trial(dry_run_sends_nothing),
        trial(once_buys_and_exits),
        trial(once_exits_without_a_lot),
        trial(missing_key_is_an_error_and_missing_ether_delays_bids),
        trial(no_usable_pair_is_an_error),
    ]
}

async fn bot_buys_when_the_price_falls_to_the_limit() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let bot = Running::start(usual(&stage)?, Some(key.clone())).await?;

    // At half the period the price equals the worth of the lot, before gas.
    bot.sees(&stage, PERIOD / 2 - 1).await?;
    assert_eq!(stage.sales().await?.len(), 0);
    // Gas costs at most 0.02% of the lot's worth.
    bot.sees(&stage, PERIOD / 2 + 2).await?;
    bot.reaches("wins", 1.0).await?;

    let sales = stage.sales().await?;
    assert_eq!(sales.len(), 1);
    let sale = &sales[0];
    assert_eq!((sale.amountOut, sale.receiver), (u(2 * FIRST_PRICE), key.address()));
    assert!(sale.amountIn <= sale.amountInMax && sale.amountInMax < u(2 * FIRST_PRICE), "{sale:?}");
    let summary = bot.stop().await?;
    assert_eq!((summary.won, summary.lost, summary.rejected, summary.approvals), (1, 0, 0, 1));
    assert_eq!(
        (summary.paid[0].amount.base_units, summary.bought[0].amount.base_units),
        (sale.amountIn, sale.amountOut)
    );
    assert_eq!(stage.reward.balance(key.address()).await?, u(WEALTH) - sale.amountIn);
    assert!(!summary.profit_estimate.starts_with('-'), "{summary}");
    Ok(())
}

async fn larger_lots_are_bought_earlier() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(FIRST_PRICE / 10).await?;
    let bot = Running::start(usual(&stage)?, Some(key)).await?;
    bot.sees(&stage, PERIOD / 2).await?;
    let due = format!("next_bid_timestamp_seconds{{pair=\"{}\"}}", stage.vault.address());
    let first = bot.metric(&due).await.expect("a bid time");
    assert!(first > (stage.start + 10 * PERIOD) as f64, "{first}");
    // The lots together are worth more than the current price, twice the first one.
    stage.stock(3 * FIRST_PRICE).await?;
    bot.reaches("wins", 1.0).await?;
    bot.stop().await?;
    Ok(())
}

async fn purchases_above_the_limit_revert() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let bot = Running::start(usual(&stage)?, Some(key.clone())).await?;
    bot.sees(&stage, 3 * PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    // Repeats the call in a second in which the price is above that limit.
    let limit = stage.sales().await?[0].amountInMax;
    stage.stock(2 * FIRST_PRICE).await?;
    stage.pass(3 * PERIOD + 10).await?;
    assert!(stage.price().await? > limit);
    let swap = stage.vault.swapExactAmountOut(key.address(), u(TOKEN / 100), limit, Default::default());
    let error = swap.from(key.address()).call().await.expect_err("a price above the limit").to_string();
    assert!(error.contains("SwapExceedsMax") || error.contains("revert"), "{error}");
    bot.stop().await?;
    Ok(())
}

async fn payments_respect_max_bid_and_balance() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", FIRST_PRICE / 10).await?;
    stage.stock(TOKEN).await?;
    let max_bid = format!("{}=0.02", stage.reward.address());
    let bot = Running::start(and(usual(&stage)?, &["--max-bid", &max_bid]), Some(key.clone())).await?;
    // The lot is worth 1 token. It costs 0.02 after 5 periods, and 0.01, the account's balance, after 10.
    bot.sees(&stage, 9 * PERIOD).await?;
    assert_eq!(stage.sales().await?.len(), 0);
    bot.sees(&stage, 10 * PERIOD + 1).await?;
    bot.reaches("wins", 1.0).await?;
    let sale = &stage.sales().await?[0];
    assert!(sale.amountInMax <= u(FIRST_PRICE / 10), "{sale:?}");

    // With a higher balance, --max-bid is the limit.
    stage.reward.mint(&stage.chain, key.address(), u(WEALTH)).await?;
    stage.stock(TOKEN).await?;
    let now = stage.chain.now().await? - stage.start;
    bot.sees(&stage, now + 60 * PERIOD).await?;
    bot.reaches("wins", 2.0).await?;
    assert_eq!(stage.sales().await?[1].amountInMax, u(TOKEN / 50));
    bot.stop().await?;
    Ok(())
}

async fn approval_flag_sets_the_allowance() -> Result<()> {
    for (flag, left) in [("exact", None), ("max", Some(U256::MAX)), ("none", Some(U256::ZERO))] {
        let stage = Stage::new().await?;
        let key = stage.key("buyer", WEALTH).await?;
        stage.stock(2 * FIRST_PRICE).await?;
        let bot = Running::start(and(usual(&stage)?, &["--approval", flag]), Some(key.clone())).await?;
        bot.sees(&stage, PERIOD).await?;
        if flag != "none" {
            bot.reaches("wins", 1.0).await?;
        }
        let token = IERC20::new(*stage.reward.address(), stage.chain.provider());
        let allowance = token.allowance(key.address(), stage.vault.address()).call().await?;
        match (left, stage.sales().await?.first()) {
            (None, Some(sale)) => assert_eq!(allowance, sale.amountInMax - sale.amountIn, "{flag}"),
            (Some(U256::ZERO), sale) => assert!(sale.is_none() && allowance.is_zero(), "{flag}"),
            (left, sale) => {
                assert!(sale.is_some() && allowance > left.unwrap_or_default() - u(WEALTH), "{flag}")
            }
        }
        bot.stop().await?;
    }
    Ok(())
}

async fn tokens_that_approve_only_from_zero_are_reset_first() -> Result<()> {
    let chain = Chain::at_a_standstill(Devnode::builder()).await?;
    let reward = Token::at(&chain, chain.create_solidity("StubbornToken", &[]).await?);
    let yield_token = Token::deploy(&chain, "Yield", "YLD", 18).await?;
    let vault = settings(*yield_token.address(), *reward.address(), *yield_token.address());
    let vault = Vault::create(&chain, &vault).await?;
    let start = vault.lastAuctionAt().call().await?;
    let stage = Stage { chain, reward, yield_token, vault, start };
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let bot = Running::start(usual(&stage)?, Some(key)).await?;
    bot.sees(&stage, PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    // The rest of the first approval does not cover the second price.
    stage.stock(20 * FIRST_PRICE).await?;
    bot.sees(&stage, PERIOD + PERIOD / 10).await?;
    bot.reaches("wins", 2.0).await?;
    let summary = bot.stop().await?;
    assert_eq!((summary.won, summary.approvals, summary.rejected), (2, 3, 0));
    Ok(())
}

async fn dry_run_sends_nothing() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let account = key.address().to_string();
    let flags = and(usual(&stage)?, &["--dry-run", "--account", &account]);
    let bot = Running::start(flags, None).await?;
    let blocks = stage.control("eth_blockNumber", serde_json::json!([])).await?;
    stage.pass(PERIOD).await?;
    bot.reaches("chain_timestamp_seconds", (stage.start + PERIOD) as f64).await?;
    stage.pass(PERIOD + 1).await?;
    bot.reaches("chain_timestamp_seconds", (stage.start + PERIOD + 1) as f64).await?;
    let summary = bot.stop().await?;
    assert_eq!((summary.bids, summary.won, summary.approvals), (0, 0, 0));
    assert_eq!(stage.sales().await?.len(), 0);
    let number = |value: &serde_json::Value| {
        u64::from_str_radix(value.as_str().unwrap_or_default().trim_start_matches("0x"), 16).unwrap_or(0)
    };
    let now = stage.control("eth_blockNumber", serde_json::json!([])).await?;
    assert_eq!(number(&now), number(&blocks) + 2, "only the two blocks of this test");
    Ok(())
}

async fn once_buys_and_exits() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    stage.pass(PERIOD).await?;
    let summary = once(&stage, Some(key)).await?;
    assert_eq!((summary.won, summary.approvals, summary.pending), (1, 1, None));
    Ok(())
}

async fn once_exits_without_a_lot() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    let summary = once(&stage, Some(key)).await?;
    assert_eq!((summary.bids, summary.won), (0, 0));
    Ok(())
}

async fn once(
    stage: &Stage,
    key: Option<alloy::signers::local::PrivateKeySigner>,
) -> Result<weir_bot::Summary> {
    let arguments = arguments(&and(usual(stage)?, &["--once"]))?;
    weir_bot::run_until(&arguments, key, std::future::pending()).await
}

async fn missing_key_is_an_error_and_missing_ether_delays_bids() -> Result<()> {
    let stage = Stage::new().await?;
    let error = once(&stage, None).await.expect_err("no key").to_string();
    assert!(error.contains("no key"), "{error}");

    // An account with tokens but without ether makes no bid until it receives ether.
    let poor = alloy::signers::local::PrivateKeySigner::from_bytes(&alloy::primitives::B256::repeat_byte(7))?;
    stage.reward.mint(&stage.chain, poor.address(), u(WEALTH)).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let bot = Running::start(usual(&stage)?, Some(poor.clone())).await?;
    bot.sees(&stage, PERIOD).await?;
    assert_eq!(bot.metric("bids_total").await, Some(0.0));
    let balance = serde_json::json!([poor.address(), "0xde0b6b3a7640000"]);
    stage.control("anvil_setBalance", balance).await?;
    bot.sees(&stage, PERIOD + 200).await?;
    bot.reaches("wins", 1.0).await?;
    bot.stop().await?;
    Ok(())
}

async fn no_usable_pair_is_an_error() -> Result<()> {
    let stage = Stage::new().await?;
    let key = stage.key("buyer", WEALTH).await?;
    let mut flags = usual(&stage)?;
    let pair = flags.iter().position(|flag| flag == "--pair").expect("the flag") + 1;
    flags[pair] = stage.reward.address().to_string();
    let arguments = arguments(&flags)?;
    let bot = weir_bot::run_until(&arguments, Some(key), std::future::pending());
    let error = bot.await.expect_err("a token is not a pair").to_string();
    assert!(error.contains("none of the pairs"), "{error}");
    Ok(())
}
