//! What an account can send: a transaction request, or a typed call of a contract.

use alloy::{contract::CallBuilder, network::Ethereum, providers::Provider, rpc::types::TransactionRequest};

/// Something that can be sent as a transaction.
pub trait Action {
    /// It as a request, without sender, nonce, gas and signature.
    fn into_request(self) -> TransactionRequest;
}

impl Action for TransactionRequest {
    fn into_request(self) -> TransactionRequest {
        self
    }
}

impl<P: Provider, D> Action for CallBuilder<P, D, Ethereum> {
    fn into_request(self) -> TransactionRequest {
        self.into_transaction_request()
    }
}
