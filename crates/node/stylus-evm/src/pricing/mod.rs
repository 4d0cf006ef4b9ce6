//! All prices of Stylus, each with its source.
//! The figures are those of Nitro (ArbOS 61, Stylus version 3); a path after "Nitro" names the file there (v3.10.0).

pub mod activation;
pub mod data_fee;
pub mod entry;
pub mod host;
pub mod instruction;
pub mod memory;
pub mod parameters;

use std::ops::{Add, Mul};

/// EVM gas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gas(pub u64);

/// Stylus compute: [`INK_PER_GAS`] ink cost one gas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ink(pub u64);

/// Ink that one gas buys (Nitro `arbos/programs/params.go`: `initialInkPrice`).
pub const INK_PER_GAS: u64 = 10_000;

impl Gas {
    /// The ink this gas buys; saturates.
    pub const fn to_ink(self) -> Ink {
        Ink(self.0.saturating_mul(INK_PER_GAS))
    }
}

impl Ink {
    /// The whole gas in this ink, rounded down.
    pub const fn to_gas(self) -> Gas {
        Gas(self.0 / INK_PER_GAS)
    }
}

impl Add for Gas {
    type Output = Self;

    /// Saturates.
    fn add(self, more: Self) -> Self {
        Self(self.0.saturating_add(more.0))
    }
}

impl Add for Ink {
    type Output = Self;

    /// Saturates.
    fn add(self, more: Self) -> Self {
        Self(self.0.saturating_add(more.0))
    }
}

impl Mul<u64> for Ink {
    type Output = Self;

    /// Saturates.
    fn mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

/// Price of `bytes` of EVM memory: 3 gas per word plus words²/512 (Yellow Paper, C_mem).
/// The data that a program returns costs at least this (Nitro `arbos/programs/programs.go`: `evmMemoryCost`).
pub const fn evm_memory_gas(bytes: u64) -> Gas {
    let words = bytes.div_ceil(32);
    Gas(words.saturating_mul(3).saturating_add(words.saturating_mul(words) / 512))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gas_becomes_ink_exactly_and_ink_becomes_gas_rounded_down() {
        assert_eq!(Gas(3).to_ink(), Ink(30_000));
        assert_eq!(Ink(29_999).to_gas(), Gas(2));
        assert_eq!(Gas(u64::MAX).to_ink(), Ink(u64::MAX));
    }

    #[test]
    fn evm_memory_costs_match_the_yellow_paper() {
        // 1 word: 3 + 0; 32 words: 96 + 2; 1024 words: 3072 + 2048.
        assert_eq!(evm_memory_gas(1), Gas(3));
        assert_eq!(evm_memory_gas(1024), Gas(98));
        assert_eq!(evm_memory_gas(32 * 1024), Gas(5120));
    }
}
