//! Accounts: balance, nonce, code, storage.
//! All at a block, by default the latest.

use crate::rpc::{
    answer::{Answer, answer, value},
    error::RpcError,
    node::Node,
    params::{Params, Quantity},
};
use alloy_primitives::{Address, B256, U64, U256};
use alloy_rpc_types_eth::BlockId;

pub fn accounts(node: &Node, params: Params) -> Answer {
    params.end()?;
    let addresses: Vec<_> = node.chain.accounts().iter().map(|account| account.address()).collect();
    value(&addresses)
}

pub fn balance(node: &Node, mut params: Params) -> Answer {
    let address: Address = params.next("address")?;
    answer(node.chain.balance(address, block(params)?))
}

pub fn nonce(node: &Node, mut params: Params) -> Answer {
    let address: Address = params.next("address")?;
    answer(node.chain.nonce(address, block(params)?).map(U64::from))
}

pub fn code(node: &Node, mut params: Params) -> Answer {
    let address: Address = params.next("address")?;
    answer(node.chain.code(address, block(params)?))
}

pub fn storage(node: &Node, mut params: Params) -> Answer {
    let address: Address = params.next("address")?;
    let Quantity::<U256>(slot) = params.next("storage slot")?;
    answer(node.chain.storage(address, slot, block(params)?).map(B256::from))
}

/// Reads the last parameter: a block, by default the latest.
fn block(mut params: Params) -> Result<BlockId, RpcError> {
    let block = params.optional("block")?.unwrap_or_else(BlockId::latest);
    params.end()?;
    Ok(block)
}
