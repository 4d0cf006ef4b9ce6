//! Sends a transaction, and says in the contracts' own words why one was refused.

use std::fmt::Display;

use alloy::{
    primitives::Address,
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolEvent,
};
use anyhow::{Result, anyhow};
use weir_bindings::revert::explain;
use weir_client::{Account, SendError};

/// Sends it and waits for its receipt. `what` names it in an error: `step 3: the deposit of s1`.
///
/// # Errors
/// If it is refused or reverts.
pub async fn send(
    account: &Account,
    request: TransactionRequest,
    what: impl Display,
) -> Result<TransactionReceipt> {
    account.send(request).await.map_err(|error| anyhow!("{what} was refused: {}", reason(&error)))
}

/// The only event of a kind that `contract` logged in a transaction, if it did.
pub fn event<E: SolEvent>(receipt: &TransactionReceipt, contract: Address) -> Option<E> {
    let logs = receipt.logs().iter().filter(|log| log.address() == contract);
    logs.filter_map(|log| E::decode_log(&log.inner).ok()).map(|log| log.data).next()
}

fn reason(error: &SendError) -> String {
    error.revert_data().map_or_else(|| error.to_string(), |data| explain(&data))
}
