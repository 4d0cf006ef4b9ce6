//! The settings of a development chain.
//! They are fixed when the chain starts.

use alloy_primitives::{U256, uint};
use stylus_evm::ModuleCache;

/// One ether in wei.
const ETHER: U256 = uint!(1_000_000_000_000_000_000_U256);

/// The settings of a chain. The defaults follow Nitro's development mode where it has them.
#[derive(Clone, Debug)]
pub struct ChainConfig {
    /// Default 412346, the chain id of Nitro's development mode.
    pub chain_id: u64,
    /// Number of funded accounts from the test mnemonic, in addition to Nitro's development account. Default 10.
    pub accounts: u32,
    /// Balance of each funded account, in wei. Default one million ether.
    pub balance: U256,
    /// Prices every Stylus program as if it were in the cache manager's cache. Default false.
    pub treat_all_as_cached: bool,
    /// Makes the activation of Stylus programs cost more gas than any transaction has, as on the public chains since October
    /// 2026. Default false.
    pub activations_paused: bool,
    /// Timestamp of the first block in seconds since 1970; the clock continues from it. Default: now.
    pub genesis_timestamp: Option<u64>,
    /// Number of blocks below the head whose state can be read. Default 10 000.
    pub kept_states: u64,
    /// The cache of checked and metered programs. Default: in memory.
    /// [`ModuleCache::on_disk`] keeps them for later runs, by code hash.
    pub programs: ModuleCache,
}

impl Default for ChainConfig {
    fn default() -> Self {
        Self {
            chain_id: 412_346,
            accounts: 10,
            balance: ETHER * U256::from(1_000_000),
            treat_all_as_cached: false,
            activations_paused: false,
            genesis_timestamp: None,
            kept_states: 10_000,
            programs: ModuleCache::default(),
        }
    }
}
