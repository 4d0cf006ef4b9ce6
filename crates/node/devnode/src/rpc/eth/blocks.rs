//! Blocks, headers, transactions and receipts.
//! Methods by number and by hash share one implementation.

use crate::rpc::{
    answer::{Answer, value},
    error::RpcError,
    node::Node,
    params::{Params, Quantity},
};
use alloy_primitives::{Address, B256, U64};
use alloy_rpc_types_eth::{BlockId, BlockNumberOrTag};

pub fn by_number(node: &Node, params: Params) -> Answer {
    block(node, params, number)
}

pub fn by_hash(node: &Node, params: Params) -> Answer {
    block(node, params, hash)
}

pub fn count_by_number(node: &Node, params: Params) -> Answer {
    count(node, params, number)
}

pub fn count_by_hash(node: &Node, params: Params) -> Answer {
    count(node, params, hash)
}

pub fn uncles_by_number(node: &Node, params: Params) -> Answer {
    uncles(node, params, number)
}

pub fn uncles_by_hash(node: &Node, params: Params) -> Answer {
    uncles(node, params, hash)
}

pub fn transaction(node: &Node, mut params: Params) -> Answer {
    let hash = params.next("transaction hash")?;
    params.end()?;
    value(&node.chain.transaction(hash))
}

pub fn transaction_by_number(node: &Node, params: Params) -> Answer {
    transaction_in(node, params, number)
}

pub fn transaction_by_hash(node: &Node, params: Params) -> Answer {
    transaction_in(node, params, hash)
}

pub fn transaction_by_sender_and_nonce(node: &Node, mut params: Params) -> Answer {
    let sender: Address = params.next("sender")?;
    let Quantity(nonce) = params.next("nonce")?;
    params.end()?;
    value(&node.chain.transaction_of(sender, nonce))
}

pub fn header_by_number(node: &Node, params: Params) -> Answer {
    header(node, params, number)
}

pub fn header_by_hash(node: &Node, params: Params) -> Answer {
    header(node, params, hash)
}

pub fn receipt(node: &Node, mut params: Params) -> Answer {
    let hash = params.next("transaction hash")?;
    params.end()?;
    value(&node.chain.receipt(hash))
}

pub fn receipts(node: &Node, mut params: Params) -> Answer {
    let block: BlockId = params.next("block")?;
    params.end()?;
    value(&node.chain.receipts_in(block))
}

/// Reads the first parameter, which names a block.
type BlockParam = fn(&mut Params) -> Result<BlockId, RpcError>;

fn number(params: &mut Params) -> Result<BlockId, RpcError> {
    params.next::<BlockNumberOrTag>("block number or tag").map(BlockId::from)
}

fn hash(params: &mut Params) -> Result<BlockId, RpcError> {
    params.next::<B256>("block hash").map(BlockId::from)
}

fn block(node: &Node, mut params: Params, id: BlockParam) -> Answer {
    let id = id(&mut params)?;
    let full = params.optional("full transactions")?.unwrap_or(false);
    params.end()?;
    value(&node.chain.block(id, full))
}

fn header(node: &Node, mut params: Params, id: BlockParam) -> Answer {
    let id = id(&mut params)?;
    params.end()?;
    value(&node.chain.block(id, false).map(|block| block.inner.header))
}

fn count(node: &Node, mut params: Params, id: BlockParam) -> Answer {
    let id = id(&mut params)?;
    params.end()?;
    value(&node.chain.transaction_count(id).map(U64::from))
}

/// Always 0: Arbitrum has no uncles.
fn uncles(node: &Node, mut params: Params, id: BlockParam) -> Answer {
    let id = id(&mut params)?;
    params.end()?;
    value(&node.chain.transaction_count(id).map(|_| U64::ZERO))
}

fn transaction_in(node: &Node, mut params: Params, id: BlockParam) -> Answer {
    let id = id(&mut params)?;
    let Quantity::<u64>(index) = params.next("transaction index")?;
    params.end()?;
    value(&node.chain.transaction_in(id).filter(|_| index == 0))
}
