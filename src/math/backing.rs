//! What shares are worth in assets: one each, or their part of what is held when that is less.

use super::{
    U256,
    wide::{div, mul},
};

/// All shares of a vault, and what it holds for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backing {
    /// Sum of all shares, at most [`MAX_STAKE`](super::MAX_STAKE).
    shares: U256,
    /// What they are worth together, in base units of the asset: at most 1 each.
    assets: U256,
}

impl Backing {
    /// `shares` in all, backed by `held` base units of the asset. What is held above 1 a share is not theirs.
    pub fn new(shares: u128, held: U256) -> Self {
        let shares = U256::from(shares);
        Self { shares, assets: held.min(shares) }
    }

    /// What all shares are worth, in base units of the asset.
    pub const fn assets(&self) -> U256 {
        self.assets
    }

    /// Whether there are shares and all of them are worth nothing.
    pub fn is_lost(&self) -> bool {
        self.assets.is_zero() && !self.shares.is_zero()
    }

    /// Whether each share is worth 1.
    pub fn is_whole(&self) -> bool {
        self.assets == self.shares
    }

    /// What `shares` are worth: `⌊shares · assets / all shares⌋`. Rounds down, in favor of those who stay.
    ///
    /// `None` above 2^128 − 1, which no existing shares are worth, unless each is worth 1.
    pub fn assets_for(&self, shares: U256) -> Option<U256> {
        if self.is_whole() {
            return Some(shares);
        }
        Some(div(mul(self.assets, within_128_bits(shares)?), self.shares))
    }

    /// What `assets` cost: `⌈assets · all shares / assets held⌉`. Rounds up, in favor of those who stay.
    ///
    /// `None` if nothing is held, or above 2^128 − 1, unless each share is worth 1.
    pub fn shares_for(&self, assets: U256) -> Option<U256> {
        self.cost(assets, self.assets.saturating_sub(U256::ONE))
    }

    /// How many shares are worth `assets`: `⌊assets · all shares / assets held⌋`. Rounds down.
    ///
    /// `None` if nothing is held, or above 2^128 − 1, unless each share is worth 1.
    pub fn shares_worth(&self, assets: U256) -> Option<U256> {
        self.cost(assets, U256::ZERO)
    }

    fn cost(&self, assets: U256, rounding: U256) -> Option<U256> {
        if self.is_whole() {
            return Some(assets);
        }
        if self.assets.is_zero() {
            return None;
        }
        let product = mul(self.shares, within_128_bits(assets)?);
        Some(div(product.wrapping_add(rounding), self.assets))
    }
}

/// So that a product with less than 2^112 fits.
fn within_128_bits(amount: U256) -> Option<U256> {
    (amount.bit_len() <= 128).then_some(amount)
}
