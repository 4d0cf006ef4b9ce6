//! Gas of activating a program (Nitro `precompiles/ArbWasm.go` and `crates/prover/src/programs/mod.rs`).

use super::Gas;

/// Charged before the program is read.
pub const FIXED: Gas = Gas(1_659_168);
/// Gas per microsecond of work.
const GAS_PER_MICROSECOND: u64 = 28;

/// The work of an activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Bytes of the uncompressed WASM.
    pub wasm_bytes: u64,
    /// Defined functions.
    pub functions: u64,
    /// Bytes that data segments put into memory.
    pub data_bytes: u64,
    /// Bytes of element segments as encoded, their headers included.
    pub element_bytes: u64,
    /// Initial pages of memory.
    pub pages: u64,
    /// Instructions of all functions **after** instrumentation.
    pub instructions: u64,
}

/// The gas of each kind of work, in the order it is charged.
pub fn gas_of(work: &Work) -> [Gas; 6] {
    [
        work.wasm_bytes * 31_733 / 100_000,
        work.functions * 17_263 / 100_000,
        work.data_bytes * 17_376 / 100_000,
        work.element_bytes * 17_376 / 100_000,
        work.pages * 2_217,
        work.instructions * 535 / 1_000,
    ]
    .map(|microseconds| Gas(microseconds * GAS_PER_MICROSECOND))
}
