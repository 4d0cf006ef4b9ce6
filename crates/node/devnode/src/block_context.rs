//! The block that a transaction executes in: the values that vary, and the constants that every block shares.
//! The constants are those of Nitro; each names its source there.

use alloy_primitives::{Address, address};

/// Base fee of every block, in wei per gas: Nitro's minimum (`arbos/l2pricing`, `InitialMinimumBaseFeeWei`).
pub const BASE_FEE: u64 = 100_000_000;
/// Gas limit in every header (`arbos/l2pricing`, `GethBlockGasLimit`).
pub const BLOCK_GAS_LIMIT: u64 = 1 << 50;
/// The sequencer's address (`arbos/l1pricing`, `BatchPosterAddress`).
pub const COINBASE: Address = address!("A4B000000000000000000073657175656e636572");
/// The ArbOS version whose rules apply.
pub const ARBOS_VERSION: u64 = 60;
/// Seconds of chain time between two L1 blocks.
const L1_BLOCK_SECONDS: u64 = 12;

/// The values of a block that differ from block to block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockContext {
    /// The block's number on this chain.
    pub number: u64,
    /// Seconds since 1970.
    pub timestamp: u64,
    /// The L1 block number, which the opcode NUMBER returns.
    pub l1_number: u64,
}

impl BlockContext {
    /// The context of block `number` on a chain whose first block has the timestamp `genesis`.
    ///
    /// The L1 number follows time alone, so it never falls.
    pub const fn new(number: u64, timestamp: u64, genesis: u64) -> Self {
        let l1_number = 1 + timestamp.saturating_sub(genesis) / L1_BLOCK_SECONDS;
        Self { number, timestamp, l1_number }
    }
}
