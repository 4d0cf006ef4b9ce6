//! The vault's auction, and a plain wallet that buys. Prices are those of PoolTogether's original where it has them.

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
use weir_harness::{Account, Action};

use crate::{
    logs::{log, logs},
    refusal::{expect_revert, refused, refused_at},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, TOKEN, Tokens, u},
    trial::{on_any_chain, with_time_control},
};

const MINUTE: u64 = 60;
const WEEK: u64 = 7 * 24 * 3_600;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(the_price_falls_as_one_over_time_and_sales_set_it_anew),
        with_time_control(the_price_is_within_its_bounds_at_any_time),
        with_time_control(the_price_reaches_a_given_price_when_it_says_so),
        on_any_chain(a_price_of_nothing_is_never_reached),
        with_time_control(a_wallet_pays_the_price_and_gets_the_yield),
        with_time_control(what_a_sale_earns_streams_to_the_stakers_in_the_next_epoch),
        with_time_control(a_part_of_the_lot_costs_as_much_as_all_of_it),
        with_time_control(smoothing_holds_back_its_part_of_the_yield),
        with_time_control(what_was_lying_in_the_vault_pays_towards_the_price),
        with_time_control(what_was_lying_in_the_vault_beyond_the_price_becomes_reward),
        with_time_control(in_the_second_of_a_sale_the_next_one_costs_all_there_is),
        with_time_control(a_price_beyond_the_bound_on_unpaid_rewards_cannot_be_paid),
        with_time_control(a_price_above_the_buyer_s_maximum_is_refused),
        with_time_control(a_wallet_without_approval_or_tokens_is_refused_in_the_token_s_own_words),
        on_any_chain(nothing_cannot_be_bought),
        on_any_chain(more_than_what_is_for_sale_cannot_be_bought),
        on_any_chain(yield_goes_neither_to_nobody_nor_to_the_vault),
        with_time_control(the_checks_come_in_the_order_of_the_original),
    ]
}

/// A purchase by a plain wallet, for itself, at any price.
fn buy(scene: &Scene, buyer: &Account, amount: u128) -> impl Action {
    purchase(scene, buyer.address(), u(amount), U256::MAX)
}

fn purchase(scene: &Scene, receiver: Address, amount: U256, max: U256) -> impl Action + use<> {
    scene.vault.swapExactAmountOut(receiver, amount, max, Bytes::new()).into_request()
}

/// The price `seconds` after the vault's deployment.
async fn price_at(scene: &Scene, seconds: u64) -> Result<U256> {
    scene.look_at(seconds).await?;
    Ok(scene.vault.computeExactAmountIn(u(1)).call().await?)
}

async fn the_price_falls_as_one_over_time_and_sales_set_it_anew() -> Result<()> {
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
        let receipt = scene.act(now, &buyer, buy(&scene, &buyer, 1)).await?;
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

async fn the_price_is_within_its_bounds_at_any_time() -> Result<()> {
    let scene = Scene::with(Tokens::Different, highest_price).await?;
    // Twice the period: half of what it was.
    let highest = MAX_RECORDED_PRICE;
    assert_eq!(price_at(&scene, 0).await?, MAX_PRICE);
    assert_eq!(price_at(&scene, 1).await?, highest * U256::from(PERIOD));
    assert_eq!(price_at(&scene, PERIOD).await?, highest);
    assert_eq!(price_at(&scene, 2 * PERIOD).await?, highest / u(2));

    let scene = Scene::with(Tokens::Different, |settings| settings.targetAuctionPrice = u(1)).await?;
    assert_eq!(price_at(&scene, 1).await?, u(3_600));
    assert_eq!(price_at(&scene, 36).await?, u(100));
    assert_eq!(price_at(&scene, 37).await?, u(100));
    assert_eq!(price_at(&scene, 52 * WEEK).await?, u(100));
    Ok(())
}

async fn the_price_reaches_a_given_price_when_it_says_so() -> Result<()> {
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

async fn a_price_of_nothing_is_never_reached() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    refused(&scene, &anyone, scene.vault.computeTimeForPrice(u(0)), IVault::PriceIsZero {}).await
}

async fn a_wallet_pays_the_price_and_gets_the_yield() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", 3 * FIRST_PRICE).await?;
    let receiver = scene.person("receiver").await?.address();
    let (vault, sender) = (scene.vault.address(), buyer.address());
    scene.accrue(500).await?;
    scene.look_at(PERIOD).await?;
    let max = u(2 * FIRST_PRICE);
    let told = scene.vault.swapExactAmountOut(receiver, u(500), max, Bytes::new());
    assert_eq!(told.from(sender).call().await?, u(FIRST_PRICE));

    let receipt = scene.act(PERIOD, &buyer, purchase(&scene, receiver, u(500), max)).await?;
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

async fn what_a_sale_earns_streams_to_the_stakers_in_the_next_epoch() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 8).await?;
    let late = scene.staker("late", 8).await?;
    let buyer = scene.holder("buyer", FIRST_PRICE).await?;
    scene.act(MINUTE, &staker, scene.vault.deposit(u(8), staker.address())).await?;
    scene.accrue(500).await?;
    scene.act(PERIOD, &buyer, buy(&scene, &buyer, 500)).await?;
    // Whoever stakes just before the epoch ends has its share of the stream from then on, and no more.
    scene.act(EPOCH + EPOCH / 2, &late, scene.vault.deposit(u(8), late.address())).await?;
    for (account, quarters) in [(&staker, 3), (&late, 1)] {
        scene.act(2 * EPOCH, account, scene.vault.claim(account.address())).await?;
        assert_eq!(scene.reward.balance(account.address()).await?, u(FIRST_PRICE * quarters / 4));
    }
    Ok(())
}

async fn a_part_of_the_lot_costs_as_much_as_all_of_it() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", 2 * FIRST_PRICE).await?;
    scene.accrue(500).await?;
    scene.look_at(PERIOD).await?;
    for amount in [0, 1, 499, 500, 501] {
        let price = scene.vault.computeExactAmountIn(u(amount)).call().await?;
        assert_eq!(price, u(FIRST_PRICE), "of {amount}");
    }
    scene.act(PERIOD, &buyer, buy(&scene, &buyer, 100)).await?;
    assert_eq!(scene.reward.balance(buyer.address()).await?, u(FIRST_PRICE));
    assert_eq!(scene.vault.maxAmountOut().call().await?, u(400));
    scene.act(2 * PERIOD, &buyer, buy(&scene, &buyer, 400)).await?;
    assert_eq!(scene.reward.balance(buyer.address()).await?, U256::ZERO);
    assert_eq!(scene.yield_token.balance(buyer.address()).await?, u(500));
    Ok(())
}

async fn smoothing_holds_back_its_part_of_the_yield() -> Result<()> {
    const NINE_TENTHS: u64 = 900_000_000_000_000_000;
    let scene = Scene::with(Tokens::Different, |settings| settings.smoothingFactor = NINE_TENTHS).await?;
    let buyer = scene.holder("buyer", 3 * FIRST_PRICE).await?;
    // Rounded down: a tenth of 9 is none, of 1009 it is 100.
    for (accrued, for_sale) in [(9, 0), (1_000, 100)] {
        scene.accrue(accrued).await?;
        assert_eq!(scene.vault.maxAmountOut().call().await?, u(for_sale));
    }
    let more = IVault::InsufficientBalance { requested: u(101), available: u(100) };
    refused_at(&scene, PERIOD, &buyer, buy(&scene, &buyer, 101), more).await?;
    scene.act(PERIOD, &buyer, buy(&scene, &buyer, 100)).await?;
    // A tenth of the 909 that are left.
    assert_eq!(scene.vault.maxAmountOut().call().await?, u(90));
    Ok(())
}

async fn what_was_lying_in_the_vault_pays_towards_the_price() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", FIRST_PRICE).await?;
    scene.accrue(500).await?;
    scene.reward.mint(&scene.chain, scene.vault.address(), u(1_000)).await?;
    let receipt = scene.act(PERIOD, &buyer, buy(&scene, &buyer, 500)).await?;
    let (vault, from) = (scene.vault.address(), buyer.address());
    let missing = IERC20::Transfer { from, to: vault, value: u(FIRST_PRICE - 1_000) };
    assert_eq!(logs(&receipt)[1], log(*scene.reward.address(), &missing));
    assert_eq!(logs(&receipt).len(), 3);
    assert_eq!(scene.reward.balance(from).await?, u(1_000));
    assert_eq!(scene.vault.reserve().call().await?, u(FIRST_PRICE));
    Ok(())
}

async fn what_was_lying_in_the_vault_beyond_the_price_becomes_reward() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.person("buyer").await?;
    scene.accrue(500).await?;
    scene.reward.mint(&scene.chain, scene.vault.address(), u(FIRST_PRICE + 9)).await?;
    let receipt = scene.act(PERIOD, &buyer, buy(&scene, &buyer, 500)).await?;
    let added = IVault::RewardAdded { sender: buyer.address(), amount: u(9) };
    assert_eq!(logs(&receipt)[1], log(scene.vault.address(), &added));
    assert_eq!(scene.vault.reserve().call().await?, u(FIRST_PRICE + 9));
    assert_eq!(scene.vault.queued().call().await?, u(FIRST_PRICE + 9));
    Ok(())
}

async fn in_the_second_of_a_sale_the_next_one_costs_all_there_is() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", 3 * FIRST_PRICE).await?;
    scene.accrue(500).await?;
    scene.act(PERIOD, &buyer, buy(&scene, &buyer, 100)).await?;
    assert_eq!(price_at(&scene, PERIOD).await?, MAX_PRICE);
    let max = MAX_PRICE - u(1);
    let dear = IVault::SwapExceedsMax { amountInMax: max, amountIn: MAX_PRICE };
    refused_at(&scene, PERIOD, &buyer, purchase(&scene, buyer.address(), u(100), max), dear).await?;
    let poor = IERC20::ERC20InsufficientBalance {
        sender: buyer.address(),
        balance: u(2 * FIRST_PRICE),
        needed: MAX_PRICE,
    };
    refused_at(&scene, PERIOD, &buyer, buy(&scene, &buyer, 100), poor).await?;
    // In the next second it is the last price times the period, in seconds.
    assert_eq!(price_at(&scene, PERIOD + 1).await?, u(u128::from(PERIOD) * FIRST_PRICE));
    scene.act(2 * PERIOD, &buyer, buy(&scene, &buyer, 100)).await?;
    Ok(())
}

async fn a_price_beyond_the_bound_on_unpaid_rewards_cannot_be_paid() -> Result<()> {
    let scene = Scene::with(Tokens::Different, highest_price).await?;
    let buyer = scene.holder("buyer", 0).await?;
    scene.reward.mint(&scene.chain, buyer.address(), MAX_PRICE).await?;
    scene.accrue(500).await?;
    let exceeded = |unpaid| IVault::RewardBoundExceeded { unpaid, bound: u(MAX_UNPAID_REWARD) };
    // A 128th of the period: the price is 2^111 − 2^7, and a second before above it.
    let time = PERIOD / 128 - 1;
    refused_at(&scene, time, &buyer, buy(&scene, &buyer, 1), exceeded(u(0))).await?;
    scene.fund(time, 7).await?;
    refused_at(&scene, time, &buyer, buy(&scene, &buyer, 1), exceeded(u(7))).await
}

async fn a_price_above_the_buyer_s_maximum_is_refused() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", FIRST_PRICE).await?;
    scene.accrue(500).await?;
    let max = u(FIRST_PRICE - 1);
    let dear = IVault::SwapExceedsMax { amountInMax: max, amountIn: u(FIRST_PRICE) };
    refused_at(&scene, PERIOD, &buyer, purchase(&scene, buyer.address(), u(1), max), dear).await?;
    let at_the_price = purchase(&scene, buyer.address(), u(1), u(FIRST_PRICE));
    scene.act(PERIOD, &buyer, at_the_price).await?;
    Ok(())
}

async fn a_wallet_without_approval_or_tokens_is_refused_in_the_token_s_own_words() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let stranger = scene.person("stranger").await?;
    let poor = scene.holder("poor", FIRST_PRICE - 1).await?;
    let price = u(FIRST_PRICE);
    scene.accrue(500).await?;
    let spender = scene.vault.address();
    let approval = IERC20::ERC20InsufficientAllowance { spender, allowance: u(0), needed: price };
    refused_at(&scene, PERIOD, &stranger, buy(&scene, &stranger, 1), approval).await?;
    let balance =
        IERC20::ERC20InsufficientBalance { sender: poor.address(), balance: price - u(1), needed: price };
    refused_at(&scene, PERIOD, &poor, buy(&scene, &poor, 1), balance).await
}

async fn nothing_cannot_be_bought() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", 1_000 * TOKEN).await?;
    for accrued in [0, 500] {
        scene.accrue(accrued).await?;
        scene.wait_for_a_price().await?;
        refused(&scene, &buyer, buy(&scene, &buyer, 0), IVault::ZeroAmount {}).await?;
    }
    Ok(())
}

async fn more_than_what_is_for_sale_cannot_be_bought() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", 1_000 * TOKEN).await?;
    scene.wait_for_a_price().await?;
    scene.accrue(500).await?;
    let available = scene.vault.maxAmountOut().call().await?;
    for requested in [available + u(1), U256::MAX] {
        let short = IVault::InsufficientBalance { requested, available };
        let purchase = purchase(&scene, buyer.address(), requested, U256::MAX);
        refused(&scene, &buyer, purchase, short).await?;
    }
    Ok(())
}

async fn yield_goes_neither_to_nobody_nor_to_the_vault() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", 1_000 * TOKEN).await?;
    scene.accrue(500).await?;
    scene.wait_for_a_price().await?;
    let to_nobody = purchase(&scene, Address::ZERO, u(1), U256::MAX);
    refused(&scene, &buyer, to_nobody, IVault::ReceiverIsZero {}).await?;
    let receiver = scene.vault.address();
    let to_the_vault = purchase(&scene, receiver, u(1), U256::MAX);
    refused(&scene, &buyer, to_the_vault, IVault::ERC20InvalidReceiver { receiver }).await
}

async fn the_checks_come_in_the_order_of_the_original() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let stranger = scene.person("stranger").await?;
    let (nobody, somebody) = (Address::ZERO, stranger.address());
    scene.accrue(500).await?;
    scene.look_at(PERIOD).await?;
    let dear = IVault::SwapExceedsMax { amountInMax: u(0), amountIn: u(FIRST_PRICE) };
    let short = IVault::InsufficientBalance { requested: u(501), available: u(500) };
    for (receiver, amount, max, error) in [
        (nobody, u(501), u(0), IVault::ReceiverIsZero {}.abi_encode()),
        (somebody, u(501), u(0), dear.abi_encode()),
        (somebody, u(501), U256::MAX, short.abi_encode()),
        (somebody, u(0), U256::MAX, IVault::ZeroAmount {}.abi_encode()),
    ] {
        expect_revert(&stranger, purchase(&scene, receiver, amount, max), &error).await?;
    }
    Ok(())
}
