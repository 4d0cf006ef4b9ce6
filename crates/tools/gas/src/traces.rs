//! Reads the devnode's traces of a mined transaction: calls, storage slots, and program calls.

use std::{collections::HashSet, fmt};

use alloy::{
    consensus::Transaction,
    hex,
    primitives::{Address, B256, Bytes, TxHash},
    providers::{DynProvider, Provider, ext::DebugApi},
    rpc::types::trace::geth::{
        CallConfig, CallFrame, GethDebugTracingOptions, PreStateConfig, PreStateFrame,
    },
};
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

const TRANSACTION: u64 = 21_000;
const ZERO_BYTE: u64 = 4;
const OTHER_BYTE: u64 = 16;
/// First access to a slot (EIP-2929).
const COLD_SLOT: u64 = 2_100;
/// Changing a slot that is already warm, and filling an empty one (EIP-2200, EIP-3529).
const CHANGE: u64 = 2_900;
const FILL: u64 = 20_000;

/// Gas of a transaction before any code runs: 21 000 and its calldata.
pub async fn intrinsic(provider: &DynProvider, hash: TxHash) -> Result<u64> {
    let transaction =
        provider.get_transaction_by_hash(hash).await?.context("the node does not know the transaction")?;
    let bytes = transaction.input().iter();
    Ok(TRANSACTION + bytes.map(|byte| if *byte == 0 { ZERO_BYTE } else { OTHER_BYTE }).sum::<u64>())
}

/// All calls as a tree.
pub async fn calls(provider: &DynProvider, hash: TxHash) -> Result<CallFrame> {
    let options = GethDebugTracingOptions::call_tracer(CallConfig::default());
    Ok(provider.debug_trace_transaction(hash, options).await?.try_into_call_frame()?)
}

/// A call of a program, as traced by `stylusProfile`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgramCall {
    pub address: Address,
    /// 0 for the outermost call.
    pub depth: usize,
    pub input: Bytes,
    pub gas_used: u64,
    pub entry_gas: u64,
    pub return_data_gas: u64,
    pub hostios: Vec<HostUse>,
    pub functions: Vec<FunctionUse>,
}

/// Cost of all calls of one host function.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostUse {
    pub name: String,
    pub calls: u64,
    /// Includes the charges of the chain, excludes callees.
    pub ink: u64,
    pub callee_gas: u64,
}

/// Cost of all calls of one function, without the functions it calls.
#[derive(Clone, Debug, Deserialize)]
pub struct FunctionUse {
    pub name: String,
    pub calls: u64,
    pub ink: u64,
}

#[derive(Deserialize)]
struct StylusTrace {
    programs: Vec<ProgramCall>,
}

/// The calls of programs in order of their start. `named` are the same programs with the names of their functions.
pub async fn programs(provider: &DynProvider, hash: TxHash, named: &[Vec<u8>]) -> Result<Vec<ProgramCall>> {
    let symbols: Vec<String> = named.iter().map(hex::encode_prefixed).collect();
    let options = json!({ "tracer": "stylusProfile", "tracerConfig": { "symbols": symbols } });
    let traced: Value = provider.raw_request("debug_traceTransaction".into(), (hash, options)).await?;
    let StylusTrace { programs } = serde_json::from_value(traced)?;
    Ok(programs)
}

/// Effect of a transaction on a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Read,
    Changed,
    Filled,
    Cleared,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Changed => "changed",
            Self::Filled => "filled",
            Self::Cleared => "cleared",
        })
    }
}

/// A slot that a transaction accessed, with the gas of its first access and of its change from the value before the
/// transaction to the value after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotUse {
    pub program: Address,
    pub slot: B256,
    pub change: Change,
    pub gas: u64,
}

/// The slots of these programs that a transaction accessed.
pub async fn slots(
    provider: &DynProvider,
    hash: TxHash,
    programs: &HashSet<Address>,
) -> Result<Vec<SlotUse>> {
    let accessed = storage(provider, hash, false).await?;
    let changed = storage(provider, hash, true).await?;
    Ok(programs.iter().flat_map(|program| slots_of(*program, &accessed, &changed)).collect())
}

fn slots_of(program: Address, accessed: &PreStateFrame, changed: &PreStateFrame) -> Vec<SlotUse> {
    let of_program = |frame: &PreStateFrame| match frame {
        PreStateFrame::Default(states) => states.0.get(&program).map(|state| state.storage.clone()),
        PreStateFrame::Diff(diff) => diff.pre.get(&program).map(|state| state.storage.clone()),
    };
    let after = match changed {
        PreStateFrame::Diff(diff) => diff.post.get(&program).map(|state| state.storage.clone()),
        PreStateFrame::Default(_) => None,
    };
    let (before, after) = (of_program(changed).unwrap_or_default(), after.unwrap_or_default());
    let accessed = of_program(accessed).unwrap_or_default();
    let slot_use = |(slot, value): (B256, B256)| {
        let (change, gas) = match (before.contains_key(&slot), after.contains_key(&slot)) {
            (_, true) if value == B256::ZERO => (Change::Filled, FILL),
            (_, true) => (Change::Changed, CHANGE),
            (true, false) => (Change::Cleared, CHANGE),
            (false, false) => (Change::Read, 0),
        };
        SlotUse { program, slot, change, gas: COLD_SLOT + gas }
    };
    accessed.into_iter().map(slot_use).collect()
}

/// The storage that a transaction accessed; with `changed`, the storage it changed, before and after.
async fn storage(provider: &DynProvider, hash: TxHash, changed: bool) -> Result<PreStateFrame> {
    let config = PreStateConfig { diff_mode: Some(changed), ..Default::default() };
    let options = GethDebugTracingOptions::prestate_tracer(config);
    Ok(provider.debug_trace_transaction(hash, options).await?.try_into_pre_state_frame()?)
}
