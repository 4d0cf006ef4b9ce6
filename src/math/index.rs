//! Reward per share: a global index that only rises, and one slot a staker that settles against it losslessly.
//!
//! The index is Q128 (reward units per share, times 2^128) and wraps modulo 2^256. A staker's debt is in units
//! of 2^-32 of the reward token's base unit, modulo 2^144. Pending reward is `⌊shares · index / 2^96⌋ − debt`,
//! read as a signed 144-bit number: true while nobody's unclaimed reward reaches 2^111 base units.

use super::{U256, Uint, wide::div};

/// A debt or a pending reward, in 2^-32 base units of the reward token, modulo 2^144.
pub type Debt = Uint<144, 3>;

/// Fractional bits of a [`Debt`].
const DEBT_FRACTION_BITS: usize = 32;

/// From the Q128 index times shares down to debt units: 128 − 32 bits.
const INDEX_TO_DEBT_BITS: usize = 128 - DEBT_FRACTION_BITS;

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

/// A staker's shares and debt: what one storage slot holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Shares, at most 2^112 − 1.
    pub shares: u128,
    /// Reward that the shares have not earned: from before they were there, or paid out already.
    pub debt: Debt,
}

impl Position {
    /// Reward that can be claimed at `index`, in whole base units. Rounds down.
    pub fn earned(&self, index: U256) -> u128 {
        let pending = value_down(self.shares, index).wrapping_sub(self.debt);
        if pending.bit(Debt::BITS - 1) {
            return 0;
        }
        let units = pending >> DEBT_FRACTION_BITS;
        let [low, high, _] = *units.as_limbs();
        u128::from(low) | u128::from(high) << 64
    }

    /// Takes the claimable reward out, in whole base units; the fraction stays pending.
    pub fn claim(&mut self, index: U256) -> u128 {
        let units = self.earned(index);
        self.debt = self.debt.wrapping_add(Debt::from(units) << DEBT_FRACTION_BITS);
        units
    }

    /// Adds shares at `index`; what was pending stays pending, less under 2^-32 units (the new debt rounds up).
    ///
    /// The caller keeps the sum of all shares within [`MAX_STAKE`](super::MAX_STAKE).
    pub fn add_shares(&mut self, shares: u128, index: U256) {
        self.shares += shares;
        self.debt = self.debt.wrapping_add(value_up(shares, index));
    }

    /// Removes shares at `index`; what was pending stays pending, less under 2^-32 units.
    ///
    /// `None`, and nothing changed, if there are fewer shares than that.
    pub fn remove_shares(&mut self, shares: u128, index: U256) -> Option<()> {
        self.shares = self.shares.checked_sub(shares)?;
        self.debt = self.debt.wrapping_sub(value_down(shares, index));
        Some(())
    }
}

/// `⌊shares · index / 2^96⌋` modulo 2^144: bits 96 to 239 of the product, so its low 256 bits are enough.
fn value_down(shares: u128, index: U256) -> Debt {
    let product = U256::from(shares).wrapping_mul(index);
    Debt::wrapping_from(product >> INDEX_TO_DEBT_BITS)
}

/// `⌈shares · index / 2^96⌉` modulo 2^144.
fn value_up(shares: u128, index: U256) -> Debt {
    let product = U256::from(shares).wrapping_mul(index);
    let down = Debt::wrapping_from(product >> INDEX_TO_DEBT_BITS);
    let [low, middle, ..] = *product.as_limbs();
    let has_fraction = low != 0 || middle as u32 != 0;
    down.wrapping_add(Debt::from(u8::from(has_fraction)))
}
