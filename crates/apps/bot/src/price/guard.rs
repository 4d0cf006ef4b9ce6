//! How far a source is believed: bounds, sudden jumps, age. Pure, and by the chain's time.

use std::mem;

use num_bigint::BigUint;
use num_rational::Ratio;

use super::source::{Kind, Reading};
use weir_units::Rational;

use crate::money::show;

/// What a price must keep to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Lowest and highest price that is believed, in what the source tells it in.
    pub bounds: Option<(Rational, Rational)>,
    /// Seconds after which a price is not used any more.
    pub max_age: u64,
    /// Largest step from one price to the next that is believed at once, in basis points of the former.
    pub max_jump_basis_points: u32,
    /// Seconds that a source has to stay with a price after a larger step before it is believed.
    pub jump_patience: u64,
}

/// Why a reading is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// Outside of what the user believes.
    #[error("the price {price} is not within {low}..{high} (--price-bounds)")]
    OutOfBounds { price: String, low: String, high: String },
    /// It differs too much from the one before.
    #[error(
        "the price jumped from {from} to {to}: it is believed if it stays there for {patience} s (--max-jump-bps, --jump-patience)"
    )]
    Jump { from: String, to: String, patience: u64 },
}

impl Doubt {
    /// A word for metrics.
    pub fn word(&self) -> &'static str {
        match self {
            Self::OutOfBounds { .. } => "out_of_bounds",
            Self::Jump { .. } => "jump",
        }
    }
}

/// What is believed of one source.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    believed: Option<Reading>,
    /// A price too far from what is believed, and since when it has been told.
    doubted: Option<(Reading, u64)>,
    /// The source told something unbelievable last.
    suspended: bool,
}

impl Guard {
    /// Takes in what a source told at `now`.
    ///
    /// # Errors
    /// [`Doubt`]: then there is no price until the source tells one that is believed.
    pub fn take(&mut self, reading: Reading, limits: &Limits, now: u64) -> Result<(), Doubt> {
        self.suspended = true;
        if let Some((low, high)) = &limits.bounds
            && !(low..=high).contains(&&reading.price)
        {
            self.doubted = None;
            let (price, low, high) = (show(&reading.price), show(low), show(high));
            return Err(Doubt::OutOfBounds { price, low, high });
        }
        if let Some(believed) = &self.believed
            && is_jump(believed, &reading, limits)
        {
            let former = mem::take(&mut self.doubted);
            let since = former
                .filter(|(doubted, _)| !is_jump(doubted, &reading, limits))
                .map_or(now, |(_, since)| since);
            if now.saturating_sub(since) < limits.jump_patience {
                let doubt = Doubt::Jump {
                    from: show(&believed.price),
                    to: show(&reading.price),
                    patience: limits.jump_patience,
                };
                self.doubted = Some((reading, since));
                return Err(doubt);
            }
        }
        *self = Self { believed: Some(reading), doubted: None, suspended: false };
        Ok(())
    }

    /// The source lied: there is no price until it tells one that is believed.
    pub fn suspend(&mut self) {
        self.suspended = true;
    }

    /// What is believed, unless the source told something unbelievable since.
    pub fn believed(&self) -> Option<&Reading> {
        self.believed.as_ref().filter(|_| !self.suspended)
    }

    /// Whether anything was ever believed.
    pub fn is_fresh(&self) -> bool {
        self.believed.is_none() && !self.suspended
    }
}

fn is_jump(from: &Reading, to: &Reading, limits: &Limits) -> bool {
    const BASIS_POINTS: u32 = 10_000;
    let kinds_differ = match (from.kind, to.kind) {
        (Kind::Unit, Kind::Unit) => false,
        (Kind::InToken(from), Kind::InToken(to)) => from != to,
        _ => true,
    };
    let (low, high) = if from.price < to.price { (&from.price, &to.price) } else { (&to.price, &from.price) };
    let allowed =
        &from.price * Ratio::new(BigUint::from(limits.max_jump_basis_points), BigUint::from(BASIS_POINTS));
    kinds_differ || high - low > allowed
}

#[cfg(test)]
mod tests {
    use super::*;
    use weir_units::Decimal;

    fn number(text: &str) -> Rational {
        text.parse::<Decimal>().expect("a number").rational()
    }

    fn reading(price: &str, at: u64) -> Reading {
        Reading { price: number(price), kind: Kind::Unit, at }
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
        guard.believed().map(|reading| reading.price.clone())
    }

    #[test]
    fn small_steps_are_believed_at_once() {
        let mut guard = Guard::default();
        for (told, at) in [("1", 0), ("1.1", 1), ("1", 2), ("0.9", 3)] {
            assert_eq!(guard.take(reading(told, at), &limits(), at), Ok(()), "{told}");
            assert_eq!(price(&guard), Some(number(told)));
        }
    }

    #[test]
    fn a_jump_leaves_no_price_until_it_has_lasted() {
        let mut guard = Guard::default();
        assert_eq!(guard.take(reading("1", 0), &limits(), 0), Ok(()));
        for now in [10, 40, 69] {
            let doubt = guard.take(reading("2", now), &limits(), now).expect_err("a jump");
            assert_eq!(doubt.word(), "jump");
            assert_eq!(price(&guard), None);
        }
        assert_eq!(guard.take(reading("2.1", 70), &limits(), 70), Ok(()));
        assert_eq!(price(&guard), Some(number("2.1")));
    }

    #[test]
    fn a_jump_back_ends_the_doubt_and_a_jump_elsewhere_starts_it_anew() {
        let mut guard = Guard::default();
        assert_eq!(guard.take(reading("1", 0), &limits(), 0), Ok(()));
        assert!(guard.take(reading("2", 10), &limits(), 10).is_err());
        assert_eq!(guard.take(reading("1.05", 20), &limits(), 20), Ok(()));
        assert_eq!(price(&guard), Some(number("1.05")));
        assert!(guard.take(reading("2", 30), &limits(), 30).is_err());
        assert!(guard.take(reading("5", 60), &limits(), 60).is_err());
        assert!(guard.take(reading("5", 100), &limits(), 100).is_err(), "only 40 s at 5");
        assert_eq!(guard.take(reading("5", 120), &limits(), 120), Ok(()));
    }

    #[test]
    fn outside_of_the_bounds_nothing_is_ever_believed() {
        let mut guard = Guard::default();
        for now in [0, 100, 1_000] {
            let doubt = guard.take(reading("10.1", now), &limits(), now).expect_err("too high");
            assert_eq!(doubt.word(), "out_of_bounds");
            assert_eq!(
                guard.take(reading("0.4", now), &limits(), now).map_err(|doubt| doubt.word()),
                Err("out_of_bounds")
            );
            assert_eq!(price(&guard), None);
        }
        assert_eq!(guard.take(reading("10", 1_001), &limits(), 1_001), Ok(()));
    }

    #[test]
    fn a_liar_is_believed_again_when_it_tells_what_it_told_before() {
        let mut guard = Guard::default();
        assert_eq!(guard.take(reading("1", 0), &limits(), 0), Ok(()));
        guard.suspend();
        assert_eq!(price(&guard), None);
        assert_eq!(guard.take(reading("1", 5), &limits(), 5), Ok(()));
        assert_eq!(price(&guard), Some(number("1")));
    }
}
