//! Checks that calls and their previews return exactly what the model predicts.
//! A call is simulated in the next block before it is sent.

use alloy::{
    eips::BlockId,
    network::TransactionBuilder,
    primitives::{Address, Bytes},
    rpc::types::TransactionRequest,
};
use anyhow::{Result, anyhow, ensure};
use num_bigint::BigInt;
use weir_bindings::refusal::explain;
use weir_devnode::chain::{Call, ChainError};

use super::{operation::Operation, setup::Setup};
use crate::model::exact::word;

/// What a call returns in this block, or what it reverts with.
///
/// # Errors
/// If the call fails in another way.
pub fn result_of(
    setup: &Setup,
    sender: Address,
    request: &TransactionRequest,
    at: BlockId,
) -> Result<Result<Bytes, Bytes>> {
    match setup.node()?.call(Call::new(request.clone().with_from(sender), at)) {
        Ok(output) => Ok(Ok(output)),
        Err(ChainError::Reverted(reverted)) => Ok(Err(reverted.output)),
        Err(error) => Err(error.into()),
    }
}

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
        let returned = result_of(setup, sender, &asked, BlockId::pending())?;
        let returned = returned.map_err(|data| anyhow!("it reverts with {}", explain(&data)))?;
        ensure!(*returned == *expected, "it returns {returned}, not {values:?}");
    }
    Ok(())
}
