//! How far a staker's pay may be from its exact share, roundings counted one by one.

use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::exact::{integer, power_of_two};

/// What one staker was paid, and what its roundings add up to so far.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Claimed so far, in whole base units.
    pub claimed: u128,
    /// Changes of its shares: each costs it less than 2^-32 of a unit.
    changes: u64,
    /// Shares it held at each update of the global index: each update costs less than 2^-128 of a unit a share.
    lost_shares: BigInt,
    /// Last claims: each gives up less than a unit.
    pub closings: u32,
}

impl Account {
    /// The global index was updated, and stored, while the staker held `shares`.
    pub fn index_updated(&mut self, shares: u128) {
        self.lost_shares += shares;
    }

    /// The staker's shares changed at the index as stored.
    pub fn shares_changed(&mut self) {
        self.changes += 1;
    }

    /// `shares` were sent or received at an index computed in memory: it was rounded once more, against them.
    pub fn moved_in_memory(&mut self, shares: u128) {
        self.changes += 1;
        self.lost_shares += shares;
    }

    /// Holds that claimed + `earned` is `exact` within the bounds. `exact − paid` is below
    /// one unit, and one for each last claim + 2^-32 a change + 2^-128 a share and index update or move; `paid` is never above `exact`.
    ///
    /// `viewed_shares` are those that `earned` was computed for, if it was at an index that is not stored.
    pub fn check(&self, earned: u128, viewed_shares: u128, exact: &BigRational) -> TestCaseResult {
        let paid = integer(self.claimed + earned);
        let loss = power_of_two(128) * (1 + self.closings)
            + power_of_two(96) * self.changes
            + &self.lost_shares
            + BigInt::from(viewed_shares);
        let highest_exact = &paid + BigRational::new(loss, power_of_two(128));
        prop_assert!(*exact < highest_exact, "paid {} of {}: lost more than roundings explain", paid, exact);
        prop_assert!(paid <= *exact, "paid {} of {}: more than the exact share", paid, exact);
        Ok(())
    }
}
