//! What the tests of PoolTogether's `TpdaLiquidationPair` hold, in their order, on our program.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolCall;
use weir::{
    abi::{IFlashSwapCallback::flashSwapCallbackCall, IPair::*},
    math::auction::MAX_PRICE,
};

use crate::{
    chain::log,
    world::{
        BUYER, PAIR, PERIOD, PRICE, RECEIVER, SOURCE, T0, TARGET, TOKEN_IN, TOKEN_OUT, WAD, World, swap, u,
    },
};

const FOUR_WEEKS: u64 = 4 * 7 * 24 * 3600;

fn price(world: &World) -> U256 {
    world.view(computeExactAmountInCall { amountOut: u(0) })
}

#[test]
fn a_pair_has_what_it_was_made_with() {
    let world = World::half_smoothed();
    assert_eq!(world.view(sourceCall {}), SOURCE);
    assert_eq!(world.view(tokenInCall {}), TOKEN_IN);
    assert_eq!(world.view(tokenOutCall {}), TOKEN_OUT);
    assert_eq!(world.view(targetAuctionPeriodCall {}), U256::from(PERIOD));
    assert_eq!(world.view(smoothingFactorCall {}), u(WAD / 2));
    assert_eq!(world.view(lastAuctionAtCall {}), T0);
    assert_eq!(U256::from(world.view(lastAuctionPriceCall {})), u(PRICE));
}

#[test]
fn the_target_is_where_the_source_says() {
    assert_eq!(World::new().ok(BUYER, targetCall {}), TARGET);
}

#[test]
fn what_can_be_bought_is_what_the_source_has() {
    assert_eq!(World::new().ok(BUYER, maxAmountOutCall {}), u(1000 * WAD));
}

#[test]
fn the_price_in_the_very_second_is_all_there_is() {
    assert_eq!(World::new().view(computeExactAmountInCall { amountOut: u(WAD) }), MAX_PRICE);
}

#[test]
fn the_price_never_falls_below_100() {
    let world = World::new();
    // The original goes on for 1e20 days; a block's time ends at 2^64 seconds, which is 2e14 days.
    world.chain.set_time(u64::MAX);
    assert_eq!(price(&world), u(100));
}

#[test]
fn the_price_halves_in_twice_the_period_and_doubles_in_half_of_it() {
    let world = World::new();
    for (seconds, expected) in [(2 * PERIOD, PRICE / 2), (PERIOD / 2, 2 * PRICE), (PERIOD, PRICE)] {
        world.at(seconds);
        assert_eq!(price(&world), u(expected), "after {seconds} s");
    }
}

#[test]
fn the_time_of_a_price_is_told() {
    let world = World::new();
    let time = |price| world.view(computeTimeForPriceCall { price: u(price) });
    assert_eq!(time(PRICE), U256::from(T0 + PERIOD));
    assert_eq!(time(2 * PRICE), U256::from(T0 + PERIOD / 2));
    world.refused(BUYER, computeTimeForPriceCall { price: u(0) }, PriceIsZero {});
}

#[test]
fn three_sales_one_after_the_other() {
    let world = World::new();
    world.source_has(u(1234 * WAD));
    for (seconds, expected) in [
        (FOUR_WEEKS, 14_880_952_380_952),
        (FOUR_WEEKS + PERIOD / 4, 59_523_809_523_808),
        (FOUR_WEEKS + PERIOD, 79_365_079_365_077),
    ] {
        world.at(seconds);
        assert_eq!(world.ok(BUYER, swap(1234 * WAD, u(100 * WAD), b"")), u(expected));
        let sold = SwappedExactAmountOut {
            sender: BUYER,
            receiver: RECEIVER,
            amountOut: u(1234 * WAD),
            amountInMax: u(100 * WAD),
            amountIn: u(expected),
            flashSwapData: Bytes::new(),
        };
        assert_eq!(world.logs(), [log(sold)]);
        assert_eq!(U256::from(world.view(lastAuctionPriceCall {})), u(expected));
        assert_eq!(world.view(lastAuctionAtCall {}), T0 + seconds);
        // Nobody was called back.
        assert_eq!(world.chain.messages_to(RECEIVER), []);
    }
}

#[test]
fn nobody_cannot_be_the_receiver() {
    let to_nobody = swapExactAmountOutCall { receiver: Address::ZERO, ..swap(0, u(1110 * WAD), b"") };
    World::new().refused(BUYER, to_nobody, ReceiverIsZero {});
}

#[test]
fn the_receiver_of_a_flash_swap_is_told_who_buys_what_for_how_much() {
    let world = World::new();
    world.at(PERIOD);
    world.ok(BUYER, swap(12 * WAD, u(PRICE), b"hello"));
    let told = flashSwapCallbackCall {
        sender: BUYER,
        amountIn: u(PRICE),
        amountOut: u(12 * WAD),
        flashSwapData: Bytes::from_static(b"hello"),
    };
    let calls = world.chain.messages_to(RECEIVER);
    assert_eq!((calls.len(), calls[0].from), (1, PAIR));
    assert_eq!(calls[0].data, told.abi_encode());
}

#[test]
fn a_price_above_the_maximum_is_refused() {
    let dear = SwapExceedsMax { amountInMax: u(WAD), amountIn: MAX_PRICE };
    World::new().refused(BUYER, swap(0, u(WAD), b""), dear);
}

#[test]
fn more_than_the_source_has_is_refused() {
    let world = World::new();
    world.at(PERIOD);
    world.source_has(u(0));
    let short = InsufficientBalance { requested: u(1234 * WAD), available: u(0) };
    world.refused(BUYER, swap(1234 * WAD, u(1000 * WAD), b""), short);
}
