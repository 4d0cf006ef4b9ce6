//! The floor: the gas of a transaction that changes the chain's state in the same way and computes nothing.
//!
//! It is the sum of 21 000, the calldata, the full cost of calls to tokens, the creation of contracts, a clone's access
//! to its program, the first access to each of the programs' slots, the change of each changed slot, and the programs'
//! logs, less the refund. All of it is read from the transaction's traces, so it holds for any program. It counts every
//! slot that the program touches; `docs/storage.md` shows that none is superfluous. The split of the vault into two
//! programs is not part of the floor: a DELEGATECALL within a DELEGATECALL costs nothing here.

use std::collections::HashSet;

use alloy::{
    primitives::Address,
    providers::DynProvider,
    rpc::types::{TransactionReceipt, trace::geth::CallFrame},
};
use anyhow::Result;

use crate::traces::{self, Change};

/// Cold and warm access to an account (EIP-2929).
const COLD_ACCOUNT: u64 = 2_600;
const WARM: u64 = 100;
/// Refund for clearing a slot (EIP-3529).
const CLEARED_REFUND: u64 = 4_800;
/// A refund is at most the gas used divided by this (EIP-3529).
const REFUND_QUOTIENT: u64 = 5;
const LOG_OR_TOPIC: u64 = 375;
const LOG_BYTE: u64 = 8;
/// Creation of a contract, and of each byte of its code.
const CREATION: u64 = 32_000;
const CODE_BYTE: u64 = 200;

/// The floor of a transaction, in gas. `programs` are the measured contracts: only their computation is left out.
pub async fn of(provider: &DynProvider, receipt: &TransactionReceipt, programs: &[Address]) -> Result<u64> {
    let hash = receipt.transaction_hash;
    let frame = traces::calls(provider, hash).await?;
    let mut accounts = Accounts { ours: programs.iter().copied().collect(), warm: HashSet::new() };
    accounts.warm.extend(frame.to);
    let calls = accounts.calls(&frame);
    let slots = traces::slots(provider, hash, &accounts.ours).await?;
    let logs: u64 = receipt
        .logs()
        .iter()
        .filter(|log| accounts.ours.contains(&log.address()))
        .map(|log| {
            let data = &log.inner.data;
            LOG_OR_TOPIC * (1 + data.topics().len() as u64) + LOG_BYTE * data.data.len() as u64
        })
        .sum();

    let intrinsic = traces::intrinsic(provider, hash).await?;
    let gas = intrinsic + calls + slots.iter().map(|slot| slot.gas).sum::<u64>() + logs;
    let refund = match traces::programs(provider, hash, &[]).await?.first() {
        // Includes refunds for slots of other contracts.
        Some(program) if program.depth == 0 => {
            (intrinsic + program.gas_used).saturating_sub(receipt.gas_used)
        }
        _ => CLEARED_REFUND * slots.iter().filter(|slot| slot.change == Change::Cleared).count() as u64,
    };
    Ok(gas - refund.min(gas / REFUND_QUOTIENT))
}

/// Access state of accounts during a transaction.
struct Accounts {
    /// The measured contracts, and those they create.
    ours: HashSet<Address>,
    warm: HashSet<Address>,
}

impl Accounts {
    /// Gas of the calls that a measured contract makes in `frame`: account access, and the full cost of other
    /// contracts.
    fn calls(&mut self, frame: &CallFrame) -> u64 {
        frame.calls.iter().map(|call| self.call(call)).sum()
    }

    fn call(&mut self, call: &CallFrame) -> u64 {
        let Some(to) = call.to else { return 0 };
        let access = if self.warm.insert(to) { COLD_ACCOUNT } else { WARM };
        match call.typ.as_str() {
            "DELEGATECALL" => return access + self.delegated(call),
            "CREATE" | "CREATE2" => {
                self.ours.insert(to);
                let code = call.output.as_ref().map_or(0, |code| code.len()) as u64;
                return CREATION + CODE_BYTE * code + self.calls(call);
            }
            _ => {}
        }
        if self.ours.contains(&to) {
            return access + self.calls(call);
        }
        self.mark_warm(call);
        access + call.gas_used.saturating_to::<u64>()
    }

    /// Gas of the calls that a clone's program makes, which runs by delegate call.
    fn delegated(&mut self, frame: &CallFrame) -> u64 {
        let call = |call: &CallFrame| match call.typ.as_str() {
            "DELEGATECALL" => self.delegated(call),
            _ => self.call(call),
        };
        frame.calls.iter().map(call).sum()
    }

    /// Marks all accounts as warm that a call to another contract has accessed.
    fn mark_warm(&mut self, call: &CallFrame) {
        for inner in &call.calls {
            self.warm.extend(inner.to);
            self.mark_warm(inner);
        }
    }
}
