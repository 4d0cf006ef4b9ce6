//! Reward per share: a global index that only rises, and one slot a staker that settles against it losslessly.
//!
//! The index is Q128 (reward units per share, times 2^128) and wraps modulo 2^256. A staker's debt is in units
//! of 2^-32 of the reward token's base unit, modulo 2^144. Pending reward is `⌊shares · index / 2^96⌋ − debt`,
//! read as a signed 144-bit number: true while nobody's unclaimed reward reaches 2^111 base units.

use super::{
    MAX_STAKE, U256, Uint,
    wide::{div, mul},
};

/// A debt or a pending reward, in 2^-32 base units of the reward token, modulo 2^144.
pub type Debt = Uint<144, 3>;

/// Fractional bits of a [`Debt`].
const DEBT_FRACTION_BITS: usize = 32;

/// From the Q128 index times shares down to debt units: 128 − 32 bits.
const INDEX_TO_DEBT_BITS: usize = 128 - DEBT_FRACTION_BITS;

/// Where the debt begins in a [`Position`], above the shares.
const DEBT_AT: usize = 112;

/// Where a debt's whole base units begin in a [`Position`].
const UNITS_AT: usize = DEBT_AT + DEBT_FRACTION_BITS;

/// `index + ⌊amount · 2^128 / total_shares⌋`, wrapping. Rounds down: the stakers together get at most `amount`,
/// and less than `total_shares / 2^128` of a base unit below it.
///
/// `total_shares` is at least 1 and `amount` below 2^128; with no shares the index stays as it is.
pub fn advance(index: U256, amount: u128, total_shares: u128) -> U256 {
    if amount == 0 {
        return index;
    }
    let q128 = U256::from_limbs([0, 0, amount as u64, (amount >> 64) as u64]);
    index.wrapping_add(div(q128, U256::from(total_shares)))
}

/// A staker's shares and debt, as one storage slot holds them: shares in the lowest 112 bits, the [`Debt`] in the 144
/// above. So the word's own wrapping arithmetic is the debt's, modulo 2^144.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position(U256);

impl Position {
    /// `shares` at most 2^112 − 1, and what they have not earned.
    pub fn new(shares: u128, debt: Debt) -> Self {
        Self(U256::from(shares) | U256::wrapping_from(debt) << DEBT_AT)
    }

    /// The position in this word of storage.
    pub const fn from_word(word: U256) -> Self {
        Self(word)
    }

    /// The word that holds it.
    pub const fn word(self) -> U256 {
        self.0
    }

    /// Shares, at most 2^112 − 1.
    pub fn shares(self) -> u128 {
        let [low, high, ..] = *self.0.as_limbs();
        (u128::from(low) | u128::from(high) << 64) & MAX_STAKE
    }

    /// Reward that the shares have not earned: from before they were there, or paid out already.
    pub fn debt(self) -> Debt {
        Debt::wrapping_from(self.0 >> DEBT_AT)
    }

    /// Reward that can be claimed at `index`, in whole base units. Rounds down.
    #[inline(never)]
    pub fn earned(self, index: U256) -> u128 {
        let debt = self.0.wrapping_sub(U256::from(self.shares()));
        let pending = value_down(self.shares(), index).wrapping_sub(debt);
        if pending.bit(U256::BITS - 1) {
            return 0;
        }
        let [_, _, low, high] = *pending.as_limbs();
        (u128::from(low) | u128::from(high) << 64) >> (UNITS_AT - 128)
    }

    /// Takes the claimable reward out, in whole base units; the fraction stays pending.
    pub fn claim(&mut self, index: U256) -> u128 {
        let units = self.earned(index);
        self.0 = self.0.wrapping_add(U256::from(units) << UNITS_AT);
        units
    }

    /// [`claim`](Self::claim); and if there are no shares any more it is the last one: the fraction, less than a unit, is
    /// given up, and the position is empty as before the first deposit.
    pub fn claim_or_close(&mut self, index: U256) -> u128 {
        let units = self.claim(index);
        if units != 0 && self.shares() == 0 {
            *self = Self::default();
        }
        units
    }

    /// Adds shares at `index`; what was pending stays pending, less under 2^-32 units (the new debt rounds up).
    ///
    /// The caller keeps the sum of all shares within [`MAX_STAKE`].
    pub fn add_shares(&mut self, shares: u128, index: U256) {
        self.0 = self.0.wrapping_add(U256::from(shares)).wrapping_add(value_up(shares, index));
    }

    /// Removes shares at `index`; what was pending stays pending, less under 2^-32 units.
    ///
    /// `None`, and nothing changed, if there are fewer shares than that.
    pub fn remove_shares(&mut self, shares: u128, index: U256) -> Option<()> {
        self.shares().checked_sub(shares)?;
        self.0 = self.0.wrapping_sub(U256::from(shares)).wrapping_sub(value_down(shares, index));
        Some(())
    }
}

/// One of a debt's units, where a position has them.
const DEBT_UNIT: U256 = U256::from_limbs([0, 1 << (DEBT_AT - 64), 0, 0]);

/// `⌊shares · index / 2^96⌋` modulo 2^144, where a position has its debt: bits 96 to 239 of the product, so its low
/// 256 bits are enough.
fn value_down(shares: u128, index: U256) -> U256 {
    rounded_down(mul(U256::from(shares), index))
}

/// `⌈shares · index / 2^96⌉` modulo 2^144, where a position has its debt.
fn value_up(shares: u128, index: U256) -> U256 {
    let product = mul(U256::from(shares), index);
    let [low, middle, ..] = *product.as_limbs();
    let has_fraction = low != 0 || middle as u32 != 0;
    let down = rounded_down(product);
    if has_fraction { down.wrapping_add(DEBT_UNIT) } else { down }
}

/// The product's bits 96 to 239, at bit 112; nothing below.
fn rounded_down(product: U256) -> U256 {
    const SHIFT: usize = DEBT_AT - INDEX_TO_DEBT_BITS;
    let [_, b, c, d] = *product.as_limbs();
    let shifted = |low: u64, high: u64| high << SHIFT | low >> (64 - SHIFT);
    let unit = DEBT_UNIT.as_limbs()[1];
    U256::from_limbs([0, (b << SHIFT) & !(unit - 1), shifted(b, c), shifted(c, d)])
}
