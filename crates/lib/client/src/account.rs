//! An account that signs and sends, one transaction after the other.
//! Whoever writes a signed transaction's hash down first can find it again after any failure.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use crate::{Action, NodeError};
use alloy::{
    consensus::TxEnvelope,
    eips::eip2718::Encodable2718,
    network::{EthereumWallet, NetworkTransactionBuilder, TransactionBuilder},
    primitives::{Address, Bytes, TxHash},
    providers::{DynProvider, Provider},
    rpc::types::TransactionReceipt,
    signers::local::PrivateKeySigner,
    sol_types::SolError,
    transports::TransportError,
};

/// How long to wait for a receipt. A devnode has it at once.
const RECEIPT_TIMEOUT: Duration = Duration::from_secs(60);
const RECEIPT_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Gas limit of a transaction, in percent of its estimate: when it runs, a later epoch may have begun.
pub const GAS_MARGIN_PERCENT: u64 = 125;
/// Highest fee that a transaction offers, in multiples of the current gas price.
pub const MAX_FEE_FACTOR: u128 = 2;

/// Why a transaction did not go through.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Nothing was sent: the node or a contract reports an error, or the node does not answer.
    #[error("{0}")]
    Rejected(#[from] NodeError),
    /// It could not be signed.
    #[error("the transaction cannot be signed: {0}")]
    Unsigned(String),
    /// It was mined and failed.
    #[error("transaction {} reverted", .0.transaction_hash)]
    Reverted(Box<TransactionReceipt>),
    /// No receipt came.
    #[error("no receipt of transaction {0} in time: look at the node's log")]
    NoReceipt(TxHash),
}

impl From<TransportError> for SendError {
    fn from(error: TransportError) -> Self {
        Self::Rejected(error.into())
    }
}

impl SendError {
    /// The data that the call reverts with, if the node gives them.
    pub fn revert_data(&self) -> Option<Bytes> {
        match self {
            Self::Rejected(error) => error.revert_data(),
            _ => None,
        }
    }

    /// Whether it is a revert with this error and these arguments.
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
    /// The account of `signer`, at its current nonce.
    pub async fn new(
        provider: DynProvider,
        chain_id: u64,
        signer: PrivateKeySigner,
    ) -> Result<Self, SendError> {
        let nonce = provider.get_transaction_count(signer.address()).await?.into();
        Ok(Self { provider, chain_id, signer, nonce })
    }

    /// The same account at its current nonce, which is an earlier one after the chain went back to a snapshot.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn again(&self) -> Result<Self, SendError> {
        Self::new(self.provider.clone(), self.chain_id, self.signer.clone()).await
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
    /// If it would revert or the node rejects it (then nothing is sent), or it fails when mined.
    pub async fn send(&self, action: impl Action) -> Result<TransactionReceipt, SendError> {
        let request = action.into_request().with_from(self.address());
        let gas = self.gas_for(request.clone()).await?;
        let receipt = self.send_with_gas(request, gas).await?;
        if !receipt.status() {
            return Err(SendError::Reverted(Box::new(receipt)));
        }
        Ok(receipt)
    }

    /// As [`send`](Self::send) with `gas` as its limit. It is sent even if it will fail; the receipt has its status.
    pub async fn send_with_gas(
        &self,
        action: impl Action,
        gas: u64,
    ) -> Result<TransactionReceipt, SendError> {
        let signed = self.sign(action, gas).await?;
        self.broadcast(&signed).await
    }

    /// Signs the action as this account's next transaction, with `gas` as its limit. Nothing is sent.
    ///
    /// # Errors
    /// If the node does not answer, or the transaction cannot be signed.
    pub async fn sign(&self, action: impl Action, gas: u64) -> Result<TxEnvelope, SendError> {
        let price = self.provider.get_gas_price().await?;
        let request = action
            .into_request()
            .with_from(self.address())
            .with_chain_id(self.chain_id)
            .with_nonce(self.nonce())
            .with_gas_limit(gas)
            .with_max_fee_per_gas(MAX_FEE_FACTOR * price)
            .with_max_priority_fee_per_gas(0);
        let wallet = EthereumWallet::from(self.signer.clone());
        request.build(&wallet).await.map_err(|error| SendError::Unsigned(error.to_string()))
    }

    /// Sends what [`sign`](Self::sign) has signed, and waits for its receipt, whatever its status.
    ///
    /// # Errors
    /// If the node rejects it, or no receipt comes in time.
    pub async fn broadcast(&self, signed: &TxEnvelope) -> Result<TransactionReceipt, SendError> {
        let pending = self.provider.send_raw_transaction(&signed.encoded_2718()).await?;
        self.nonce.fetch_add(1, Ordering::Relaxed);
        self.receipt(*pending.tx_hash()).await
    }

    /// Gas limit for the action: the node's estimate and a quarter more.
    ///
    /// # Errors
    /// If it would revert.
    pub async fn gas_for(&self, action: impl Action) -> Result<u64, SendError> {
        let request = action.into_request().with_from(self.address());
        Ok(self.provider.estimate_gas(request).await? * GAS_MARGIN_PERCENT / 100)
    }

    /// What the action would return if this account sent it now. Nothing is sent.
    ///
    /// # Errors
    /// If it would revert, or the node rejects it.
    pub async fn simulate(&self, action: impl Action) -> Result<Bytes, SendError> {
        Ok(self.provider.call(action.into_request().with_from(self.address())).await?)
    }

    /// The receipt of a sent transaction, as soon as there is one.
    ///
    /// # Errors
    /// If none comes in time, or the node does not answer.
    pub async fn receipt(&self, hash: TxHash) -> Result<TransactionReceipt, SendError> {
        let start = Instant::now();
        let mut pause = RECEIPT_PAUSE;
        loop {
            if let Some(receipt) = self.provider.get_transaction_receipt(hash).await? {
                return Ok(receipt);
            }
            if start.elapsed() > RECEIPT_TIMEOUT {
                return Err(SendError::NoReceipt(hash));
            }
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }
}
