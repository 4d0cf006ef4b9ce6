//! Logs, and filters, which report changes since their last use.
//! `filters` keeps the installed ones.

use crate::rpc::{
    answer::{Answer, answer, value},
    error::RpcError,
    filters::FilterKind,
    node::Node,
    params::{Params, Quantity},
};
use alloy_rpc_types_eth::Filter;

pub fn logs(node: &Node, params: Params) -> Answer {
    let filter = filter(params)?;
    answer(node.chain.logs(&filter))
}

pub fn new_filter(node: &Node, params: Params) -> Answer {
    let filter = filter(params)?;
    install(node, FilterKind::Logs(Box::new(filter)))
}

pub fn new_block_filter(node: &Node, params: Params) -> Answer {
    params.end()?;
    install(node, FilterKind::Blocks)
}

pub fn new_transaction_filter(node: &Node, mut params: Params) -> Answer {
    if params.optional("full transactions")?.unwrap_or(false) {
        return Err(RpcError::params("this filter reports hashes only: omit the parameter"));
    }
    params.end()?;
    install(node, FilterKind::Transactions)
}

pub fn changes(node: &Node, params: Params) -> Answer {
    let id = filter_id(params)?;
    node.filters.changes(id, &node.chain)
}

pub fn filter_logs(node: &Node, params: Params) -> Answer {
    let filter = node.filters.log_filter(filter_id(params)?)?;
    answer(node.chain.logs(&filter))
}

pub fn uninstall(node: &Node, params: Params) -> Answer {
    let id = filter_id(params)?;
    value(&node.filters.remove(id))
}

fn install(node: &Node, kind: FilterKind) -> Answer {
    answer(node.filters.add(kind, node.chain.cursor()))
}

fn filter(mut params: Params) -> Result<Filter, RpcError> {
    let filter = params.next("filter")?;
    params.end()?;
    Ok(filter)
}

fn filter_id(mut params: Params) -> Result<u64, RpcError> {
    let Quantity(id) = params.next("filter id")?;
    params.end()?;
    Ok(id)
}
