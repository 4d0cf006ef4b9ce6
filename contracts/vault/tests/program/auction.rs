//! The vault's own liquidation pair, with the numbers of the original's tests: one hour, 0.01e18.

use std::{cell::RefCell, rc::Rc};

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{Revert as RevertString, SolCall, SolError};
use weir::abi::{
    IERC20::{transferCall as tokenTransferCall, transferFromCall as pullCall},
    IFlashSwapCallback::flashSwapCallbackCall,
    IVault::*,
};

use crate::{
    chain::{Message, log},
    world::{
        ALICE, IConstructors::vaultCall, KEEPER, PERIOD, PRICE, RECEIVER, REWARD, T0, VAULT, WAD, World,
        YIELD, settings, u,
    },
};

/// An hour, in seconds.
const HOUR: u64 = PERIOD as u64;
/// Yield for sale in [`world`].
const LOT: u128 = 1_234_000_000_000_000_000_000;

/// There is a lot for sale, and the keeper can pay any price that is not absurd.
fn world() -> World {
    let world = World::new();
    world.stake(ALICE, 64);
    world.donate(YIELD, u(LOT));
    world.give(REWARD, KEEPER, u(1000 * PRICE));
    world
}

fn max_price() -> U256 {
    U256::MAX >> 64
}

/// The highest price that a sale leaves behind.
fn max_recorded() -> U256 {
    U256::MAX >> 152
}

fn price(world: &World) -> U256 {
    world.view(computeExactAmountInCall { amountOut: u(1) })
}

fn swap(receiver: Address, amount_out: u128, amount_in_max: U256, data: &[u8]) -> swapExactAmountOutCall {
    swapExactAmountOutCall {
        receiver,
        amountOut: u(amount_out),
        amountInMax: amount_in_max,
        flashSwapData: Bytes::copy_from_slice(data),
    }
}

/// The receiver of flash swaps, when it is called back, sends the vault `payment` of the reward token.
fn receiver_pays(world: &World, payment: u128) {
    world.give(REWARD, RECEIVER, u(payment));
    world.chain.stand_in(RECEIVER, move |chain, _| {
        let pay = tokenTransferCall { to: VAULT, value: u(payment) }.abi_encode();
        chain.deliver(Message::new(RECEIVER, REWARD, pay))
    });
}

#[test]
fn the_price_falls_as_one_over_time_and_meets_the_last_price_after_the_target_period() {
    let world = world();
    for (seconds, expected) in [
        (0, max_price()),
        (1, u(PRICE * u128::from(HOUR))),
        (HOUR / 2, u(2 * PRICE)),
        (HOUR, u(PRICE)),
        (2 * HOUR, u(PRICE / 2)),
        // 3600 · 10^16 / 2 419 200, rounded down.
        (28 * 24 * HOUR, u(14_880_952_380_952)),
        // The lowest price, reached after 3600 · 10^16 / 100 seconds.
        (359_999_999_999_999_999, u(100)),
        (500_000_000_000_000_000, u(100)),
    ] {
        world.at(seconds);
        assert_eq!(price(&world), expected, "after {seconds} s");
    }
}

#[test]
fn the_price_is_for_the_lot_whatever_part_is_asked_for() {
    let world = world();
    world.at(HOUR);
    for amount in [u(0), u(1), u(LOT), U256::MAX] {
        assert_eq!(world.view(computeExactAmountInCall { amountOut: amount }), u(PRICE));
    }
}

#[test]
fn the_time_for_a_price_is_when_it_is_reached() {
    let world = world();
    let time = |price| world.view(computeTimeForPriceCall { price });
    assert_eq!(time(u(PRICE)), U256::from(T0 + HOUR));
    assert_eq!(time(u(2 * PRICE)), U256::from(T0 + HOUR / 2));
    assert_eq!(time(u(3 * PRICE)), U256::from(T0 + HOUR / 3));
    assert_eq!(time(U256::MAX), U256::from(T0));
    assert_eq!(time(u(1)), U256::from(T0) + u(PRICE * u128::from(HOUR)));
    world.refused(ALICE, computeTimeForPriceCall { price: u(0) }, PriceIsZero {});
}

#[test]
fn the_time_for_a_price_fits_at_the_largest_settings() {
    let largest =
        vaultCall { targetAuctionPeriod: u32::MAX, targetAuctionPrice: max_recorded(), ..settings() };
    let world = World::with(&largest);
    let product = U256::from(u32::MAX) * max_recorded();
    assert_eq!(world.view(computeTimeForPriceCall { price: u(1) }), U256::from(T0) + product);
    world.at(1);
    assert_eq!(price(&world), product);
    world.at(1 << 33);
    assert_eq!(price(&world), product / u(1 << 33));
}

#[test]
fn sales_follow_each_other_as_in_the_original_s_test() {
    let world = world();
    let first_time = 4 * 7 * 24 * HOUR;
    // A sale four weeks in, one a quarter of the period later, one a period later.
    for (seconds, expected) in [
        (first_time, 14_880_952_380_952),
        (first_time + HOUR / 4, 59_523_809_523_808),
        (first_time + HOUR / 4 + HOUR, 59_523_809_523_808),
    ] {
        world.at(seconds);
        assert_eq!(world.ok(KEEPER, swap(KEEPER, 1000, u(100 * PRICE), b"")), u(expected));
        assert_eq!(world.view(lastAuctionAtCall {}), T0 + seconds);
        assert_eq!(world.view(lastAuctionPriceCall {}).to::<u128>(), expected);
        assert_eq!(price(&world), max_price());
    }
    assert_eq!(world.balance(YIELD, KEEPER), u(3000));
}

#[test]
fn a_sale_sends_the_yield_queues_the_price_and_says_so() {
    let world = world();
    world.at(HOUR);
    assert_eq!(world.ok(KEEPER, swap(ALICE, LOT, u(PRICE), b"")), u(PRICE));
    assert_eq!(
        world.logs(),
        [log(SwappedExactAmountOut {
            sender: KEEPER,
            receiver: ALICE,
            amountOut: u(LOT),
            amountInMax: u(PRICE),
            amountIn: u(PRICE),
            flashSwapData: Bytes::new(),
        })]
    );
    assert_eq!((world.balance(YIELD, ALICE), world.balance(YIELD, VAULT)), (u(LOT), u(0)));
    assert_eq!(world.balance(REWARD, VAULT), u(PRICE));
    assert_eq!((world.view(queuedCall {}), world.view(reserveCall {})), (u(PRICE), u(PRICE)));
    // The price streams to the stakers over the next epoch; the hour ended in epoch 3.
    world.at(4000);
    assert_eq!(world.view(earnedCall { account: ALICE }), u(0));
    world.at(5000);
    assert_eq!(world.view(earnedCall { account: ALICE }), u(PRICE));
}

#[test]
fn smoothing_holds_back_its_part_of_what_is_for_sale() {
    for (smoothing, available) in [(0, 1001), (WAD / 2, 500), (WAD / 10 * 9, 100), (WAD - 1, 0), (1, 1000)] {
        let world = World::with(&vaultCall { smoothingFactor: smoothing, ..settings() });
        world.donate(YIELD, u(1001));
        world.give(REWARD, KEEPER, u(PRICE));
        assert_eq!(world.view(maxAmountOutCall {}), u(available), "{smoothing}");
        world.at(HOUR);
        let error = InsufficientBalance { requested: u(available + 1), available: u(available) };
        world.refused(KEEPER, swap(KEEPER, available + 1, U256::MAX, b""), error);
        if available > 0 {
            world.ok(KEEPER, swap(KEEPER, available, U256::MAX, b""));
        }
    }
}

#[test]
fn refusals_come_in_the_original_s_order() {
    // Each call is wrong in all that the ones below it are wrong in.
    let world = world();
    let (too_much, max) = (LOT + 1, u(PRICE - 1));
    let swap = |receiver, amount, max| swap(receiver, amount, max, b"x");
    world.at(HOUR);
    world.chain.stand_in(RECEIVER, |_, _| Err(vec![0xde, 0xad]));
    world.chain.stand_in(YIELD, |chain, message| {
        let is_transfer = message.data.starts_with(&tokenTransferCall::SELECTOR);
        if is_transfer { Err(vec![0xbe, 0xef]) } else { chain.run(message) }
    });
    world.refused(KEEPER, swap(Address::ZERO, too_much, max), ReceiverIsZero {});
    world.refused(
        KEEPER,
        swap(VAULT, too_much, max),
        SwapExceedsMax { amountInMax: max, amountIn: u(PRICE) },
    );
    let error = InsufficientBalance { requested: u(too_much), available: u(LOT) };
    world.refused(KEEPER, swap(VAULT, too_much, u(PRICE)), error);
    world.refused(KEEPER, swap(VAULT, 0, u(PRICE)), ZeroAmount {});
    world.refused(KEEPER, swap(VAULT, 1, u(PRICE)), ERC20InvalidReceiver { receiver: VAULT });
    world.refused_with(KEEPER, swap(RECEIVER, 1, u(PRICE)), vec![0xbe, 0xef]);
    world.chain.stand_down(YIELD);
    world.refused_with(KEEPER, swap(RECEIVER, 1, u(PRICE)), vec![0xde, 0xad]);
    world.chain.stand_in(RECEIVER, |_, _| Ok(Vec::new()));
    world.refused(
        KEEPER,
        swap(RECEIVER, 1, u(PRICE)),
        InsufficientPayment { amountIn: u(PRICE), paid: u(0) },
    );
    receiver_pays(&world, PRICE - 1);
    let error = InsufficientPayment { amountIn: u(PRICE), paid: u(PRICE - 1) };
    world.refused(KEEPER, swap(RECEIVER, 1, u(PRICE)), error);
    receiver_pays(&world, PRICE);
    assert_eq!(world.ok(KEEPER, swap(RECEIVER, 1, u(PRICE))), u(PRICE));
}

#[test]
fn a_refused_sale_leaves_the_auction_as_it_was() {
    let world = world();
    world.at(HOUR);
    let error = InsufficientBalance { requested: u(LOT + 1), available: u(LOT) };
    world.refused(KEEPER, swap(KEEPER, LOT + 1, u(PRICE), b""), error);
    assert_eq!(world.view(lastAuctionAtCall {}), T0);
    assert_eq!(price(&world), u(PRICE));
}

#[test]
fn in_the_second_of_a_sale_the_price_is_more_than_anybody_can_pay() {
    let world = world();
    world.at(HOUR);
    world.ok(KEEPER, swap(KEEPER, 1, u(PRICE), b""));
    let error = SwapExceedsMax { amountInMax: u(1000 * PRICE), amountIn: max_price() };
    world.refused(KEEPER, swap(KEEPER, 1, u(1000 * PRICE), b""), error);
    // Nor can it be credited, whatever the buyer has.
    world.donate(REWARD, U256::MAX >> 1);
    let error = RewardBoundExceeded { unpaid: u(PRICE), bound: u((1 << 111) - 1) };
    world.refused(KEEPER, swap(KEEPER, 1, U256::MAX, b""), error);
}

#[test]
fn the_callback_is_encoded_as_the_original_s() {
    for data in
        [&b"hello"[..], b"exactly thirty-two bytes, really", b"more than thirty-two bytes, certainly!"]
    {
        let world = world();
        world.at(HOUR);
        receiver_pays(&world, PRICE);
        world.ok(KEEPER, swap(RECEIVER, 5, U256::MAX, data));
        let expected = flashSwapCallbackCall {
            sender: KEEPER,
            amountIn: u(PRICE),
            amountOut: u(5),
            flashSwapData: Bytes::copy_from_slice(data),
        };
        let calls = world.chain.messages_to(RECEIVER);
        assert_eq!(calls, [Message::new(VAULT, RECEIVER, expected.abi_encode())]);
        assert_eq!(
            world.logs(),
            [log(SwappedExactAmountOut {
                sender: KEEPER,
                receiver: RECEIVER,
                amountOut: u(5),
                amountInMax: U256::MAX,
                amountIn: u(PRICE),
                flashSwapData: Bytes::copy_from_slice(data),
            })]
        );
    }
}

#[test]
fn the_receiver_has_the_yield_when_it_is_called_back_and_is_not_called_without_data() {
    let world = world();
    world.at(HOUR);
    let seen = Rc::new(RefCell::new(Vec::new()));
    let balances = seen.clone();
    world.give(REWARD, RECEIVER, u(PRICE));
    world.chain.stand_in(RECEIVER, move |chain, _| {
        let question = balanceOfCall { account: RECEIVER }.abi_encode();
        balances.borrow_mut().push(chain.deliver(Message::new(RECEIVER, YIELD, question)));
        let pay = tokenTransferCall { to: VAULT, value: u(PRICE) }.abi_encode();
        chain.deliver(Message::new(RECEIVER, REWARD, pay))
    });
    world.ok(KEEPER, swap(RECEIVER, 5, U256::MAX, b"x"));
    assert_eq!(seen.take(), [Ok(crate::world::word(5))]);
    world.at(2 * HOUR);
    world.ok(KEEPER, swap(RECEIVER, 5, U256::MAX, b""));
    assert_eq!(world.chain.messages_to(RECEIVER), []);
}

#[test]
fn what_the_callback_reverts_with_is_passed_on_whole() {
    let world = world();
    world.at(HOUR);
    let reason = RevertString { reason: "a reason that needs more than a single word of return data".into() };
    for said in [Vec::new(), vec![1], reason.abi_encode()] {
        let revert = said.clone();
        world.chain.stand_in(RECEIVER, move |_, _| Err(revert.clone()));
        world.refused_with(KEEPER, swap(RECEIVER, 5, U256::MAX, b"x"), said);
    }
}

#[test]
fn a_flash_buyer_is_never_asked_for_what_is_missing() {
    let world = world();
    world.at(HOUR);
    receiver_pays(&world, PRICE - 1);
    world.give(REWARD, RECEIVER, u(PRICE));
    // Keeper and receiver have approved the vault and could pay; that was not the bargain.
    let error = InsufficientPayment { amountIn: u(PRICE), paid: u(PRICE - 1) };
    world.refused(KEEPER, swap(RECEIVER, 5, U256::MAX, b"x"), error);
}

#[test]
fn a_wallet_is_asked_for_just_what_is_missing() {
    for lying_there in [0, 1, PRICE - 1, PRICE] {
        let world = world();
        world.donate(REWARD, u(lying_there));
        world.at(HOUR);
        let before = world.balance(REWARD, KEEPER);
        assert_eq!(world.ok(KEEPER, swap(ALICE, 5, u(PRICE), b"")), u(PRICE));
        let pulls: Vec<_> = world
            .chain
            .messages_to(REWARD)
            .into_iter()
            .filter_map(|message| pullCall::abi_decode(&message.data).ok())
            .map(|pull| (pull.from, pull.to, pull.value))
            .collect();
        let missing = u(PRICE - lying_there);
        let expected = if missing.is_zero() { vec![] } else { vec![(KEEPER, VAULT, missing)] };
        assert_eq!(pulls, expected);
        assert_eq!(before - world.balance(REWARD, KEEPER), missing);
        assert_eq!(world.view(reserveCall {}), u(PRICE));
    }
}

#[test]
fn a_wallet_that_cannot_pay_gets_the_token_s_own_error() {
    let world = world();
    world.at(HOUR);
    let error = ERC20InsufficientAllowance { spender: VAULT, allowance: u(0), needed: u(PRICE) };
    world.refused(ALICE, swap(ALICE, 5, U256::MAX, b""), error);
    world.give(REWARD, ALICE, u(3));
    let error = ERC20InsufficientBalance { sender: ALICE, balance: u(3), needed: u(PRICE) };
    world.refused(ALICE, swap(ALICE, 5, U256::MAX, b""), error);
    assert_eq!(world.balance(YIELD, ALICE), u(0));
}

#[test]
fn what_lies_in_the_vault_beyond_the_price_is_credited_along_and_announced() {
    let swapped = |data: &'static [u8], receiver| {
        log(SwappedExactAmountOut {
            sender: KEEPER,
            receiver,
            amountOut: u(5),
            amountInMax: U256::MAX,
            amountIn: u(PRICE),
            flashSwapData: Bytes::from_static(data),
        })
    };
    let added = log(RewardAdded { sender: KEEPER, amount: u(7) });

    let stray = world();
    stray.at(HOUR);
    stray.donate(REWARD, u(PRICE + 7));
    stray.ok(KEEPER, swap(KEEPER, 5, U256::MAX, b""));
    assert_eq!(stray.logs(), [added.clone(), swapped(b"", KEEPER)]);

    let generous = world();
    generous.at(HOUR);
    receiver_pays(&generous, PRICE + 7);
    generous.ok(KEEPER, swap(RECEIVER, 5, U256::MAX, b"x"));
    assert_eq!(generous.logs(), [added, swapped(b"x", RECEIVER)]);

    for world in [stray, generous] {
        assert_eq!((world.view(queuedCall {}), world.view(reserveCall {})), (u(PRICE + 7), u(PRICE + 7)));
        assert_eq!(world.ok(ALICE, syncCall {}), u(0));
    }
}

#[test]
fn rewards_that_are_owed_cannot_pay_the_price() {
    let world = world();
    world.fund(10 * PRICE);
    world.at(HOUR);
    world.chain.stand_in(RECEIVER, |_, _| Ok(Vec::new()));
    let error = InsufficientPayment { amountIn: u(PRICE), paid: u(0) };
    world.refused(KEEPER, swap(RECEIVER, 5, U256::MAX, b"x"), error);
}

#[test]
fn a_flash_swap_to_an_account_without_code_is_refused() {
    let world = world();
    world.donate(REWARD, u(PRICE));
    world.at(HOUR);
    assert!(world.send(KEEPER, swap(RECEIVER, 5, U256::MAX, b"x").abi_encode()).is_err());
}

#[test]
fn a_sale_works_without_stakers_and_its_price_waits_for_them() {
    let world = World::new();
    world.donate(YIELD, u(100));
    world.give(REWARD, KEEPER, u(PRICE));
    world.at(HOUR);
    world.ok(KEEPER, swap(KEEPER, 100, U256::MAX, b""));
    world.at(10_000);
    world.stake(ALICE, 64);
    world.at(11_000);
    assert_eq!(world.view(earnedCall { account: ALICE }), u(PRICE));
}

#[test]
fn the_lowest_price_is_100_base_units_and_the_auction_rises_again_from_it() {
    let world = World::with(&vaultCall { targetAuctionPrice: u(1000), ..settings() });
    world.stake(ALICE, 64);
    world.donate(YIELD, u(LOT));
    world.give(REWARD, KEEPER, u(100));
    let late = 100 * HOUR;
    world.at(late);
    assert_eq!(world.ok(KEEPER, swap(KEEPER, 1, u(100), b"")), u(100));
    world.at(late + 1);
    assert_eq!(price(&world), u(100 * u128::from(HOUR)));
    world.at(late + HOUR);
    assert_eq!(price(&world), u(100));
}

#[test]
fn what_is_paid_above_2_104_is_recorded_as_that_and_the_auction_goes_on() {
    let world = World::with(&vaultCall { targetAuctionPrice: max_recorded(), ..settings() });
    world.donate(YIELD, u(LOT));
    world.give(REWARD, KEEPER, U256::MAX >> 8);
    // A quarter of the period: four times the first price, which unpaid rewards can be.
    world.at(HOUR / 4);
    assert_eq!(world.ok(KEEPER, swap(KEEPER, 1, U256::MAX, b"")), max_recorded() * u(4));
    assert_eq!(U256::from(world.view(lastAuctionPriceCall {})), max_recorded());
    assert_eq!(world.view(queuedCall {}), max_recorded() * u(4));
    world.at(HOUR / 4 + HOUR);
    assert_eq!(price(&world), max_recorded());
}

#[test]
fn a_sale_leaves_the_queue_and_a_fund_the_last_sale_alone() {
    let world = world();
    world.at(HOUR);
    world.fund(7);
    world.ok(KEEPER, swap(KEEPER, 1, U256::MAX, b""));
    assert_eq!(world.view(queuedCall {}), u(PRICE + 7));
    world.fund(5);
    assert_eq!(world.view(lastAuctionPriceCall {}).to::<u128>(), PRICE);
    assert_eq!(world.view(lastAuctionAtCall {}), T0 + HOUR);
    assert_eq!((world.view(queuedCall {}), world.view(reserveCall {})), (u(PRICE + 12), u(PRICE + 12)));
}
