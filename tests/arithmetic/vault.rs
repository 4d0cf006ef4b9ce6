//! Tests of the composed vault against a model that pays every staker its exact share of each second.
//! The calls and the checks are in `run.rs`, the vault in `composed.rs`.

use std::num::NonZeroU32;

use num_bigint::BigInt;
use proptest::collection::vec;
use proptest::prelude::*;
use weir::math::U256;

use crate::composed::Vault;
use crate::exact::{integer, ratio};
use crate::random::{amount, config};
use crate::run::{Call, History, Run, history, large_stakes_sent_back_and_forth};

proptest! {
    #![proptest_config(config(2000))]

    #[test]
    fn every_staker_is_paid_its_exact_share_within_the_bounds(history in history(60)) {
        let mut run = Run::new(&history);
        for (seconds, call) in history.calls {
            run.wait(seconds);
            run.check()?;
            run.apply(call);
            run.check()?;
        }
    }

    #[test]
    fn large_stakes_sent_back_and_forth_stay_within_the_bounds(history in large_stakes_sent_back_and_forth()) {
        let mut run = Run::new(&history);
        for (seconds, call) in history.calls {
            run.wait(seconds);
            run.apply(call);
            run.check()?;
        }
    }

    #[test]
    fn settling_every_second_costs_no_more_than_rounding(history in history(30)) {
        let mut run = Run::new(&history);
        for (seconds, call) in history.calls {
            for _ in 0..seconds {
                run.wait(1);
                run.settle();
            }
            run.apply(call);
            run.check()?;
        }
    }

    /// The last stakers get the rewards of unstaked time; only fractions are left.
    #[test]
    fn everything_is_paid_two_epochs_after_the_last_call(history in history(40)) {
        // Not in the last seconds, where two more epochs do not fit.
        let mut run = Run::after(&History { start: history.start / 2, ..history.clone() });
        if run.ledger.total() == 0 {
            run.apply(Call::Deposit { staker: 0, shares: 1 });
        }
        run.wait(2 * history.length.get());
        run.check()?;
        prop_assert_eq!(run.undistributed(), BigInt::ZERO);
    }

    #[test]
    fn the_order_of_claims_does_not_matter(history in history(30), seconds in 0..40_u32, first in 0..8_usize) {
        let run = Run::after(&history);
        let now = run.now.saturating_add(seconds);
        let stakers = history.stakers;
        let claim_all = |order: &mut dyn Iterator<Item = usize>| {
            let mut vault = run.vault.clone();
            let mut claimed = vec![0; stakers];
            order.for_each(|staker| claimed[staker] += vault.claim(staker, now));
            (vault, claimed)
        };
        let (vault, claimed) = claim_all(&mut (0..stakers));
        prop_assert_eq!(&(vault.clone(), claimed.clone()), &claim_all(&mut (0..stakers).rev()));
        let mut rotated_twice = (0..2 * stakers).map(|turn| (first + turn) % stakers);
        prop_assert_eq!(&(vault.clone(), claimed.clone()), &claim_all(&mut rotated_twice));
        prop_assert_eq!((vault.stream, vault.index), (run.vault.stream, run.vault.index));
    }

    /// In the epoch of the funding every staker earns exactly what it earns without it, and later never less.
    #[test]
    fn funding_lowers_no_rate(history in history(30), amount in amount(111), waits in vec(0..40_u32, 1..8)) {
        let mut run = Run::after(&history);
        run.settle();
        let mut funded = run.vault.clone();
        funded.fund(amount.min(funded.room_for_reward()), run.now);
        let mut now = run.now;
        for seconds in waits {
            now = now.saturating_add(seconds);
            let same_epoch = now / history.length == run.now / history.length;
            for staker in 0..history.stakers {
                let (with, without) = (funded.earned(staker, now), run.vault.earned(staker, now));
                prop_assert!(with >= without);
                prop_assert!(with == without || !same_epoch);
            }
        }
    }

    /// A staker deposits right before the funding and withdraws in the epoch's last second.
    #[test]
    fn a_deposit_right_before_funding_earns_none_of_it_in_that_epoch(
        history in history(30), shares in amount(112), amount in amount(111), seconds in 0..16_u32,
    ) {
        let run = Run::after(&history);
        let mut vault = run.vault.clone();
        vault.positions.push(Default::default());
        let newcomer = history.stakers;
        vault.deposit(newcomer, shares.min(vault.room_for_stake()), run.now);
        let mut funded = vault.clone();
        funded.fund(amount.min(funded.room_for_reward()), run.now);
        let last_second = (run.now / history.length).checked_add(1)
            .and_then(|next| next.checked_mul(history.length.get()))
            .map_or(u32::MAX, |next_epoch| next_epoch - 1);
        for now in [run.now, run.now.saturating_add(seconds).min(last_second), last_second] {
            prop_assert_eq!(funded.earned(newcomer, now), vault.earned(newcomer, now));
        }
        funded.withdraw(newcomer, funded.positions[newcomer].shares(), last_second);
        vault.withdraw(newcomer, vault.positions[newcomer].shares(), last_second);
        let later = last_second.saturating_add(3 * history.length.get());
        prop_assert_eq!(funded.earned(newcomer, later), vault.earned(newcomer, later));
    }
}

/// A reward of 1000 in an epoch of 10 seconds for two stakers, one of whom joins and leaves.
#[test]
fn a_reward_streams_each_second_to_the_current_stakers() {
    let ten = NonZeroU32::new(10).expect("ten");
    let mut vault = Vault::new(ten, 0, U256::MAX, 2);
    vault.deposit(0, 1000, 0);
    vault.fund(1000, 7);
    assert_eq!(vault.earned(0, 10), 0);
    assert_eq!(vault.earned(0, 11), 99, "100, less the rounding of the debt at an index of 2^256 − 1");
    vault.deposit(1, 3000, 12);
    assert_eq!((vault.earned(0, 16), vault.earned(1, 16)), (299, 299));
    vault.withdraw(1, 3000, 18);
    assert_eq!((vault.earned(0, 20), vault.earned(1, 20)), (549, 449));
    assert_eq!((vault.earned(0, 90), vault.earned(1, 90)), (549, 449));
}

/// Without stakers nothing is handed out: 40 of 100 are handed out, and 60 roll over.
#[test]
fn unstaked_rewards_roll_over_to_the_next_epoch() {
    let ten = NonZeroU32::new(10).expect("ten");
    let mut vault = Vault::new(ten, 0, U256::ZERO, 1);
    vault.fund(100, 0);
    vault.deposit(0, 1, 8);
    vault.withdraw(0, 1, 14);
    assert_eq!((vault.earned(0, 14), vault.stream.queued), (40, 0));
    vault.deposit(0, 1, 35);
    assert_eq!((vault.earned(0, 35), vault.stream.reward, vault.stream.queued), (40, 60, 30));
    assert_eq!(vault.earned(0, 40), 70);
    assert_eq!(vault.earned(0, 50), 100);
}

/// A transfer uses an index that is not stored. The next index is rounded down once from the stored one, not twice, so
/// it may rise by more than was handed out since. Without rounding up, this receiver would be paid 1.
#[test]
fn a_transfer_within_an_epoch_rounds_against_its_receiver() {
    let three = NonZeroU32::new(3).expect("three");
    let total = 3 << 110;
    // 2^128 / 87382, up by 2^-32 of itself for the rounding of the debt.
    let shares = (u128::MAX / 87382) + (1 << 85);
    let mut vault = Vault::new(three, 0, U256::ZERO, 2);
    vault.fund(3, 0);
    vault.deposit(0, total, 1);
    vault.transfer(0, 1, shares, 5);
    let exact = ratio(shares, total);
    assert!(exact < integer(1));
    assert_eq!(vault.earned(1, 6), 0);
    assert_eq!(vault.earned(0, 6), 1, "of slightly more than 2");
}
