//! `eth_call`, `eth_estimateGas` and `eth_createAccessList`.
//! They differ in the block that they see by default.

use crate::{
    chain::Call,
    rpc::{
        answer::{Answer, answer},
        error::RpcError,
        node::Node,
        params::Params,
    },
};
use alloy_primitives::U64;
use alloy_rpc_types_eth::BlockId;

/// Sees the latest block by default.
pub fn call(node: &Node, params: Params) -> Answer {
    answer(node.chain.call(request(params, BlockId::latest())?))
}

/// Sees the next block by default, as in Nitro: the block that the transaction will be in.
pub fn estimate_gas(node: &Node, params: Params) -> Answer {
    answer(node.chain.estimate_gas(request(params, BlockId::pending())?).map(U64::from))
}

pub fn create_access_list(node: &Node, params: Params) -> Answer {
    answer(node.chain.access_list(request(params, BlockId::pending())?))
}

fn request(mut params: Params, default: BlockId) -> Result<Call, RpcError> {
    let call = Call {
        request: params.next("transaction")?,
        at: params.optional("block")?.unwrap_or(default),
        state: params.optional("state overrides")?.unwrap_or_default(),
        block: params.optional("block overrides")?.unwrap_or_default(),
    };
    params.end()?;
    Ok(call)
}
