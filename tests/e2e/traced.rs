//! The calls that contracts would make in a transaction.
//! It is traced without being sent.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes},
    providers::Provider,
    rpc::types::TransactionRequest,
};
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use weir_client::{Account, Action};
use weir_harness::Chain;

/// Callee and calldata of each call but delegate calls, in order. The transaction must succeed.
pub async fn traced_calls(
    chain: &Chain,
    sender: &Account,
    action: impl Action,
) -> Result<Vec<(Address, Bytes)>> {
    let transaction = action.into_request().with_from(sender.address());
    let options = json!({ "tracer": "callTracer" });
    let request = chain.provider().raw_request("debug_traceCall".into(), (transaction, "latest", options));
    let frame: Value = request.await?;
    ensure!(frame["error"].is_null(), "the transaction fails: {frame}");
    let mut calls = Vec::new();
    collect(&frame, &mut calls)?;
    Ok(calls)
}

/// Whom the vault and other contracts delegate to in a call, which may fail.
pub async fn traced_delegates(
    chain: &Chain,
    sender: Address,
    request: TransactionRequest,
) -> Result<Vec<Address>> {
    let options = json!({ "tracer": "callTracer" });
    let call = (request.with_from(sender), "latest", options);
    let frame: Value = chain.provider().raw_request("debug_traceCall".into(), call).await?;
    let mut delegates = Vec::new();
    collect_delegates(&frame, &mut delegates)?;
    Ok(delegates)
}

fn collect_delegates(frame: &Value, delegates: &mut Vec<Address>) -> Result<()> {
    if frame["type"] == "DELEGATECALL" {
        delegates.push(serde_json::from_value(frame["to"].clone())?);
    }
    frame["calls"].as_array().into_iter().flatten().try_for_each(|call| collect_delegates(call, delegates))
}

fn collect(frame: &Value, calls: &mut Vec<(Address, Bytes)>) -> Result<()> {
    for call in frame["calls"].as_array().into_iter().flatten() {
        if call["type"] != "DELEGATECALL" {
            calls.push((
                serde_json::from_value(call["to"].clone())?,
                serde_json::from_value(call["input"].clone())?,
            ));
        }
        collect(call, calls)?;
    }
    Ok(())
}
