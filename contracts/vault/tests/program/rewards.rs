//! The reward stream over time, with numbers worked out by hand.
//!
//! Epochs have 1000 seconds. Stakes are powers of two where a result is to be exact: then the index is, too.

use alloy_primitives::{Address, U256};
use weir::abi::IVault::*;

use crate::{
    chain::log,
    world::{ALICE, BOB, CAROL, IConstructors::vaultCall, REWARD, SINK, T0, VAULT, World, settings, u},
};

fn earned(world: &World, account: Address) -> u128 {
    world.view(earnedCall { account }).to()
}

/// The reward of this epoch, and what is queued for the next.
fn stream(world: &World) -> (u128, u128) {
    (world.view(epochRewardCall {}).to(), world.view(queuedCall {}).to())
}

#[test]
fn what_arrives_is_queued_and_streams_out_linearly_over_the_next_epoch() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.at(300);
    world.fund(5000);
    for (second, reward, queued, due) in [
        (300, 0, 5000, 0),
        (999, 0, 5000, 0),
        (1000, 5000, 0, 0),
        (1001, 5000, 0, 5),
        (1500, 5000, 0, 2500),
        (1999, 5000, 0, 4995),
        (2000, 0, 0, 5000),
        (2001, 0, 0, 5000),
        (1_000_000, 0, 0, 5000),
    ] {
        world.at(second);
        assert_eq!(stream(&world), (reward, queued), "at {second} s");
        assert_eq!(earned(&world, ALICE), due, "at {second} s");
        assert_eq!(world.view(reserveCall {}), u(5000));
    }
}

#[test]
fn the_index_is_reward_per_share_in_q128() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.fund(5000);
    assert_eq!(world.view(rewardIndexCall {}), u(0));
    world.at(1500);
    assert_eq!(world.view(rewardIndexCall {}), u(2500) << 128 >> 6);
    world.at(7777);
    assert_eq!(world.view(rewardIndexCall {}), u(5000) << 128 >> 6);
}

#[test]
fn a_stream_hands_out_whole_units_as_they_fall_due() {
    let world = World::new();
    world.stake(ALICE, 1);
    world.fund(3);
    // 3 units in 1000 s: one due at 334, 667 and 1000 s.
    for (second, due) in [(1333, 0), (1334, 1), (1666, 1), (1667, 2), (1999, 2), (2000, 3)] {
        world.at(second);
        assert_eq!(earned(&world, ALICE), due, "at {second} s");
    }
}

#[test]
fn the_epoch_views_follow_the_clock() {
    let world = World::new();
    for (second, epoch) in [(0, 0), (999, 0), (1000, 1), (1999, 1), (2000, 2), (123_456_789, 123_456)] {
        world.at(second);
        assert_eq!(world.view(epochCall {}), u(epoch));
        assert_eq!(world.view(epochStartCall {}), u(u128::from(T0) + 1000 * epoch));
        assert_eq!(world.view(epochEndCall {}), u(u128::from(T0) + 1000 * epoch + 1000));
    }
}

#[test]
fn stakers_share_by_what_they_hold_and_for_as_long_as_they_hold_it() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.fund(4096);
    // Epoch 1: Alice alone for the first half, then Bob holds three quarters.
    world.at(1500);
    world.stake(BOB, 192);
    assert_eq!((earned(&world, ALICE), earned(&world, BOB)), (2048, 0));
    world.at(1750);
    // 1024 units in 250 s: a quarter and three quarters of them.
    assert_eq!((earned(&world, ALICE), earned(&world, BOB)), (2048 + 256, 768));
    world.ok(BOB, redeemCall { shares: u(192), receiver: BOB, owner: BOB });
    world.at(2000);
    assert_eq!((earned(&world, ALICE), earned(&world, BOB)), (2048 + 256 + 1024, 768));
    assert_eq!(world.ok(BOB, claimCall { receiver: BOB }), u(768));
    assert_eq!(world.ok(ALICE, claimCall { receiver: ALICE }), u(3328));
    assert_eq!(world.view(reserveCall {}), u(0));
}

#[test]
fn whoever_deposits_just_before_a_payment_earns_nothing_from_the_epoch_it_arrives_in() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.at(998);
    world.stake(BOB, 64 * 1023);
    world.fund(4096);
    world.at(999);
    world.ok(BOB, redeemCall { shares: u(64 * 1023), receiver: BOB, owner: BOB });
    world.at(2000);
    assert_eq!((earned(&world, ALICE), earned(&world, BOB)), (4096, 0));
}

#[test]
fn a_transfer_leaves_with_each_what_each_has_earned() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.fund(4098);
    world.at(1250);
    world.ok(ALICE, transferCall { to: BOB, value: u(16) });
    assert_eq!((earned(&world, ALICE), earned(&world, BOB)), (1024, 0));
    world.at(2000);
    // The other 3074 are shared as three to one: 2305 1/2 and 768 1/2.
    assert_eq!((earned(&world, ALICE), earned(&world, BOB)), (1024 + 2305, 768));
    // To oneself: nothing earned is lost, nothing is earned twice.
    world.ok(ALICE, transferCall { to: ALICE, value: u(48) });
    assert_eq!(earned(&world, ALICE), 3329);
}

#[test]
fn the_receiver_of_a_transfer_rounds_down_and_loses_less_than_a_unit() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.fund(4096);
    world.at(1250);
    world.ok(ALICE, transferCall { to: BOB, value: u(16) });
    world.at(2000);
    // Bob's part is 768 to the unit, less under 2^-32 for taking over shares.
    assert_eq!((earned(&world, ALICE), earned(&world, BOB)), (1024 + 2304, 767));
    world.fund(64);
    world.at(4000);
    assert_eq!((earned(&world, ALICE), earned(&world, BOB)), (3328 + 48, 767 + 16));
}

#[test]
fn what_is_earned_stays_after_the_shares_are_gone() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.fund(1000);
    world.at(1500);
    world.ok(ALICE, redeemCall { shares: u(64), receiver: ALICE, owner: ALICE });
    world.at(9000);
    assert_eq!(earned(&world, ALICE), 500);
    assert_eq!(world.ok(ALICE, claimCall { receiver: BOB }), u(500));
    assert_eq!(world.balance(REWARD, BOB), u(500));
}

#[test]
fn while_nobody_is_staked_what_would_be_handed_out_is_queued_again() {
    let world = World::new();
    world.fund(1000);
    world.at(1500);
    assert_eq!(stream(&world), (1000, 500));
    world.stake(ALICE, 64);
    for (second, reward, queued, due) in [
        (1501, 1000, 500, 1),
        (1999, 1000, 500, 499),
        (2000, 500, 0, 500),
        (2500, 500, 0, 750),
        (3000, 0, 0, 1000),
    ] {
        world.at(second);
        assert_eq!(stream(&world), (reward, queued), "at {second} s");
        assert_eq!(earned(&world, ALICE), due, "at {second} s");
    }
}

#[test]
fn nothing_is_lost_however_many_epochs_pass_without_stakers() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.fund(1000);
    world.at(1100);
    world.ok(ALICE, redeemCall { shares: u(64), receiver: ALICE, owner: ALICE });
    // 900 roll on from epoch to epoch; a quarter of the thousandth epoch passes before somebody comes.
    world.at(1_000_250);
    assert_eq!(stream(&world), (900, 225));
    world.stake(BOB, 64);
    world.at(1_001_000);
    assert_eq!((earned(&world, ALICE), earned(&world, BOB)), (100, 675));
    assert_eq!(stream(&world), (225, 0));
    world.at(1_002_000);
    assert_eq!((earned(&world, ALICE), earned(&world, BOB)), (100, 900));
}

#[test]
fn several_epochs_without_a_call_are_settled_as_if_each_had_been() {
    let quiet = World::new();
    let busy = World::new();
    for world in [&quiet, &busy] {
        world.stake(ALICE, 64);
        world.fund(777);
        world.at(1200);
        world.fund(333);
    }
    for second in [1201, 1999, 2000, 2001, 2500, 2999, 3000, 3001] {
        busy.at(second);
        busy.donate(REWARD, u(1));
        busy.ok(CAROL, syncCall {});
        busy.stake(BOB, 1);
        busy.ok(BOB, exitCall { receiver: SINK });
    }
    for world in [&quiet, &busy] {
        world.at(5000);
    }
    assert_eq!(earned(&quiet, ALICE), 777 + 333);
    // Eight units more came in, and Bob never stayed for a second.
    assert_eq!(earned(&busy, ALICE), 777 + 333 + 8);
}

#[test]
fn funding_adds_to_the_queue_of_the_epoch_it_arrives_in() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.fund(100);
    world.fund(20);
    assert_eq!(stream(&world), (0, 120));
    world.at(1999);
    world.fund(3);
    assert_eq!(stream(&world), (120, 3));
    world.at(2000);
    assert_eq!(stream(&world), (3, 0));
    world.at(2999);
    world.fund(4);
    world.at(4000);
    assert_eq!(stream(&world), (0, 0));
    assert_eq!(earned(&world, ALICE), 127);
    world.fund(5);
    world.at(6000);
    assert_eq!(earned(&world, ALICE), 132);
}

#[test]
fn funding_pulls_credits_and_says_so() {
    let world = World::new();
    world.give(REWARD, BOB, u(100));
    assert_eq!(world.ok(BOB, fundCall { amount: u(60) }), u(60));
    assert_eq!(world.logs(), [log(RewardAdded { sender: BOB, amount: u(60) })]);
    assert_eq!((world.balance(REWARD, BOB), world.balance(REWARD, VAULT)), (u(40), u(60)));
    // What was lying in the vault is credited along.
    world.donate(REWARD, u(5));
    assert_eq!(world.ok(BOB, fundCall { amount: u(40) }), u(45));
    assert_eq!(world.logs(), [log(RewardAdded { sender: BOB, amount: u(45) })]);
    assert_eq!(world.view(reserveCall {}), u(105));
}

#[test]
fn funding_with_nothing_is_refused_and_without_tokens_too() {
    let world = World::new();
    world.refused(BOB, fundCall { amount: u(0) }, ZeroAmount {});
    world.donate(REWARD, u(5));
    world.refused(BOB, fundCall { amount: u(0) }, ZeroAmount {});
    let error = ERC20InsufficientAllowance { spender: VAULT, allowance: u(0), needed: u(1) };
    world.refused(BOB, fundCall { amount: u(1) }, error);
}

#[test]
fn sync_credits_what_lies_in_the_vault_once() {
    let world = World::new();
    assert_eq!(world.ok(BOB, syncCall {}), u(0));
    assert_eq!(world.logs(), []);
    world.donate(REWARD, u(9));
    assert_eq!(world.ok(BOB, syncCall {}), u(9));
    assert_eq!(world.logs(), [log(RewardAdded { sender: BOB, amount: u(9) })]);
    assert_eq!(world.ok(BOB, syncCall {}), u(0));
    assert_eq!((stream(&world), world.view(reserveCall {})), ((0, 9), u(9)));
}

#[test]
fn sync_and_funding_are_refused_while_the_vault_holds_less_reward_than_it_owes() {
    let world = World::new();
    world.fund(100);
    world.transfer(REWARD, VAULT, SINK, u(10));
    world.refused(BOB, syncCall {}, PrincipalShortfall { token: REWARD, owed: u(100), held: u(90) });
    world.give(REWARD, BOB, u(9));
    let error = PrincipalShortfall { token: REWARD, owed: u(100), held: u(99) };
    world.refused(BOB, fundCall { amount: u(9) }, error);
    world.donate(REWARD, u(10));
    assert_eq!(world.ok(BOB, fundCall { amount: u(9) }), u(9));
}

#[test]
fn a_claim_pays_whole_units_and_leaves_the_fraction() {
    let world = World::new();
    world.stake(ALICE, 32);
    world.stake(BOB, 32);
    world.fund(3);
    world.at(2000);
    // One and a half each.
    assert_eq!(world.ok(ALICE, claimCall { receiver: CAROL }), u(1));
    assert_eq!(world.logs(), [log(RewardPaid { account: ALICE, receiver: CAROL, amount: u(1) })]);
    assert_eq!((world.balance(REWARD, CAROL), world.view(reserveCall {})), (u(1), u(2)));
    assert_eq!((earned(&world, ALICE), earned(&world, BOB)), (0, 1));
    world.fund(3);
    world.at(4000);
    // Three each in all: the halves have come together.
    assert_eq!((earned(&world, ALICE), earned(&world, BOB)), (2, 3));
    assert_eq!(world.ok(ALICE, claimCall { receiver: ALICE }), u(2));
    assert_eq!(world.ok(BOB, claimCall { receiver: BOB }), u(3));
    assert_eq!(world.view(reserveCall {}), u(0));
}

#[test]
fn thirds_are_rounded_down_and_the_rest_stays_in_the_vault() {
    let world = World::new();
    world.stake(ALICE, 1);
    world.stake(BOB, 2);
    world.fund(100);
    world.at(2000);
    // 33 1/3 and 66 2/3.
    assert_eq!(world.ok(ALICE, claimCall { receiver: ALICE }), u(33));
    assert_eq!(world.ok(BOB, claimCall { receiver: BOB }), u(66));
    assert_eq!(world.view(reserveCall {}), u(1));
}

#[test]
fn claiming_every_second_costs_nothing() {
    let (often, once) = (World::new(), World::new());
    for world in [&often, &once] {
        world.stake(ALICE, 3);
        world.stake(BOB, 4);
        world.fund(10_007);
    }
    let mut claimed = u(0);
    for second in 1000..=2000 {
        often.at(second);
        claimed += often.ok(BOB, claimForCall { account: ALICE });
    }
    once.at(2000);
    // 3/7 of 10 007 is 4288.7.
    assert_eq!((claimed, earned(&once, ALICE)), (u(4288), 4288));
    assert_eq!(earned(&often, BOB), earned(&once, BOB));
}

#[test]
fn a_claim_of_nothing_pays_nothing_and_says_nothing() {
    let world = World::new();
    world.stake(ALICE, 64);
    for account in [ALICE, BOB] {
        assert_eq!(world.ok(account, claimCall { receiver: account }), u(0));
        assert_eq!(world.ok(CAROL, claimForCall { account }), u(0));
        assert_eq!((world.logs(), world.chain.messages_to(REWARD)), (vec![], vec![]));
    }
}

#[test]
fn anyone_may_claim_for_an_account_and_the_account_is_paid() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.fund(100);
    world.at(2000);
    assert_eq!(world.ok(BOB, claimForCall { account: ALICE }), u(100));
    assert_eq!(world.logs(), [log(RewardPaid { account: ALICE, receiver: ALICE, amount: u(100) })]);
    assert_eq!((world.balance(REWARD, ALICE), world.balance(REWARD, BOB)), (u(100), u(0)));
}

#[test]
fn no_claim_goes_to_nobody_or_to_the_vault_itself() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.fund(100);
    world.at(2000);
    for receiver in [Address::ZERO, VAULT] {
        world.refused(ALICE, claimCall { receiver }, ERC20InvalidReceiver { receiver });
        world.refused(ALICE, claimForCall { account: receiver }, ERC20InvalidReceiver { receiver });
    }
    assert_eq!(earned(&world, ALICE), 100);
}

#[test]
fn an_epoch_may_last_one_second_or_136_years() {
    let shortest = World::with(&vaultCall { epochLength: 1, ..settings() });
    shortest.stake(ALICE, 64);
    shortest.fund(100);
    for (second, due) in [(0, 0), (1, 0), (2, 100), (3, 100)] {
        shortest.at(second);
        assert_eq!(earned(&shortest, ALICE), due);
    }
    let longest = World::with(&vaultCall { epochLength: u32::MAX, ..settings() });
    longest.stake(ALICE, 64);
    longest.fund(100);
    for (second, epoch) in [(u64::from(u32::MAX) - 1, 0), (u64::from(u32::MAX), 1), (1 << 33, 1)] {
        longest.at(second);
        assert_eq!((longest.view(epochCall {}), earned(&longest, ALICE)), (u(epoch), 0));
    }
}

#[test]
fn after_136_years_the_clock_stands_still_and_principal_still_leaves() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.at(1 << 32);
    world.fund(1000);
    world.at(1 << 40);
    assert_eq!(world.view(epochCall {}), U256::from(u32::MAX / 1000));
    assert_eq!(earned(&world, ALICE), 0);
    let exited = world.ok(ALICE, exitCall { receiver: ALICE });
    assert_eq!((exited.assets, exited.amount), (u(64), u(0)));
}
