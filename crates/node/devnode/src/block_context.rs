//! The block that a transaction executes in: the values that vary, and the constants that every block shares.
//! The constants are those of Nitro; each names its source there.

use alloy_primitives::Address;
use stylus_evm::{BATCH_POSTER, MIN_BASE_FEE};

/// Base fee of every block, in wei per gas: the minimum of Arbitrum One and Nova, 0.02 gwei.
pub const BASE_FEE: u64 = MIN_BASE_FEE;
/// Gas limit in every header (`arbos/l2pricing`, `GethBlockGasLimit`).
pub const BLOCK_GAS_LIMIT: u64 = 1 << 50;
/// The sequencer's address (`arbos/l1pricing`, `BatchPosterAddress`).
pub const COINBASE: Address = BATCH_POSTER;
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
