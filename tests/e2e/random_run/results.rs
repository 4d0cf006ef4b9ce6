//! Checks that calls and their previews return exactly what the model predicts.
//! A call is simulated in the next block before it is sent.

use alloy::{eips::BlockId, primitives::Address, rpc::types::TransactionRequest};
use anyhow::{Result, anyhow, ensure};
use num_bigint::BigInt;
use weir_bindings::revert::explain;

use super::{operation::Operation, setup::Setup};
use crate::{answers::answer, model::exact::word};

/// Checks that the operation in the next block, and its preview, return these values.
pub fn expect(
    setup: &Setup,
    operation: &Operation,
    sender: Address,
    request: &TransactionRequest,
    values: &[BigInt],
) -> Result<()> {
    if !operation.is_vault_call() {
        return Ok(());
    }
    let expected: Vec<u8> = values.iter().flat_map(|value| word(value).to_be_bytes::<32>()).collect();
    for asked in [Some(request.clone()), operation.preview(setup)].into_iter().flatten() {
        let returned = answer(setup.node()?, sender, &asked, BlockId::pending())?;
        let returned = returned.map_err(|data| anyhow!("it reverts with {}", explain(&data)))?;
        ensure!(*returned == *expected, "it returns {returned}, not {values:?}");
    }
    Ok(())
}
