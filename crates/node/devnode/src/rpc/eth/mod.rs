//! The namespace `eth`, and `personal_sign`.
//! Methods about the chain as a whole are here; the others are split by topic.

mod accounts;
mod blocks;
mod calls;
mod logs;
pub mod send;
mod sign;

use super::{
    answer::{Answer, answer, value},
    error::RpcError,
    method::Method,
    node::Node,
    params::{Params, Quantity},
};
use crate::chain::{BASE_FEE, COINBASE};
use alloy_primitives::{U64, U256};
use alloy_rpc_types_eth::BlockNumberOrTag;

/// The number of percentiles in one fee history (geth's `maxQueryLimit`).
const MAX_PERCENTILES: usize = 100;

pub fn lookup(name: &str) -> Option<Method> {
    Some(match name {
        "eth_chainId" => Method::Quick(chain_id),
        "eth_blockNumber" => Method::Quick(block_number),
        "eth_syncing" => Method::Quick(syncing),
        "eth_gasPrice" => Method::Quick(gas_price),
        "eth_maxPriorityFeePerGas" => Method::Quick(max_priority_fee_per_gas),
        "eth_feeHistory" => Method::Quick(fee_history),
        "eth_subscribe" => Method::Session(|exchange, node, params| exchange.subscribe(&node.chain, params)),
        "eth_unsubscribe" => Method::Session(|exchange, _, params| exchange.unsubscribe(params)),
        "eth_coinbase" => Method::Quick(coinbase),

        "eth_accounts" | "eth_requestAccounts" => Method::Quick(accounts::accounts),
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
        "eth_getTransactionBySenderAndNonce" => Method::Heavy(blocks::transaction_by_sender_and_nonce),
        "eth_getHeaderByNumber" => Method::Quick(blocks::header_by_number),
        "eth_getHeaderByHash" => Method::Quick(blocks::header_by_hash),
        "eth_getTransactionReceipt" => Method::Quick(blocks::receipt),
        "eth_getBlockReceipts" => Method::Quick(blocks::receipts),

        "eth_call" => Method::Heavy(calls::call),
        "eth_estimateGas" => Method::Heavy(calls::estimate_gas),
        "eth_createAccessList" => Method::Heavy(calls::create_access_list),
        "eth_sendTransaction" => Method::Heavy(send::send_transaction),
        "eth_sendUnsignedTransaction" => Method::Heavy(send::send_unsigned),
        "eth_sendRawTransaction" => Method::SendRaw,
        "eth_pendingTransactions" => Method::Quick(pending_transactions),

        "eth_sign" => Method::Quick(sign::sign),
        "personal_sign" => Method::Quick(sign::personal_sign),
        "eth_signTypedData" | "eth_signTypedData_v3" | "eth_signTypedData_v4" => {
            Method::Heavy(sign::sign_typed_data)
        }

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

/// Always 0, as on Nitro: tips have no effect on the order of transactions.
fn max_priority_fee_per_gas(_: &Node, params: Params) -> Answer {
    params.end()?;
    value(&U256::ZERO)
}

/// The coinbase of every block is the sequencer.
fn coinbase(_: &Node, params: Params) -> Answer {
    params.end()?;
    value(&COINBASE)
}

/// Always empty, since transactions are mined on arrival.
fn pending_transactions(_: &Node, params: Params) -> Answer {
    params.end()?;
    value::<[(); 0]>(&[])
}

fn fee_history(node: &Node, mut params: Params) -> Answer {
    let count: Quantity<u64> = params.next("block count")?;
    let newest: BlockNumberOrTag = params.next("newest block")?;
    let percentiles: Vec<f64> = params.optional("reward percentiles")?.unwrap_or_default();
    params.end()?;
    if percentiles.len() > MAX_PERCENTILES {
        let text = format!("invalid reward percentiles: over the query limit {MAX_PERCENTILES}");
        return Err(RpcError::params(text));
    }
    let ordered = percentiles.is_sorted_by(|a, b| a < b);
    if !ordered || percentiles.iter().any(|percentile| !(0.0..=100.0).contains(percentile)) {
        return Err(RpcError::params("invalid reward percentiles: they must ascend from 0 to 100"));
    }
    answer(node.chain.fee_history(count.0, newest, &percentiles))
}
