//! What is believed of all tokens' prices now, in one unit.

use std::{collections::HashMap, fmt};

use super::{
    Token,
    guard::{Guard, Limits},
    show_token,
    source::{Kind, Reading, SourceError},
};
use weir_units::Rational;

/// Pools that a price may lead through, one after another.
const MAX_DEPTH: u8 = 4;

/// The prices of all tokens that have a source.
#[derive(Clone, Debug)]
pub struct Board {
    entries: HashMap<Token, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    limits: Limits,
    guard: Guard,
    /// What was wrong with the last answer, if anything was.
    trouble: Option<String>,
}

/// Why a token has no price now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPrice {
    /// Which token.
    pub token: Token,
    /// Why.
    pub why: String,
    /// Whether it is merely that no source has answered yet.
    pub is_coming: bool,
}

impl fmt::Display for NoPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no price of {}: {}", show_token(self.token), self.why)
    }
}

impl Entry {
    /// Takes in an answer; says why it is not believed, if it is not.
    fn take(&mut self, answer: Result<Reading, SourceError>, now: u64) -> Option<Refused> {
        let (why, word) = match answer {
            Ok(reading) => match self.guard.take(reading, &self.limits, now) {
                Ok(()) => {
                    self.trouble = None;
                    return None;
                }
                Err(doubt) => (doubt.to_string(), doubt.word()),
            },
            Err(error) => {
                if error.is_lie() {
                    self.guard.suspend();
                }
                (error.to_string(), error.word())
            }
        };
        let is_news = self.trouble.replace(why.clone()).is_none_or(|former| former != why);
        Some(Refused { why, word, is_news })
    }
}

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Whether the token's price is another one now, or there is none any more, or one at last.
    pub is_news: bool,
    /// It is not believed, or there was none.
    pub refused: Option<Refused>,
}

/// Why an answer is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub why: String,
    /// For metrics.
    pub word: &'static str,
    /// Whether the one before was not refused for the same.
    pub is_news: bool,
}

impl Board {
    /// A board of tokens with a source, each believed within its limits.
    pub fn new(tokens: impl IntoIterator<Item = (Token, Limits)>) -> Self {
        let entry = |limits| Entry { limits, guard: Guard::default(), trouble: None };
        Self { entries: tokens.into_iter().map(|(token, limits)| (token, entry(limits))).collect() }
    }

    /// Takes in what the source of `token` answered at `now`.
    pub fn take(&mut self, token: Token, answer: Result<Reading, SourceError>, now: u64) -> Told {
        let before = self.price(token, now).ok();
        let refused = self.entries.get_mut(&token).and_then(|entry| entry.take(answer, now));
        Told { is_news: self.price(token, now).ok() != before, refused }
    }

    /// What one whole `token` is worth at `now`.
    ///
    /// # Errors
    /// If it has no source, the source is not believed, or what it told last is too old.
    pub fn price(&self, token: Token, now: u64) -> Result<Rational, NoPrice> {
        self.price_by(token, now, MAX_DEPTH)
    }

    fn price_by(&self, token: Token, now: u64, depth: u8) -> Result<Rational, NoPrice> {
        let no = |why: String, is_coming| NoPrice { token, why, is_coming };
        let Some(entry) = self.entries.get(&token) else {
            return Err(no(format!("name its source with --price {}=…", show_token(token)), false));
        };
        let Some(reading) = entry.guard.believed() else {
            return Err(match &entry.trouble {
                Some(trouble) => no(trouble.clone(), false),
                None => no("its source has not answered yet".into(), entry.guard.is_fresh()),
            });
        };
        let age = now.saturating_sub(reading.at);
        if age > entry.limits.max_age {
            let last = entry.trouble.as_ref().map_or_else(String::new, |trouble| format!("; {trouble}"));
            let why = format!(
                "it is {age} s old, and {} s is the most (--price-max-age){last}",
                entry.limits.max_age
            );
            return Err(no(why, false));
        }
        match reading.kind {
            Kind::Unit => Ok(reading.price.clone()),
            Kind::InToken(_) if depth == 0 => Err(no("its pools lead in a circle".into(), false)),
            Kind::InToken(other) => {
                let of_other = self.price_by(other, now, depth - 1);
                of_other.map(|of_other| &reading.price * of_other).map_err(|error| NoPrice {
                    why: format!("its pool trades it against a token without one: {error}"),
                    ..no(String::new(), error.is_coming)
                })
            }
        }
    }

    /// How old the price of each token is at `now`, in seconds, as far as it has one.
    pub fn ages(&self, now: u64) -> impl Iterator<Item = (Token, Option<u64>)> {
        self.entries.iter().map(move |(token, entry)| {
            (*token, entry.guard.believed().map(|reading| now.saturating_sub(reading.at)))
        })
    }

    /// Whether every source has answered, one way or the other.
    pub fn is_complete(&self) -> bool {
        self.entries.values().all(|entry| !entry.guard.is_fresh() || entry.trouble.is_some())
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::Address;

    use super::*;
    use weir_units::Decimal;

    const A: Token = Address::repeat_byte(0xa);
    const B: Token = Address::repeat_byte(0xb);

    fn number(text: &str) -> Rational {
        text.parse::<Decimal>().expect("a number").rational()
    }

    fn limits() -> Limits {
        Limits { bounds: None, max_age: 100, max_jump_basis_points: 2_000, jump_patience: 60 }
    }

    fn told(price: &str, kind: Kind, at: u64) -> Result<Reading, SourceError> {
        Ok(Reading { price: number(price), kind, at })
    }

    #[test]
    fn a_price_in_another_token_is_that_times_its_price() {
        let mut board = Board::new([(A, limits()), (B, limits())]);
        board.take(A, told("3", Kind::InToken(B), 0), 0);
        let error = board.price(A, 0).expect_err("B has none yet");
        assert!(error.is_coming && error.to_string().contains(&B.to_string()), "{error}");
        board.take(B, told("0.5", Kind::Unit, 0), 0);
        assert_eq!(board.price(A, 0), Ok(number("1.5")));
    }

    #[test]
    fn pools_that_lead_in_a_circle_give_no_price() {
        let mut board = Board::new([(A, limits()), (B, limits())]);
        board.take(A, told("3", Kind::InToken(B), 0), 0);
        board.take(B, told("3", Kind::InToken(A), 0), 0);
        assert!(board.price(A, 0).is_err_and(|error| error.to_string().contains("circle")));
    }

    #[test]
    fn silence_leaves_the_price_until_it_is_too_old() {
        let mut board = Board::new([(A, limits())]);
        board.take(A, told("1", Kind::Unit, 10), 10);
        let silence = || Err(SourceError::Silent("it took too long".into()));
        let mut told = |now| board.take(A, silence(), now).refused.map(|refused| refused.is_news);
        assert_eq!((told(50), told(60)), (Some(true), Some(false)), "told once");
        assert_eq!(board.price(A, 110), Ok(number("1")));
        let error = board.price(A, 111).expect_err("too old").to_string();
        assert!(error.contains("101 s old") && error.contains("too long"), "{error}");
    }

    #[test]
    fn a_lie_takes_the_price_away_at_once() {
        let mut board = Board::new([(A, limits())]);
        assert!(board.take(A, told("1", Kind::Unit, 10), 10).is_news);
        assert!(!board.take(A, told("1", Kind::Unit, 11), 11).is_news, "it is the same price");
        assert!(board.take(A, Err(SourceError::NotPositive("0".into())), 11).is_news);
        assert!(board.price(A, 11).is_err());
        board.take(A, told("1", Kind::Unit, 12), 12);
        assert_eq!(board.price(A, 12), Ok(number("1")));
        board.take(A, told("5", Kind::Unit, 13), 13);
        assert!(board.price(A, 13).is_err_and(|error| error.to_string().contains("jumped")));
    }

    #[test]
    fn a_board_is_complete_when_all_have_answered() {
        let mut board = Board::new([(A, limits()), (B, limits())]);
        board.take(A, told("1", Kind::Unit, 0), 0);
        assert!(!board.is_complete());
        board.take(B, Err(SourceError::Silent("no".into())), 0);
        assert!(board.is_complete());
        assert!(board.price(Address::repeat_byte(0xc), 0).is_err_and(|error| !error.is_coming));
    }
}
