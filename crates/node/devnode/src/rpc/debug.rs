//! The namespaces `debug` and `trace`.
//! Traces of transactions and calls, and raw encodings.

use super::{
    answer::{Answer, answer, value},
    error::RpcError,
    method::Method,
    node::Node,
    params::Params,
};
use crate::chain::{Call, ChainError};
use alloy_primitives::B256;
use alloy_rpc_types_eth::{BlockId, BlockNumberOrTag};
use alloy_rpc_types_trace::geth::{
    GethDebugBuiltInTracerType, GethDebugTracerType, GethDebugTracingCallOptions, GethDebugTracingOptions,
};

pub fn lookup(name: &str) -> Option<Method> {
    Some(match name {
        "debug_traceTransaction" => Method::Heavy(trace_transaction),
        "debug_traceCall" => Method::Heavy(trace_call),
        "debug_traceBlockByNumber" => Method::Heavy(trace_block_by_number),
        "debug_traceBlockByHash" => Method::Heavy(trace_block_by_hash),
        "debug_getRawTransaction" => Method::Quick(raw_transaction),
        "debug_getRawHeader" => Method::Quick(raw_header),
        "debug_getRawReceipts" => Method::Quick(raw_receipts),
        "trace_transaction" => Method::Heavy(flat_trace),
        _ => return None,
    })
}

fn trace_transaction(node: &Node, mut params: Params) -> Answer {
    let hash: B256 = params.next("transaction hash")?;
    answer(node.chain.trace_transaction(hash, options(params)?))
}

fn trace_block_by_number(node: &Node, mut params: Params) -> Answer {
    let block: BlockNumberOrTag = params.next("block number or tag")?;
    answer(node.chain.trace_block(block.into(), options(params)?))
}

fn trace_block_by_hash(node: &Node, mut params: Params) -> Answer {
    let hash: B256 = params.next("block hash")?;
    answer(node.chain.trace_block(hash.into(), options(params)?))
}

fn trace_call(node: &Node, mut params: Params) -> Answer {
    let request = params.next("transaction")?;
    let at = params.optional("block")?.unwrap_or_else(BlockId::latest);
    let options: GethDebugTracingCallOptions = params.optional("options")?.unwrap_or_default();
    params.end()?;
    if options.tx_index.is_some_and(|index| index > 0) {
        let text = "invalid argument 2 (options): a block has one transaction, so txIndex must be 0";
        return Err(RpcError::params(text));
    }
    let state = options.state_overrides.unwrap_or_default();
    let call = Call { request, at, state, block: options.block_overrides.unwrap_or_default() };
    answer(node.chain.trace_call(call, options.tracing_options))
}

/// The calls of a transaction as a flat list, like Parity's `trace_transaction`; null for an unknown transaction.
fn flat_trace(node: &Node, mut params: Params) -> Answer {
    let hash: B256 = params.next("transaction hash")?;
    params.end()?;
    let tracer = GethDebugTracerType::BuiltInTracer(GethDebugBuiltInTracerType::FlatCallTracer);
    match node.chain.trace_transaction(hash, GethDebugTracingOptions::new_tracer(tracer)) {
        Err(ChainError::UnknownTransaction(_)) => value(&()),
        traced => answer(traced),
    }
}

fn options(mut params: Params) -> Result<GethDebugTracingOptions, RpcError> {
    let options = params.optional("options")?.unwrap_or_default();
    params.end()?;
    Ok(options)
}

/// The transaction, encoded as in EIP-2718; as in geth, empty for an unknown transaction.
fn raw_transaction(node: &Node, mut params: Params) -> Answer {
    let hash: B256 = params.next("transaction hash")?;
    params.end()?;
    value(&node.chain.raw_transaction(hash).unwrap_or_default())
}

fn raw_header(node: &Node, mut params: Params) -> Answer {
    let block: BlockId = params.next("block")?;
    params.end()?;
    answer(node.chain.raw_header(block))
}

fn raw_receipts(node: &Node, mut params: Params) -> Answer {
    let block: BlockId = params.next("block")?;
    params.end()?;
    answer(node.chain.raw_receipts(block))
}
