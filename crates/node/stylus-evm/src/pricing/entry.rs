//! Price of calling a program, before its first instruction (Nitro `crates/prover/src/binary.rs`,
//! `arbos/programs/programs.go` and `arbos/programs/params.go`).

use super::{Gas, parameters::Parameters};

/// The properties of a program that determine its prices, computed from the uncompressed WASM at activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Bytes of the WASM.
    pub wasm_bytes: u64,
    /// Defined functions (imports not counted).
    pub functions: u64,
    /// Parameters and results of the defined functions.
    pub signature_values: u64,
    /// Globals after instrumentation, which adds 4.
    pub globals: u64,
    /// Bytes of all data and element segments as encoded in the WASM, their headers included.
    pub segment_bytes: u64,
    /// Initial pages of memory.
    pub pages: u16,
}

impl Size {
    /// Units of the cost of calling a cached program.
    pub fn cached_cost(&self) -> u64 {
        self.functions * 13_420 / 100_000
            + self.signature_values * 89 / 100_000
            + self.wasm_bytes * 122 / 100_000
            + self.globals * 1_628 / 1_000
            + self.segment_bytes * 75_244 / 100_000
            + u64::from(self.pages) * 5
    }

    /// Units of the additional cost of initialising a program that is not cached.
    pub fn init_cost(&self) -> u64 {
        self.functions * 8_252 / 1_000
            + self.signature_values * 1_059 / 1_000
            + self.wasm_bytes * 1_286 / 10_000
    }

    /// Estimated bytes of machine code; the data fee is charged for them.
    pub fn asm_estimate(&self) -> u64 {
        512_000
            + self.functions * 996_829 / 1_000
            + self.signature_values * 11_416 / 1_000
            + self.wasm_bytes * 62_628 / 10_000
    }
}

/// Gas that every call pays, for a program with this cached cost.
pub fn cached_gas(cached_cost: u16, parameters: &Parameters) -> Gas {
    Gas(parameters.min_cached_gas() + scaled(cached_cost, parameters.cached_cost_percent()))
}

/// Additional gas of a call of a program that is not cached, for a program with this init cost.
pub fn init_gas(init_cost: u16, parameters: &Parameters) -> Gas {
    Gas(parameters.min_init_gas() + scaled(init_cost, parameters.init_cost_percent()))
}

fn scaled(cost: u16, percent: u64) -> u64 {
    (u64::from(cost) * percent).div_ceil(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 functions, 250 values, 20 000 bytes, 7 globals, 1 000 bytes of segments, 2 pages:
    /// cached = 13 + 0 + 24 + 11 + 752 + 10 = 810; init = 825 + 264 + 2572 = 3661;
    /// asm = 512000 + 99682 + 2854 + 125256 = 739792.
    #[test]
    fn each_term_is_rounded_down_on_its_own() {
        let size = Size {
            wasm_bytes: 20_000,
            functions: 100,
            signature_values: 250,
            globals: 7,
            segment_bytes: 1_000,
            pages: 2,
        };
        assert_eq!(size.cached_cost(), 810);
        assert_eq!(size.init_cost(), 3_661);
        assert_eq!(size.asm_estimate(), 739_792);
        let parameters = Parameters::default();
        assert_eq!(cached_gas(810, &parameters), Gas(352 + 810));
        assert_eq!(init_gas(3_661, &parameters), Gas(8_832 + 3_661));
    }

    #[test]
    fn the_cost_of_initialising_is_scaled_and_rounded_up() {
        let mut parameters = Parameters::default();
        parameters.set_init_cost_percent(150);
        assert_eq!(init_gas(3, &parameters), Gas(8_832 + 5));
    }
}
