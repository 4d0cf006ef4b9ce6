//! The floor: what a transaction costs that does the same to the chain's state and computes nothing.
//!
//! It is 21 000, the calldata, the calls of tokens with all they cost, contracts that are created, the access to the program of
//! a clone, the first access to each slot of the programs' own that is touched, the change of each that is changed, and their
//! logs, less what is refunded. All of it is read off the transaction's traces, so that it holds for whatever the programs do;
//! that no slot too many is touched is for `docs/storage.md` to show. That a program is split in two (the vault and its
//! extension) is not part of the floor: a DELEGATECALL made in a DELEGATECALL costs nothing.

use std::collections::HashSet;

use alloy::{
    primitives::Address,
    providers::DynProvider,
    rpc::types::{TransactionReceipt, trace::geth::CallFrame},
};
use anyhow::Result;

use crate::traces::{self, Change};

/// EIP-2929.
const COLD_ACCOUNT: u64 = 2_600;
const WARM: u64 = 100;
const CLEARED_REFUND: u64 = 4_800;
/// A refund is at most this part of the gas used (EIP-3529).
const REFUND_QUOTIENT: u64 = 5;
const LOG_OR_TOPIC: u64 = 375;
const LOG_BYTE: u64 = 8;
/// A new contract, and each byte of its code.
const CREATION: u64 = 32_000;
const CODE_BYTE: u64 = 200;

/// The floor of a transaction, in gas; `programs` are the contracts whose work is looked at.
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
        // Of everybody's slots.
        Some(program) if program.depth == 0 => {
            (intrinsic + program.gas_used).saturating_sub(receipt.gas_used)
        }
        _ => CLEARED_REFUND * slots.iter().filter(|slot| slot.change == Change::Cleared).count() as u64,
    };
    Ok(gas - refund.min(gas / REFUND_QUOTIENT))
}

/// Accounts in the course of a transaction.
struct Accounts {
    /// Contracts whose work is looked at, with those they create.
    ours: HashSet<Address>,
    warm: HashSet<Address>,
}

impl Accounts {
    /// What the calls that one of ours makes in `frame` cost: access to their accounts, and what others' work takes.
    fn calls(&mut self, frame: &CallFrame) -> u64 {
        frame.calls.iter().map(|call| self.call(call)).sum()
    }

    fn call(&mut self, call: &CallFrame) -> u64 {
        let Some(to) = call.to else { return 0 };
        let access = if self.warm.insert(to) { COLD_ACCOUNT } else { WARM };
        match call.typ.as_str() {
            "DELEGATECALL" => return access + self.code(call),
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
        self.note(call);
        access + call.gas_used.saturating_to::<u64>()
    }

    /// What the calls of a clone's program cost, which runs in the clone's name.
    fn code(&mut self, frame: &CallFrame) -> u64 {
        let call = |call: &CallFrame| match call.typ.as_str() {
            "DELEGATECALL" => self.code(call),
            _ => self.call(call),
        };
        frame.calls.iter().map(call).sum()
    }

    /// Adds all that a call of others has made warm.
    fn note(&mut self, call: &CallFrame) {
        for inner in &call.calls {
            self.warm.extend(inner.to);
            self.note(inner);
        }
    }
}
