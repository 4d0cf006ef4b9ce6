//! Sends the transactions of the demo, and decodes their events.
//! An error includes the contract's own error by name.

use std::fmt::Display;

use alloy::{
    primitives::Address,
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolEvent,
};
use anyhow::{Result, anyhow};
use weir_bindings::revert::explain;
use weir_client::{Account, SendError};

/// Sends a transaction and waits for its receipt. `what` names it in an error: `step 3: the deposit of s1`.
///
/// # Errors
/// If it is rejected or reverts.
pub async fn send(
    account: &Account,
    request: TransactionRequest,
    what: impl Display,
) -> Result<TransactionReceipt> {
    account.send(request).await.map_err(|error| anyhow!("{what} failed: {}", reason(&error)))
}

/// The first event of type `E` that `contract` logged.
pub fn event<E: SolEvent>(receipt: &TransactionReceipt, contract: Address) -> Option<E> {
    let logs = receipt.logs().iter().filter(|log| log.address() == contract);
    logs.filter_map(|log| E::decode_log(&log.inner).ok()).map(|log| log.data).next()
}

fn reason(error: &SendError) -> String {
    error.revert_data().map_or_else(|| error.to_string(), |data| explain(&data))
}
