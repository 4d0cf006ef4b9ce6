//! An account that signs and sends, one transaction after the other.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use alloy::{
    eips::eip2718::Encodable2718,
    network::{EthereumWallet, NetworkTransactionBuilder, TransactionBuilder},
    primitives::{Address, Bytes},
    providers::{DynProvider, Provider},
    rpc::types::{TransactionReceipt, TransactionRequest},
    signers::local::PrivateKeySigner,
    sol_types::SolError,
    transports::TransportError,
};

/// How long a receipt is waited for. A devnode has it at once.
const RECEIPT_TIMEOUT: Duration = Duration::from_secs(60);
const RECEIPT_PAUSE: Duration = Duration::from_millis(50);

/// Why a transaction did not go through.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The node refused it, or says that it would revert.
    #[error(transparent)]
    Refused(#[from] TransportError),
    /// It could not be signed.
    #[error("the transaction cannot be signed: {0}")]
    Unsigned(String),
    /// It was mined and failed.
    #[error("transaction {} reverted", .0.transaction_hash)]
    Reverted(Box<TransactionReceipt>),
    /// No receipt came.
    #[error("no receipt of transaction {0} in time: look at the node's log")]
    NoReceipt(alloy::primitives::TxHash),
}

impl SendError {
    /// The data that the call reverted with, if the node told.
    pub fn revert_data(&self) -> Option<Bytes> {
        match self {
            Self::Refused(error) => error.as_error_resp()?.as_revert_data(),
            _ => None,
        }
    }

    /// Whether it is a revert with just this error and these arguments.
    pub fn is(&self, error: &impl SolError) -> bool {
        self.revert_data().is_some_and(|data| data == error.abi_encode())
    }
}

/// An account with its key.
#[derive(Debug)]
pub struct Account {
    provider: DynProvider,
    chain_id: u64,
    signer: PrivateKeySigner,
    nonce: AtomicU64,
}

impl Account {
    /// The account of `signer`, at its present nonce.
    pub async fn new(
        provider: DynProvider,
        chain_id: u64,
        signer: PrivateKeySigner,
    ) -> Result<Self, SendError> {
        let nonce = provider.get_transaction_count(signer.address()).await?.into();
        Ok(Self { provider, chain_id, signer, nonce })
    }

    /// Its address.
    pub fn address(&self) -> Address {
        self.signer.address()
    }

    /// Nonce of its next transaction.
    pub fn nonce(&self) -> u64 {
        self.nonce.load(Ordering::Relaxed)
    }

    /// Estimates, signs and sends a transaction, and waits for its receipt.
    ///
    /// # Errors
    /// If it would revert (nothing is sent then), is refused, or fails after all.
    pub async fn send(
        &self,
        request: impl Into<TransactionRequest>,
    ) -> Result<TransactionReceipt, SendError> {
        let request = request.into().with_from(self.address());
        let gas = self.provider.estimate_gas(request.clone()).await?;
        let receipt = self.send_with_gas(request, gas).await?;
        if !receipt.status() {
            return Err(SendError::Reverted(Box::new(receipt)));
        }
        Ok(receipt)
    }

    /// As [`send`](Self::send) with `gas` as its limit: it is sent even if it will fail, and the receipt tells.
    pub async fn send_with_gas(
        &self,
        request: impl Into<TransactionRequest>,
        gas: u64,
    ) -> Result<TransactionReceipt, SendError> {
        let price = self.provider.get_gas_price().await?;
        let request = request
            .into()
            .with_from(self.address())
            .with_chain_id(self.chain_id)
            .with_nonce(self.nonce())
            .with_gas_limit(gas)
            .with_max_fee_per_gas(2 * price)
            .with_max_priority_fee_per_gas(0);
        let wallet = EthereumWallet::from(self.signer.clone());
        let signed = request.build(&wallet).await.map_err(|error| SendError::Unsigned(error.to_string()))?;
        let pending = self.provider.send_raw_transaction(&signed.encoded_2718()).await?;
        self.nonce.fetch_add(1, Ordering::Relaxed);
        self.receipt(*pending.tx_hash()).await
    }

    async fn receipt(&self, hash: alloy::primitives::TxHash) -> Result<TransactionReceipt, SendError> {
        let start = Instant::now();
        loop {
            if let Some(receipt) = self.provider.get_transaction_receipt(hash).await? {
                return Ok(receipt);
            }
            if start.elapsed() > RECEIPT_TIMEOUT {
                return Err(SendError::NoReceipt(hash));
            }
            tokio::time::sleep(RECEIPT_PAUSE).await;
        }
    }
}
