//! The standalone pair against a source in Solidity: what the tests of PoolTogether's original hold, and what they
//! leave out.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    providers::Provider,
    sol_types::{SolCall, SolError, SolValue},
};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir::math::auction::MAX_PRICE;
use weir_bindings::{IERC20, IEntry, IFactory, IFlashSwapCallback::flashSwapCallbackCall, IPair};

use crate::{
    evm::{Puppet, Script, calls_back, create, logs_calldata, reverts_with},
    logs::{log, logs},
    refusal::expect_revert,
    scene::{FIRST_PRICE, PERIOD, TOKEN, transaction, u},
    solidity::ISource,
    stall::{Stall, settings},
    trial::{with_solidity, with_time_control},
};

const WEEK: u64 = 7 * 24 * 3_600;
/// What is for sale, in base units.
const LOT: u128 = 1_234 * TOKEN;

pub fn trials() -> Vec<Trial> {
    [
        with_time_control(a_pair_has_what_it_was_made_with),
        with_time_control(smoothing_of_one_is_refused),
        with_time_control(the_target_is_where_the_source_says),
        with_time_control(what_can_be_bought_is_what_the_source_has),
        with_time_control(in_the_second_of_its_creation_a_pair_asks_for_all_there_is),
        with_time_control(the_price_at_twice_half_and_exactly_the_period),
        with_time_control(the_price_is_within_its_bounds_at_any_time),
        with_time_control(the_time_of_a_price_is_told),
        with_time_control(three_sales_one_after_the_other),
        with_time_control(nobody_cannot_be_the_receiver),
        with_time_control(the_receiver_of_a_flash_swap_is_told_who_buys_what_for_how_much),
        with_time_control(a_price_above_the_maximum_is_refused),
        with_time_control(more_than_the_source_has_is_refused),
        with_time_control(a_flash_swap_moves_both_tokens),
        with_time_control(a_part_of_the_lot_costs_as_much_as_all_of_it),
        with_time_control(smoothing_holds_back_its_part),
        with_time_control(sales_settle_on_the_target_period),
        with_time_control(a_swap_that_is_not_paid_leaves_no_trace),
        with_time_control(what_the_callback_reverts_with_is_passed_on),
        with_time_control(a_pair_that_is_selling_tells_all_and_sells_nothing_more),
        with_time_control(a_source_without_code_is_named),
        with_time_control(a_source_that_serves_another_pair_refuses_in_its_own_words),
        with_time_control(pairs_of_one_template_know_nothing_of_each_other),
        with_time_control(the_template_sells_nothing),
        with_time_control(ether_is_refused),
    ]
    .map(with_solidity)
    .into()
}

async fn a_pair_has_what_it_was_made_with() -> Result<()> {
    let stall = Stall::with(|settings| settings.smoothingFactor = u(TOKEN / 10)).await?;
    let pair = &stall.pair;
    assert_eq!(pair.source().call().await?, *stall.source.address());
    assert_eq!(pair.tokenIn().call().await?, *stall.token_in.address());
    assert_eq!(pair.tokenOut().call().await?, *stall.token_out.address());
    assert_eq!(pair.targetAuctionPeriod().call().await?, U256::from(PERIOD));
    assert_eq!(pair.smoothingFactor().call().await?, u(TOKEN / 10));
    assert_eq!(U256::from(pair.lastAuctionPrice().call().await?), u(FIRST_PRICE));
    let block = pair.receipt.block_number.context("it is mined")?;
    let block = stall.chain.provider().get_block_by_number(block.into()).await?;
    assert_eq!(
        pair.lastAuctionAt().call().await?,
        block.context("the block of its creation")?.header.timestamp
    );
    Ok(())
}

async fn smoothing_of_one_is_refused() -> Result<()> {
    let stall = Stall::new().await?;
    let mut settings =
        settings(*stall.source.address(), *stall.token_in.address(), *stall.token_out.address());
    for smoothing in [u(TOKEN), U256::MAX] {
        settings.smoothingFactor = smoothing;
        let creation = stall.market.factory.call_builder(&settings);
        stall.refused_at(1, stall.chain.payer(), creation, IFactory::SmoothingGteOne {}).await?;
    }
    settings.smoothingFactor = u(TOKEN - 1);
    let pair = stall.market.create_pair(stall.chain.payer(), &settings).await?;
    assert_eq!(pair.smoothingFactor().call().await?, u(TOKEN - 1));
    Ok(())
}

async fn the_target_is_where_the_source_says() -> Result<()> {
    let stall = Stall::new().await?;
    assert_eq!(stall.pair.target().call().await?, *stall.source.address());
    Ok(())
}

async fn what_can_be_bought_is_what_the_source_has() -> Result<()> {
    let stall = Stall::new().await?;
    assert_eq!(stall.pair.maxAmountOut().call().await?, U256::ZERO);
    stall.stock(1_000 * TOKEN).await?;
    assert_eq!(stall.pair.maxAmountOut().call().await?, u(1_000 * TOKEN));
    Ok(())
}

async fn in_the_second_of_its_creation_a_pair_asks_for_all_there_is() -> Result<()> {
    let stall = Stall::new().await?;
    let block = stall.pair.receipt.block_number.context("it is mined")?;
    let price = stall.pair.computeExactAmountIn(u(TOKEN)).block(block.into()).call().await?;
    assert_eq!(price, MAX_PRICE);
    Ok(())
}

async fn the_price_at_twice_half_and_exactly_the_period() -> Result<()> {
    let stall = Stall::new().await?;
    assert_eq!(stall.price_at(PERIOD / 2).await?, u(2 * FIRST_PRICE));
    assert_eq!(stall.price_at(PERIOD).await?, u(FIRST_PRICE));
    assert_eq!(stall.price_at(2 * PERIOD).await?, u(FIRST_PRICE / 2));
    Ok(())
}

async fn the_price_is_within_its_bounds_at_any_time() -> Result<()> {
    // Where the original wraps its cast, and so sells for next to nothing, ours stays at the top.
    let dear = Stall::with(|settings| settings.targetAuctionPrice = MAX_PRICE.to()).await?;
    assert_eq!(dear.price_at(PERIOD - 1).await?, MAX_PRICE);
    assert_eq!(dear.price_at(PERIOD).await?, MAX_PRICE);
    assert_eq!(dear.price_at(2 * PERIOD).await?, MAX_PRICE / u(2));
    for first in [0, 1] {
        let cheap = Stall::with(|settings| settings.targetAuctionPrice = u(first).to()).await?;
        assert_eq!(cheap.price_at(36).await?, u(100));
        assert_eq!(cheap.price_at(52 * WEEK).await?, u(100));
    }
    Ok(())
}

async fn the_time_of_a_price_is_told() -> Result<()> {
    let stall = Stall::new().await?;
    let time = async |price| stall.pair.computeTimeForPrice(u(price)).call().await;
    assert_eq!(time(FIRST_PRICE).await?, U256::from(stall.start + PERIOD));
    assert_eq!(time(2 * FIRST_PRICE).await?, U256::from(stall.start + PERIOD / 2));
    let never = stall.pair.computeTimeForPrice(u(0));
    expect_revert(stall.chain.payer(), never, &IPair::PriceIsZero {}.abi_encode()).await
}

async fn three_sales_one_after_the_other() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.chain.account("buyer").await?;
    let receiver = Address::repeat_byte(0x7e);
    for (now, price) in [
        (4 * WEEK, 14_880_952_380_952),
        (4 * WEEK + PERIOD / 4, 59_523_809_523_808),
        (4 * WEEK + PERIOD, 79_365_079_365_077),
    ] {
        stall.stock(LOT).await?;
        stall.prepay(price).await?;
        assert_eq!(stall.price_at(now).await?, u(price));
        let swap = stall.swap(receiver, LOT, u(100 * TOKEN), Bytes::new());
        let receipt = stall.act(now, &buyer, swap).await?;
        let (pair, source) = (stall.pair.address(), *stall.source.address());
        let sent = IERC20::Transfer { from: source, to: receiver, value: u(LOT) };
        // The source gets back, word for word, what it answered when it sent.
        let sale = (buyer.address(), receiver, *stall.token_out.address(), u(LOT)).abi_encode_params();
        let verified = ISource::Verified {
            tokenIn: *stall.token_in.address(),
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
        let token_out = *stall.token_out.address();
        assert_eq!(logs(&receipt), [log(token_out, &sent), log(source, &verified), log(pair, &sold)]);
        assert_eq!(U256::from(stall.pair.lastAuctionPrice().call().await?), u(price));
        assert_eq!(stall.pair.lastAuctionAt().call().await?, stall.start + now);
    }
    Ok(())
}

async fn nobody_cannot_be_the_receiver() -> Result<()> {
    let stall = Stall::new().await?;
    stall.stock(LOT).await?;
    stall.prepay(FIRST_PRICE).await?;
    let swap = stall.swap(Address::ZERO, 1, U256::MAX, Bytes::new());
    stall.refused_at(PERIOD, stall.chain.payer(), swap, IPair::ReceiverIsZero {}).await
}

async fn the_receiver_of_a_flash_swap_is_told_who_buys_what_for_how_much() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.chain.account("buyer").await?;
    let listener = create(&stall.chain, &logs_calldata()).await?;
    stall.stock(LOT).await?;
    stall.prepay(FIRST_PRICE).await?;
    let swap = stall.swap(listener, LOT, u(FIRST_PRICE), b"hello".to_vec());
    let receipt = stall.act(PERIOD, &buyer, swap).await?;
    let told = flashSwapCallbackCall {
        sender: buyer.address(),
        amountIn: u(FIRST_PRICE),
        amountOut: u(LOT),
        flashSwapData: Bytes::from_static(b"hello"),
    };
    let heard = &logs(&receipt)[1];
    assert_eq!((heard.address, &heard.data.data), (listener, &told.abi_encode().into()));
    Ok(())
}

async fn a_price_above_the_maximum_is_refused() -> Result<()> {
    let stall = Stall::new().await?;
    stall.stock(LOT).await?;
    stall.prepay(FIRST_PRICE).await?;
    let max = u(FIRST_PRICE - 1);
    let dear = IPair::SwapExceedsMax { amountInMax: max, amountIn: u(FIRST_PRICE) };
    let payer = stall.chain.payer();
    let swap = stall.swap(payer.address(), LOT, max, Bytes::new());
    stall.refused_at(PERIOD, payer, swap, dear).await?;
    // The price comes before the amount.
    let swap = stall.swap(payer.address(), LOT + 1, u(0), Bytes::new());
    let dear = IPair::SwapExceedsMax { amountInMax: u(0), amountIn: u(FIRST_PRICE) };
    stall.refused_at(PERIOD, payer, swap, dear).await
}

async fn more_than_the_source_has_is_refused() -> Result<()> {
    let stall = Stall::new().await?;
    let payer = stall.chain.payer();
    for available in [0, LOT] {
        stall.stock(available).await?;
        let short = IPair::InsufficientBalance { requested: u(available + 1), available: u(available) };
        let swap = stall.swap(payer.address(), available + 1, u(1_000 * TOKEN), Bytes::new());
        stall.refused_at(PERIOD, payer, swap, short).await?;
    }
    Ok(())
}

/// A puppet with `amount` of the token paid in.
async fn receiver(stall: &Stall, amount: u128) -> Result<Puppet> {
    let puppet = Puppet::create(&stall.chain).await?;
    stall.token_in.mint(&stall.chain, puppet.address, u(amount)).await?;
    Ok(puppet)
}

async fn a_flash_swap_moves_both_tokens() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.chain.account("buyer").await?;
    let puppet = receiver(&stall, 3 * FIRST_PRICE).await?;
    stall.stock(LOT).await?;
    let source = *stall.source.address();
    let pay = Script::new().call(stall.token_in.transfer(source, u(FIRST_PRICE)));
    let swap = stall.swap(puppet.address, LOT, u(FIRST_PRICE), pay.bytes());
    stall.act(PERIOD, &buyer, swap).await?;
    assert_eq!(stall.token_out.balance(puppet.address).await?, u(LOT));
    assert_eq!(stall.token_in.balance(puppet.address).await?, u(2 * FIRST_PRICE));
    assert_eq!(stall.token_in.balance(source).await?, u(FIRST_PRICE));
    assert_eq!(stall.source.credited().call().await?, u(FIRST_PRICE));
    Ok(())
}

async fn a_part_of_the_lot_costs_as_much_as_all_of_it() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.chain.account("buyer").await?;
    stall.stock(100).await?;
    for (now, amount) in [(PERIOD, 30), (2 * PERIOD, 0), (3 * PERIOD, 70)] {
        stall.prepay(FIRST_PRICE).await?;
        let swap = stall.swap(buyer.address(), amount, U256::MAX, Bytes::new());
        stall.act(now, &buyer, swap).await?;
        assert_eq!(U256::from(stall.pair.lastAuctionPrice().call().await?), u(FIRST_PRICE));
    }
    assert_eq!(stall.token_out.balance(buyer.address()).await?, u(100));
    Ok(())
}

async fn smoothing_holds_back_its_part() -> Result<()> {
    let stall = Stall::with(|settings| settings.smoothingFactor = u(9 * TOKEN / 10)).await?;
    let buyer = stall.chain.account("buyer").await?;
    // Rounded down: a tenth of 9 is none, of 1009 it is 100.
    for (accrued, for_sale) in [(9, 0), (1_000, 100)] {
        stall.stock(accrued).await?;
        assert_eq!(stall.pair.maxAmountOut().call().await?, u(for_sale));
    }
    stall.prepay(FIRST_PRICE).await?;
    let short = IPair::InsufficientBalance { requested: u(101), available: u(100) };
    let swap = |amount| stall.swap(buyer.address(), amount, U256::MAX, Bytes::new());
    stall.refused_at(PERIOD, &buyer, swap(101), short).await?;
    stall.act(PERIOD, &buyer, swap(100)).await?;
    assert_eq!(stall.pair.maxAmountOut().call().await?, u(90));
    Ok(())
}

/// A buyer who values a unit sold at a unit paid, and yield that comes in at a steady rate: t' = √(period · t).
async fn sales_settle_on_the_target_period() -> Result<()> {
    const RATE: u128 = 1_000_000_000_000;
    const SALES: usize = 10;
    let stall = Stall::new().await?;
    let buyer = stall.chain.account("buyer").await?;
    let (mut now, mut intervals) = (0, Vec::new());
    for _ in 0..SALES {
        let last = U256::from(stall.pair.lastAuctionPrice().call().await?).to::<u128>();
        let worth_it = (u128::from(PERIOD) * last / RATE).isqrt() + 1;
        now += worth_it as u64;
        let lot = RATE * worth_it;
        let price = stall.price_at(now).await?.to::<u128>();
        assert!(price <= lot, "{price} for {lot}");
        stall.stock(lot).await?;
        stall.prepay(price).await?;
        stall.act(now, &buyer, stall.swap(buyer.address(), lot, U256::MAX, Bytes::new())).await?;
        intervals.push(worth_it as f64 / PERIOD as f64);
    }
    assert!(intervals[0] > 1.5, "it begins far off: {intervals:?}");
    assert!(intervals[SALES - 3..].iter().all(|interval| (interval - 1.0).abs() < 0.01), "{intervals:?}");
    Ok(())
}

async fn a_swap_that_is_not_paid_leaves_no_trace() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.chain.account("buyer").await?;
    stall.stock(LOT).await?;
    stall.prepay(FIRST_PRICE - 1).await?;
    let swap = stall.swap(buyer.address(), LOT, U256::MAX, Bytes::new());
    let unpaid = ISource::NotPaid { amountIn: u(FIRST_PRICE), paid: u(FIRST_PRICE - 1) };
    stall.refused_at(PERIOD, &buyer, swap.clone(), unpaid).await?;
    stall.prepay(1).await?;
    stall.act(PERIOD, &buyer, swap).await?;
    Ok(())
}

async fn what_the_callback_reverts_with_is_passed_on() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.chain.account("buyer").await?;
    stall.stock(LOT).await?;
    stall.prepay(FIRST_PRICE).await?;
    let refuser = create(&stall.chain, &reverts_with(IEntry::AlreadyInitialized {})).await?;
    let swap = stall.swap(refuser, LOT, U256::MAX, b"hello".to_vec());
    stall.refused_at(PERIOD, &buyer, swap, IEntry::AlreadyInitialized {}).await?;
    let receiver = buyer.address();
    let swap = stall.swap(receiver, LOT, U256::MAX, b"hello".to_vec());
    stall.refused_at(PERIOD, &buyer, swap, IPair::ReceiverIsNotAContract { receiver }).await
}

async fn a_pair_that_is_selling_tells_all_and_sells_nothing_more() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.chain.account("buyer").await?;
    let puppet = receiver(&stall, TOKEN).await?;
    stall.stock(LOT).await?;
    let pair = &stall.pair;
    let pay = stall.token_in.transfer(*stall.source.address(), u(FIRST_PRICE));
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
    let again = stall.swap(puppet.address, 1, U256::MAX, b"again".to_vec());
    let swallowed = asking.clone().try_call(again.clone()).call(pay);
    stall
        .refused_at(
            PERIOD,
            &buyer,
            stall.swap(puppet.address, LOT, U256::MAX, asking.call(again).bytes()),
            IEntry::ReentrantCall {},
        )
        .await?;
    let swap = stall.swap(puppet.address, LOT, U256::MAX, swallowed.bytes());
    stall.act(PERIOD, &buyer, swap).await?;
    assert_eq!(stall.token_out.balance(puppet.address).await?, u(LOT));
    assert_eq!(U256::from(stall.pair.lastAuctionPrice().call().await?), u(FIRST_PRICE));
    // What it tells in the middle of a sale is that sale: this receiver reverts with what it was told.
    let sale = stall.start + 3 * PERIOD;
    for (question, answer) in [
        (IPair::lastAuctionPriceCall::SELECTOR, u(FIRST_PRICE / 2)),
        (IPair::lastAuctionAtCall::SELECTOR, U256::from(sale)),
    ] {
        stall.stock(1).await?;
        let curious = create(&stall.chain, &calls_back(&question)).await?;
        stall.look_at(3 * PERIOD).await?;
        let swap = stall.swap(curious, 1, U256::MAX, b"ask".to_vec());
        expect_revert(&buyer, swap, &answer.abi_encode()).await?;
    }
    Ok(())
}

async fn a_source_without_code_is_named() -> Result<()> {
    let nobody = Address::repeat_byte(0x50);
    let stall = Stall::with(|settings| settings.source = nobody).await?;
    let payer = stall.chain.payer();
    let refusal = || IEntry::InvalidAnswer { callee: nobody };
    stall.refused_at(PERIOD, payer, stall.pair.maxAmountOut(), refusal()).await?;
    stall.refused_at(PERIOD, payer, stall.pair.target(), refusal()).await?;
    let swap = stall.swap(payer.address(), 0, U256::MAX, Bytes::new());
    stall.refused_at(PERIOD, payer, swap, refusal()).await
}

async fn a_source_that_serves_another_pair_refuses_in_its_own_words() -> Result<()> {
    let stall = Stall::new().await?;
    let payer = stall.chain.payer();
    stall.stock(LOT).await?;
    stall.prepay(FIRST_PRICE).await?;
    let (token_out, nobody) = (*stall.token_out.address(), Address::ZERO);
    stall.act(1, payer, stall.source.setLiquidationPair(token_out, nobody)).await?;
    let refusal = ISource::CallerNotLP { caller: stall.pair.address(), expected: nobody };
    let swap = stall.swap(payer.address(), 1, U256::MAX, Bytes::new());
    stall.refused_at(PERIOD, payer, swap, refusal).await
}

async fn pairs_of_one_template_know_nothing_of_each_other() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.chain.account("buyer").await?;
    let mut settings =
        settings(*stall.source.address(), *stall.token_out.address(), *stall.token_in.address());
    settings.targetAuctionPeriod = 7;
    let other = stall.market.create_pair(stall.chain.payer(), &settings).await?;
    let made = other.lastAuctionAt().call().await?;
    stall.stock(LOT).await?;
    stall.prepay(FIRST_PRICE).await?;
    stall.act(PERIOD, &buyer, stall.swap(buyer.address(), LOT, U256::MAX, Bytes::new())).await?;
    assert_eq!(stall.pair.lastAuctionAt().call().await?, stall.start + PERIOD);
    assert_eq!(other.lastAuctionAt().call().await?, made);
    assert_eq!(other.tokenIn().call().await?, *stall.token_out.address());
    assert_eq!(other.tokenOut().call().await?, *stall.token_in.address());
    assert_eq!(other.targetAuctionPeriod().call().await?, u(7));
    Ok(())
}

async fn the_template_sells_nothing() -> Result<()> {
    let stall = Stall::new().await?;
    let payer = stall.chain.payer();
    let address = stall.market.factory.pairTemplate().call().await?;
    let template = IPair::new(address, stall.chain.provider().clone());
    stall.refused_at(PERIOD, payer, template.tokenIn(), IPair::NotAPair {}).await?;
    let swap = template.swapExactAmountOut(payer.address(), u(0), U256::MAX, Bytes::new());
    stall.refused_at(PERIOD, payer, swap.into_transaction_request(), IPair::NotAPair {}).await?;
    // Told what to sell, as a clone would tell it.
    let code = stall.chain.provider().get_code_at(stall.pair.address()).await?;
    let setup = &code[53..53 + 76];
    let swap = IPair::swapExactAmountOutCall {
        receiver: payer.address(),
        amountOut: u(0),
        amountInMax: U256::MAX,
        flashSwapData: Bytes::new(),
    };
    let forged = [&swap.abi_encode()[..], setup].concat();
    stall.refused_at(PERIOD, payer, transaction(address, forged), IPair::NotAPair {}).await
}

async fn ether_is_refused() -> Result<()> {
    let stall = Stall::new().await?;
    let payer = stall.chain.payer();
    let value = u(5);
    for data in [Bytes::new(), IPair::tokenInCall {}.abi_encode().into()] {
        let gift = transaction(stall.pair.address(), data).with_value(value);
        stall.refused_at(PERIOD, payer, gift, IEntry::ValueNotAccepted { value }).await?;
    }
    Ok(())
}
