//! What calls return: just what the model says, and the previews beforehand.

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

use super::{operation::Operation, stage::Stage};
use crate::model::exact::word;

/// What a call returns in this block, or what it reverts with.
///
/// # Errors
/// If it does neither.
pub fn answer(
    stage: &Stage,
    sender: Address,
    request: &TransactionRequest,
    at: BlockId,
) -> Result<Result<Bytes, Bytes>> {
    match stage.node()?.call(Call::new(request.clone().with_from(sender), at)) {
        Ok(output) => Ok(Ok(output)),
        Err(ChainError::Reverted(reverted)) => Ok(Err(reverted.output)),
        Err(error) => Err(error.into()),
    }
}

/// Refuses unless the operation would return this in the block to come, and its preview does.
pub fn expect(
    stage: &Stage,
    operation: &Operation,
    sender: Address,
    request: &TransactionRequest,
    foretold: &[BigInt],
) -> Result<()> {
    if !operation.is_the_vault_s() {
        return Ok(());
    }
    let expected: Vec<u8> = foretold.iter().flat_map(|value| word(value).to_be_bytes::<32>()).collect();
    for asked in [Some(request.clone()), operation.preview(stage)].into_iter().flatten() {
        let returned = answer(stage, sender, &asked, BlockId::pending())?;
        let returned = returned.map_err(|data| anyhow!("it would be refused with {}", explain(&data)))?;
        ensure!(*returned == *expected, "it would return {returned}, not {foretold:?}");
    }
    Ok(())
}
