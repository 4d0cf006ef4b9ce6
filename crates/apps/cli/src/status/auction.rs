//! The auction of a vault or a pair: what is for sale, its price now, and when it comes down to a given one.
//!
//! The arithmetic is the contracts' own (`weir::math::auction`), so prices are exact without asking the chain.

use alloy::primitives::U256;
use serde_json::{Value, json};
use weir::math::auction::{MAX_PRICE, MIN_PRICE, price};

use super::{Now, Question};
use crate::{
    amount::{WAD_DECIMALS, decimal},
    duration::{Moment, Seconds},
    token::Token,
};

/// An auction as it stands. Times are Unix seconds, prices base units of what is paid in.
#[derive(Clone, Debug)]
pub struct Auction<'a> {
    pub sold: &'a Token,
    pub paid_in: &'a Token,
    /// What is there of the token sold, before smoothing; `None` if the source does not tell.
    pub liquidatable: Option<U256>,
    /// What can be bought.
    pub available: U256,
    pub target_period: u64,
    /// Wad.
    pub smoothing: U256,
    pub last_price: U256,
    pub last_at: u64,
}

/// The first second, in Unix time, in which the lot costs `limit` or less; `None` if it never does.
///
/// The price after `e` seconds is `⌊T · P / e⌋`, at least 100 (`weir::math::auction::price`). It is at most `limit` where
/// `T · P / e < limit + 1`, so first at `e = ⌊T · P / (limit + 1)⌋ + 1`.
pub fn time_of_price(target_period: u64, last_price: U256, last_at: u64, limit: U256) -> Option<u64> {
    if limit < MIN_PRICE {
        return None;
    }
    if limit >= MAX_PRICE {
        return Some(last_at);
    }
    let elapsed = U256::from(target_period) * last_price / (limit + U256::ONE) + U256::ONE;
    u64::try_from(elapsed).ok()?.checked_add(last_at)
}

impl Auction<'_> {
    fn price_at(&self, time: u64) -> U256 {
        price(self.target_period, self.last_price, time.saturating_sub(self.last_at))
    }

    /// Rows of a table.
    pub fn rows(&self, question: &Question, now: Now) -> Vec<(String, String)> {
        let held_back = match self.smoothing.is_zero() {
            true => String::new(),
            false => format!(" (smoothing {} holds back the rest)", decimal(self.smoothing, WAD_DECIMALS)),
        };
        let row = |what: &str, value: String| (what.to_owned(), value);
        let mut rows = Vec::new();
        if let Some(liquidatable) = self.liquidatable {
            rows.push(row("could be sold", self.sold.exact(liquidatable)));
        }
        rows.extend([
            row("lot for sale", format!("{}{held_back}", self.sold.exact(self.available))),
            row("price of the lot now", self.price_words(self.price_at(now.time))),
            row(
                "last price",
                format!(
                    "{}, {}",
                    self.paid_in.exact(self.last_price),
                    Moment(self.last_at).relative_to(now.time)
                ),
            ),
            row("target period", Seconds(self.target_period).to_string()),
        ]);
        if let Some(answer) = self.at_price_words(question, now) {
            rows.push(answer);
        }
        rows
    }

    fn price_words(&self, price: U256) -> String {
        if price >= MAX_PRICE {
            return "beyond all means: it begins to fall in the next second".into();
        }
        self.paid_in.short(price)
    }

    fn at_price_words(&self, question: &Question, now: Now) -> Option<(String, String)> {
        let wanted = question.at_price.as_ref()?;
        let Ok(limit) = wanted.base_units(self.paid_in.decimals) else {
            return Some((
                "at the price asked for".into(),
                format!("it does not fit {}", self.paid_in.symbol),
            ));
        };
        let when = match time_of_price(self.target_period, self.last_price, self.last_at, limit) {
            Some(time) => format!("{}, {}", Moment(time), Moment(time).relative_to(now.time)),
            None => format!("never: the least price is {}", self.paid_in.exact(MIN_PRICE)),
        };
        Some((format!("at {} or less", self.paid_in.exact(limit)), when))
    }

    /// For scripts.
    pub fn document(&self, question: &Question, now: Now) -> Value {
        let limit = question.at_price.as_ref().and_then(|price| price.base_units(self.paid_in.decimals).ok());
        let at_price = limit.map(|limit| {
            json!({
                "price": self.paid_in.amount(limit),
                "time": time_of_price(self.target_period, self.last_price, self.last_at, limit),
            })
        });
        json!({
            "token_out": self.sold.document(),
            "token_in": self.paid_in.document(),
            "liquidatable": self.liquidatable.map(|amount| self.sold.amount(amount)),
            "available": self.sold.amount(self.available),
            "smoothing_wad": self.smoothing.to_string(),
            "target_period": self.target_period,
            "last_price": self.paid_in.amount(self.last_price),
            "last_at": self.last_at,
            "price_now": self.paid_in.amount(self.price_at(now.time)),
            "at_price": at_price,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Multiplicative congruential numbers (Lehmer 1951) are random enough here, and the same in each run.
    fn numbers() -> impl Iterator<Item = u64> {
        std::iter::successors(Some(1_u64), |last| Some(last.wrapping_mul(0xda94_2042_e4dd_58b5)))
    }

    #[test]
    fn the_time_of_a_price_is_the_first_second_in_which_the_contract_asks_no_more() {
        let mut numbers = numbers();
        let mut next = |bits: u32| numbers.next().unwrap_or(1) >> (64 - bits);
        for _ in 0..10_000 {
            let period = next(20) + 1;
            let last_price = U256::from(next(60)) * U256::from(next(60)) + U256::ONE;
            let limit = (last_price >> (next(6) as usize)) + U256::from(next(20)) + MIN_PRICE;
            let Some(time) = time_of_price(period, last_price, 1_000, limit) else { continue };
            let elapsed = time - 1_000;
            assert!(price(period, last_price, elapsed) <= limit, "{period} {last_price} {limit}");
            assert!(price(period, last_price, elapsed - 1) > limit, "{period} {last_price} {limit}");
        }
    }

    #[test]
    fn a_price_below_the_least_is_never_met_and_one_above_all_at_once() {
        let last = U256::from(1_000_000);
        assert_eq!(time_of_price(3_600, last, 5, MIN_PRICE - U256::ONE), None);
        assert_eq!(time_of_price(3_600, last, 5, MAX_PRICE), Some(5));
        assert_eq!(time_of_price(3_600, last, 5, MAX_PRICE - U256::ONE), Some(6));
        assert_eq!(time_of_price(u64::MAX, MAX_PRICE, 5, MIN_PRICE), None, "after the end of time");
    }
}
