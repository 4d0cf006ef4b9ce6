//! The price of a lot over time, computed with the contracts' own arithmetic.
//! A buyer needs the first second in which the price is at most its limit.

use alloy::primitives::U256;
use weir::math::auction::{first_second_at_most, price};

/// The parameters of the price: `targetAuctionPeriod`, `lastAuctionPrice` and `lastAuctionAt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Auction {
    /// In seconds.
    pub target_period: u64,
    /// In base units of the payment token, at most 2^192 − 1.
    pub last_price: U256,
    /// Unix time of the last sale.
    pub last_at: u64,
}

impl Auction {
    /// Returns the price at `now` (Unix time), in base units of the payment token.
    pub fn price_at(&self, now: u64) -> U256 {
        price(self.target_period, self.last_price, now.saturating_sub(self.last_at))
    }

    /// Returns the first second (Unix time) in which the price is at most `limit`, or `None` if there is none.
    pub fn first_second_at(&self, limit: U256) -> Option<u64> {
        first_second_at_most(self.target_period, self.last_price, self.last_at, limit)
    }
}
