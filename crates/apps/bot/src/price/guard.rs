//! Checks each price of a source against bounds and sudden jumps before it is accepted.
//! Free of I/O; all times are chain times.

use std::mem;

use num_bigint::BigUint;
use num_rational::Ratio;

use weir_units::Rational;

use super::source::{Denomination, Reading};
use crate::money::show;

/// The user's limits for a price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Lowest and highest accepted price, in the source's denomination.
    pub bounds: Option<(Rational, Rational)>,
    /// Maximum age of a price, in seconds.
    pub max_age: u64,
    /// Largest change that is accepted at once, in basis points of the previous price.
    pub max_jump_basis_points: u32,
    /// Seconds that a price must stay after a larger change to be accepted.
    pub jump_patience: u64,
}

/// The reason why a price is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// The price is outside the bounds.
    #[error("the price {price} is not within {low}..{high} (--price-bounds)")]
    OutOfBounds { price: String, low: String, high: String },
    /// The price differs too much from the previous one.
    #[error(
        "the price jumped from {from} to {to} and must stay there for {patience} s (--max-jump-bps, --jump-patience)"
    )]
    Jump { from: String, to: String, patience: u64 },
}

impl GuardError {
    /// Returns the label for metrics.
    pub fn label(&self) -> &'static str {
        match self {
            Self::OutOfBounds { .. } => "out_of_bounds",
            Self::Jump { .. } => "jump",
        }
    }
}

/// The accepted price of one source.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    accepted: Option<Reading>,
    /// A price after a jump, and when it first appeared.
    unconfirmed: Option<(Reading, u64)>,
    /// Whether the last result was invalid or not accepted.
    suspended: bool,
}

impl Guard {
    /// Checks a price that a source returned at `now`, and stores it.
    ///
    /// # Errors
    /// If the price is not accepted. Then there is no price until the source returns an accepted one.
    pub fn update(&mut self, reading: Reading, limits: &Limits, now: u64) -> Result<(), GuardError> {
        self.suspended = true;
        if let Some((low, high)) = &limits.bounds
            && !(low..=high).contains(&&reading.price)
        {
            self.unconfirmed = None;
            let (price, low, high) = (show(&reading.price), show(low), show(high));
            return Err(GuardError::OutOfBounds { price, low, high });
        }
        if let Some(accepted) = &self.accepted
            && is_jump(accepted, &reading, limits)
        {
            let previous = mem::take(&mut self.unconfirmed);
            let since = previous
                .filter(|(unconfirmed, _)| !is_jump(unconfirmed, &reading, limits))
                .map_or(now, |(_, since)| since);
            if now.saturating_sub(since) < limits.jump_patience {
                let error = GuardError::Jump {
                    from: show(&accepted.price),
                    to: show(&reading.price),
                    patience: limits.jump_patience,
                };
                self.unconfirmed = Some((reading, since));
                return Err(error);
            }
        }
        *self = Self { accepted: Some(reading), unconfirmed: None, suspended: false };
        Ok(())
    }

    /// Removes the price after an invalid result, until the source returns an accepted one.
    pub fn suspend(&mut self) {
        self.suspended = true;
    }

    /// Returns the accepted price, unless a later result was invalid or not accepted.
    pub fn accepted(&self) -> Option<&Reading> {
        self.accepted.as_ref().filter(|_| !self.suspended)
    }

    /// Returns whether the source has not returned anything yet.
    pub fn awaits_first_answer(&self) -> bool {
        self.accepted.is_none() && !self.suspended
    }
}

fn is_jump(from: &Reading, to: &Reading, limits: &Limits) -> bool {
    const BASIS_POINTS: u32 = 10_000;
    let denominations_differ = match (from.denomination, to.denomination) {
        (Denomination::PriceUnit, Denomination::PriceUnit) => false,
        (Denomination::Token(from), Denomination::Token(to)) => from != to,
        _ => true,
    };
    let (low, high) = if from.price < to.price { (&from.price, &to.price) } else { (&to.price, &from.price) };
    let allowed =
        &from.price * Ratio::new(BigUint::from(limits.max_jump_basis_points), BigUint::from(BASIS_POINTS));
    denominations_differ || high - low > allowed
}

#[cfg(test)]
mod tests {
    use weir_units::Decimal;

    use super::*;

    fn number(text: &str) -> Rational {
        text.parse::<Decimal>().expect("a number").rational()
    }

    fn reading(price: &str, at: u64) -> Reading {
        Reading { price: number(price), denomination: Denomination::PriceUnit, at }
    }

    fn limits() -> Limits {
        Limits {
            bounds: Some((number("0.5"), number("10"))),
            max_age: 100,
            max_jump_basis_points: 1_000,
            jump_patience: 60,
        }
    }

    fn price(guard: &Guard) -> Option<Rational> {
        guard.accepted().map(|reading| reading.price.clone())
    }

    #[test]
    fn small_changes_are_accepted_at_once() {
        let mut guard = Guard::default();
        for (text, at) in [("1", 0), ("1.1", 1), ("1", 2), ("0.9", 3)] {
            assert_eq!(guard.update(reading(text, at), &limits(), at), Ok(()), "{text}");
            assert_eq!(price(&guard), Some(number(text)));
        }
    }

    #[test]
    fn jumps_leave_no_price_until_they_last() {
        let mut guard = Guard::default();
        assert_eq!(guard.update(reading("1", 0), &limits(), 0), Ok(()));
        for now in [10, 40, 69] {
            let error = guard.update(reading("2", now), &limits(), now).expect_err("a jump");
            assert_eq!(error.label(), "jump");
            assert_eq!(price(&guard), None);
        }
        assert_eq!(guard.update(reading("2.1", 70), &limits(), 70), Ok(()));
        assert_eq!(price(&guard), Some(number("2.1")));
    }

    #[test]
    fn jumps_back_are_accepted_and_further_jumps_restart_the_wait() {
        let mut guard = Guard::default();
        assert_eq!(guard.update(reading("1", 0), &limits(), 0), Ok(()));
        assert!(guard.update(reading("2", 10), &limits(), 10).is_err());
        assert_eq!(guard.update(reading("1.05", 20), &limits(), 20), Ok(()));
        assert_eq!(price(&guard), Some(number("1.05")));
        assert!(guard.update(reading("2", 30), &limits(), 30).is_err());
        assert!(guard.update(reading("5", 60), &limits(), 60).is_err());
        assert!(guard.update(reading("5", 100), &limits(), 100).is_err(), "only 40 s at 5");
        assert_eq!(guard.update(reading("5", 120), &limits(), 120), Ok(()));
    }

    #[test]
    fn prices_outside_the_bounds_are_never_accepted() {
        let mut guard = Guard::default();
        for now in [0, 100, 1_000] {
            let error = guard.update(reading("10.1", now), &limits(), now).expect_err("too high");
            assert_eq!(error.label(), "out_of_bounds");
            assert_eq!(
                guard.update(reading("0.4", now), &limits(), now).map_err(|error| error.label()),
                Err("out_of_bounds")
            );
            assert_eq!(price(&guard), None);
        }
        assert_eq!(guard.update(reading("10", 1_001), &limits(), 1_001), Ok(()));
    }

    #[test]
    fn suspended_sources_recover_with_an_accepted_price() {
        let mut guard = Guard::default();
        assert_eq!(guard.update(reading("1", 0), &limits(), 0), Ok(()));
        guard.suspend();
        assert_eq!(price(&guard), None);
        assert_eq!(guard.update(reading("1", 5), &limits(), 5), Ok(()));
        assert_eq!(price(&guard), Some(number("1")));
    }
}
