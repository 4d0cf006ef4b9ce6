//! How far a staker's rewards may be from its exact share, counting each rounding.
//! `docs/arithmetic.md` derives the bounds.

use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::exact::{integer, power_of_two};

/// The rewards paid to one staker, and the sum of its roundings so far.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Claimed so far, in whole base units.
    pub claimed: u128,
    /// Changes of its shares: each costs less than 2^-32 of a unit.
    changes: u64,
    /// Sum of its shares at each update of the global index: an update costs less than 2^-128 of a unit a share.
    lost_shares: BigInt,
    /// Claims without shares: each gives up less than a unit.
    pub closings: u32,
}

impl Account {
    /// Counts an update of the stored global index while the staker holds `shares`.
    pub fn index_updated(&mut self, shares: u128) {
        self.lost_shares += shares;
    }

    /// Counts a change of the staker's shares at the stored index.
    pub fn shares_changed(&mut self) {
        self.changes += 1;
    }

    /// Counts shares sent or received at an index computed in memory, which was rounded once more against them.
    pub fn moved_in_memory(&mut self, shares: u128) {
        self.changes += 1;
        self.lost_shares += shares;
    }

    /// Checks that paid = claimed + `earned` is `exact` within the bounds: never above it, and below it by less than one
    /// unit, one more for each claim without shares, 2^-32 for each change, and 2^-128 for each share at each update.
    ///
    /// `viewed_shares` are the shares that `earned` was computed for, if at an index that is not stored.
    pub fn check(&self, earned: u128, viewed_shares: u128, exact: &BigRational) -> TestCaseResult {
        let paid = integer(self.claimed + earned);
        let loss = power_of_two(128) * (1 + self.closings)
            + power_of_two(96) * self.changes
            + &self.lost_shares
            + BigInt::from(viewed_shares);
        let highest_exact = &paid + BigRational::new(loss, power_of_two(128));
        prop_assert!(
            *exact < highest_exact,
            "paid {} of {}: rounding does not explain the loss",
            paid,
            exact
        );
        prop_assert!(paid <= *exact, "paid {} of {}: more than the exact share", paid, exact);
        Ok(())
    }
}
