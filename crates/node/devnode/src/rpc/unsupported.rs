//! Methods of other development nodes that this chain does not support, and why.
//! A client receives the reason instead of "method does not exist".

/// Why there is no forking.
pub const NO_FORKING: &str = "forking is not supported: the chain always starts from its own first block; deploy what \
    you need, or set code and storage with anvil_setCode and anvil_setStorageAt";

const BASE_FEE: &str = "the base fee is always 0.02 gwei, the minimum of Arbitrum One, and cannot be set (calls may have a gas price of 0)";
const COINBASE: &str = "the coinbase of every block is the sequencer's address, as on Arbitrum: use the block \
    overrides of eth_call";
const GAS_LIMIT: &str =
    "the gas limit of blocks is Nitro's and is never reached: a transaction may use 32 000 000 gas";
const RANDAO: &str = "PREVRANDAO is always 1, as on Arbitrum: use the block overrides of eth_call";
const CHAIN_ID: &str = "the chain id cannot change while the node runs: start it with --chain-id";
const POOL: &str = "there is no pool: every transaction is mined at once, in its own block";
const PROOF: &str = "there are no proofs: the state root here is a digest of the state, not a Merkle root";
const REORG: &str = "reorgs are not supported: roll blocks back with evm_snapshot and evm_revert";

/// Why the method `name` is not supported; `None` for a name that no other node knows.
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
