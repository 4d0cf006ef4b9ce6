//! Target Period Dutch Auction (TPDA): the price falls as 1/t and passes the last price after one target period.
//!
//! Source: `TpdaLiquidationPair` of PoolTogether V5 (`pt-v5-tpda-liquidator`). Where the original wraps its
//! `uint192` cast, [`price`] saturates; where it panics, the functions here return `None` or the exact value.

use super::{
    U256,
    wide::{div, mul},
};

/// The price never falls below this many base units of the token paid in, so that it can always rise again.
pub const MIN_PRICE: U256 = U256::from_limbs([100, 0, 0, 0]);

/// The highest price, 2^192 − 1: also the price in the very second of the last sale.
pub const MAX_PRICE: U256 = U256::from_limbs([u64::MAX, u64::MAX, u64::MAX, 0]);

/// The highest last price that a vault's own pair keeps, 2^104 − 1 (twenty million million tokens of 18 decimals): what is
/// paid above it is recorded as that.
pub const MAX_RECORDED_PRICE: U256 = U256::from_limbs([u64::MAX, (1 << 40) - 1, 0, 0]);

/// One, as a smoothing factor: 18 decimals.
pub const WAD: u64 = 1_000_000_000_000_000_000;

/// Price of the whole lot, in base units of the token paid in, `elapsed` seconds after the last sale.
///
/// `clamp(⌊target_period · last_price / elapsed⌋, 100, 2^192 − 1)`, and 2^192 − 1 when no time has elapsed.
/// `last_price` must be at most [`MAX_PRICE`], so that the product fits 256 bits. Rounds down.
pub fn price(target_period: u64, last_price: U256, elapsed: u64) -> U256 {
    if elapsed == 0 {
        return MAX_PRICE;
    }
    let exact = div(mul(U256::from(target_period), last_price), U256::from(elapsed));
    exact.clamp(MIN_PRICE, MAX_PRICE)
}

/// Part of `liquidatable` that is for sale now: `⌊(1e18 − smoothing) · liquidatable / 1e18⌋`.
///
/// `smoothing` is a wad below [`WAD`]; at or above it nothing is for sale. Exact for every `liquidatable`,
/// also where the original's product overflows. Rounds down, in favor of the seller.
pub fn available(liquidatable: U256, smoothing: u64) -> U256 {
    let wad = U256::from(WAD);
    let sold = U256::from(WAD.saturating_sub(smoothing));
    // Both together have 256 bits at most: the usual case.
    if liquidatable.bit_len() <= 196 {
        return div(mul(sold, liquidatable), wad);
    }
    let whole = div(liquidatable, wad);
    let rest = liquidatable.wrapping_sub(mul(whole, wad));
    mul(whole, sold).wrapping_add(div(mul(rest, sold), wad))
}

/// The time, in seconds since the Unix epoch, at which the price is `price`: `last_time + ⌊target_period · last_price / price⌋`.
///
/// In that second the price is still at least `price`, one second later it is below (or 100, the least there is).
/// `None` if `price` is 0: it is never reached. For a `last_price` up to [`MAX_PRICE`] every other time fits.
pub fn time_for_price(target_period: u64, last_price: U256, last_time: u64, price: U256) -> Option<U256> {
    if price.is_zero() {
        return None;
    }
    div(mul(U256::from(target_period), last_price), price).checked_add(U256::from(last_time))
}

/// The first second, since the Unix epoch, in which the price is at most `limit`; `None` if there is none in 64 bits. For
/// buyers: no contract calls it.
///
/// The price is at most `limit` where `target_period · last_price / elapsed < limit + 1`: after [`time_for_price`] of
/// `limit + 1`. Below [`MIN_PRICE`] it never is, and at [`MAX_PRICE`] it is at once.
pub fn first_second_at_most(
    target_period: u64,
    last_price: U256,
    last_time: u64,
    limit: U256,
) -> Option<u64> {
    if limit < MIN_PRICE {
        return None;
    }
    if limit >= MAX_PRICE {
        return Some(last_time);
    }
    let above = limit.wrapping_add(U256::ONE);
    let last_above = time_for_price(target_period, last_price, last_time, above)?;
    u64::try_from(last_above).ok()?.checked_add(1)
}
