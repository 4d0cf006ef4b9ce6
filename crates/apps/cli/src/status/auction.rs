//! The auction of a vault or a pair: the lot for sale, its price, and when the price reaches a given amount.
//! Prices are computed by the contracts' own arithmetic (`weir::math::auction`), so they are exact.

use alloy::primitives::U256;
use serde_json::{Value, json};
use weir::math::auction::{MAX_PRICE, MIN_PRICE, first_second_at_most, price};
use weir_units::{Moment, Seconds, WAD_DECIMALS, exact};

use super::{options::ViewOptions, sections::row};
use crate::{now::Now, token::Token};

/// The state of an auction. Times are in Unix seconds, prices in base units of the token paid in.
#[derive(Clone, Debug)]
pub struct Auction<'a> {
    pub sold: &'a Token,
    pub paid_in: &'a Token,
    /// The balance of the source before smoothing; `None` if the source does not return it.
    pub liquidatable: Option<U256>,
    /// The lot for sale.
    pub available: U256,
    pub target_period: u64,
    /// Wad.
    pub smoothing: U256,
    pub last_price: U256,
    pub last_at: u64,
    /// Time of creation, if known. If the last sale has this time, nothing has been sold.
    pub created_at: Option<u64>,
}

impl Auction<'_> {
    fn price_at(&self, time: u64) -> U256 {
        price(self.target_period, self.last_price, time.saturating_sub(self.last_at))
    }

    /// The rows of the table.
    pub fn rows(&self, options: &ViewOptions, now: Now) -> Vec<(String, String)> {
        let held_back = match self.smoothing.is_zero() {
            true => String::new(),
            false => format!(" (after smoothing {})", exact(self.smoothing, WAD_DECIMALS)),
        };
        let mut rows = Vec::new();
        if let Some(liquidatable) = self.liquidatable {
            rows.push(row("sellable balance", self.sold.exact(liquidatable)));
        }
        rows.extend([
            row("lot for sale", format!("{}{held_back}", self.sold.exact(self.available))),
            row("current price", self.price_words(self.price_at(now.time))),
            self.last_row(now),
            row("target period", Seconds(self.target_period).to_string()),
        ]);
        if let Some(answer) = self.at_price_words(options, now) {
            rows.push(answer);
        }
        rows
    }

    fn last_row(&self, now: Now) -> (String, String) {
        let (price, when) = (self.paid_in.exact(self.last_price), Moment(self.last_at).relative_to(now.time));
        match self.has_sold() {
            false => row("first price", format!("{price}, set {when}; no sale yet")),
            true => row("last price", format!("{price}, {when}")),
        }
    }

    fn has_sold(&self) -> bool {
        self.created_at != Some(self.last_at)
    }

    fn price_words(&self, price: U256) -> String {
        if price >= MAX_PRICE {
            return "at its maximum; it falls from the next second on".into();
        }
        self.paid_in.short(price)
    }

    fn at_price_words(&self, options: &ViewOptions, now: Now) -> Option<(String, String)> {
        let wanted = options.at_price.as_ref()?;
        let Ok(limit) = wanted.base_units(self.paid_in.decimals) else {
            return Some((
                "at the given price".into(),
                format!("unknown: the price has too many digits for {}", self.paid_in.symbol),
            ));
        };
        let when = match first_second_at_most(self.target_period, self.last_price, self.last_at, limit) {
            Some(time) => format!("{}, {}", Moment(time), Moment(time).relative_to(now.time)),
            None => format!("never: the minimum price is {}", self.paid_in.exact(MIN_PRICE)),
        };
        Some((format!("at {} or less", self.paid_in.exact(limit)), when))
    }

    /// The JSON for scripts.
    pub fn document(&self, options: &ViewOptions, now: Now) -> Value {
        let limit = options.at_price.as_ref().and_then(|price| price.base_units(self.paid_in.decimals).ok());
        let at_price = limit.map(|limit| {
            json!({
                "price": self.paid_in.amount(limit),
                "time": first_second_at_most(self.target_period, self.last_price, self.last_at, limit),
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
            "has_sold": self.created_at.map(|_| self.has_sold()),
            "price_now": self.paid_in.amount(self.price_at(now.time)),
            "at_price": at_price,
        })
    }
}
