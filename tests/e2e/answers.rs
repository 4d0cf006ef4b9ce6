//! What calls return or revert with, in process and without a transaction.

use alloy::{
    eips::BlockId,
    network::TransactionBuilder,
    primitives::{Address, Bytes},
    rpc::types::TransactionRequest,
};
use anyhow::Result;
use weir_devnode::{
    Chain as Node,
    chain::{Call, ChainError},
};

/// What a call returns in this block, or what it reverts with.
///
/// # Errors
/// If the call fails in another way.
pub fn answer(
    node: &Node,
    sender: Address,
    request: &TransactionRequest,
    at: BlockId,
) -> Result<Result<Bytes, Bytes>> {
    match node.call(Call::new(request.clone().with_from(sender), at)) {
        Ok(output) => Ok(Ok(output)),
        Err(ChainError::Reverted(reverted)) => Ok(Err(reverted.output)),
        Err(error) => Err(error.into()),
    }
}
