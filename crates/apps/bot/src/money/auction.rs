//! An auction's price over time, by the contracts' own arithmetic.
//! A buyer asks it for the first second in which the price is low enough.

use alloy::primitives::U256;
use weir::math::auction::{first_second_at_most, price};

/// What the price of a lot follows from (`lastAuctionAt`, `lastAuctionPrice`, `targetAuctionPeriod`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Auction {
    /// Seconds.
    pub target_period: u64,
    /// In base units of the token paid with, at most 2^192 − 1.
    pub last_price: U256,
    /// Unix time of the last sale.
    pub last_at: u64,
}

impl Auction {
    /// The price at `now` (Unix time), in base units of the token paid with.
    pub fn price_at(&self, now: u64) -> U256 {
        price(self.target_period, self.last_price, now.saturating_sub(self.last_at))
    }

    /// The first second (Unix time) in which the price is at most `limit`; `None` if that never comes.
    pub fn first_second_at(&self, limit: U256) -> Option<u64> {
        first_second_at_most(self.target_period, self.last_price, self.last_at, limit)
    }
}
