//! Prices that many tests use, in ink (Nitro `crates/prover/src/programs/meter.rs` and
//! `crates/arbutil/src/pricing.rs`).

/// The check at the start of each basic block.
pub const CHECK: u64 = 2_450;
/// A call instruction and the check of the block after it.
pub const CALL: u64 = 3_800 + CHECK;
pub const HOSTIO: u64 = 8_400;
pub const PTR: u64 = 5_040;
pub const API: u64 = 59_673;
/// Ink that one gas buys.
pub const GAS_INK: u64 = 10_000;

/// Price of writing this number of bytes into the memory of a program.
pub fn write(bytes: u64) -> u64 {
    5_040 + 30 * bytes.saturating_sub(32)
}

/// Price of reading this number of bytes from the memory of a program.
pub fn read(bytes: u64) -> u64 {
    16_381 + 55 * bytes.saturating_sub(32)
}
