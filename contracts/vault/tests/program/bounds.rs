//! At the bounds, and one beyond: total stake 2^112 − 1, unpaid rewards 2^111 − 1.

use alloy_primitives::U256;
use weir::abi::IVault::*;

use crate::{
    chain::log,
    world::{ALICE, ASSET, BOB, KEEPER, PRICE, REWARD, VAULT, World, YIELD, u},
};

const MAX_STAKE: u128 = (1 << 112) - 1;
const MAX_UNPAID: u128 = (1 << 111) - 1;
/// The slot of the index.
const INDEX: U256 = U256::ONE;

#[test]
fn the_largest_stake_goes_in_and_comes_out() {
    let world = World::new();
    world.stake(ALICE, MAX_STAKE);
    assert_eq!(world.view(totalSupplyCall {}), u(MAX_STAKE));
    assert_eq!(world.view(maxDepositCall { receiver: BOB }), u(0));
    world.ok(ALICE, transferCall { to: BOB, value: u(MAX_STAKE) });
    world.ok(BOB, redeemCall { shares: u(MAX_STAKE), receiver: BOB, owner: BOB });
    assert_eq!(world.balance(ASSET, BOB), u(MAX_STAKE));
}

#[test]
fn a_stake_beyond_the_bound_is_refused_with_what_still_fits() {
    let world = World::new();
    world.give(ASSET, ALICE, U256::MAX >> 1);
    let receiver = ALICE;
    for (held, amounts) in [
        (0, [u(1 << 112), U256::from(1) << 128, U256::MAX]),
        (5, [u(MAX_STAKE - 4), u(MAX_STAKE), U256::MAX]),
        (MAX_STAKE - 5, [u(1), u(2), U256::MAX]),
    ] {
        if held > 0 {
            world.ok(ALICE, depositCall { assets: u(held), receiver });
        }
        let max = world.view(maxDepositCall { receiver });
        for amount in amounts {
            let error = ERC4626ExceededMaxDeposit { receiver, assets: amount, max };
            world.refused(ALICE, depositCall { assets: amount, receiver }, error);
            let error = ERC4626ExceededMaxMint { receiver, shares: amount, max };
            world.refused(ALICE, mintCall { shares: amount, receiver }, error);
        }
    }
}

#[test]
fn the_largest_reward_is_earned_by_the_smallest_and_by_the_largest_stake() {
    // Of the largest stake the index loses less than S / 2^128 of a unit, so the last unit stays unpaid.
    for (stake, due) in [(1, MAX_UNPAID), (1 << 111, MAX_UNPAID), (MAX_STAKE, MAX_UNPAID - 1)] {
        let world = World::new();
        world.stake(ALICE, stake);
        world.fund(MAX_UNPAID);
        world.at(1500);
        assert_eq!(world.view(epochRewardCall {}), u(MAX_UNPAID));
        world.at(2000);
        assert_eq!(world.view(earnedCall { account: ALICE }), u(due));
        assert_eq!(world.ok(ALICE, claimCall { receiver: ALICE }), u(due));
        assert_eq!(world.view(reserveCall {}), u(MAX_UNPAID - due));
    }
}

#[test]
fn the_index_may_wrap_under_positions_and_nobody_notices() {
    let world = World::new();
    // No position is there yet, so any index is as good as 0: this one wraps after 505 units on 64 shares.
    world.chain.set_word(VAULT, INDEX, U256::ZERO.wrapping_sub(u(505) << 122));
    world.stake(ALICE, 48);
    world.stake(BOB, 16);
    world.fund(1010);
    for (second, alice, bob) in [(1400, 303, 101), (1500, 378, 126), (1600, 454, 151), (2000, 757, 252)] {
        world.at(second);
        assert_eq!(world.view(earnedCall { account: ALICE }), u(alice), "at {second} s");
        assert_eq!(world.view(earnedCall { account: BOB }), u(bob), "at {second} s");
    }
    assert_eq!(world.view(rewardIndexCall {}), u(505) << 122);
    world.ok(ALICE, transferCall { to: BOB, value: u(48) });
    assert_eq!(world.ok(ALICE, claimCall { receiver: ALICE }), u(757));
    assert_eq!(world.ok(BOB, claimCall { receiver: BOB }), u(252));
}

#[test]
fn no_reward_is_credited_beyond_the_bound() {
    let world = World::new();
    world.fund(MAX_UNPAID);
    world.give(REWARD, BOB, u(1));
    let error = || RewardBoundExceeded { unpaid: u(MAX_UNPAID), bound: u(MAX_UNPAID) };
    world.refused(BOB, fundCall { amount: u(1) }, error());
    assert_eq!(world.ok(BOB, syncCall {}), u(0));
    world.donate(REWARD, u(1));
    world.refused(BOB, syncCall {}, error());
}

#[test]
fn funding_that_does_not_fit_whole_is_refused_and_takes_nothing() {
    let world = World::new();
    world.fund(100);
    world.give(REWARD, BOB, u(MAX_UNPAID));
    let error = RewardBoundExceeded { unpaid: u(100), bound: u(MAX_UNPAID) };
    world.refused(BOB, fundCall { amount: u(MAX_UNPAID) }, error);
}

#[test]
fn sync_credits_what_fits_and_the_rest_once_there_is_room() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.donate(REWARD, u(MAX_UNPAID + 10));
    assert_eq!(world.ok(BOB, syncCall {}), u(MAX_UNPAID));
    assert_eq!(world.logs(), [log(RewardAdded { sender: BOB, amount: u(MAX_UNPAID) })]);
    world.at(2000);
    assert_eq!(world.ok(ALICE, claimCall { receiver: ALICE }), u(MAX_UNPAID));
    assert_eq!(world.ok(BOB, syncCall {}), u(10));
}

#[test]
fn a_sale_whose_price_does_not_fit_is_refused_and_one_with_absurd_surplus_is_not() {
    let world = World::new();
    world.donate(YIELD, u(100));
    world.give(REWARD, KEEPER, u(1 << 120));
    let swap = || swapExactAmountOutCall {
        receiver: KEEPER,
        amountOut: u(10),
        amountInMax: U256::MAX,
        flashSwapData: Default::default(),
    };
    world.fund(MAX_UNPAID - PRICE + 1);
    world.at(3600);
    let error = RewardBoundExceeded { unpaid: u(MAX_UNPAID - PRICE + 1), bound: u(MAX_UNPAID) };
    world.refused(KEEPER, swap(), error);

    let world = World::new();
    world.donate(YIELD, u(100));
    world.donate(REWARD, U256::MAX >> 1);
    world.at(3600);
    assert_eq!(world.ok(KEEPER, swap()), u(PRICE));
    assert_eq!(world.view(reserveCall {}), u(MAX_UNPAID));
    assert_eq!(world.balance(REWARD, VAULT), U256::MAX >> 1);
}
