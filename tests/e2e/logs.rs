//! The logs of a transaction, for whole comparisons: every event, in order, with its contract.
//! Tests compare them as one list.

use alloy::{
    primitives::{Address, Log},
    rpc::types::TransactionReceipt,
    sol_types::SolEvent,
};

/// The log of `event` emitted by `contract`.
pub fn log(contract: Address, event: &impl SolEvent) -> Log {
    Log { address: contract, data: event.encode_log_data() }
}

/// All logs of the transaction.
pub fn logs(receipt: &TransactionReceipt) -> Vec<Log> {
    receipt.logs().iter().map(|log| log.inner.clone()).collect()
}
