//! The accepted prices of all tokens, converted to the price unit.
//! A price expires with its maximum age or when its source returns an invalid one.

use std::{collections::HashMap, fmt};

use weir_units::Rational;

use super::{
    Token,
    guard::{Guard, Limits},
    show_token,
    source::{Denomination, Reading, SourceError},
};

/// Longest chain of pools that a price may depend on.
const MAX_DEPTH: u8 = 4;

/// The prices of all tokens with a source.
#[derive(Clone, Debug)]
pub struct Board {
    entries: HashMap<Token, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    limits: Limits,
    guard: Guard,
    /// The error of the last read, if it failed.
    last_error: Option<String>,
}

/// The reason why a token has no price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPrice {
    pub token: Token,
    pub reason: String,
    /// Whether the source has not answered yet.
    pub is_pending: bool,
}

impl fmt::Display for NoPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no price of {}: {}", show_token(self.token), self.reason)
    }
}

impl Entry {
    /// Updates the price with the result of a read. Returns why it is rejected, if it is.
    fn update(&mut self, result: Result<Reading, SourceError>, now: u64) -> Option<Rejected> {
        let (reason, label) = match result {
            Ok(reading) => match self.guard.update(reading, &self.limits, now) {
                Ok(()) => {
                    self.last_error = None;
                    return None;
                }
                Err(error) => (error.to_string(), error.label()),
            },
            Err(error) => {
                if error.is_invalid() {
                    self.guard.suspend();
                }
                (error.to_string(), error.label())
            }
        };
        let is_new = self.last_error.replace(reason.clone()).is_none_or(|previous| previous != reason);
        Some(Rejected { reason, label, is_new })
    }
}

/// The effect of a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Whether the token's price has changed, appeared or disappeared.
    pub price_changed: bool,
    /// Set if the read failed or its price is not accepted.
    pub rejected: Option<Rejected>,
}

/// A failed read or a price that is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    pub reason: String,
    /// Label for metrics.
    pub label: &'static str,
    /// Whether the reason differs from that of the previous read.
    pub is_new: bool,
}

impl Board {
    /// Creates a board of tokens with their limits.
    pub fn new(tokens: impl IntoIterator<Item = (Token, Limits)>) -> Self {
        let entry = |limits| Entry { limits, guard: Guard::default(), last_error: None };
        Self { entries: tokens.into_iter().map(|(token, limits)| (token, entry(limits))).collect() }
    }

    /// Updates the price of `token` with the result of a read at `now`.
    pub fn update(&mut self, token: Token, result: Result<Reading, SourceError>, now: u64) -> Update {
        let before = self.price(token, now).ok();
        let rejected = self.entries.get_mut(&token).and_then(|entry| entry.update(result, now));
        Update { price_changed: self.price(token, now).ok() != before, rejected }
    }

    /// Returns the value of one whole `token` at `now`, in the price unit.
    ///
    /// # Errors
    /// If it has no source, its last price is not accepted or too old, or a pool's other token has no price.
    pub fn price(&self, token: Token, now: u64) -> Result<Rational, NoPrice> {
        self.price_by(token, now, MAX_DEPTH)
    }

    fn price_by(&self, token: Token, now: u64, depth: u8) -> Result<Rational, NoPrice> {
        let no = |reason: String, is_pending| NoPrice { token, reason, is_pending };
        let Some(entry) = self.entries.get(&token) else {
            return Err(no(format!("give --price {}=SOURCE", show_token(token)), false));
        };
        let Some(reading) = entry.guard.accepted() else {
            return Err(match &entry.last_error {
                Some(error) => no(error.clone(), false),
                None => no("the source has not answered yet".into(), entry.guard.awaits_first_answer()),
            });
        };
        let age = now.saturating_sub(reading.at);
        if age > entry.limits.max_age {
            let last = entry.last_error.as_ref().map_or_else(String::new, |error| format!("; {error}"));
            let reason = format!(
                "the last one is {age} s old, the maximum is {} s (--price-max-age){last}",
                entry.limits.max_age
            );
            return Err(no(reason, false));
        }
        match reading.denomination {
            Denomination::PriceUnit => Ok(reading.price.clone()),
            Denomination::Token(_) if depth == 0 => {
                Err(no("its pools depend on each other in a circle".into(), false))
            }
            Denomination::Token(other) => {
                let of_other = self.price_by(other, now, depth - 1);
                of_other.map(|of_other| &reading.price * of_other).map_err(|error| NoPrice {
                    reason: format!("the pool's other token has no price: {error}"),
                    ..no(String::new(), error.is_pending)
                })
            }
        }
    }

    /// Returns the age of each token's price at `now`, in seconds.
    pub fn ages(&self, now: u64) -> impl Iterator<Item = (Token, Option<u64>)> {
        self.entries.iter().map(move |(token, entry)| {
            (*token, entry.guard.accepted().map(|reading| now.saturating_sub(reading.at)))
        })
    }

    /// Returns whether every source has answered or failed.
    pub fn is_complete(&self) -> bool {
        self.entries.values().all(|entry| !entry.guard.awaits_first_answer() || entry.last_error.is_some())
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::Address;
    use weir_units::Decimal;

    use super::*;

    const A: Token = Address::repeat_byte(0xa);
    const B: Token = Address::repeat_byte(0xb);

    fn number(text: &str) -> Rational {
        text.parse::<Decimal>().expect("a number").rational()
    }

    fn limits() -> Limits {
        Limits { bounds: None, max_age: 100, max_jump_basis_points: 2_000, jump_patience: 60 }
    }

    fn read(price: &str, denomination: Denomination, at: u64) -> Result<Reading, SourceError> {
        Ok(Reading { price: number(price), denomination, at })
    }

    #[test]
    fn prices_in_another_token_are_converted() {
        let mut board = Board::new([(A, limits()), (B, limits())]);
        board.update(A, read("3", Denomination::Token(B), 0), 0);
        let error = board.price(A, 0).expect_err("B has none yet");
        assert!(error.is_pending && error.to_string().contains(&B.to_string()), "{error}");
        board.update(B, read("0.5", Denomination::PriceUnit, 0), 0);
        assert_eq!(board.price(A, 0), Ok(number("1.5")));
    }

    #[test]
    fn circular_pools_have_no_price() {
        let mut board = Board::new([(A, limits()), (B, limits())]);
        board.update(A, read("3", Denomination::Token(B), 0), 0);
        board.update(B, read("3", Denomination::Token(A), 0), 0);
        assert!(board.price(A, 0).is_err_and(|error| error.to_string().contains("circle")));
    }

    #[test]
    fn failed_reads_keep_the_price_until_it_is_too_old() {
        let mut board = Board::new([(A, limits())]);
        board.update(A, read("1", Denomination::PriceUnit, 10), 10);
        let failure = || Err(SourceError::Unavailable("it took too long".into()));
        let mut is_new = |now| board.update(A, failure(), now).rejected.map(|rejected| rejected.is_new);
        assert_eq!((is_new(50), is_new(60)), (Some(true), Some(false)), "reported once");
        assert_eq!(board.price(A, 110), Ok(number("1")));
        let error = board.price(A, 111).expect_err("too old").to_string();
        assert!(error.contains("101 s old") && error.contains("too long"), "{error}");
    }

    #[test]
    fn invalid_prices_remove_the_price_at_once() {
        let mut board = Board::new([(A, limits())]);
        assert!(board.update(A, read("1", Denomination::PriceUnit, 10), 10).price_changed);
        assert!(
            !board.update(A, read("1", Denomination::PriceUnit, 11), 11).price_changed,
            "the price is the same"
        );
        assert!(board.update(A, Err(SourceError::NotPositive("0".into())), 11).price_changed);
        assert!(board.price(A, 11).is_err());
        board.update(A, read("1", Denomination::PriceUnit, 12), 12);
        assert_eq!(board.price(A, 12), Ok(number("1")));
        board.update(A, read("5", Denomination::PriceUnit, 13), 13);
        assert!(board.price(A, 13).is_err_and(|error| error.to_string().contains("jumped")));
    }

    #[test]
    fn boards_are_complete_after_every_source_answered_or_failed() {
        let mut board = Board::new([(A, limits()), (B, limits())]);
        board.update(A, read("1", Denomination::PriceUnit, 0), 0);
        assert!(!board.is_complete());
        board.update(B, Err(SourceError::Unavailable("no".into())), 0);
        assert!(board.is_complete());
        assert!(board.price(Address::repeat_byte(0xc), 0).is_err_and(|error| !error.is_pending));
    }
}
