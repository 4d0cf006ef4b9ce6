//! Calls that leave no trace: `eth_call`, gas estimates, access lists.

use super::{
    Chain, ChainError, Refusal, Reverted,
    block::{ARBOS_STATE, BASE_FEE, COINBASE},
    error::{halt_text, is_out_of_gas},
    ledger::Point,
    lock::read,
    replay::Scene,
    view::View,
};
use crate::execute::{Outcome, Setting, TX_GAS_LIMIT};
use alloy_eips::BlockId;
use alloy_primitives::{Address, Bytes, TxKind, U256};
use alloy_rpc_types_eth::{
    AccessList, AccessListItem, AccessListResult, BlockOverrides, TransactionRequest, state::StateOverride,
};
use revm::{
    context::{
        TxEnv,
        either::Either,
        result::{ExecutionResult, HaltReason, ResultGas},
    },
    state::TransactionId,
};
use std::time::{Duration, Instant};

/// Gas that a call may spend: the cap of Nitro's RPC (go-ethereum fork, `RPCGasCap`).
pub const CALL_GAS_CAP: u64 = 50_000_000;
/// Gas of a transaction that only moves value.
const TRANSFER_GAS: u64 = 21_000;
/// Gas that a call with value gives its callee for free.
const CALL_STIPEND: u64 = 2_300;

/// How long the least gas limit is looked for.
pub const ESTIMATE_PATIENCE: Duration = Duration::from_secs(10);

/// How often an access list is tried before the last one is taken for good.
const ACCESS_LIST_ROUNDS: usize = 8;

/// A call and where to execute it.
#[derive(Clone, Debug, Default)]
pub struct Call {
    pub request: TransactionRequest,
    /// On the state after this block, seeing this block; [`BlockId::pending`] sees the block to come.
    pub at: BlockId,
    pub state: StateOverride,
    pub block: BlockOverrides,
}

impl Call {
    pub fn new(request: TransactionRequest, at: BlockId) -> Self {
        Self { request, at, ..Default::default() }
    }
}

/// A call made ready: everything it needs is known.
struct Prepared {
    view: View,
    point: Point,
    block: BlockOverrides,
    tx: TxEnv,
    /// What the sender offers for a unit of gas, in wei.
    price_cap: u128,
}

impl Chain {
    /// Executes a call and gives what it returns. It may spend at most [`CALL_GAS_CAP`].
    ///
    /// # Errors
    /// It reverts or halts, cannot be paid for, contradicts itself, or asks for a state that is not there.
    pub fn call(&self, call: Call) -> Result<Bytes, ChainError> {
        let prepared = self.prepare(call)?;
        prepared.check_funds()?;
        let setting = self.setting(&prepared)?.without_tx_gas_limit();
        output(setting.run(&prepared.view, prepared.tx)?)
    }

    /// The least gas limit with which the transaction succeeds, to the unit. Where executing takes so long that it is
    /// not found in [`ESTIMATE_PATIENCE`]: one that suffices.
    ///
    /// # Errors
    /// As [`call`](Self::call); or no limit up to [`TX_GAS_LIMIT`], and that the sender can pay, is enough.
    pub fn estimate_gas(&self, call: Call) -> Result<u64, ChainError> {
        let prepared = self.prepare(call)?;
        // A limit that no transaction can have is none, as in geth.
        let asked = prepared.tx.gas_limit;
        let mut high = if asked < TRANSFER_GAS { TX_GAS_LIMIT } else { asked.min(TX_GAS_LIMIT) };
        if let Some(allowance) = prepared.affordable_gas()? {
            high = high.min(allowance);
        }
        let try_with = |gas: u64| self.simulate(&prepared, gas, None);
        if prepared.is_transfer()? && succeeds(try_with(TRANSFER_GAS))? {
            return Ok(TRANSFER_GAS);
        }
        let gas = used_at_most(try_with(high), high)?;

        // What it used is a lower bound. With what it used before refunds, a stipend and the sixty-fourth
        // that each call holds back, it most often succeeds: that bounds the search from above.
        let mut low = gas.tx_gas_used() - 1;
        let likely = (gas.total_gas_spent() + CALL_STIPEND) * 64 / 63;
        if likely < high {
            if succeeds(try_with(likely))? { high = likely } else { low = likely }
        }
        let begin = Instant::now();
        while low + 1 < high && begin.elapsed() < ESTIMATE_PATIENCE {
            let middle = (low + (high - low) / 2).min(low.saturating_mul(2));
            if succeeds(try_with(middle))? { high = middle } else { low = middle }
        }
        Ok(high)
    }

    /// The addresses and slots that the transaction touches, and the gas it uses with them listed.
    ///
    /// # Errors
    /// As [`call`](Self::call), but a revert is told in the result.
    pub fn access_list(&self, call: Call) -> Result<AccessListResult, ChainError> {
        let prepared = self.prepare(call)?;
        let gas = prepared.tx.gas_limit.min(TX_GAS_LIMIT);
        let mut list = prepared.tx.access_list.clone();
        let mut outcome = self.simulate(&prepared, gas, Some(list.clone()))?;
        // A list changes what gas is left, and code may act on that; most lists are found at once.
        for _ in 0..ACCESS_LIST_ROUNDS {
            let touched = touched(&prepared.tx, &outcome);
            if touched == list {
                break;
            }
            list = touched;
            outcome = self.simulate(&prepared, gas, Some(list.clone()))?;
        }
        let gas_used = U256::from(outcome.result.tx_gas_used());
        let error = output(outcome).err().map(|error| error.to_string());
        Ok(AccessListResult { access_list: list, gas_used, error })
    }

    fn prepare(&self, call: Call) -> Result<Prepared, ChainError> {
        let (point, epoch) = {
            let ledger = read(&self.ledger);
            (ledger.point(call.at)?, ledger.epoch)
        };
        let block_hashes = call.block.block_hash.clone().unwrap_or_default();
        let view = View::new(self.ledger.clone(), point.mark, epoch)
            .with_overrides(call.state)?
            .with_block_hashes(block_hashes);
        let base_fee = call.block.base_fee.and_then(|fee| u64::try_from(fee).ok()).unwrap_or(BASE_FEE);
        let price_cap = price_cap(&call.request)?;
        let sender = call.request.from.unwrap_or_default();
        if price_cap != 0 && price_cap < u128::from(base_fee) {
            let refusal = Refusal::FeeCapTooLow { address: sender, max: price_cap, base: base_fee };
            return Err(refusal.into());
        }
        let price = if price_cap == 0 { 0 } else { base_fee.into() };
        let nonce = match call.request.nonce {
            Some(nonce) => nonce,
            None => view.account(sender)?.nonce,
        };
        let tx = tx_env(call.request, self.chain_id(), nonce, price)?;
        Ok(Prepared { view, point, block: call.block, tx, price_cap })
    }

    fn simulate(
        &self,
        prepared: &Prepared,
        gas: u64,
        list: Option<AccessList>,
    ) -> Result<Outcome, ChainError> {
        let mut tx = prepared.tx.clone();
        tx.gas_limit = gas;
        if let Some(list) = list {
            tx.tx_type = tx.tx_type.max(1);
            tx.access_list = list;
        }
        self.setting(prepared)?.run(&prepared.view, tx)
    }

    fn setting(&self, prepared: &Prepared) -> Result<Setting, ChainError> {
        self.executor.call(&prepared.point.context, &prepared.block, &prepared.tx)
    }

    /// A call ready to be looked into, on the state that it asks for.
    pub fn call_scene(&self, call: Call) -> Result<Scene, ChainError> {
        let prepared = self.prepare(call)?;
        let setting = self.setting(&prepared)?.without_tx_gas_limit();
        Ok(Scene { view: prepared.view, setting, tx: prepared.tx })
    }
}

impl Prepared {
    /// Refuses what the sender cannot pay: the gas at the price offered, and the value.
    fn check_funds(&self) -> Result<(), ChainError> {
        let address = self.tx.caller;
        let have = self.view.account(address)?.balance;
        let cost = U256::from(self.price_cap).checked_mul(U256::from(self.tx.gas_limit));
        let want = cost.and_then(|cost| cost.checked_add(self.tx.value));
        let want = want.ok_or(Refusal::CostOverflow { address })?;
        if have < want {
            return Err(Refusal::InsufficientFunds { address, have, want }.into());
        }
        Ok(())
    }

    /// The gas that the sender can pay for at the price offered; `None` if nothing is offered.
    fn affordable_gas(&self) -> Result<Option<u64>, ChainError> {
        if self.price_cap == 0 {
            return Ok(None);
        }
        let balance = self.view.account(self.tx.caller)?.balance;
        let Some(rest) = balance.checked_sub(self.tx.value).filter(|rest| !rest.is_zero()) else {
            return Err(Refusal::InsufficientFundsForTransfer.into());
        };
        Ok(Some((rest / U256::from(self.price_cap)).saturating_to()))
    }

    fn is_transfer(&self) -> Result<bool, ChainError> {
        match self.tx.kind {
            TxKind::Call(to) if self.tx.data.is_empty() => Ok(!self.view.account(to)?.has_code()),
            _ => Ok(false),
        }
    }
}

/// Whether the execution succeeded; too little gas to begin with is a failure like any other.
fn succeeds(outcome: Result<Outcome, ChainError>) -> Result<bool, ChainError> {
    match outcome {
        Ok(outcome) => Ok(outcome.result.is_success()),
        Err(ChainError::Refused(Refusal::IntrinsicGas { .. })) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The gas that an execution with all gas allowed used, or why no gas is enough.
fn used_at_most(outcome: Result<Outcome, ChainError>, allowance: u64) -> Result<ResultGas, ChainError> {
    let outcome = match outcome {
        Err(ChainError::Refused(Refusal::IntrinsicGas { .. })) => {
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

/// What an execution returned, or why it did not.
fn output(outcome: Outcome) -> Result<Bytes, ChainError> {
    let program = program_failure(&outcome);
    match outcome.result {
        ExecutionResult::Success { output, .. } => Ok(output.into_data()),
        ExecutionResult::Revert { output, .. } => Err(Reverted { output, program }.into()),
        ExecutionResult::Halt { reason, .. } => Err(halted(&reason, program)),
    }
}

fn halted(reason: &HaltReason, program: Option<String>) -> ChainError {
    ChainError::Halted { reason: halt_text(reason), program }
}

/// Which Stylus program made an execution fail, and how: the program that was called, or one further in whose
/// failure may have been passed on (a failure returns nothing, so whoever passes it on returns nothing either).
pub fn program_failure(outcome: &Outcome) -> Option<String> {
    let failure = outcome.failures.last()?;
    if failure.depth == 0 {
        return Some(format!("Stylus program {}: {}", failure.contract, failure.reason));
    }
    let passed_on = matches!(&outcome.result, ExecutionResult::Revert { output, .. } if output.is_empty());
    passed_on.then(|| format!("a call of Stylus program {} failed: {}", failure.contract, failure.reason))
}

/// What the sender offers for a unit of gas; 0 if nothing is said of it.
fn price_cap(request: &TransactionRequest) -> Result<u128, ChainError> {
    let address = request.from.unwrap_or_default();
    if request.gas_price.is_some()
        && (request.max_fee_per_gas.is_some() || request.max_priority_fee_per_gas.is_some())
    {
        let text = "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified: give one of them";
        return Err(ChainError::Invalid(text.into()));
    }
    let cap = request.gas_price.or(request.max_fee_per_gas).unwrap_or_default();
    let tip = request.max_priority_fee_per_gas.unwrap_or_default();
    if request.max_fee_per_gas.is_some() && tip > cap {
        return Err(Refusal::TipAboveFeeCap { address, tip, max: cap }.into());
    }
    Ok(cap)
}

fn tx_env(request: TransactionRequest, chain_id: u64, nonce: u64, price: u128) -> Result<TxEnv, ChainError> {
    if let Some(have) = request.chain_id.filter(|&id| id != chain_id) {
        let text = format!("chainId does not match node's (have={have}, want={chain_id})");
        return Err(ChainError::Invalid(text));
    }
    if request.blob_versioned_hashes.is_some() || request.sidecar.is_some() {
        return Err(Refusal::BlobTransaction.into());
    }
    let input = request.input.try_into_unique_input().map_err(|_| {
        let text = "both \"data\" and \"input\" are set and not equal: give \"input\" only";
        ChainError::Invalid(text.into())
    })?;
    let authorizations = request.authorization_list.unwrap_or_default();
    let tx_type = match (&request.access_list, authorizations.is_empty()) {
        (_, false) => 4,
        (Some(_), true) => 1,
        (None, true) => 0,
    };
    Ok(TxEnv {
        tx_type,
        caller: request.from.unwrap_or_default(),
        gas_limit: request.gas.unwrap_or(CALL_GAS_CAP).min(CALL_GAS_CAP),
        gas_price: price,
        kind: request.to.unwrap_or(TxKind::Create),
        value: request.value.unwrap_or_default(),
        data: input.unwrap_or_default(),
        nonce,
        chain_id: Some(chain_id),
        access_list: request.access_list.unwrap_or_default(),
        gas_priority_fee: (tx_type == 4).then_some(0),
        blob_hashes: Vec::new(),
        max_fee_per_blob_gas: 0,
        authorization_list: authorizations.into_iter().map(Either::Left).collect(),
    })
}

/// Addresses and slots that an execution touched, in order; without those that are warm anyway and have
/// no slots touched.
fn touched(tx: &TxEnv, outcome: &Outcome) -> AccessList {
    let warm = outcome.state.iter().filter(|(address, account)| {
        **address != ARBOS_STATE && !account.is_cold_transaction_id(TransactionId::ZERO)
    });
    let items = warm.filter_map(|(&address, account)| {
        let mut keys: Vec<_> = account.storage.keys().map(|&slot| slot.into()).collect();
        keys.sort_unstable();
        let listed = !keys.is_empty() || !is_always_warm(tx, address);
        listed.then_some(AccessListItem { address, storage_keys: keys })
    });
    let mut items: Vec<_> = items.collect();
    items.sort_unstable_by_key(|item| item.address);
    AccessList(items)
}

/// Sender, receiver, coinbase and precompiles.
fn is_always_warm(tx: &TxEnv, address: Address) -> bool {
    let receiver = match tx.kind {
        TxKind::Call(to) => to,
        TxKind::Create => tx.caller.create(tx.nonce),
    };
    // Every precompile of Ethereum and of Arbitrum lies below 0x200.
    let precompile = U256::from_be_slice(address.as_slice()) < U256::from(0x200);
    address == tx.caller || address == receiver || address == COINBASE || precompile
}
