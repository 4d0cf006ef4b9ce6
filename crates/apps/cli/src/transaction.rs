//! Sends a transaction, and reads the events of a mined one.
//! A revert is named by its error.

use std::fmt::Display;

use alloy::{primitives::Address, rpc::types::TransactionReceipt, sol_types::SolEvent};
use anyhow::{Context, Result};
use weir_client::{Account, Action};

/// Sends a transaction and waits for its receipt. `what` names it in an error: `the deposit`.
///
/// # Errors
/// If it reverts, or the node does not answer.
pub async fn send(account: &Account, action: impl Action, what: impl Display) -> Result<TransactionReceipt> {
    account.send(action).await.with_context(|| format!("{what} failed"))
}

/// The first event of type `E` that `contract` logged.
pub fn event<E: SolEvent>(receipt: &TransactionReceipt, contract: Address) -> Option<E> {
    let mut logs = receipt.logs().iter().filter(|log| log.address() == contract);
    logs.find_map(|log| E::decode_log(&log.inner).ok()).map(|log| log.data)
}
