//! Gas estimates: the lowest gas limit with which a transaction succeeds.
//! A binary search between what an execution used and what it can use at most.

use super::{
    call::{PreparedCall, output, program_failure},
    handle::Chain,
    node_interface,
    request::Call,
};
use crate::{
    error::{ChainError, TransactionError, is_out_of_gas},
    execute::{Outcome, TX_GAS_LIMIT},
};
use alloy_primitives::{TxKind, U256};
use revm::context::result::{ExecutionResult, ResultGas};
use std::time::{Duration, Instant};

/// The gas of a transaction that only transfers value.
const TRANSFER_GAS: u64 = 21_000;
/// The gas that a callee gets for free from a call with value.
const CALL_STIPEND: u64 = 2_300;

/// The time after which an estimate stops searching for a lower gas limit.
pub const ESTIMATE_TIMEOUT: Duration = Duration::from_secs(10);

impl Chain {
    /// The lowest gas limit with which the transaction succeeds, exact to the unit, in the block of the call and one second
    /// later: the larger of the two, as the gas of many contracts grows with time. If a search takes longer than
    /// `ESTIMATE_TIMEOUT` (10 seconds), a gas limit that suffices.
    ///
    /// # Errors
    /// As [`call`](Self::call); or no gas limit suffices that is up to [`TX_GAS_LIMIT`] and that the sender can pay.
    pub fn estimate_gas(&self, call: Call) -> Result<u64, ChainError> {
        if node_interface::is_called(&call) {
            return self.estimate_node_interface(&call);
        }
        let mut prepared = self.prepare(call)?;
        let gas = self.estimate(&prepared)?;
        if prepared.block.time.is_some() {
            return Ok(gas);
        }
        prepared.block.time = Some(prepared.point.context.timestamp.saturating_add(1));
        if succeeds(self.simulate(&prepared, gas, None))? {
            return Ok(gas);
        }
        // A transaction that fails a second later is estimated for now.
        Ok(self.estimate(&prepared).map_or(gas, |later| later.max(gas)))
    }

    fn estimate(&self, prepared: &PreparedCall) -> Result<u64, ChainError> {
        // As in geth, a limit too low for any transaction counts as none.
        let requested = prepared.tx.gas_limit;
        let mut high = if requested < TRANSFER_GAS { TX_GAS_LIMIT } else { requested.min(TX_GAS_LIMIT) };
        if let Some(allowance) = prepared.affordable_gas()? {
            high = high.min(allowance);
        }
        let try_with = |gas: u64| self.simulate(prepared, gas, None);
        if prepared.is_transfer()? && succeeds(try_with(TRANSFER_GAS))? {
            return Ok(TRANSFER_GAS);
        }
        let gas = gas_used(try_with(high), high)?;

        // The gas used is a lower bound. The gas before refunds, plus a stipend and the sixty-fourth that each call
        // holds back, is most often enough: that is the upper bound of the search.
        let mut low = gas.tx_gas_used() - 1;
        let likely = (gas.total_gas_spent() + CALL_STIPEND) * 64 / 63;
        if likely < high {
            if succeeds(try_with(likely))? { high = likely } else { low = likely }
        }
        let begin = Instant::now();
        while low + 1 < high && begin.elapsed() < ESTIMATE_TIMEOUT {
            let middle = (low + (high - low) / 2).min(low.saturating_mul(2));
            if succeeds(try_with(middle))? { high = middle } else { low = middle }
        }
        Ok(high)
    }
}

impl PreparedCall {
    /// The gas that the sender can pay for; `None` without a gas price.
    fn affordable_gas(&self) -> Result<Option<u64>, ChainError> {
        if self.tx.gas_price == 0 {
            return Ok(None);
        }
        let balance = self.view.account(self.tx.caller)?.balance;
        let Some(rest) = balance.checked_sub(self.tx.value).filter(|rest| !rest.is_zero()) else {
            return Err(TransactionError::InsufficientFundsForTransfer.into());
        };
        Ok(Some((rest / U256::from(self.tx.gas_price)).saturating_to()))
    }

    fn is_transfer(&self) -> Result<bool, ChainError> {
        match self.tx.kind {
            TxKind::Call(to) if self.tx.data.is_empty() => Ok(!self.view.account(to)?.has_code()),
            _ => Ok(false),
        }
    }
}

/// Whether the execution succeeded. A gas limit below the intrinsic gas counts as a failed execution.
fn succeeds(outcome: Result<Outcome, ChainError>) -> Result<bool, ChainError> {
    match outcome {
        Ok(outcome) => Ok(outcome.result.is_success()),
        Err(ChainError::Transaction(TransactionError::IntrinsicGas { .. })) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The gas that an execution with the highest gas limit used, or why no gas limit suffices.
fn gas_used(outcome: Result<Outcome, ChainError>, allowance: u64) -> Result<ResultGas, ChainError> {
    let outcome = match outcome {
        Err(ChainError::Transaction(TransactionError::IntrinsicGas { .. })) => {
            return Err(ChainError::GasAboveAllowance { allowance, program: None });
        }
        outcome => outcome?,
    };
    if let ExecutionResult::Halt { reason, .. } = &outcome.result
        && is_out_of_gas(reason)
    {
        return Err(ChainError::GasAboveAllowance { allowance, program: program_failure(&outcome) });
    }
    let gas = *outcome.result.gas();
    output(outcome).map(|_| gas)
}
