//! Which slots a call reads and which it changes, by the node's `prestateTracer`.
//! It traces calls without sending them, at any time.

use std::collections::{BTreeMap, BTreeSet};

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, U256},
    providers::Provider,
    rpc::types::{BlockOverrides, TransactionRequest},
};
use anyhow::Result;
use serde_json::{Value, json};

use crate::scene::Scene;

/// Slots that a call touches.
pub struct Slots {
    /// Those that hold the same word afterwards.
    pub reads: BTreeSet<U256>,
    pub writes: BTreeSet<U256>,
}

/// What this call, which has to succeed, does to the slots of `contract`, `seconds` after the vault's deployment.
pub async fn slots_of(
    scene: &Scene,
    contract: Address,
    seconds: u64,
    sender: Address,
    call: TransactionRequest,
) -> Result<Slots> {
    let provider = scene.chain.provider();
    let call = call.with_from(sender);
    let overrides = BlockOverrides::default().with_time(scene.start + seconds);
    provider.call(call.clone()).with_block_overrides(overrides.clone()).await?;
    let trace = async |changes: bool| -> Result<Value> {
        let options = json!({
            "tracer": "prestateTracer", "tracerConfig": { "diffMode": changes }, "blockOverrides": overrides,
        });
        Ok(provider.raw_request("debug_traceCall".into(), (&call, "latest", options)).await?)
    };
    let touched = storage(&trace(false).await?, contract)?;
    let changed = trace(true).await?;
    let writes = &storage(&changed["pre"], contract)? | &storage(&changed["post"], contract)?;
    Ok(Slots { reads: &touched - &writes, writes })
}

/// The slots of a contract in a frame of the tracer.
fn storage(frame: &Value, contract: Address) -> Result<BTreeSet<U256>> {
    let accounts: BTreeMap<Address, Value> = serde_json::from_value(frame.clone())?;
    let Some(storage) = accounts.get(&contract).and_then(|account| account.get("storage")) else {
        return Ok(BTreeSet::new());
    };
    let storage: BTreeMap<B256, B256> = serde_json::from_value(storage.clone())?;
    Ok(storage.into_keys().map(Into::into).collect())
}

/// Slots that the creation of this scene's vault changed.
pub async fn filled_by_creation(scene: &Scene) -> Result<BTreeSet<U256>> {
    let options = json!({ "tracer": "prestateTracer", "tracerConfig": { "diffMode": true } });
    let hash = scene.vault.receipt.transaction_hash;
    let provider = scene.chain.provider();
    let changed: Value = provider.raw_request("debug_traceTransaction".into(), (hash, options)).await?;
    storage(&changed["post"], scene.vault.address())
}
