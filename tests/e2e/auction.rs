//! Tests of the vault's auction with a wallet that buys; flash swaps are tested in `flash.rs`.
//! Prices are those of the tests of PoolTogether's original where it has them.

use alloy::{
    primitives::{Address, Bytes, U256},
    sol_types::SolError,
};
use anyhow::Result;
use libtest_mimic::Trial;
use weir::math::{
    MAX_UNPAID_REWARD,
    auction::{MAX_PRICE, MAX_RECORDED_PRICE},
};
use weir_bindings::{IERC20, IVault};
use weir_client::{Account, Action};

use crate::{
    logs::{log, logs},
    reverts::{call_reverts, reverts, reverts_at},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, TOKEN, Tokens, u},
    trial::{on_any_chain, with_time_control},
};

const MINUTE: u64 = 60;
const WEEK: u64 = 7 * 24 * 3_600;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(the_price_falls_as_one_over_time_and_each_sale_resets_it),
        with_time_control(the_price_stays_within_its_bounds),
        with_time_control(a_price_is_reached_at_its_computed_time),
        on_any_chain(a_price_of_zero_is_never_reached),
        with_time_control(a_wallet_pays_the_price_and_gets_the_yield),
        with_time_control(the_price_of_a_sale_streams_to_the_stakers_in_the_next_epoch),
        with_time_control(a_part_of_the_lot_costs_as_much_as_the_whole_lot),
        with_time_control(smoothing_withholds_its_part_of_the_yield),
        with_time_control(stray_reward_pays_for_nothing_and_is_credited),
        with_time_control(interest_of_a_rebasing_reward_buys_nothing),
        with_time_control(in_the_second_of_a_sale_the_next_one_costs_the_maximum),
        with_time_control(a_price_above_the_bound_on_unpaid_rewards_reverts),
        with_time_control(a_price_above_the_maximum_of_the_buyer_reverts),
        with_time_control(a_purchase_without_approval_or_tokens_reverts_with_the_error_of_the_token),
        on_any_chain(buying_nothing_reverts),
        on_any_chain(buying_more_than_is_for_sale_reverts),
        on_any_chain(yield_cannot_be_sent_to_the_zero_address_or_the_vault),
        with_time_control(checks_run_in_the_order_of_the_original),
    ]
}

/// A purchase by a wallet for itself, at any price.
fn buy(scene: &Scene, buyer: &Account, amount: u128) -> impl Action {
    purchase(scene, buyer.address(), u(amount), U256::MAX)
}

fn purchase(scene: &Scene, receiver: Address, amount: U256, max: U256) -> impl Action + use<> {
    scene.vault.swapExactAmountOut(receiver, amount, max, Bytes::new()).into_request()
}

/// The price `seconds` after the vault's deployment.
async fn price_at(scene: &Scene, seconds: u64) -> Result<U256> {
    scene.advance_to(seconds).await?;
    Ok(scene.vault.computeExactAmountIn(u(1)).call().await?)
}

async fn the_price_falls_as_one_over_time_and_each_sale_resets_it() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", TOKEN).await?;
    scene.accrue(3).await?;
    assert_eq!(price_at(&scene, PERIOD / 2).await?, u(2 * FIRST_PRICE));
    assert_eq!(price_at(&scene, PERIOD).await?, u(FIRST_PRICE));
    assert_eq!(price_at(&scene, 2 * PERIOD).await?, u(FIRST_PRICE / 2));

    let (first, second, third) = (4 * WEEK, 4 * WEEK + 15 * MINUTE, 4 * WEEK + 60 * MINUTE);
    for (now, price) in
        [(first, 14_880_952_380_952), (second, 59_523_809_523_808), (third, 79_365_079_365_077)]
    {
        assert_eq!(price_at(&scene, now).await?, u(price));
        let receipt = scene.send_at(now, &buyer, buy(&scene, &buyer, 1)).await?;
        let sold = IVault::SwappedExactAmountOut {
            sender: buyer.address(),
            receiver: buyer.address(),
            amountOut: u(1),
            amountInMax: U256::MAX,
            amountIn: u(price),
            flashSwapData: Bytes::new(),
        };
        assert_eq!(logs(&receipt).last(), Some(&log(scene.vault.address(), &sold)));
        assert_eq!(U256::from(scene.vault.lastAuctionPrice().call().await?), u(price));
        assert_eq!(scene.vault.lastAuctionAt().call().await?, scene.start + now);
    }
    Ok(())
}

fn highest_price(settings: &mut weir_harness::VaultSettings) {
    settings.targetAuctionPrice = MAX_RECORDED_PRICE;
}

async fn the_price_stays_within_its_bounds() -> Result<()> {
    let scene = Scene::with(Tokens::Different, highest_price).await?;
    // After two periods the price is half of the last one.
    let highest = MAX_RECORDED_PRICE;
    assert_eq!(price_at(&scene, 0).await?, MAX_PRICE);
    assert_eq!(price_at(&scene, 1).await?, highest * U256::from(PERIOD));
    assert_eq!(price_at(&scene, PERIOD).await?, highest);
    assert_eq!(price_at(&scene, 2 * PERIOD).await?, highest / u(2));

    let scene = Scene::with(Tokens::Different, |settings| settings.targetAuctionPrice = u(100)).await?;
    assert_eq!(price_at(&scene, 1).await?, u(360_000));
    assert_eq!(price_at(&scene, PERIOD).await?, u(100));
    assert_eq!(price_at(&scene, PERIOD + 1).await?, u(100));
    assert_eq!(price_at(&scene, 52 * WEEK).await?, u(100));
    Ok(())
}

async fn a_price_is_reached_at_its_computed_time() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    for price in [3 * FIRST_PRICE, FIRST_PRICE, 14_880_952_380_952] {
        let when = scene.vault.computeTimeForPrice(u(price)).call().await?.to::<u64>() - scene.start;
        assert!(price_at(&scene, when).await? >= u(price), "{price}");
        assert!(price_at(&scene, when + 1).await? < u(price), "{price}");
    }
    assert_eq!(
        scene.vault.computeTimeForPrice(u(FIRST_PRICE)).call().await?,
        U256::from(scene.start + PERIOD)
    );
    Ok(())
}

async fn a_price_of_zero_is_never_reached() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    reverts(&scene, &anyone, scene.vault.computeTimeForPrice(u(0)), IVault::PriceIsZero {}).await
}

async fn a_wallet_pays_the_price_and_gets_the_yield() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", 3 * FIRST_PRICE).await?;
    let receiver = scene.person("receiver").await?.address();
    let (vault, sender) = (scene.vault.address(), buyer.address());
    scene.accrue(500).await?;
    scene.advance_to(PERIOD).await?;
    let max = u(2 * FIRST_PRICE);
    let swap = scene.vault.swapExactAmountOut(receiver, u(500), max, Bytes::new());
    assert_eq!(swap.from(sender).call().await?, u(FIRST_PRICE));

    let receipt = scene.send_at(PERIOD, &buyer, purchase(&scene, receiver, u(500), max)).await?;
    let sent = IERC20::Transfer { from: vault, to: receiver, value: u(500) };
    let paid = IERC20::Transfer { from: sender, to: vault, value: u(FIRST_PRICE) };
    let sold = IVault::SwappedExactAmountOut {
        sender,
        receiver,
        amountOut: u(500),
        amountInMax: max,
        amountIn: u(FIRST_PRICE),
        flashSwapData: Bytes::new(),
    };
    let (yield_token, reward) = (*scene.yield_token.address(), *scene.reward.address());
    assert_eq!(logs(&receipt), [log(yield_token, &sent), log(reward, &paid), log(vault, &sold)]);
    assert_eq!(scene.yield_token.balance(receiver).await?, u(500));
    assert_eq!(scene.reward.balance(sender).await?, u(2 * FIRST_PRICE));
    assert_eq!(scene.vault.maxAmountOut().call().await?, U256::ZERO);
    assert_eq!(scene.vault.queued().call().await?, u(FIRST_PRICE));
    assert_eq!(scene.vault.reserve().call().await?, u(FIRST_PRICE));
    Ok(())
}

async fn the_price_of_a_sale_streams_to_the_stakers_in_the_next_epoch() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 8).await?;
    let late = scene.staker("late", 8).await?;
    let buyer = scene.holder("buyer", FIRST_PRICE).await?;
    scene.send_at(MINUTE, &staker, scene.vault.deposit(u(8), staker.address())).await?;
    scene.accrue(500).await?;
    scene.send_at(PERIOD, &buyer, buy(&scene, &buyer, 500)).await?;
    // A staker who joins in the middle of the epoch earns its share of the stream from then on only.
    scene.send_at(EPOCH + EPOCH / 2, &late, scene.vault.deposit(u(8), late.address())).await?;
    for (account, quarters) in [(&staker, 3), (&late, 1)] {
        scene.send_at(2 * EPOCH, account, scene.vault.claim(account.address())).await?;
        assert_eq!(scene.reward.balance(account.address()).await?, u(FIRST_PRICE * quarters / 4));
    }
    Ok(())
}

async fn a_part_of_the_lot_costs_as_much_as_the_whole_lot() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", 2 * FIRST_PRICE).await?;
    scene.accrue(500).await?;
    scene.advance_to(PERIOD).await?;
    for amount in [0, 1, 499, 500, 501] {
        let price = scene.vault.computeExactAmountIn(u(amount)).call().await?;
        assert_eq!(price, u(FIRST_PRICE), "of {amount}");
    }
    scene.send_at(PERIOD, &buyer, buy(&scene, &buyer, 100)).await?;
    assert_eq!(scene.reward.balance(buyer.address()).await?, u(FIRST_PRICE));
    assert_eq!(scene.vault.maxAmountOut().call().await?, u(400));
    scene.send_at(2 * PERIOD, &buyer, buy(&scene, &buyer, 400)).await?;
    assert_eq!(scene.reward.balance(buyer.address()).await?, U256::ZERO);
    assert_eq!(scene.yield_token.balance(buyer.address()).await?, u(500));
    Ok(())
}

async fn smoothing_withholds_its_part_of_the_yield() -> Result<()> {
    const NINE_TENTHS: u64 = 900_000_000_000_000_000;
    let scene = Scene::with(Tokens::Different, |settings| settings.smoothingFactor = NINE_TENTHS).await?;
    let buyer = scene.holder("buyer", 3 * FIRST_PRICE).await?;
    // Rounded down: a tenth of 9 is 0, a tenth of 1009 is 100.
    for (accrued, for_sale) in [(9, 0), (1_000, 100)] {
        scene.accrue(accrued).await?;
        assert_eq!(scene.vault.maxAmountOut().call().await?, u(for_sale));
    }
    let more = IVault::InsufficientBalance { requested: u(101), available: u(100) };
    reverts_at(&scene, PERIOD, &buyer, buy(&scene, &buyer, 101), more).await?;
    scene.send_at(PERIOD, &buyer, buy(&scene, &buyer, 100)).await?;
    // A tenth of the 909 that are left.
    assert_eq!(scene.vault.maxAmountOut().call().await?, u(90));
    Ok(())
}

async fn stray_reward_pays_for_nothing_and_is_credited() -> Result<()> {
    for stray in [1_000, FIRST_PRICE, 3 * FIRST_PRICE] {
        let scene = Scene::new(Tokens::Different).await?;
        let (buyer, poor) = (scene.holder("buyer", FIRST_PRICE).await?, scene.holder("poor", 1).await?);
        scene.accrue(500).await?;
        scene.reward.mint(&scene.chain, scene.vault.address(), u(stray)).await?;
        let balance = IERC20::ERC20InsufficientBalance {
            sender: poor.address(),
            balance: u(1),
            needed: u(FIRST_PRICE),
        };
        reverts_at(&scene, PERIOD, &poor, buy(&scene, &poor, 500), balance).await?;

        let receipt = scene.send_at(PERIOD, &buyer, buy(&scene, &buyer, 500)).await?;
        let (vault, from) = (scene.vault.address(), buyer.address());
        let paid = IERC20::Transfer { from, to: vault, value: u(FIRST_PRICE) };
        assert_eq!(logs(&receipt)[1], log(*scene.reward.address(), &paid));
        let added = IVault::RewardAdded { sender: from, amount: u(stray) };
        assert_eq!(logs(&receipt)[2], log(vault, &added));
        assert_eq!(scene.vault.reserve().call().await?, u(FIRST_PRICE + stray));
        assert_eq!(scene.vault.queued().call().await?, u(FIRST_PRICE + stray));
    }
    Ok(())
}

/// A regression: the interest of a rebasing asset that is also the reward paid for 100 units of yield.
async fn interest_of_a_rebasing_reward_buys_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::AssetIsReward).await?;
    let staker = scene.staker("staker", TOKEN).await?;
    let thief = scene.holder("thief", 0).await?;
    scene.send_at(1, &staker, scene.vault.deposit(u(TOKEN), staker.address())).await?;
    scene.accrue(100).await?;
    // As in a rebase, the vault's balance rises.
    scene.asset.mint(&scene.chain, scene.vault.address(), u(2 * FIRST_PRICE)).await?;
    let poor =
        IERC20::ERC20InsufficientBalance { sender: thief.address(), balance: u(0), needed: u(FIRST_PRICE) };
    reverts_at(&scene, PERIOD, &thief, buy(&scene, &thief, 100), poor).await?;
    assert_eq!(scene.yield_token.balance(thief.address()).await?, U256::ZERO);
    Ok(())
}

async fn in_the_second_of_a_sale_the_next_one_costs_the_maximum() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", 3 * FIRST_PRICE).await?;
    scene.accrue(500).await?;
    scene.send_at(PERIOD, &buyer, buy(&scene, &buyer, 100)).await?;
    assert_eq!(price_at(&scene, PERIOD).await?, MAX_PRICE);
    let max = MAX_PRICE - u(1);
    let dear = IVault::SwapExceedsMax { amountInMax: max, amountIn: MAX_PRICE };
    reverts_at(&scene, PERIOD, &buyer, purchase(&scene, buyer.address(), u(100), max), dear).await?;
    let poor = IERC20::ERC20InsufficientBalance {
        sender: buyer.address(),
        balance: u(2 * FIRST_PRICE),
        needed: MAX_PRICE,
    };
    reverts_at(&scene, PERIOD, &buyer, buy(&scene, &buyer, 100), poor).await?;
    // One second later the price is the last price times the period in seconds.
    assert_eq!(price_at(&scene, PERIOD + 1).await?, u(u128::from(PERIOD) * FIRST_PRICE));
    scene.send_at(2 * PERIOD, &buyer, buy(&scene, &buyer, 100)).await?;
    Ok(())
}

async fn a_price_above_the_bound_on_unpaid_rewards_reverts() -> Result<()> {
    let scene = Scene::with(Tokens::Different, highest_price).await?;
    let buyer = scene.holder("buyer", 0).await?;
    scene.reward.mint(&scene.chain, buyer.address(), MAX_PRICE).await?;
    scene.accrue(500).await?;
    let exceeded = |unpaid| IVault::RewardBoundExceeded { unpaid, bound: u(MAX_UNPAID_REWARD) };
    // After a 128th of the period the price is 2^111 − 2^7; one second before it exceeds the bound.
    let time = PERIOD / 128 - 1;
    reverts_at(&scene, time, &buyer, buy(&scene, &buyer, 1), exceeded(u(0))).await?;
    scene.fund(time, 7).await?;
    reverts_at(&scene, time, &buyer, buy(&scene, &buyer, 1), exceeded(u(7))).await
}

async fn a_price_above_the_maximum_of_the_buyer_reverts() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", FIRST_PRICE).await?;
    scene.accrue(500).await?;
    let max = u(FIRST_PRICE - 1);
    let dear = IVault::SwapExceedsMax { amountInMax: max, amountIn: u(FIRST_PRICE) };
    reverts_at(&scene, PERIOD, &buyer, purchase(&scene, buyer.address(), u(1), max), dear).await?;
    let at_the_price = purchase(&scene, buyer.address(), u(1), u(FIRST_PRICE));
    scene.send_at(PERIOD, &buyer, at_the_price).await?;
    Ok(())
}

async fn a_purchase_without_approval_or_tokens_reverts_with_the_error_of_the_token() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let stranger = scene.person("stranger").await?;
    let poor = scene.holder("poor", FIRST_PRICE - 1).await?;
    let price = u(FIRST_PRICE);
    scene.accrue(500).await?;
    let spender = scene.vault.address();
    let approval = IERC20::ERC20InsufficientAllowance { spender, allowance: u(0), needed: price };
    reverts_at(&scene, PERIOD, &stranger, buy(&scene, &stranger, 1), approval).await?;
    let balance =
        IERC20::ERC20InsufficientBalance { sender: poor.address(), balance: price - u(1), needed: price };
    reverts_at(&scene, PERIOD, &poor, buy(&scene, &poor, 1), balance).await
}

async fn buying_nothing_reverts() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", 1_000 * TOKEN).await?;
    for accrued in [0, 500] {
        scene.accrue(accrued).await?;
        scene.wait_for_a_price().await?;
        reverts(&scene, &buyer, buy(&scene, &buyer, 0), IVault::ZeroAmount {}).await?;
    }
    Ok(())
}

async fn buying_more_than_is_for_sale_reverts() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", 1_000 * TOKEN).await?;
    scene.wait_for_a_price().await?;
    scene.accrue(500).await?;
    let available = scene.vault.maxAmountOut().call().await?;
    for requested in [available + u(1), U256::MAX] {
        let short = IVault::InsufficientBalance { requested, available };
        let purchase = purchase(&scene, buyer.address(), requested, U256::MAX);
        reverts(&scene, &buyer, purchase, short).await?;
    }
    Ok(())
}

async fn yield_cannot_be_sent_to_the_zero_address_or_the_vault() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", 1_000 * TOKEN).await?;
    scene.accrue(500).await?;
    scene.wait_for_a_price().await?;
    let to_zero_address = purchase(&scene, Address::ZERO, u(1), U256::MAX);
    reverts(&scene, &buyer, to_zero_address, IVault::ReceiverIsZero {}).await?;
    let receiver = scene.vault.address();
    let to_the_vault = purchase(&scene, receiver, u(1), U256::MAX);
    reverts(&scene, &buyer, to_the_vault, IVault::ERC20InvalidReceiver { receiver }).await
}

async fn checks_run_in_the_order_of_the_original() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let stranger = scene.person("stranger").await?;
    let (zero_address, receiver_address) = (Address::ZERO, stranger.address());
    scene.accrue(500).await?;
    scene.advance_to(PERIOD).await?;
    let dear = IVault::SwapExceedsMax { amountInMax: u(0), amountIn: u(FIRST_PRICE) };
    let short = IVault::InsufficientBalance { requested: u(501), available: u(500) };
    for (receiver, amount, max, error) in [
        (zero_address, u(501), u(0), IVault::ReceiverIsZero {}.abi_encode()),
        (receiver_address, u(501), u(0), dear.abi_encode()),
        (receiver_address, u(501), U256::MAX, short.abi_encode()),
        (receiver_address, u(0), U256::MAX, IVault::ZeroAmount {}.abi_encode()),
    ] {
        call_reverts(&stranger, purchase(&scene, receiver, amount, max), &error).await?;
    }
    Ok(())
}
