//! Calls that change nothing: `eth_call` and access lists, and what gas estimates share with them.
//! They execute on a [`View`] of the state, so they run while blocks are mined.

use super::{handle::Chain, node_interface, replay::Execution, request::Call, view::View};
use crate::{
    block_context::{BASE_FEE, COINBASE},
    error::{ChainError, Reverted, TransactionError, halt_text},
    execute::{BlockExecutor, Outcome, TX_GAS_LIMIT},
    ledger::Point,
    lock::read,
};
use alloy_primitives::{Address, Bytes, TxKind, U256};
use alloy_rpc_types_eth::{AccessList, AccessListItem, AccessListResult, BlockOverrides, TransactionRequest};
use revm::{
    context::{
        TxEnv,
        either::Either,
        result::{ExecutionResult, HaltReason},
    },
    state::TransactionId,
};
use stylus_evm::ARBOS_STATE;

/// The gas that a call may use: the cap of Nitro's RPC (go-ethereum fork, `RPCGasCap`).
pub const CALL_GAS_CAP: u64 = 50_000_000;
/// The number of times that an access list is tried before the last one is accepted.
const ACCESS_LIST_ROUNDS: usize = 8;

/// A call with all missing fields filled in.
pub(super) struct PreparedCall {
    pub view: View,
    pub point: Point,
    pub block: BlockOverrides,
    pub tx: TxEnv,
}

impl Chain {
    /// Executes a call and returns its output. The call may use at most [`CALL_GAS_CAP`].
    ///
    /// # Errors
    /// The call reverts or halts, costs more than the sender has, is not valid, or needs a state that is not kept.
    pub fn call(&self, call: Call) -> Result<Bytes, ChainError> {
        if node_interface::is_called(&call) {
            return self.call_node_interface(&call);
        }
        let prepared = self.prepare(call)?;
        prepared.check_funds()?;
        let executor = self.executor_for(&prepared)?.without_tx_gas_limit();
        output(executor.run(&prepared.view, prepared.tx)?)
    }

    /// The addresses and slots that the transaction touches, and the gas it uses with this access list.
    ///
    /// # Errors
    /// As [`call`](Self::call), except that the result contains the error of a failed execution.
    pub fn access_list(&self, call: Call) -> Result<AccessListResult, ChainError> {
        let prepared = self.prepare(call)?;
        let gas = prepared.tx.gas_limit.min(TX_GAS_LIMIT);
        let mut list = prepared.tx.access_list.clone();
        let mut outcome = self.simulate(&prepared, gas, Some(list.clone()))?;
        // A list changes the gas that is left, and code may depend on that. Most lists are final at once.
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

    pub(super) fn prepare(&self, call: Call) -> Result<PreparedCall, ChainError> {
        let (point, epoch) = {
            let ledger = read(&self.ledger);
            (ledger.point(call.at)?, ledger.epoch)
        };
        let block_hashes = call.block.block_hash.clone().unwrap_or_default();
        let view = View::new(self.ledger.clone(), point.mark, epoch)
            .with_overrides(call.state)?
            .with_block_hashes(block_hashes);
        let base_fee = call.block.base_fee.and_then(|fee| u64::try_from(fee).ok()).unwrap_or(BASE_FEE);
        let max = price_cap(&call.request)?;
        let sender = call.request.from.unwrap_or_default();
        if max != 0 && max < u128::from(base_fee) {
            return Err(TransactionError::FeeCapTooLow { address: sender, max, base: base_fee }.into());
        }
        let nonce = match call.request.nonce {
            Some(nonce) => nonce,
            None => view.account(sender)?.nonce,
        };
        let tx = tx_env(call.request, self.chain_id(), nonce, max)?;
        Ok(PreparedCall { view, point, block: call.block, tx })
    }

    pub(super) fn simulate(
        &self,
        prepared: &PreparedCall,
        gas: u64,
        list: Option<AccessList>,
    ) -> Result<Outcome, ChainError> {
        let mut tx = prepared.tx.clone();
        tx.gas_limit = gas;
        if let Some(list) = list {
            tx.tx_type = tx.tx_type.max(1);
            tx.access_list = list;
        }
        self.executor_for(prepared)?.run(&prepared.view, tx)
    }

    fn executor_for(&self, prepared: &PreparedCall) -> Result<BlockExecutor, ChainError> {
        self.executor.call(&prepared.point.context, &prepared.block, &prepared.tx)
    }

    /// A call, ready to execute with a tracer.
    pub fn call_execution(&self, call: Call) -> Result<Execution, ChainError> {
        let prepared = self.prepare(call)?;
        let executor = self.executor_for(&prepared)?.without_tx_gas_limit();
        Ok(Execution { view: prepared.view, executor, tx: prepared.tx })
    }
}

impl PreparedCall {
    /// Checks that the sender can pay for the gas and the value.
    fn check_funds(&self) -> Result<(), ChainError> {
        let address = self.tx.caller;
        let have = self.view.account(address)?.balance;
        let cost = U256::from(self.tx.gas_price).checked_mul(U256::from(self.tx.gas_limit));
        let want = cost.and_then(|cost| cost.checked_add(self.tx.value));
        let want = want.ok_or(TransactionError::CostOverflow { address })?;
        if have < want {
            return Err(TransactionError::InsufficientFunds { address, have, want }.into());
        }
        Ok(())
    }
}

/// The output of a successful execution, or the error of a failed one.
pub(super) fn output(outcome: Outcome) -> Result<Bytes, ChainError> {
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

/// Names the Stylus program that made an execution fail, with the reason: the called program, or a nested one. A failed
/// program returns no data, so a caller that passes its failure on reverts without data.
pub fn program_failure(outcome: &Outcome) -> Option<String> {
    let failure = outcome.failures.last()?;
    if failure.depth == 0 {
        return Some(format!("Stylus program {}: {}", failure.contract, failure.reason));
    }
    let passed_on = matches!(&outcome.result, ExecutionResult::Revert { output, .. } if output.is_empty());
    passed_on.then(|| format!("a call of Stylus program {} failed: {}", failure.contract, failure.reason))
}

/// The highest price of a unit of gas that the sender pays; 0 if the request has none.
fn price_cap(request: &TransactionRequest) -> Result<u128, ChainError> {
    let address = request.from.unwrap_or_default();
    if request.gas_price.is_some()
        && (request.max_fee_per_gas.is_some() || request.max_priority_fee_per_gas.is_some())
    {
        let text = "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified: use one of them";
        return Err(ChainError::Invalid(text.into()));
    }
    let cap = request.gas_price.or(request.max_fee_per_gas).unwrap_or_default();
    let tip = request.max_priority_fee_per_gas.unwrap_or_default();
    if request.max_fee_per_gas.is_some() && tip > cap {
        return Err(TransactionError::TipAboveFeeCap { address, tip, max: cap }.into());
    }
    Ok(cap)
}

/// A call that offers `max` for a unit of gas: the sender pays the base fee and a tip, as in a transaction.
fn tx_env(request: TransactionRequest, chain_id: u64, nonce: u64, max: u128) -> Result<TxEnv, ChainError> {
    if let Some(have) = request.chain_id.filter(|&id| id != chain_id) {
        let text = format!("chainId does not match node's (have={have}, want={chain_id})");
        return Err(ChainError::Invalid(text));
    }
    if request.blob_versioned_hashes.is_some() || request.sidecar.is_some() {
        return Err(TransactionError::BlobTransaction.into());
    }
    let input = request.input.try_into_unique_input().map_err(|_| {
        let text = "both \"data\" and \"input\" are set and not equal: use \"input\" only";
        ChainError::Invalid(text.into())
    })?;
    let authorizations = request.authorization_list.unwrap_or_default();
    let has_dynamic_fee = request.max_fee_per_gas.is_some_and(|max| max != 0);
    let tx_type = match &request.access_list {
        _ if !authorizations.is_empty() => 4,
        _ if has_dynamic_fee => 2,
        Some(_) => 1,
        None => 0,
    };
    let tip = request.max_priority_fee_per_gas.filter(|_| has_dynamic_fee).unwrap_or_default();
    Ok(TxEnv {
        tx_type,
        caller: request.from.unwrap_or_default(),
        gas_limit: request.gas.unwrap_or(CALL_GAS_CAP).min(CALL_GAS_CAP),
        gas_price: max,
        kind: request.to.unwrap_or(TxKind::Create),
        value: request.value.unwrap_or_default(),
        data: input.unwrap_or_default(),
        nonce,
        chain_id: Some(chain_id),
        access_list: request.access_list.unwrap_or_default(),
        gas_priority_fee: (tx_type >= 2).then_some(tip),
        blob_hashes: Vec::new(),
        max_fee_per_blob_gas: 0,
        authorization_list: authorizations.into_iter().map(Either::Left).collect(),
    })
}

/// The addresses and slots that an execution touched, sorted; without addresses that are always warm and have no
/// touched slots.
fn touched(tx: &TxEnv, outcome: &Outcome) -> AccessList {
    let accessed = outcome.state.iter().filter(|(address, account)| {
        **address != ARBOS_STATE && !account.is_cold_transaction_id(TransactionId::ZERO)
    });
    let items = accessed.filter_map(|(&address, account)| {
        let mut keys: Vec<_> = account.storage.keys().map(|&slot| slot.into()).collect();
        keys.sort_unstable();
        let listed = !keys.is_empty() || !is_always_warm(tx, address);
        listed.then_some(AccessListItem { address, storage_keys: keys })
    });
    let mut items: Vec<_> = items.collect();
    items.sort_unstable_by_key(|item| item.address);
    AccessList(items)
}

/// Whether this is the sender, the receiver, the coinbase or a precompile.
fn is_always_warm(tx: &TxEnv, address: Address) -> bool {
    let receiver = match tx.kind {
        TxKind::Call(to) => to,
        TxKind::Create => tx.caller.create(tx.nonce),
    };
    // The addresses of all precompiles of Ethereum and of Arbitrum are below 0x200.
    let precompile = U256::from_be_slice(address.as_slice()) < U256::from(0x200);
    address == tx.caller || address == receiver || address == COINBASE || precompile
}
