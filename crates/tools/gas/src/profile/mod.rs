//! Profiles one transaction with the devnode's tracers: calls, storage slots, host functions and functions of programs.
//! Functions have names if `scripts/build` kept them.

mod report;

use std::collections::HashSet;

use alloy::{
    primitives::Address,
    providers::DynProvider,
    rpc::types::{TransactionReceipt, trace::geth::CallFrame},
};
use anyhow::{Result, ensure};
use weir_artifacts::named_programs;

use crate::traces::{self, ProgramCall, SlotUse};

/// Ink per gas.
pub const INK: u64 = 10_000;

/// The profile of a transaction.
#[derive(Clone, Debug)]
pub struct Profile {
    /// `gasUsed` of the receipt.
    gas: u64,
    /// 21 000 and the calldata.
    intrinsic: u64,
    /// Calls of programs in order of their start.
    programs: Vec<ProgramCall>,
    /// All inner calls in the same order, each with its depth: 1 for calls made by the called contract.
    calls: Vec<(usize, CallFrame)>,
    /// Slots of the programs.
    slots: Vec<SlotUse>,
}

/// Profiles a mined transaction, which must call a program.
pub async fn of(provider: &DynProvider, receipt: &TransactionReceipt) -> Result<Profile> {
    let hash = receipt.transaction_hash;
    let programs = traces::programs(provider, hash, &named_programs()?).await?;
    ensure!(!programs.is_empty(), "{hash} calls no program");
    let mut calls = Vec::new();
    flatten(traces::calls(provider, hash).await?, 0, &mut calls);
    calls.remove(0);
    let addresses: HashSet<Address> = programs.iter().map(|program| program.address).collect();
    let slots = traces::slots(provider, hash, &addresses).await?;
    let intrinsic = traces::intrinsic(provider, hash).await?;
    Ok(Profile { gas: receipt.gas_used, intrinsic, programs, calls, slots })
}

fn flatten(mut frame: CallFrame, depth: usize, into: &mut Vec<(usize, CallFrame)>) {
    let inner = std::mem::take(&mut frame.calls);
    into.push((depth, frame));
    for call in inner {
        flatten(call, depth + 1, into);
    }
}
