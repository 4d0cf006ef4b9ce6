//! What a transaction is executed in: the rules of the chain, the block, and options of this host.

use crate::run::program::ModuleCache;
use revm::{
    context::{BlockEnv, CfgEnv},
    context_interface::block::BlobExcessGasAndPrice,
    primitives::{U256, address, hardfork::SpecId},
};

/// The EVM rules of ArbOS 50 and later (go-ethereum fork, `params/config.go`: `IsOsaka`).
pub const SPEC: SpecId = SpecId::OSAKA;
/// Gas that one transaction may use, intrinsic gas included (Nitro `arbos/l2pricing/model.go`, ArbOS 50).
pub const TX_GAS_LIMIT: u64 = 32_000_000;

/// Everything a transaction's execution depends on besides the state.
#[derive(Clone, Debug)]
pub struct Env {
    /// EVM configuration; [`Env::new`] gives Arbitrum's.
    pub cfg: CfgEnv,
    /// The block; `number` is the **L1** block number, which is what `NUMBER` and `block_number` return.
    pub block: BlockEnv,
    /// The number of this chain's own block (`ArbSys.arbBlockNumber`).
    /// The database is asked for block hashes by these numbers only (`arbBlockHash`); see
    /// [`simulated_l1_block_hash`](crate::simulated_l1_block_hash) for `BLOCKHASH`.
    pub l2_block_number: u64,
    /// Where this host may differ from a chain.
    pub options: Options,
    /// Compiled programs, shared by all clones; [`ModuleCache::on_disk`] keeps them for later runs.
    pub modules: ModuleCache,
}

/// Where this host may differ from a chain.
#[derive(Clone, Debug)]
pub struct Options {
    /// Price every program call as if the program were in the cache manager's cache.
    pub treat_all_as_cached: bool,
    /// Gas that a transaction may use; what its limit has above that is held back and returned.
    /// `None` for `eth_call`, as on Nitro.
    pub tx_gas_limit: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { treat_all_as_cached: false, tx_gas_limit: Some(TX_GAS_LIMIT) }
    }
}

impl Env {
    /// The rules of ArbOS 60 on the chain with this id, in an empty block.
    pub fn new(chain_id: u64) -> Self {
        Self {
            cfg: rules(chain_id),
            block: empty_block(),
            l2_block_number: 0,
            options: Options::default(),
            modules: ModuleCache::default(),
        }
    }
}

fn rules(chain_id: u64) -> CfgEnv {
    let mut cfg = CfgEnv::new_with_spec(SPEC).with_chain_id(chain_id);
    // EIP-3541 has an exception here, so this crate does the check itself.
    cfg.disable_eip3541 = true;
    // The floor on calldata is a feature that a chain's owner may switch on; it is off at first (Nitro `arbos/features`).
    cfg.disable_eip7623 = true;
    // EIP-7825 is not enforced; see `Options::tx_gas_limit` (go-ethereum fork, `core/state_transition.go`).
    cfg.tx_gas_limit_cap = Some(u64::MAX);
    cfg
}

/// A block as Nitro makes it: difficulty 1 (also what PREVRANDAO gives), the batch poster as coinbase,
/// a gas limit that nothing reaches.
fn empty_block() -> BlockEnv {
    BlockEnv {
        beneficiary: address!("A4B000000000000000000073657175656e636572"),
        gas_limit: 1 << 50,
        difficulty: U256::ONE,
        prevrandao: Some(U256::ONE.into()),
        blob_excess_gas_and_price: Some(BlobExcessGasAndPrice { excess_blob_gas: 0, blob_gasprice: 1 }),
        ..BlockEnv::default()
    }
}
