//! The floor: what a transaction costs that does the same to the chain's state and computes nothing.
//!
//! It is 21 000, the calldata, the calls of tokens with all they cost, the first access to each slot of the program's own
//! that is touched, the change of each that is changed, and its logs. All of it is read off the transaction's traces, so
//! that it holds for whatever the program does; that no slot too many is touched is for `docs/storage.md` to show.

use alloy::{
    consensus::Transaction,
    primitives::{Address, B256, TxHash},
    providers::{DynProvider, Provider, ext::DebugApi},
    rpc::types::{
        TransactionReceipt,
        trace::geth::{CallConfig, CallFrame, GethDebugTracingOptions, PreStateConfig, PreStateFrame},
    },
};
use anyhow::{Context, Result};

const TRANSACTION: u64 = 21_000;
const ZERO_BYTE: u64 = 4;
const OTHER_BYTE: u64 = 16;
/// EIP-2929.
const COLD_SLOT: u64 = 2_100;
const COLD_ACCOUNT: u64 = 2_600;
const WARM: u64 = 100;
/// EIP-2200, EIP-3529: changing a slot that was read, or filling it.
const CHANGE: u64 = 2_900;
const FILL: u64 = 20_000;
const CLEARED_REFUND: u64 = 4_800;
/// A refund is at most this part of the gas used (EIP-3529).
const REFUND_QUOTIENT: u64 = 5;
const LOG_OR_TOPIC: u64 = 375;
const LOG_BYTE: u64 = 8;

/// The floor of a transaction, in gas.
pub async fn of(provider: &DynProvider, receipt: &TransactionReceipt, program: Address) -> Result<u64> {
    let hash = receipt.transaction_hash;
    let transaction =
        provider.get_transaction_by_hash(hash).await?.context("the node has lost the transaction")?;
    let calldata: u64 =
        transaction.input().iter().map(|byte| if *byte == 0 { ZERO_BYTE } else { OTHER_BYTE }).sum();

    let trace =
        provider.debug_trace_transaction(hash, GethDebugTracingOptions::call_tracer(CallConfig::default()));
    let frame = trace.await?.try_into_call_frame()?;
    let (slots, refund) = slots(provider, hash, program).await?;
    let logs: u64 = receipt
        .logs()
        .iter()
        .filter(|log| log.address() == program)
        .map(|log| {
            let data = &log.inner.data;
            LOG_OR_TOPIC * (1 + data.topics().len() as u64) + LOG_BYTE * data.data.len() as u64
        })
        .sum();

    let gas = TRANSACTION + calldata + calls(&frame) + slots + logs;
    Ok(gas - refund.min(gas / REFUND_QUOTIENT))
}

/// What the program's calls of others cost: their own gas, and the access to their accounts.
fn calls(frame: &CallFrame) -> u64 {
    let mut known = vec![frame.to];
    let mut gas = 0;
    for call in &frame.calls {
        gas += call.gas_used.saturating_to::<u64>();
        gas += if known.contains(&call.to) { WARM } else { COLD_ACCOUNT };
        note_accounts(call, &mut known);
    }
    gas
}

/// Adds all that a call has made warm.
fn note_accounts(call: &CallFrame, known: &mut Vec<Option<Address>>) {
    known.push(call.to);
    for inner in &call.calls {
        note_accounts(inner, known);
    }
}

/// What the program's slots cost, and what is refunded for those that were cleared.
async fn slots(provider: &DynProvider, hash: TxHash, program: Address) -> Result<(u64, u64)> {
    let touched = storage(provider, hash, false).await?;
    let changed = storage(provider, hash, true).await?;
    let of_program = |frame: &PreStateFrame| match frame {
        PreStateFrame::Default(states) => states.0.get(&program).map(|state| state.storage.clone()),
        PreStateFrame::Diff(diff) => diff.pre.get(&program).map(|state| state.storage.clone()),
    };
    let after = match &changed {
        PreStateFrame::Diff(diff) => diff.post.get(&program).map(|state| state.storage.clone()),
        PreStateFrame::Default(_) => None,
    };
    let (touched, before) =
        (of_program(&touched).unwrap_or_default(), of_program(&changed).unwrap_or_default());
    let after = after.unwrap_or_default();
    let (mut gas, mut refund) = (0, 0);
    for (slot, value) in touched {
        gas += COLD_SLOT;
        let is_new = after.contains_key(&slot) && value == B256::ZERO;
        let is_cleared = before.contains_key(&slot) && !after.contains_key(&slot);
        gas += match after.contains_key(&slot) || is_cleared {
            true if is_new => FILL,
            true => CHANGE,
            false => 0,
        };
        refund += if is_cleared { CLEARED_REFUND } else { 0 };
    }
    Ok((gas, refund))
}

/// The storage that a transaction touched, or with `changed` that it changed, before and after.
async fn storage(provider: &DynProvider, hash: TxHash, changed: bool) -> Result<PreStateFrame> {
    let config = PreStateConfig { diff_mode: Some(changed), ..Default::default() };
    let options = GethDebugTracingOptions::prestate_tracer(config);
    Ok(provider.debug_trace_transaction(hash, options).await?.try_into_pre_state_frame()?)
}
