//! A call as a client asks for it: the transaction, and the state and block to execute it on.
//! Overrides replace parts of both.

use alloy_eips::BlockId;
use alloy_rpc_types_eth::{BlockOverrides, TransactionRequest, state::StateOverride};

/// A call, and the state and block to execute it on.
#[derive(Clone, Debug, Default)]
pub struct Call {
    pub request: TransactionRequest,
    /// The call sees this block and the state after it; [`BlockId::pending`] is the next block.
    pub at: BlockId,
    pub state: StateOverride,
    pub block: BlockOverrides,
}

impl Call {
    pub fn new(request: TransactionRequest, at: BlockId) -> Self {
        Self { request, at, ..Default::default() }
    }
}
