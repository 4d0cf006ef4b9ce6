//! The namespace `eth`.

mod accounts;
mod blocks;
mod calls;
mod logs;
pub mod send;

use super::{
    dispatch::Node,
    error::RpcError,
    method::{Answer, Method, answer, value},
    params::Params,
};
use crate::chain::BASE_FEE;
use alloy_primitives::{U64, U256};
use alloy_rpc_types_eth::BlockNumberOrTag;

/// What a client of HTTP is told who wants to subscribe.
const NO_SUBSCRIPTIONS: &str = "notifications not supported: over HTTP, use filters (eth_newFilter)";

pub fn lookup(name: &str) -> Option<Method> {
    Some(match name {
        "eth_chainId" => Method::Quick(chain_id),
        "eth_blockNumber" => Method::Quick(block_number),
        "eth_syncing" => Method::Quick(syncing),
        "eth_gasPrice" => Method::Quick(gas_price),
        "eth_maxPriorityFeePerGas" => Method::Quick(max_priority_fee_per_gas),
        "eth_feeHistory" => Method::Quick(fee_history),
        "eth_subscribe" | "eth_unsubscribe" => Method::Quick(subscribe),

        "eth_accounts" => Method::Quick(accounts::accounts),
        "eth_getBalance" => Method::Quick(accounts::balance),
        "eth_getCode" => Method::Quick(accounts::code),
        "eth_getStorageAt" => Method::Quick(accounts::storage),
        "eth_getTransactionCount" => Method::Quick(accounts::nonce),

        "eth_getBlockByNumber" => Method::Quick(blocks::by_number),
        "eth_getBlockByHash" => Method::Quick(blocks::by_hash),
        "eth_getBlockTransactionCountByNumber" => Method::Quick(blocks::count_by_number),
        "eth_getBlockTransactionCountByHash" => Method::Quick(blocks::count_by_hash),
        "eth_getUncleCountByBlockNumber" => Method::Quick(blocks::uncles_by_number),
        "eth_getUncleCountByBlockHash" => Method::Quick(blocks::uncles_by_hash),
        "eth_getTransactionByHash" => Method::Quick(blocks::transaction),
        "eth_getTransactionByBlockNumberAndIndex" => Method::Quick(blocks::transaction_by_number),
        "eth_getTransactionByBlockHashAndIndex" => Method::Quick(blocks::transaction_by_hash),
        "eth_getTransactionReceipt" => Method::Quick(blocks::receipt),
        "eth_getBlockReceipts" => Method::Quick(blocks::receipts),

        "eth_call" => Method::Heavy(calls::call),
        "eth_estimateGas" => Method::Heavy(calls::estimate_gas),
        "eth_createAccessList" => Method::Heavy(calls::create_access_list),
        "eth_sendTransaction" => Method::Heavy(send::send_transaction),
        "eth_sendRawTransaction" => Method::Send,

        "eth_getLogs" => Method::Heavy(logs::logs),
        "eth_newFilter" => Method::Quick(logs::new_filter),
        "eth_newBlockFilter" => Method::Quick(logs::new_block_filter),
        "eth_newPendingTransactionFilter" => Method::Quick(logs::new_transaction_filter),
        "eth_getFilterChanges" => Method::Heavy(logs::changes),
        "eth_getFilterLogs" => Method::Heavy(logs::filter_logs),
        "eth_uninstallFilter" => Method::Quick(logs::uninstall),
        _ => return None,
    })
}

fn chain_id(node: &Node, params: Params) -> Answer {
    params.end()?;
    value(&U64::from(node.chain.chain_id()))
}

fn block_number(node: &Node, params: Params) -> Answer {
    params.end()?;
    value(&U64::from(node.chain.block_number()))
}

fn syncing(_: &Node, params: Params) -> Answer {
    params.end()?;
    value(&false)
}

fn gas_price(_: &Node, params: Params) -> Answer {
    params.end()?;
    value(&U256::from(BASE_FEE))
}

/// Tips are not taken on Arbitrum.
fn max_priority_fee_per_gas(_: &Node, params: Params) -> Answer {
    params.end()?;
    value(&U256::ZERO)
}

fn fee_history(node: &Node, mut params: Params) -> Answer {
    let count: super::params::Quantity<u64> = params.next("block count")?;
    let newest: BlockNumberOrTag = params.next("newest block")?;
    let percentiles: Vec<f64> = params.optional("reward percentiles")?.unwrap_or_default();
    params.end()?;
    let ordered = percentiles.is_sorted_by(|a, b| a < b);
    if !ordered || percentiles.iter().any(|percentile| !(0.0..=100.0).contains(percentile)) {
        return Err(RpcError::params("invalid reward percentiles: they must ascend from 0 to 100"));
    }
    answer(node.chain.fee_history(count.0, newest, &percentiles))
}

fn subscribe(_: &Node, _: Params) -> Answer {
    Err(RpcError::new(super::error::METHOD_NOT_FOUND, NO_SUBSCRIPTIONS))
}
