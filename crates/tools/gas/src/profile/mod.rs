//! Where the gas of one transaction goes: calls, storage slots, host functions and functions of the programs, by the
//! devnode's tracers. Functions have names where the build kept them (`scripts/build`).

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

/// Units of ink in one of gas.
pub const INK: u64 = 10_000;

/// The profile of a transaction.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Of the receipt.
    gas: u64,
    /// 21 000 and the calldata.
    intrinsic: u64,
    /// Calls of programs, in the order in which they began.
    programs: Vec<ProgramCall>,
    /// All calls that were made, in the same order, each with its depth: 1 for those of the contract that was called.
    calls: Vec<(usize, CallFrame)>,
    /// Slots of those programs.
    slots: Vec<SlotUse>,
}

/// Profiles a mined transaction, which has to call a program.
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
