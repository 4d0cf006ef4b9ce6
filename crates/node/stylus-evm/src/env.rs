//! The environment of a transaction: the rules of the chain, the block, and options of this host.

use crate::{
    arbos::pricing::{BATCH_POSTER, TX_GAS_LIMIT},
    run::program::ModuleCache,
};
use revm::{
    context::{BlockEnv, CfgEnv},
    context_interface::block::BlobExcessGasAndPrice,
    primitives::{U256, hardfork::SpecId},
};

/// The EVM rules of ArbOS 50 and later (go-ethereum fork, `params/config.go`: `IsOsaka`).
pub const SPEC: SpecId = SpecId::OSAKA;

/// Inputs of the execution of a transaction, other than the state.
#[derive(Clone, Debug)]
pub struct Env {
    /// EVM configuration; [`Env::new`] sets Arbitrum's.
    pub cfg: CfgEnv,
    /// The block; `number` is the **L1** block number, as `NUMBER` and `block_number` return it.
    pub block: BlockEnv,
    /// The number of this chain's own block (`ArbSys.arbBlockNumber`).
    /// Only `arbBlockHash` reads block hashes from the database, by these numbers; `BLOCKHASH` uses
    /// [`simulated_l1_block_hash`](crate::simulated_l1_block_hash).
    pub l2_block_number: u64,
    pub options: Options,
    /// Compiled programs, shared by all clones; [`ModuleCache::on_disk`] keeps them for later runs.
    pub modules: ModuleCache,
}

/// Deviations of this host from a real chain.
#[derive(Clone, Debug)]
pub struct Options {
    /// Price every program call as if the program were cached by a cache manager.
    pub treat_all_as_cached: bool,
    /// Maximum gas that a transaction uses; the part of its gas limit above this is held back and returned.
    /// `None` for `eth_call`, as on Nitro.
    pub tx_gas_limit: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { treat_all_as_cached: false, tx_gas_limit: Some(TX_GAS_LIMIT) }
    }
}

impl Env {
    /// The rules of ArbOS 61 on the chain with this id, in an empty block.
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
    // Arbitrum has an exception to EIP-3541, so this crate does the check itself.
    cfg.disable_eip3541 = true;
    // A chain owner can enable the calldata floor; it is off by default (Nitro `arbos/features`).
    cfg.disable_eip7623 = true;
    // EIP-7825 is not enforced; see `Options::tx_gas_limit` (go-ethereum fork, `core/state_transition.go`).
    cfg.tx_gas_limit_cap = Some(u64::MAX);
    cfg
}

/// A block as on Nitro: difficulty 1 (also the result of PREVRANDAO), the batch poster as coinbase,
/// an unreachable gas limit.
fn empty_block() -> BlockEnv {
    BlockEnv {
        beneficiary: BATCH_POSTER,
        gas_limit: 1 << 50,
        difficulty: U256::ONE,
        prevrandao: Some(U256::ONE.into()),
        blob_excess_gas_and_price: Some(BlobExcessGasAndPrice { excess_blob_gas: 0, blob_gasprice: 1 }),
        ..BlockEnv::default()
    }
}
