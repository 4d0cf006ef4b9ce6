//! The parameters of Stylus that an owner of the chain can change, and their word in the state of ArbOS
//! (Nitro v3.10.0 `arbos/programs/params.go`).

use super::INK_PER_GAS;
use revm::primitives::B256;

/// Words of nominal stack for one call of a program (`arbOS50MaxStackDepth`). Owners cannot change it here.
pub const STACK_WORDS: u32 = 22_000;
/// The cost of calling a cached program in percent (`initialCachedCostScalar`). Nitro has no function that changes it.
const CACHED_COST_PERCENT: u64 = 100;
/// Units of the stored prices and scalars (`MinInitGasUnits`, `MinCachedGasUnits`, `CostScalarPercent`).
const INIT_GAS_UNIT: u64 = 128;
const CACHED_GAS_UNIT: u64 = 32;
const PERCENT_UNIT: u64 = 2;

/// The parameters, with the values of ArbOS 61 by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Version of Stylus: programs that were activated for another one must be activated again.
    pub version: u16,
    /// Pages that a transaction can have open at the same time for free.
    pub free_pages: u16,
    /// Gas of each page beyond the free ones, every time it is opened.
    pub page_gas: u16,
    /// Maximum pages that a transaction can have open; 0 means that there is no limit to those that a call opens.
    pub page_limit: u16,
    /// Minimum gas of initialising a program that is not cached, in units of 128.
    pub min_init_units: u8,
    /// Minimum gas of calling a program, in units of 32.
    pub min_cached_units: u8,
    /// Scalar of the cost of initialising, in units of 2 %.
    pub init_scalar_units: u8,
    /// A program expires this long after its activation.
    pub expiry_days: u16,
    /// Minimum age of a program for a keepalive.
    pub keepalive_days: u16,
    /// Number of programs run last in a block that count as cached.
    pub block_cache_size: u16,
    /// Maximum size of an uncompressed WASM at activation, in bytes.
    pub max_wasm_bytes: u32,
    /// Maximum number of fragments of a program at activation.
    pub max_fragments: u8,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            version: 3,
            free_pages: 2,
            page_gas: 1_000,
            page_limit: 128,
            min_init_units: 69,
            min_cached_units: 11,
            init_scalar_units: 50,
            expiry_days: 365,
            keepalive_days: 31,
            block_cache_size: 32,
            max_wasm_bytes: 256 * 1024,
            max_fragments: 4,
        }
    }
}

impl Parameters {
    /// Minimum gas of initialising a program that is not cached.
    pub fn min_init_gas(&self) -> u64 {
        u64::from(self.min_init_units) * INIT_GAS_UNIT
    }

    /// Minimum gas of calling a program.
    pub fn min_cached_gas(&self) -> u64 {
        u64::from(self.min_cached_units) * CACHED_GAS_UNIT
    }

    /// Scalar of the cost of initialising, in percent.
    pub fn init_cost_percent(&self) -> u64 {
        u64::from(self.init_scalar_units) * PERCENT_UNIT
    }

    /// Scalar of the cost of calling a cached program, in percent.
    pub fn cached_cost_percent(&self) -> u64 {
        CACHED_COST_PERCENT
    }

    /// Sets both minimum prices, rounded up to their units; the largest that fits if they are larger.
    pub fn set_min_init_gas(&mut self, init: u64, cached: u64) {
        self.min_init_units = units(init, INIT_GAS_UNIT);
        self.min_cached_units = units(cached, CACHED_GAS_UNIT);
    }

    /// Sets the scalar of the cost of initialising, as [`set_min_init_gas`](Self::set_min_init_gas) rounds.
    pub fn set_init_cost_percent(&mut self, percent: u64) {
        self.init_scalar_units = units(percent, PERCENT_UNIT);
    }

    /// The word in ArbOS's state: its fields one after another, big-endian.
    pub fn to_word(self) -> B256 {
        let mut word = Vec::with_capacity(32);
        word.extend(self.version.to_be_bytes());
        word.extend(&INK_PER_GAS.to_be_bytes()[5..]);
        word.extend(STACK_WORDS.to_be_bytes());
        word.extend(self.free_pages.to_be_bytes());
        word.extend(self.page_gas.to_be_bytes());
        word.extend(self.page_limit.to_be_bytes());
        word.extend([self.min_init_units, self.min_cached_units, self.init_scalar_units]);
        word.push((CACHED_COST_PERCENT / PERCENT_UNIT) as u8);
        word.extend(self.expiry_days.to_be_bytes());
        word.extend(self.keepalive_days.to_be_bytes());
        word.extend(self.block_cache_size.to_be_bytes());
        word.extend(self.max_wasm_bytes.to_be_bytes());
        word.push(self.max_fragments);
        B256::right_padding_from(&word)
    }

    pub fn from_word(word: B256) -> Self {
        let u16_at = |at: usize| u16::from_be_bytes([word[at], word[at + 1]]);
        Self {
            version: u16_at(0),
            free_pages: u16_at(9),
            page_gas: u16_at(11),
            page_limit: u16_at(13),
            min_init_units: word[15],
            min_cached_units: word[16],
            init_scalar_units: word[17],
            expiry_days: u16_at(19),
            keepalive_days: u16_at(21),
            block_cache_size: u16_at(23),
            max_wasm_bytes: u32::from_be_bytes([word[25], word[26], word[27], word[28]]),
            max_fragments: word[29],
        }
    }
}

/// The number of whole units that an amount needs, at most 255.
fn units(amount: u64, unit: u64) -> u8 {
    amount.div_ceil(unit).min(u8::MAX.into()) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use revm::primitives::b256;

    #[test]
    fn parameters_round_trip_through_their_word() {
        let parameters = Parameters {
            version: 0x0102,
            free_pages: 0x0304,
            page_gas: 0x0506,
            page_limit: 0x0708,
            min_init_units: 0x09,
            min_cached_units: 0x0A,
            init_scalar_units: 0x0B,
            expiry_days: 0x0C0D,
            keepalive_days: 0x0E0F,
            block_cache_size: 0x1011,
            max_wasm_bytes: 0x1213_1415,
            max_fragments: 0x16,
        };
        assert_eq!(Parameters::from_word(parameters.to_word()), parameters);
    }

    /// By hand from the order of the fields in Nitro: 3, 10 000, 22 000, 2, 1 000, 128, 69, 11, 50, 50, 365, 31, 32,
    /// 262 144, 4, and two bytes that are not used.
    #[test]
    fn the_word_has_the_layout_of_nitro() {
        let word = b256!("0003002710000055f0000203e80080450b3232016d001f002000040000040000");
        assert_eq!(Parameters::default().to_word(), word);
    }

    #[test]
    fn minimum_prices_are_rounded_up_to_their_units() {
        let mut parameters = Parameters::default();
        assert_eq!((parameters.min_init_gas(), parameters.min_cached_gas()), (8_832, 352));
        parameters.set_min_init_gas(8_833, 353);
        assert_eq!((parameters.min_init_gas(), parameters.min_cached_gas()), (70 * 128, 12 * 32));
        parameters.set_min_init_gas(u64::MAX, u64::MAX);
        assert_eq!((parameters.min_init_gas(), parameters.min_cached_gas()), (255 * 128, 255 * 32));
        parameters.set_init_cost_percent(101);
        assert_eq!(parameters.init_cost_percent(), 102);
    }
}
