//! Tests of the reward stream: nothing is lost or paid twice, and the number of updates does not matter.
//! It is compared with exact formulas and with a model that steps every second.

use std::num::NonZeroU32;

use num_bigint::BigInt;
use proptest::collection::vec;
use proptest::prelude::*;
use weir::math::MAX_UNPAID_REWARD;
use weir::math::stream::Stream;

use crate::exact::{floor, ratio};
use crate::model::SecondBySecond;
use crate::random::{amount, config, epoch_length, seconds32, short_epoch_length};

fn length(seconds: u32) -> NonZeroU32 {
    NonZeroU32::new(seconds).expect("an epoch has at least a second")
}

fn stream(reward: u128, queued: u128, updated: u32) -> Stream {
    Stream { reward, queued, updated }
}

/// `⌊reward · elapsed / length⌋`.
fn handed_out_after(reward: u128, elapsed: u32, length: NonZeroU32) -> BigInt {
    floor(&ratio(BigInt::from(reward) * elapsed, length.get()))
}

/// What the stream has not handed out yet: the rest of the epoch's reward, and the queue.
fn kept(stream: Stream, length: NonZeroU32) -> BigInt {
    let gone = handed_out_after(stream.reward, stream.updated % length, length);
    BigInt::from(stream.reward) + stream.queued - gone
}

/// A stream at any time, with reward and queue together within the bound.
fn any_stream() -> impl Strategy<Value = Stream> {
    (amount(111), amount(111), seconds32())
        .prop_map(|(reward, queued, updated)| stream(reward, queued.min(MAX_UNPAID_REWARD - reward), updated))
}

/// A later time: within the epoch, within the next few, or any.
fn wait(length: NonZeroU32) -> impl Strategy<Value = u32> {
    let length = length.get();
    prop_oneof![4 => 0..=length, 2 => 0..=length.saturating_mul(3), 1 => seconds32(), 1 => Just(length)]
}

fn stream_and_waits() -> impl Strategy<Value = (NonZeroU32, Stream, Vec<u32>)> {
    prop_oneof![epoch_length(), short_epoch_length()]
        .prop_flat_map(|length| (Just(length), any_stream(), vec(wait(length), 0..24)))
}

/// A stream in one of its first epochs, so that many can pass; the number of epochs to pass, and seconds after them.
fn young_stream() -> impl Strategy<Value = (NonZeroU32, Stream, u32, u32)> {
    (1..=10_000_000_u32).prop_flat_map(|seconds| {
        let stream =
            (any_stream(), 0..2 * seconds).prop_map(|(stream, updated)| Stream { updated, ..stream });
        (Just(length(seconds)), stream, 0..=200_u32, 0..seconds)
    })
}

#[test]
fn ten_units_over_three_seconds_are_three_three_and_four() {
    let three = length(3);
    let start = stream(10, 0, 300);
    let (start, first) = start.advance(301, three, true);
    let (start, second) = start.advance(302, three, true);
    let (start, third) = start.advance(303, three, true);
    assert_eq!([first, second, third], [3, 3, 4]);
    assert_eq!(start, stream(0, 0, 303));
}

#[test]
fn the_queue_of_an_epoch_is_the_reward_of_the_next() {
    let ten = length(10);
    assert_eq!(stream(100, 50, 3).advance(9, ten, true), (stream(100, 50, 9), 60));
    assert_eq!(stream(100, 50, 3).advance(10, ten, true), (stream(50, 0, 10), 70));
    assert_eq!(stream(100, 50, 3).advance(14, ten, true), (stream(50, 0, 14), 90));
    assert_eq!(stream(100, 50, 3).advance(19, ten, true), (stream(50, 0, 19), 115));
    assert_eq!(stream(100, 50, 3).advance(20, ten, true), (stream(0, 0, 20), 120));
    assert_eq!(stream(100, 50, 3).advance(99, ten, true), (stream(0, 0, 99), 120));
}

#[test]
fn unstaked_time_queues_what_it_would_have_handed_out() {
    let ten = length(10);
    assert_eq!(stream(100, 50, 3).advance(9, ten, false), (stream(100, 110, 9), 0));
    assert_eq!(stream(100, 50, 3).advance(10, ten, false), (stream(120, 0, 10), 0));
    assert_eq!(stream(100, 50, 3).advance(15, ten, false), (stream(120, 60, 15), 0));
    assert_eq!(stream(100, 50, 3).advance(20, ten, false), (stream(120, 0, 20), 0));
    assert_eq!(stream(100, 50, 3).advance(99, ten, false), (stream(120, 108, 99), 0));
}

#[test]
fn an_epoch_of_one_second_hands_out_at_its_end() {
    let one = length(1);
    let (next, handed_out) = stream(MAX_UNPAID_REWARD - 1, 1, 7).advance(8, one, true);
    assert_eq!((next, handed_out), (stream(1, 0, 8), MAX_UNPAID_REWARD - 1));
    assert_eq!(next.advance(9, one, true), (stream(0, 0, 9), 1));
    assert_eq!(next.advance(u32::MAX, one, true), (stream(0, 0, u32::MAX), 1));
    assert_eq!(next.advance(u32::MAX, one, false), (stream(1, 0, u32::MAX), 0));
}

#[test]
fn the_longest_epoch_ends_in_the_last_second() {
    let longest = length(u32::MAX);
    let full = stream(MAX_UNPAID_REWARD, 0, 0);
    let (late, most) = full.advance(u32::MAX - 1, longest, true);
    assert_eq!(BigInt::from(most), handed_out_after(MAX_UNPAID_REWARD, u32::MAX - 1, longest));
    assert_eq!(late.advance(u32::MAX, longest, true), (stream(0, 0, u32::MAX), MAX_UNPAID_REWARD - most));
    assert_eq!(full.advance(u32::MAX, longest, true), (stream(0, 0, u32::MAX), MAX_UNPAID_REWARD));
    assert_eq!(full.advance(u32::MAX, longest, false), (stream(MAX_UNPAID_REWARD, 0, u32::MAX), 0));
}

#[test]
fn an_epoch_has_ended_from_the_first_second_of_the_next() {
    let ten = length(10);
    let ended = |updated, now| stream(0, 0, updated).epoch_has_ended(now, ten);
    assert!(!ended(0, 0) && !ended(0, 9) && !ended(9, 9) && !ended(10, 19));
    assert!(ended(0, 10) && ended(9, 10) && ended(19, 20) && ended(5, u32::MAX));
    assert!(!ended(10, 9) && !ended(u32::MAX, 0));
}

proptest! {
    #![proptest_config(config(6000))]

    #[test]
    fn standing_or_backward_time_changes_nothing(
        length in epoch_length(), stream in any_stream(), back in seconds32(), staked: bool,
    ) {
        let now = stream.updated.saturating_sub(back);
        prop_assert_eq!(stream.advance(now, length, staked), (stream, 0));
        prop_assert!(!stream.epoch_has_ended(now, length));
    }

    /// So the vault need not access the queue's slot in most calls.
    #[test]
    fn the_queue_is_neither_read_nor_moved_within_a_staked_epoch(
        (length, start, seconds) in prop_oneof![epoch_length(), short_epoch_length()]
            .prop_flat_map(|length| (Just(length), any_stream(), 0..length.get())),
    ) {
        let epoch = start.updated - start.updated % length;
        let now = epoch.saturating_add(seconds);
        prop_assert!(!start.epoch_has_ended(now, length));
        let (moved, due) = start.advance(now, length, true);
        let (blind, same) = Stream { queued: 0, ..start }.advance(now, length, true);
        prop_assert_eq!((Stream { queued: start.queued, ..blind }, same), (moved, due));
        prop_assert_eq!((moved.reward, moved.queued), (start.reward, start.queued));
    }

    #[test]
    fn handed_out_plus_kept_is_constant(
        (length, mut stream, waits) in stream_and_waits(), stakes in vec(any::<bool>(), 24), funds in vec(amount(111), 24),
    ) {
        let mut arrived = kept(stream, length);
        let mut handed_out = BigInt::ZERO;
        for ((wait, staked), fund) in waits.into_iter().zip(stakes).zip(funds) {
            let due;
            (stream, due) = stream.advance(stream.updated.saturating_add(wait), length, staked);
            handed_out += due;
            prop_assert!(staked || due == 0);
            prop_assert_eq!(&handed_out + kept(stream, length), arrived.clone());
            let room = MAX_UNPAID_REWARD - stream.reward - stream.queued.min(MAX_UNPAID_REWARD - stream.reward);
            stream.queued += fund.min(room);
            arrived += fund.min(room);
        }
    }

    #[test]
    fn an_epoch_hands_out_the_exact_floor_and_in_the_end_its_whole_reward(
        (seconds, reward, cuts) in prop_oneof![1..=100_u32, 1..=u32::MAX / 4]
            .prop_flat_map(|seconds| (Just(seconds), amount(111), vec(0..=seconds, 0..12))),
        epoch in 1..=3_u32,
    ) {
        let (length, mut cuts, start) = (length(seconds), cuts, seconds * epoch);
        cuts.sort_unstable();
        let queued = stream(0, reward, start - 1);
        let (mut running, before) = queued.advance(start, length, true);
        prop_assert_eq!(before, 0);
        let mut handed_out = 0;
        for cut in cuts {
            let due;
            (running, due) = running.advance(start + cut, length, true);
            handed_out += due;
            prop_assert_eq!(BigInt::from(handed_out), handed_out_after(reward, cut, length));
        }
        let (ended, last) = running.advance(start + seconds, length, true);
        prop_assert_eq!(handed_out + last, reward);
        prop_assert_eq!((ended.reward, ended.queued), (0, 0));
    }

    #[test]
    fn many_advances_equal_one((length, start, waits) in stream_and_waits(), staked: bool) {
        let (mut stepped, mut total) = (start, 0);
        for wait in waits {
            let due;
            (stepped, due) = stepped.advance(stepped.updated.saturating_add(wait), length, staked);
            total += due;
        }
        prop_assert_eq!(start.advance(stepped.updated, length, staked), (stepped, total));
    }

    #[test]
    fn unstaked_time_loses_nothing_and_two_epochs_later_all_is_paid(
        (length, start, epochs, seconds) in young_stream(),
    ) {
        let later = (start.updated / length + epochs) * length.get() + seconds;
        let (idle, nothing) = start.advance(later, length, false);
        prop_assert_eq!(nothing, 0);
        prop_assert_eq!(kept(idle, length), kept(start, length));
        let paid_by = (idle.updated / length + 2) * length.get();
        let (empty, all) = idle.advance(paid_by, length, true);
        prop_assert_eq!(BigInt::from(all), kept(start, length));
        prop_assert_eq!((empty.reward, empty.queued), (0, 0));
    }

    #[test]
    fn one_step_over_many_epochs_equals_one_step_per_epoch(
        (length, start, epochs, seconds) in young_stream(), staked: bool,
    ) {
        let (mut stepped, mut total) = (start, 0);
        let first = start.updated / length + 1;
        let boundaries = (first..first + epochs).map(|epoch| epoch * length.get());
        let last = (first + epochs) * length.get() + seconds;
        for now in boundaries.chain([last]) {
            let due;
            (stepped, due) = stepped.advance(now, length, staked);
            total += due;
        }
        prop_assert_eq!(start.advance(last, length, staked), (stepped, total));
    }
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn a_step_every_second_equals_one_step(
        (length, start, wait) in short_epoch_length()
            .prop_flat_map(|length| (Just(length), any_stream(), 0..=6 * length.get())),
        staked: bool,
    ) {
        let now = start.updated.saturating_add(wait);
        let (mut stepped, mut total) = (start, 0);
        for second in start.updated..=now {
            let due;
            (stepped, due) = stepped.advance(second, length, staked);
            total += due;
        }
        prop_assert_eq!(start.advance(now, length, staked), (stepped, total));
    }

    #[test]
    fn the_stream_matches_a_model_that_steps_every_second(
        (length, start, steps) in short_epoch_length().prop_flat_map(|length| {
            let step = (0..=4 * length.get(), any::<bool>(), amount(100));
            (Just(length), any_stream(), vec(step, 0..30))
        }),
    ) {
        // Leaves room for what the steps fund: 30 · 2^100 < 2^105.
        let mut stream = Stream { reward: start.reward >> 1, queued: start.queued >> 1, ..start };
        // The model starts at the stream's time: the seconds before do not matter.
        let mut model = SecondBySecond::new(length, stream);
        for (wait, staked, fund) in steps {
            let now = stream.updated.saturating_add(wait);
            let handed_out;
            (stream, handed_out) = stream.advance(now, length, staked);
            prop_assert_eq!(BigInt::from(handed_out), model.run_to(now, staked));
            stream.queued += fund;
            model.queued += fund;
            prop_assert_eq!(BigInt::from(stream.reward), model.reward.clone());
            prop_assert_eq!(BigInt::from(stream.queued), model.queued.clone());
        }
    }
}
