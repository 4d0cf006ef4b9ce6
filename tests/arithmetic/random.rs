//! The strategies of the random tests: numbers of every size, with the ends of their ranges more likely.
//! Failing cases are stored and repeated first.

use std::env;
use std::num::NonZeroU32;

use proptest::prelude::*;
use proptest::test_runner::{FailurePersistence, FileFailurePersistence};
use weir::math::U256;

/// `cases` random cases, unless `PROPTEST_CASES` is set. Failures are stored in `tests/arithmetic/regressions`.
pub fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    let failure_persistence = default.failure_persistence.is_some().then(|| {
        let seeds = FileFailurePersistence::SourceParallel("arithmetic/regressions");
        Box::new(seeds) as Box<dyn FailurePersistence>
    });
    ProptestConfig { cases, failure_persistence, ..default }
}

/// A number of at most `bits` bits: every length is equally likely, the ends of the range more likely.
pub fn word(bits: usize) -> impl Strategy<Value = U256> {
    let any_length = (0..=bits, any::<[u64; 4]>()).prop_map(|(length, limbs)| truncated(limbs, length));
    let near_the_top = (0..=bits, any::<[u64; 4]>()).prop_map(move |(length, limbs)| {
        truncated([u64::MAX; 4], bits) - truncated(limbs, length.min(bits / 2))
    });
    prop_oneof![10 => any_length, 1 => near_the_top, 1 => Just(truncated([u64::MAX; 4], bits))]
}

fn truncated(limbs: [u64; 4], bits: usize) -> U256 {
    U256::from_limbs(limbs) >> (256 - bits)
}

/// An amount from 0 to `2^bits − 1`, drawn as [`word`] is.
pub fn amount(bits: usize) -> impl Strategy<Value = u128> {
    word(bits).prop_map(|word| word.to::<u128>())
}

/// A time or a duration from 0 to `u64::MAX`, drawn as [`word`] is.
pub fn seconds64() -> impl Strategy<Value = u64> {
    word(64).prop_map(|word| word.to::<u64>())
}

/// A time or a duration from 0 to `u32::MAX`, drawn as [`word`] is.
pub fn seconds32() -> impl Strategy<Value = u32> {
    word(32).prop_map(|word| word.to::<u32>())
}

/// The length of an epoch in seconds, from 1 to `u32::MAX`.
pub fn epoch_length() -> impl Strategy<Value = NonZeroU32> {
    seconds32().prop_map(|seconds| NonZeroU32::new(seconds).unwrap_or(NonZeroU32::MIN))
}

/// The length of an epoch that is short enough to step through second by second.
pub fn short_epoch_length() -> impl Strategy<Value = NonZeroU32> {
    prop_oneof![1 => Just(1), 8 => 1..=16_u32]
        .prop_filter_map("an epoch has at least a second", NonZeroU32::new)
}

/// The start of a global index: anywhere, at 0, or where rewards soon carry it past 2^256.
pub fn start_index() -> impl Strategy<Value = U256> {
    prop_oneof![
        2 => word(256),
        1 => Just(U256::ZERO),
        3 => word(240).prop_map(|below| U256::MAX - below),
        1 => word(100).prop_map(|below| U256::MAX - below),
    ]
}
