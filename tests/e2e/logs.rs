//! What a transaction logged, compared whole: every event, in order, from whom.

use alloy::{
    primitives::{Address, Log},
    rpc::types::TransactionReceipt,
    sol_types::SolEvent,
};

/// `event` as `contract` logs it.
pub fn log(contract: Address, event: &impl SolEvent) -> Log {
    Log { address: contract, data: event.encode_log_data() }
}

/// All that the transaction logged.
pub fn logs(receipt: &TransactionReceipt) -> Vec<Log> {
    receipt.logs().iter().map(|log| log.inner.clone()).collect()
}
