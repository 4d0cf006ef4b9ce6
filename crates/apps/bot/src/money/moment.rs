//! When an auction's price has come down to a limit: in closed form, on the contracts' own arithmetic.

use alloy::primitives::U256;
use weir::math::auction::{MAX_PRICE, MIN_PRICE, price};

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
}

/// The first second (Unix time) in which the price is at most `limit`; `None` if that never comes.
///
/// `⌊period · last_price / elapsed⌋ ≤ limit` is `elapsed > period · last_price / (limit + 1)`, so it is
/// `last_at + ⌊period · last_price / (limit + 1)⌋ + 1`. The price never falls below 100, whatever the limit.
pub fn first_second_at(limit: U256, auction: &Auction) -> Option<u64> {
    if limit < MIN_PRICE {
        return None;
    }
    if limit >= MAX_PRICE {
        return Some(auction.last_at);
    }
    let product = U256::from(auction.target_period) * auction.last_price;
    let elapsed = product / (limit + U256::from(1)) + U256::from(1);
    u64::try_from(elapsed).ok()?.checked_add(auction.last_at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn auction(target_period: u64, last_price: U256) -> Auction {
        Auction { target_period, last_price, last_at: 1_000 }
    }

    #[test]
    fn the_price_is_the_last_one_after_a_period() {
        let hour = auction(3_600, U256::from(5_000));
        assert_eq!(hour.price_at(1_000 + 3_600), U256::from(5_000));
        // One second earlier it is still 5001.
        assert_eq!(first_second_at(U256::from(5_000), &hour), Some(1_000 + 3_600));
        assert_eq!(hour.price_at(1_000 + 3_599), U256::from(5_001));
    }

    #[test]
    fn below_the_least_price_the_moment_never_comes() {
        let cheap = auction(3_600, U256::from(100));
        assert_eq!(first_second_at(U256::from(99), &cheap), None);
        assert!(first_second_at(U256::from(100), &cheap).is_some());
    }

    #[test]
    fn a_moment_beyond_all_time_never_comes() {
        assert_eq!(first_second_at(U256::from(100), &auction(u64::MAX, MAX_PRICE)), None);
    }

    #[test]
    fn any_price_is_right_at_once_without_a_limit() {
        assert_eq!(first_second_at(U256::MAX, &auction(3_600, MAX_PRICE)), Some(1_000));
    }

    proptest! {
        /// Against the contracts' own price.
        #[test]
        fn the_moment_is_the_first_second_at_the_limit(
            target_period in 0u64..=u64::from(u32::MAX), last_price in 0u128.., limit in 100u128..,
        ) {
            let auction = auction(target_period, U256::from(last_price));
            let limit = U256::from(limit);
            if let Some(moment) = first_second_at(limit, &auction) {
                prop_assert!(auction.price_at(moment) <= limit);
                prop_assert!(moment > auction.last_at && auction.price_at(moment - 1) > limit);
            }
        }

        #[test]
        fn the_moment_is_right_at_prices_of_all_sizes(
            target_period in 1u64.., last_price: [u64; 3], limit: [u64; 3], shift in 0usize..192, cut in 0usize..192,
        ) {
            let number = |[a, b, c]: [u64; 3], shift| U256::from_limbs([a, b, c, 0]) >> shift;
            let auction = auction(target_period, number(last_price, shift));
            let limit = number(limit, cut);
            match first_second_at(limit, &auction) {
                Some(moment) => {
                    prop_assert!(auction.price_at(moment) <= limit);
                    prop_assert!(moment <= auction.last_at || auction.price_at(moment - 1) > limit);
                }
                None => prop_assert!(auction.price_at(u64::MAX) > limit),
            }
        }
    }
}
