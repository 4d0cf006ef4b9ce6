//! Tests of the standalone pair with a source in Solidity: those of PoolTogether's original, and more.
//! The source is `tests/solidity/contracts/Source.sol`.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    providers::Provider,
    sol_types::{SolCall, SolError, SolValue},
};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir::{
    clones::bounds::{MAX_SMOOTHING, TARGET_PERIODS},
    math::auction::{MAX_PRICE, MIN_PRICE},
};
use weir_bindings::{IERC20, IEntry, IFactory, IFlashSwapCallback::flashSwapCallbackCall, IPair};
use weir_harness::PairSettings;

use crate::{
    evm::{Puppet, Script, calls_back, create, logs_calldata, reverts_with},
    logs::{log, logs},
    pair_scene::{PairScene, settings},
    reverts::call_reverts,
    scene::{FIRST_PRICE, PERIOD, TOKEN, transaction, u},
    solidity::ISource,
    trial::{with_solidity, with_time_control},
};

const WEEK: u64 = 7 * 24 * 3_600;
/// What is for sale, in base units.
const LOT: u128 = 1_234 * TOKEN;

pub fn trials() -> Vec<Trial> {
    [
        with_time_control(a_pair_returns_its_parameters),
        with_time_control(parameters_out_of_bounds_revert_by_name),
        with_time_control(the_target_is_that_of_the_source),
        with_time_control(the_source_decides_what_can_be_bought),
        with_time_control(in_the_second_of_its_creation_a_pair_asks_the_maximum),
        with_time_control(at_half_one_and_two_periods_the_price_is_double_equal_and_half),
        with_time_control(the_price_stays_within_its_bounds),
        with_time_control(the_time_for_a_price_is_returned),
        with_time_control(three_sales_match_the_figures_of_the_original),
        with_time_control(the_zero_address_cannot_be_the_receiver),
        with_time_control(the_callback_receives_buyer_amounts_and_data),
        with_time_control(a_price_above_the_maximum_reverts),
        with_time_control(buying_more_than_the_source_has_reverts),
        with_time_control(a_flash_swap_moves_both_tokens),
        with_time_control(a_part_of_the_lot_costs_as_much_as_the_whole_lot),
        with_time_control(smoothing_withholds_its_part),
        with_time_control(sales_converge_to_the_target_period),
        with_time_control(an_unpaid_swap_changes_nothing),
        with_time_control(the_error_of_the_callback_is_passed_on),
        with_time_control(during_a_swap_views_work_and_another_swap_reverts),
        with_time_control(a_source_without_code_is_named_in_the_error),
        with_time_control(a_source_that_serves_another_pair_reverts_with_its_own_error),
        with_time_control(pairs_of_one_template_are_independent),
        with_time_control(the_template_sells_nothing),
        with_time_control(ether_is_not_accepted),
    ]
    .map(with_solidity)
    .into()
}

async fn a_pair_returns_its_parameters() -> Result<()> {
    let scene = PairScene::with(|settings| settings.smoothingFactor = u(TOKEN / 10)).await?;
    let pair = &scene.pair;
    assert_eq!(pair.source().call().await?, *scene.source.address());
    assert_eq!(pair.tokenIn().call().await?, *scene.token_in.address());
    assert_eq!(pair.tokenOut().call().await?, *scene.token_out.address());
    assert_eq!(pair.targetAuctionPeriod().call().await?, U256::from(PERIOD));
    assert_eq!(pair.smoothingFactor().call().await?, u(TOKEN / 10));
    assert_eq!(U256::from(pair.lastAuctionPrice().call().await?), u(FIRST_PRICE));
    let block = pair.receipt.block_number.context("the creation is not mined")?;
    let block = scene.chain.provider().get_block_by_number(block.into()).await?;
    assert_eq!(
        pair.lastAuctionAt().call().await?,
        block.context("the block of the creation is missing")?.header.timestamp
    );
    Ok(())
}

async fn parameters_out_of_bounds_revert_by_name() -> Result<()> {
    let scene = PairScene::new().await?;
    let good = settings(*scene.source.address(), *scene.token_in.address(), *scene.token_out.address());
    let max = U256::from(MAX_SMOOTHING);
    for smoothing in [max + u(1), u(TOKEN), U256::MAX] {
        let creation = PairSettings { smoothingFactor: smoothing, ..good.clone() };
        let creation = scene.market.factory.call_builder(&creation);
        let error = IFactory::SmoothingFactorOutOfBounds { smoothing, max };
        scene.reverts_at(1, scene.chain.payer(), creation, error).await?;
    }
    let [shortest, longest] = TARGET_PERIODS;
    for target_period in [0, shortest - 1, longest + 1, u64::MAX] {
        let creation = PairSettings { targetAuctionPeriod: target_period, ..good.clone() };
        let creation = scene.market.factory.call_builder(&creation);
        let [period, min, max] = [target_period, shortest, longest].map(U256::from);
        let error = IFactory::TargetAuctionPeriodOutOfBounds { period, min, max };
        scene.reverts_at(1, scene.chain.payer(), creation, error).await?;
    }
    for price in [U256::ZERO, MIN_PRICE - u(1)] {
        let creation = PairSettings { targetAuctionPrice: price.to(), ..good.clone() };
        let creation = scene.market.factory.call_builder(&creation);
        let error = IFactory::TargetAuctionPriceOutOfBounds { price, min: MIN_PRICE, max: MAX_PRICE };
        scene.reverts_at(1, scene.chain.payer(), creation, error).await?;
    }
    let most = PairSettings {
        smoothingFactor: max,
        targetAuctionPeriod: longest,
        targetAuctionPrice: MAX_PRICE.to(),
        ..good
    };
    let pair = scene.market.create_pair(scene.chain.payer(), &most).await?;
    assert_eq!(pair.smoothingFactor().call().await?, max);
    Ok(())
}

async fn the_target_is_that_of_the_source() -> Result<()> {
    let scene = PairScene::new().await?;
    assert_eq!(scene.pair.target().call().await?, *scene.source.address());
    Ok(())
}

async fn the_source_decides_what_can_be_bought() -> Result<()> {
    let scene = PairScene::new().await?;
    assert_eq!(scene.pair.maxAmountOut().call().await?, U256::ZERO);
    scene.stock(1_000 * TOKEN).await?;
    assert_eq!(scene.pair.maxAmountOut().call().await?, u(1_000 * TOKEN));
    Ok(())
}

async fn in_the_second_of_its_creation_a_pair_asks_the_maximum() -> Result<()> {
    let scene = PairScene::new().await?;
    let block = scene.pair.receipt.block_number.context("the creation is not mined")?;
    let price = scene.pair.computeExactAmountIn(u(TOKEN)).block(block.into()).call().await?;
    assert_eq!(price, MAX_PRICE);
    Ok(())
}

async fn at_half_one_and_two_periods_the_price_is_double_equal_and_half() -> Result<()> {
    let scene = PairScene::new().await?;
    assert_eq!(scene.price_at(PERIOD / 2).await?, u(2 * FIRST_PRICE));
    assert_eq!(scene.price_at(PERIOD).await?, u(FIRST_PRICE));
    assert_eq!(scene.price_at(2 * PERIOD).await?, u(FIRST_PRICE / 2));
    Ok(())
}

async fn the_price_stays_within_its_bounds() -> Result<()> {
    // The original wraps its cast here and sells for almost nothing; this price stays at the maximum.
    let dear = PairScene::with(|settings| settings.targetAuctionPrice = MAX_PRICE.to()).await?;
    assert_eq!(dear.price_at(PERIOD - 1).await?, MAX_PRICE);
    assert_eq!(dear.price_at(PERIOD).await?, MAX_PRICE);
    assert_eq!(dear.price_at(2 * PERIOD).await?, MAX_PRICE / u(2));
    let cheap = PairScene::with(|settings| settings.targetAuctionPrice = MIN_PRICE.to()).await?;
    assert_eq!(cheap.price_at(PERIOD / 2).await?, u(200));
    assert_eq!(cheap.price_at(PERIOD + 1).await?, u(100));
    assert_eq!(cheap.price_at(52 * WEEK).await?, u(100));
    Ok(())
}

async fn the_time_for_a_price_is_returned() -> Result<()> {
    let scene = PairScene::new().await?;
    let time = async |price| scene.pair.computeTimeForPrice(u(price)).call().await;
    assert_eq!(time(FIRST_PRICE).await?, U256::from(scene.start + PERIOD));
    assert_eq!(time(2 * FIRST_PRICE).await?, U256::from(scene.start + PERIOD / 2));
    let never = scene.pair.computeTimeForPrice(u(0));
    call_reverts(scene.chain.payer(), never, &IPair::PriceIsZero {}.abi_encode()).await
}

async fn three_sales_match_the_figures_of_the_original() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.chain.account("buyer").await?;
    let receiver = Address::repeat_byte(0x7e);
    for (now, price) in [
        (4 * WEEK, 14_880_952_380_952),
        (4 * WEEK + PERIOD / 4, 59_523_809_523_808),
        (4 * WEEK + PERIOD, 79_365_079_365_077),
    ] {
        scene.stock(LOT).await?;
        scene.prepay(price).await?;
        assert_eq!(scene.price_at(now).await?, u(price));
        let swap = scene.swap(receiver, LOT, u(100 * TOKEN), Bytes::new());
        let receipt = scene.send_at(now, &buyer, swap).await?;
        let (pair, source) = (scene.pair.address(), *scene.source.address());
        let sent = IERC20::Transfer { from: source, to: receiver, value: u(LOT) };
        // The source gets back exactly the data that it returned when it sent the tokens.
        let sale = (buyer.address(), receiver, *scene.token_out.address(), u(LOT)).abi_encode_params();
        let verified = ISource::Verified {
            tokenIn: *scene.token_in.address(),
            amountIn: u(price),
            transferTokensOutData: sale.into(),
        };
        let sold = IPair::SwappedExactAmountOut {
            sender: buyer.address(),
            receiver,
            amountOut: u(LOT),
            amountInMax: u(100 * TOKEN),
            amountIn: u(price),
            flashSwapData: Bytes::new(),
        };
        let token_out = *scene.token_out.address();
        assert_eq!(logs(&receipt), [log(token_out, &sent), log(source, &verified), log(pair, &sold)]);
        assert_eq!(U256::from(scene.pair.lastAuctionPrice().call().await?), u(price));
        assert_eq!(scene.pair.lastAuctionAt().call().await?, scene.start + now);
    }
    Ok(())
}

async fn the_zero_address_cannot_be_the_receiver() -> Result<()> {
    let scene = PairScene::new().await?;
    scene.stock(LOT).await?;
    scene.prepay(FIRST_PRICE).await?;
    let swap = scene.swap(Address::ZERO, 1, U256::MAX, Bytes::new());
    scene.reverts_at(PERIOD, scene.chain.payer(), swap, IPair::ReceiverIsZero {}).await
}

async fn the_callback_receives_buyer_amounts_and_data() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.chain.account("buyer").await?;
    let listener = create(&scene.chain, &logs_calldata()).await?;
    scene.stock(LOT).await?;
    scene.prepay(FIRST_PRICE).await?;
    let swap = scene.swap(listener, LOT, u(FIRST_PRICE), b"hello".to_vec());
    let receipt = scene.send_at(PERIOD, &buyer, swap).await?;
    let callback = flashSwapCallbackCall {
        sender: buyer.address(),
        amountIn: u(FIRST_PRICE),
        amountOut: u(LOT),
        flashSwapData: Bytes::from_static(b"hello"),
    };
    let heard = &logs(&receipt)[1];
    assert_eq!((heard.address, &heard.data.data), (listener, &callback.abi_encode().into()));
    Ok(())
}

async fn a_price_above_the_maximum_reverts() -> Result<()> {
    let scene = PairScene::new().await?;
    scene.stock(LOT).await?;
    scene.prepay(FIRST_PRICE).await?;
    let max = u(FIRST_PRICE - 1);
    let dear = IPair::SwapExceedsMax { amountInMax: max, amountIn: u(FIRST_PRICE) };
    let payer = scene.chain.payer();
    let swap = scene.swap(payer.address(), LOT, max, Bytes::new());
    scene.reverts_at(PERIOD, payer, swap, dear).await?;
    // The price is checked before the amount.
    let swap = scene.swap(payer.address(), LOT + 1, u(0), Bytes::new());
    let dear = IPair::SwapExceedsMax { amountInMax: u(0), amountIn: u(FIRST_PRICE) };
    scene.reverts_at(PERIOD, payer, swap, dear).await
}

async fn buying_more_than_the_source_has_reverts() -> Result<()> {
    let scene = PairScene::new().await?;
    let payer = scene.chain.payer();
    for available in [0, LOT] {
        scene.stock(available).await?;
        let short = IPair::InsufficientBalance { requested: u(available + 1), available: u(available) };
        let swap = scene.swap(payer.address(), available + 1, u(1_000 * TOKEN), Bytes::new());
        scene.reverts_at(PERIOD, payer, swap, short).await?;
    }
    Ok(())
}

/// A puppet with `amount` of the token paid in.
async fn receiver(scene: &PairScene, amount: u128) -> Result<Puppet> {
    let puppet = Puppet::create(&scene.chain).await?;
    scene.token_in.mint(&scene.chain, puppet.address, u(amount)).await?;
    Ok(puppet)
}

async fn a_flash_swap_moves_both_tokens() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.chain.account("buyer").await?;
    let puppet = receiver(&scene, 3 * FIRST_PRICE).await?;
    scene.stock(LOT).await?;
    let source = *scene.source.address();
    let pay = Script::new().call(scene.token_in.transfer(source, u(FIRST_PRICE)));
    let swap = scene.swap(puppet.address, LOT, u(FIRST_PRICE), pay.bytes());
    scene.send_at(PERIOD, &buyer, swap).await?;
    assert_eq!(scene.token_out.balance(puppet.address).await?, u(LOT));
    assert_eq!(scene.token_in.balance(puppet.address).await?, u(2 * FIRST_PRICE));
    assert_eq!(scene.token_in.balance(source).await?, u(FIRST_PRICE));
    assert_eq!(scene.source.credited().call().await?, u(FIRST_PRICE));
    Ok(())
}

async fn a_part_of_the_lot_costs_as_much_as_the_whole_lot() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.chain.account("buyer").await?;
    scene.stock(100).await?;
    for (now, amount) in [(PERIOD, 30), (2 * PERIOD, 0), (3 * PERIOD, 70)] {
        scene.prepay(FIRST_PRICE).await?;
        let swap = scene.swap(buyer.address(), amount, U256::MAX, Bytes::new());
        scene.send_at(now, &buyer, swap).await?;
        assert_eq!(U256::from(scene.pair.lastAuctionPrice().call().await?), u(FIRST_PRICE));
    }
    assert_eq!(scene.token_out.balance(buyer.address()).await?, u(100));
    Ok(())
}

async fn smoothing_withholds_its_part() -> Result<()> {
    let scene = PairScene::with(|settings| settings.smoothingFactor = u(9 * TOKEN / 10)).await?;
    let buyer = scene.chain.account("buyer").await?;
    // Rounded down: a tenth of 9 is 0, a tenth of 1009 is 100.
    for (accrued, for_sale) in [(9, 0), (1_000, 100)] {
        scene.stock(accrued).await?;
        assert_eq!(scene.pair.maxAmountOut().call().await?, u(for_sale));
    }
    scene.prepay(FIRST_PRICE).await?;
    let short = IPair::InsufficientBalance { requested: u(101), available: u(100) };
    let swap = |amount| scene.swap(buyer.address(), amount, U256::MAX, Bytes::new());
    scene.reverts_at(PERIOD, &buyer, swap(101), short).await?;
    scene.send_at(PERIOD, &buyer, swap(100)).await?;
    assert_eq!(scene.pair.maxAmountOut().call().await?, u(90));
    Ok(())
}

/// A buyer who values a unit sold at a unit paid, and yield that accrues at a steady rate: t' = √(period · t).
async fn sales_converge_to_the_target_period() -> Result<()> {
    const RATE: u128 = 1_000_000_000_000;
    const SALES: usize = 10;
    let scene = PairScene::new().await?;
    let buyer = scene.chain.account("buyer").await?;
    let (mut now, mut intervals) = (0, Vec::new());
    for _ in 0..SALES {
        let last = U256::from(scene.pair.lastAuctionPrice().call().await?).to::<u128>();
        let worth_it = (u128::from(PERIOD) * last / RATE).isqrt() + 1;
        now += worth_it as u64;
        let lot = RATE * worth_it;
        let price = scene.price_at(now).await?.to::<u128>();
        assert!(price <= lot, "{price} for {lot}");
        scene.stock(lot).await?;
        scene.prepay(price).await?;
        scene.send_at(now, &buyer, scene.swap(buyer.address(), lot, U256::MAX, Bytes::new())).await?;
        intervals.push(worth_it as f64 / PERIOD as f64);
    }
    assert!(intervals[0] > 1.5, "the first interval is close already: {intervals:?}");
    assert!(intervals[SALES - 3..].iter().all(|interval| (interval - 1.0).abs() < 0.01), "{intervals:?}");
    Ok(())
}

async fn an_unpaid_swap_changes_nothing() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.chain.account("buyer").await?;
    scene.stock(LOT).await?;
    scene.prepay(FIRST_PRICE - 1).await?;
    let swap = scene.swap(buyer.address(), LOT, U256::MAX, Bytes::new());
    let unpaid = ISource::NotPaid { amountIn: u(FIRST_PRICE), paid: u(FIRST_PRICE - 1) };
    scene.reverts_at(PERIOD, &buyer, swap.clone(), unpaid).await?;
    scene.prepay(1).await?;
    scene.send_at(PERIOD, &buyer, swap).await?;
    Ok(())
}

async fn the_error_of_the_callback_is_passed_on() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.chain.account("buyer").await?;
    scene.stock(LOT).await?;
    scene.prepay(FIRST_PRICE).await?;
    let reverting = create(&scene.chain, &reverts_with(IEntry::AlreadyInitialized {})).await?;
    let swap = scene.swap(reverting, LOT, U256::MAX, b"hello".to_vec());
    scene.reverts_at(PERIOD, &buyer, swap, IEntry::AlreadyInitialized {}).await?;
    let receiver = buyer.address();
    let swap = scene.swap(receiver, LOT, U256::MAX, b"hello".to_vec());
    scene.reverts_at(PERIOD, &buyer, swap, IPair::ReceiverIsNotAContract { receiver }).await
}

async fn during_a_swap_views_work_and_another_swap_reverts() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.chain.account("buyer").await?;
    let puppet = receiver(&scene, TOKEN).await?;
    scene.stock(LOT).await?;
    let pair = &scene.pair;
    let pay = scene.token_in.transfer(*scene.source.address(), u(FIRST_PRICE));
    let asking = Script::new()
        .call(pair.source())
        .call(pair.tokenIn())
        .call(pair.tokenOut())
        .call(pair.target())
        .call(pair.maxAmountOut())
        .call(pair.computeExactAmountIn(u(1)))
        .call(pair.lastAuctionAt())
        .call(pair.lastAuctionPrice())
        .call(pair.computeTimeForPrice(u(1)))
        .call(pair.targetAuctionPeriod())
        .call(pair.smoothingFactor());
    let again = scene.swap(puppet.address, 1, U256::MAX, b"again".to_vec());
    let swallowed = asking.clone().try_call(again.clone()).call(pay);
    scene
        .reverts_at(
            PERIOD,
            &buyer,
            scene.swap(puppet.address, LOT, U256::MAX, asking.call(again).bytes()),
            IEntry::ReentrantCall {},
        )
        .await?;
    let swap = scene.swap(puppet.address, LOT, U256::MAX, swallowed.bytes());
    scene.send_at(PERIOD, &buyer, swap).await?;
    assert_eq!(scene.token_out.balance(puppet.address).await?, u(LOT));
    assert_eq!(U256::from(scene.pair.lastAuctionPrice().call().await?), u(FIRST_PRICE));
    // During a sale the views return that sale: this receiver reverts with what they return.
    let sale = scene.start + 3 * PERIOD;
    for (question, answer) in [
        (IPair::lastAuctionPriceCall::SELECTOR, u(FIRST_PRICE / 2)),
        (IPair::lastAuctionAtCall::SELECTOR, U256::from(sale)),
    ] {
        scene.stock(1).await?;
        let curious = create(&scene.chain, &calls_back(&question)).await?;
        scene.advance_to(3 * PERIOD).await?;
        let swap = scene.swap(curious, 1, U256::MAX, b"ask".to_vec());
        call_reverts(&buyer, swap, &answer.abi_encode()).await?;
    }
    Ok(())
}

async fn a_source_without_code_is_named_in_the_error() -> Result<()> {
    let no_code = Address::repeat_byte(0x50);
    let scene = PairScene::with(|settings| settings.source = no_code).await?;
    let payer = scene.chain.payer();
    let error = || IEntry::InvalidAnswer { callee: no_code };
    scene.reverts_at(PERIOD, payer, scene.pair.maxAmountOut(), error()).await?;
    scene.reverts_at(PERIOD, payer, scene.pair.target(), error()).await?;
    let swap = scene.swap(payer.address(), 0, U256::MAX, Bytes::new());
    scene.reverts_at(PERIOD, payer, swap, error()).await
}

async fn a_source_that_serves_another_pair_reverts_with_its_own_error() -> Result<()> {
    let scene = PairScene::new().await?;
    let payer = scene.chain.payer();
    scene.stock(LOT).await?;
    scene.prepay(FIRST_PRICE).await?;
    let (token_out, no_pair) = (*scene.token_out.address(), Address::ZERO);
    scene.send_at(1, payer, scene.source.setLiquidationPair(token_out, no_pair)).await?;
    let error = ISource::CallerNotLP { caller: scene.pair.address(), expected: no_pair };
    let swap = scene.swap(payer.address(), 1, U256::MAX, Bytes::new());
    scene.reverts_at(PERIOD, payer, swap, error).await
}

async fn pairs_of_one_template_are_independent() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.chain.account("buyer").await?;
    let mut settings =
        settings(*scene.source.address(), *scene.token_out.address(), *scene.token_in.address());
    settings.targetAuctionPeriod = 77;
    let other = scene.market.create_pair(scene.chain.payer(), &settings).await?;
    let made = other.lastAuctionAt().call().await?;
    scene.stock(LOT).await?;
    scene.prepay(FIRST_PRICE).await?;
    scene.send_at(PERIOD, &buyer, scene.swap(buyer.address(), LOT, U256::MAX, Bytes::new())).await?;
    assert_eq!(scene.pair.lastAuctionAt().call().await?, scene.start + PERIOD);
    assert_eq!(other.lastAuctionAt().call().await?, made);
    assert_eq!(other.tokenIn().call().await?, *scene.token_out.address());
    assert_eq!(other.tokenOut().call().await?, *scene.token_in.address());
    assert_eq!(other.targetAuctionPeriod().call().await?, u(77));
    Ok(())
}

async fn the_template_sells_nothing() -> Result<()> {
    let scene = PairScene::new().await?;
    let payer = scene.chain.payer();
    let address = scene.market.factory.pairTemplate().call().await?;
    let template = IPair::new(address, scene.chain.provider().clone());
    scene.reverts_at(PERIOD, payer, template.tokenIn(), IPair::NotAPair {}).await?;
    // Called with a configuration, as a clone would call it.
    let code = scene.chain.provider().get_code_at(scene.pair.address()).await?;
    let config = &code[53..53 + 76];
    let swap = IPair::swapExactAmountOutCall {
        receiver: payer.address(),
        amountOut: u(0),
        amountInMax: U256::MAX,
        flashSwapData: Bytes::new(),
    };
    let forged = [&swap.abi_encode()[..], config].concat();
    scene.reverts_at(PERIOD, payer, transaction(address, forged), IPair::NotAPair {}).await
}

async fn ether_is_not_accepted() -> Result<()> {
    let scene = PairScene::new().await?;
    let payer = scene.chain.payer();
    let value = u(5);
    for data in [Bytes::new(), IPair::tokenInCall {}.abi_encode().into()] {
        let gift = transaction(scene.pair.address(), data).with_value(value);
        scene.reverts_at(PERIOD, payer, gift, IEntry::ValueNotAccepted { value }).await?;
    }
    Ok(())
}
