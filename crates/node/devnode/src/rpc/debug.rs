//! The namespaces `debug` and `trace`: what happened inside transactions and calls, and raw encodings.

use super::{
    dispatch::Node,
    error::RpcError,
    method::{Answer, Method, answer, value},
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
        let text = "invalid argument 2 (options): a block has one transaction here, so txIndex is 0";
        return Err(RpcError::params(text));
    }
    let state = options.state_overrides.unwrap_or_default();
    let call = Call { request, at, state, block: options.block_overrides.unwrap_or_default() };
    answer(node.chain.trace_call(call, options.tracing_options))
}

/// The calls of a transaction one after another, as Parity's `trace_transaction` tells them; null if there is no
/// such transaction.
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

/// EIP-2718's encoding of a transaction; empty if there is none (as in geth).
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
