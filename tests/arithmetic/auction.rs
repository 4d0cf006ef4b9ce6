//! Tests of the auction's price, amount for sale and time for a price, against the formulas in exact rationals.
//! Figures of PoolTogether's own tests are repeated here.

use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;
use weir::math::U256;
use weir::math::auction::{
    MAX_PRICE, MIN_PRICE, WAD, available, first_second_at_most, price, time_for_price,
};

use crate::exact::{big, floor, integer, power_of_two, ratio};
use crate::random::{config, seconds64, word};

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

fn highest() -> BigInt {
    power_of_two(192) - 1
}

/// `clamp(⌊period · last / elapsed⌋, 100, 2^192 − 1)`; the maximum if no time has elapsed.
fn exact_price(period: u64, last: U256, elapsed: u64) -> BigInt {
    if elapsed == 0 {
        return highest();
    }
    let falling = ratio(big(last) * period, elapsed);
    floor(&falling.clamp(integer(100), integer(highest())))
}

/// A duration that is often a simple multiple or part of `period`.
fn elapsed_about(period: u64) -> impl Strategy<Value = u64> {
    let near = (0..=4_u64, 1..=4_u64, -2..=2_i64).prop_map(move |(times, parts, off)| {
        (period / parts).saturating_mul(times).saturating_add_signed(off)
    });
    prop_oneof![seconds64(), near]
}

fn period_and_elapsed() -> impl Strategy<Value = (u64, u64)> {
    seconds64().prop_flat_map(|period| (Just(period), elapsed_about(period)))
}

#[test]
fn the_bounds_match_the_original() {
    assert_eq!(big(MIN_PRICE), BigInt::from(100));
    assert_eq!(big(MAX_PRICE), highest());
    assert_eq!(BigInt::from(WAD), BigInt::from(10).pow(18));
}

/// The figures of the original's own tests: period 1 h, first price 0.01e18.
#[test]
fn three_sales_match_the_figures_of_the_original() {
    let first = price(HOUR, U256::from(10_000_000_000_000_000_u64), 4 * 7 * DAY);
    assert_eq!(first, U256::from(14_880_952_380_952_u64));
    let second = price(HOUR, first, HOUR / 4);
    assert_eq!(second, U256::from(59_523_809_523_808_u64));
    let third = price(HOUR, second, 3 * HOUR / 4);
    assert_eq!(third, U256::from(79_365_079_365_077_u64));
}

/// The original tests 1e20 days, which exceed 64 bits of seconds: the longest possible time is used instead.
#[test]
fn after_a_very_long_time_the_price_is_the_lowest() {
    let age = (10_u128.pow(20) * u128::from(DAY)).try_into().unwrap_or(u64::MAX);
    assert_eq!(age, u64::MAX);
    assert_eq!(price(HOUR, U256::from(10_000_000_000_000_000_u64), age), U256::from(100));
}

#[test]
fn at_half_one_and_two_periods_the_price_is_double_equal_and_half() {
    let last = U256::from(1_000_001);
    assert_eq!(price(HOUR, last, HOUR / 2), U256::from(2_000_002));
    assert_eq!(price(HOUR, last, HOUR), last);
    assert_eq!(price(HOUR, last, 2 * HOUR), U256::from(500_000));
}

#[test]
fn the_price_is_clamped_at_both_ends_and_nowhere_before() {
    let third_of_highest = MAX_PRICE / U256::from(3);
    assert_eq!(price(3, third_of_highest, 1), MAX_PRICE);
    assert_eq!(price(3, third_of_highest - U256::ONE, 1), MAX_PRICE - U256::from(3));
    assert_eq!(price(4, third_of_highest, 1), MAX_PRICE);
    assert_eq!(price(u64::MAX, MAX_PRICE, 1), MAX_PRICE);
    assert_eq!(price(u64::MAX, MAX_PRICE, u64::MAX), MAX_PRICE);
    assert_eq!(price(u64::MAX, MAX_PRICE, 0), MAX_PRICE);
    assert_eq!(price(1, U256::from(201), 2), U256::from(100));
    assert_eq!(price(1, U256::from(202), 2), U256::from(101));
    assert_eq!(price(1, U256::from(199), 2), U256::from(100));
    assert_eq!(price(0, MAX_PRICE, 1), U256::from(100));
    assert_eq!(price(u64::MAX, U256::ZERO, 1), U256::from(100));
    assert_eq!(price(0, U256::ZERO, 0), MAX_PRICE);
}

#[test]
fn smoothing_withholds_its_part_rounded_up() {
    assert_eq!(available(U256::from(1000), 0), U256::from(1000));
    assert_eq!(available(U256::from(1000), WAD / 10), U256::from(900));
    assert_eq!(available(U256::from(999), WAD / 10), U256::from(899));
    assert_eq!(available(U256::from(1), 1), U256::ZERO);
    assert_eq!(available(U256::from(WAD), 1), U256::from(WAD - 1));
    assert_eq!(available(U256::from(WAD), WAD - 1), U256::ONE);
    assert_eq!(available(U256::from(WAD - 1), WAD - 1), U256::ZERO);
    assert_eq!(available(U256::MAX, 0), U256::MAX);
    assert_eq!(available(U256::MAX, WAD), U256::ZERO);
    assert_eq!(available(U256::MAX, u64::MAX), U256::ZERO);
}

#[test]
fn a_price_of_zero_is_never_reached() {
    assert_eq!(time_for_price(HOUR, U256::from(100), 7, U256::ZERO), None);
    assert_eq!(time_for_price(0, U256::ZERO, 0, U256::ZERO), None);
}

/// The latest time for any input within the documented ranges is 2^256 − 2^192, so `None` only means a price of 0.
#[test]
fn the_latest_possible_time_fits() {
    let latest = time_for_price(u64::MAX, MAX_PRICE, u64::MAX, U256::ONE);
    assert_eq!(latest.map(big), Some(power_of_two(256) - power_of_two(192)));
}

#[test]
fn a_limit_below_the_lowest_price_is_never_met_and_the_highest_at_once() {
    let last = U256::from(1_000_000);
    assert_eq!(first_second_at_most(HOUR, last, 5, MIN_PRICE - U256::ONE), None);
    let least = first_second_at_most(HOUR, last, 5, MIN_PRICE).expect("the least price is reached");
    assert_eq!(price(HOUR, last, least - 5), MIN_PRICE);
    assert!(price(HOUR, last, least - 6) > MIN_PRICE);
    assert_eq!(first_second_at_most(HOUR, last, 5, MAX_PRICE), Some(5));
    assert_eq!(first_second_at_most(HOUR, last, 5, U256::MAX), Some(5));
    assert_eq!(first_second_at_most(HOUR, last, 5, MAX_PRICE - U256::ONE), Some(6));
    // One second before a period has passed the price is 1 000 277.
    assert_eq!(first_second_at_most(HOUR, last, 5, last), Some(5 + HOUR));
    assert_eq!(first_second_at_most(u64::MAX, MAX_PRICE, 5, MIN_PRICE), None);
}

proptest! {
    #![proptest_config(config(20000))]

    #[test]
    fn no_second_before_the_first_is_cheap_enough(
        period in seconds64(), last in word(192), last_time in seconds64(), limit in word(192),
    ) {
        match first_second_at_most(period, last, last_time, limit) {
            Some(first) => {
                prop_assert!(price(period, last, first - last_time) <= limit);
                prop_assert!(first == last_time || price(period, last, first - 1 - last_time) > limit);
            }
            None => prop_assert!(price(period, last, u64::MAX - last_time) > limit),
        }
    }

    #[test]
    fn the_price_is_the_clamped_exact_floor((period, elapsed) in period_and_elapsed(), last in word(192)) {
        prop_assert_eq!(big(price(period, last, elapsed)), exact_price(period, last, elapsed));
    }

    #[test]
    fn the_price_never_rises_between_sales((period, one) in period_and_elapsed(), other in seconds64(), last in word(192)) {
        let (early, late) = (one.min(other), one.max(other));
        prop_assert!(price(period, last, early) >= price(period, last, late));
        prop_assert!(price(period, last, one) >= price(period, last, one.saturating_add(1)));
    }

    #[test]
    fn after_one_period_the_price_is_the_last(period in 1..=u64::MAX, last in word(192)) {
        prop_assert_eq!(price(period, last, period), last.max(MIN_PRICE));
    }

    #[test]
    fn the_amount_for_sale_is_the_exact_floor(liquidatable in word(256), smoothing in word(64)) {
        let smoothing = smoothing.to::<u64>() % WAD;
        let kept = ratio(smoothing, WAD);
        let exact = floor(&(integer(big(liquidatable)) * (integer(1) - kept)));
        prop_assert_eq!(big(available(liquidatable, smoothing)), exact);
        prop_assert!(available(liquidatable, smoothing) <= liquidatable);
    }

    #[test]
    fn more_smoothing_never_sells_more(liquidatable in word(256), one in 0..=WAD, other in 0..=WAD) {
        let (less, more) = (one.min(other), one.max(other));
        prop_assert!(available(liquidatable, less) >= available(liquidatable, more));
    }

    #[test]
    fn nothing_is_for_sale_at_full_smoothing(liquidatable in word(256), smoothing in WAD..=u64::MAX) {
        prop_assert_eq!(available(liquidatable, smoothing), U256::ZERO);
    }

    #[test]
    fn the_time_for_a_price_is_the_exact_floor(
        period in seconds64(), last in word(192), last_time in seconds64(), wanted in word(256),
    ) {
        let time = time_for_price(period, last, last_time, wanted);
        if wanted.is_zero() {
            prop_assert_eq!(time, None);
        } else {
            let exact = floor(&ratio(big(last) * period, big(wanted))) + last_time;
            prop_assert_eq!(time.map(big), Some(exact));
        }
    }
}

/// Period, last price, a price within the clamp that is reached after 1 to 2^64 − 1 seconds, and those seconds,
/// rounded down.
fn reachable() -> impl Strategy<Value = (u64, U256, U256, u64)> {
    (1..=u64::MAX, word(192), word(64), -1..=1_i8).prop_filter_map(
        "the price is within the clamp and its time within 64 bits",
        |(period, last, seconds, off)| {
            let product = U256::from(period) * last;
            let about = product.checked_div(seconds)?.clamp(MIN_PRICE, MAX_PRICE - U256::ONE);
            let wanted = match off {
                -1 => about - U256::ONE,
                0 => about,
                _ => about + U256::ONE,
            };
            let elapsed = product.checked_div(wanted)?.try_into().ok().filter(|elapsed| *elapsed > 0)?;
            (wanted >= MIN_PRICE && wanted < MAX_PRICE).then_some((period, last, wanted, elapsed))
        },
    )
}

proptest! {
    #![proptest_config(config(20000))]

    /// The time is rounded down: in that second the price is at least the wanted one, and in the next second it is below
        /// it (or the lowest price).
    #[test]
    fn a_price_is_passed_within_the_second_after_its_time((period, last, wanted, elapsed) in reachable()) {
        prop_assert_eq!(time_for_price(period, last, 7, wanted), Some(U256::from(elapsed) + U256::from(7)));
        prop_assert!(price(period, last, elapsed) >= wanted);
        if let Some(next) = elapsed.checked_add(1) {
            let then = price(period, last, next);
            prop_assert!(then < wanted || then == MIN_PRICE, "{} a second after {}", then, wanted);
        }
    }

    /// With `period · last = elapsed · wanted + rest`, the price is exactly the wanted one if and only if
        /// `rest < elapsed`, for prices from the lowest to below the highest.
    #[test]
    fn the_price_at_its_time_is_exact_if_the_remainder_is_below_the_elapsed_time(
        (period, last, wanted, elapsed) in reachable(),
    ) {
        let product = integer(big(last) * period);
        let rest: BigRational = product - integer(big(wanted) * elapsed);
        let met = price(period, last, elapsed) <= wanted;
        prop_assert_eq!(met, rest < integer(elapsed));
        if met {
            prop_assert_eq!(price(period, last, elapsed), wanted);
        }
    }
}
