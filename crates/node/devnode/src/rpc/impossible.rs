//! Conveniences of other development nodes that make no sense here, and why.

use super::anvil::NO_FORKING;

const BASE_FEE: &str =
    "the base fee is always 0.1 gwei, Nitro's minimum: leave it as it is (calls may offer a gas price of 0)";
const COINBASE: &str = "the coinbase of every block is the sequencer's, as on Arbitrum: override it in eth_call's block overrides";
const GAS_LIMIT: &str =
    "the gas limit of blocks is Nitro's and nothing reaches it: a transaction may use 32 000 000 gas";
const RANDAO: &str = "PREVRANDAO is 1, as on Arbitrum: override it in eth_call's block overrides";
const CHAIN_ID: &str = "the chain id cannot change while the node runs: start it with --chain-id";
const POOL: &str = "there is no pool: every transaction is mined at once, in its own block";
const PROOF: &str = "there are no proofs: the state root here is a digest of the state, not a Merkle root";
const REORG: &str = "blocks are taken back with evm_snapshot and evm_revert";

/// Why there is no such method; `None` if nobody would expect it.
pub fn reason(name: &str) -> Option<&'static str> {
    let (namespace, method) = name.split_once('_')?;
    Some(match (namespace, method) {
        ("eth", "getProof") => PROOF,
        ("eth", "resend") => POOL,
        ("evm", "setBlockGasLimit") => GAS_LIMIT,
        ("anvil" | "hardhat", "setNextBlockBaseFeePerGas" | "setMinGasPrice") => BASE_FEE,
        ("anvil" | "hardhat", "setCoinbase") => COINBASE,
        ("anvil" | "hardhat", "setBlockGasLimit") => GAS_LIMIT,
        ("anvil" | "hardhat", "setPrevRandao" | "setNextBlockPrevRandao") => RANDAO,
        ("anvil" | "hardhat", "setRpcUrl") => NO_FORKING,
        ("anvil" | "hardhat", "setChainId") => CHAIN_ID,
        ("anvil" | "hardhat", "reorg" | "rollback") => REORG,
        _ => return None,
    })
}
