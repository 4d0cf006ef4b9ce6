//! What a development chain can be told before it starts.

use alloy_primitives::{U256, uint};
use stylus_evm::ModuleCache;

/// One ether in wei.
const ETHER: U256 = uint!(1_000_000_000_000_000_000_U256);

/// Settings of a chain. [`Default`] gives what Nitro's development mode has, where it has it.
#[derive(Clone, Debug)]
pub struct ChainConfig {
    /// Chain id. Default 412346, that of Nitro's development mode.
    pub chain_id: u64,
    /// Accounts funded from the test mnemonic, besides Nitro's development account. Default 10.
    pub accounts: u32,
    /// Balance of each funded account, in wei. Default one million ether.
    pub balance: U256,
    /// Price every Stylus program as if it were in the cache manager's cache. Default false.
    pub treat_all_as_cached: bool,
    /// Timestamp of the first block in seconds since 1970; the chain's clock runs on from it. Default: now.
    pub genesis_timestamp: Option<u64>,
    /// How many blocks below the head keep their state readable. Default 10 000.
    pub kept_states: u64,
    /// Where programs are kept that were checked and metered. Default: in memory.
    /// [`ModuleCache::on_disk`] keeps them for later runs, by their code hash.
    pub programs: ModuleCache,
}

impl Default for ChainConfig {
    fn default() -> Self {
        Self {
            chain_id: 412_346,
            accounts: 10,
            balance: ETHER * U256::from(1_000_000),
            treat_all_as_cached: false,
            genesis_timestamp: None,
            kept_states: 10_000,
            programs: ModuleCache::default(),
        }
    }
}
