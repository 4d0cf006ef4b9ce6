//! Sends transactions with the current nonce and tracks their results.
//! Every transaction sent with the nonce is recorded, because any of them may be mined.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use alloy::{
    consensus::{SignableTransaction, TxEip1559},
    eips::Encodable2718,
    network::TxSignerSync,
    primitives::{Address, B256, Bytes, TxKind, U256},
    providers::{DynProvider, Provider},
    rpc::types::TransactionReceipt,
    signers::local::PrivateKeySigner,
};
use serde_json::Value;
use weir_client::NodeError;

use super::{FeePolicy, Fees, Intent};

/// Consecutive checks in which the node must not know a transaction before it counts as dropped.
const UNKNOWN_CHECKS: u32 = 3;
/// Number of mined transactions kept in case a reorganisation removes them.
const REMEMBERED: usize = 64;

/// A call to send.
#[derive(Clone, Debug)]
pub struct Call {
    pub to: Address,
    pub input: Bytes,
    /// Wei.
    pub value: U256,
    pub gas_limit: u64,
}

/// A signed transaction.
#[derive(Clone, Debug)]
struct Attempt {
    hash: B256,
    fees: Fees,
    intent: Intent,
}

/// A nonce in use, with all transactions sent with it.
#[derive(Clone, Debug)]
struct Slot {
    nonce: u64,
    attempts: Vec<Attempt>,
    /// When the latest attempt was sent.
    since: Instant,
    unknown_checks: u32,
    /// Whether to wait for a receipt. An abandoned transaction may still be mined and is recognised then.
    is_awaited: bool,
}

/// A transaction that was mined.
#[derive(Clone, Debug)]
pub struct Settled {
    pub intent: Intent,
    pub receipt: TransactionReceipt,
    slot: SettledSlot,
}

#[derive(Clone, Debug)]
struct SettledSlot {
    nonce: u64,
    attempts: Vec<Attempt>,
}

/// The state of the current nonce.
#[derive(Clone, Debug)]
pub enum Status {
    /// No transaction is pending.
    Idle,
    /// The transaction is not mined yet.
    Waiting {
        /// Time since the latest attempt was sent.
        elapsed: Duration,
        /// Whether the node no longer knows it.
        is_dropped: bool,
    },
    /// The transaction was mined, and succeeded or reverted.
    Settled(Box<Settled>),
    /// A transaction that this bot did not send used the nonce. Contains the intent of the latest attempt.
    NonceTaken(Box<Intent>),
    /// This many transactions of an earlier run are pending.
    EarlierRun(u64),
}

/// Why a transaction was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendFailure {
    /// The node did not answer, and nothing was sent.
    #[error(transparent)]
    Node(NodeError),
    /// The node rejected the transaction.
    #[error("the node rejected the transaction: {0}")]
    Rejected(String),
    /// The nonce was used: an earlier attempt was mined.
    #[error("the nonce was used by an earlier transaction")]
    NonceUsed,
    /// The fees would exceed the user's cap.
    #[error("the gas price is above --max-fee-gwei")]
    TooExpensive,
}

/// Sends transactions and tracks the current nonce.
#[derive(Debug)]
pub struct Sender {
    provider: DynProvider,
    signer: PrivateKeySigner,
    chain_id: u64,
    policy: FeePolicy,
    slot: Option<Slot>,
    /// Fees that the node rejected as underpriced, which happens while a transaction of an earlier run is pending.
    floor: Option<Fees>,
    /// The nonce after the transactions of an earlier run, and when they were found.
    earlier_run: Option<(u64, Instant)>,
    patience: Duration,
    settled: VecDeque<Settled>,
}

impl Sender {
    /// Creates a sender for `signer` that waits up to `patience` for pending transactions of an earlier run.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn start(
        provider: DynProvider,
        signer: PrivateKeySigner,
        policy: FeePolicy,
        patience: Duration,
    ) -> Result<Self, NodeError> {
        let (address, chain_id) = (signer.address(), provider.get_chain_id().await?);
        let mined = provider.get_transaction_count(address).await?;
        let pending = provider.get_transaction_count(address).pending().await?;
        let earlier_run = (pending > mined).then(|| (pending, Instant::now()));
        let settled = VecDeque::new();
        Ok(Self {
            provider,
            signer,
            chain_id,
            policy,
            slot: None,
            floor: None,
            earlier_run,
            patience,
            settled,
        })
    }

    /// Returns the account that sends the transactions.
    pub fn address(&self) -> Address {
        self.signer.address()
    }

    /// Returns the fees of a transaction sent now: those at this gas price, or more to replace earlier attempts.
    ///
    /// # Errors
    /// If the fees exceed the user's cap.
    pub fn fees(&self, gas_price: u128) -> Result<Fees, SendFailure> {
        let usual = self.policy.at(gas_price).ok_or(SendFailure::TooExpensive)?;
        let attempts = self.slot.iter().flat_map(|slot| slot.attempts.iter().map(|sent| sent.fees));
        let Some(previous) = attempts.chain(self.floor).reduce(Fees::at_least) else { return Ok(usual) };
        Ok(self.policy.to_replace(previous).ok_or(SendFailure::TooExpensive)?.at_least(usual))
    }

    /// Returns whether the next transaction replaces an earlier one with the same nonce.
    pub fn replaces_pending(&self) -> bool {
        self.slot.is_some()
    }

    /// Returns the intent, nonce and hash of the pending transaction.
    pub fn pending(&self) -> Option<(&Intent, u64, B256)> {
        let slot = self.slot.as_ref().filter(|slot| slot.is_awaited)?;
        slot.attempts.last().map(|sent| (&sent.intent, slot.nonce, sent.hash))
    }

    /// Sends a call and returns the transaction's hash. Replaces a pending transaction.
    ///
    /// # Errors
    /// If the transaction was not sent. A lost response counts as sent.
    pub async fn send(&mut self, call: Call, fees: Fees, intent: Intent) -> Result<B256, SendFailure> {
        let nonce = match &self.slot {
            Some(slot) => slot.nonce,
            None => {
                let count = self.provider.get_transaction_count(self.address()).await;
                count.map_err(|error| SendFailure::Node(error.into()))?
            }
        };
        let (sent, raw) = self.sign(call, fees, nonce, intent)?;
        let hash = sent.hash;
        let slot = self.slot.get_or_insert_with(|| Slot {
            nonce,
            attempts: Vec::new(),
            since: Instant::now(),
            unknown_checks: 0,
            is_awaited: true,
        });
        // Recorded before sending, so that the transaction is recognised even if the response is lost.
        slot.attempts.push(sent);
        (slot.since, slot.unknown_checks, slot.is_awaited) = (Instant::now(), 0, true);
        let Err(error) = self.provider.send_raw_transaction(&raw).await else {
            self.floor = None;
            return Ok(hash);
        };
        let message = match NodeError::from(error) {
            // The response was lost, but the node may have the transaction.
            NodeError::Transport(_) => return Ok(hash),
            limit @ NodeError::Limit(_) => {
                self.remove_attempt(hash);
                return Err(SendFailure::Node(limit));
            }
            NodeError::Node { message, .. } => message,
            other => other.to_string(),
        };
        let text = message.to_lowercase();
        if text.contains("already known") || text.contains("known transaction") {
            return Ok(hash);
        }
        self.remove_attempt(hash);
        if text.contains("nonce too low") {
            return Err(SendFailure::NonceUsed);
        }
        if text.contains("underpriced") {
            self.floor = Some(fees.at_least(self.floor.unwrap_or(fees)));
        }
        Err(SendFailure::Rejected(message))
    }

    /// Removes a transaction that the node did not accept.
    fn remove_attempt(&mut self, hash: B256) {
        let Some(slot) = &mut self.slot else { return };
        slot.attempts.retain(|sent| sent.hash != hash);
        if slot.attempts.is_empty() {
            self.slot = None;
        }
    }

    fn sign(
        &self,
        call: Call,
        fees: Fees,
        nonce: u64,
        intent: Intent,
    ) -> Result<(Attempt, Vec<u8>), SendFailure> {
        let mut transaction = TxEip1559 {
            chain_id: self.chain_id,
            nonce,
            gas_limit: call.gas_limit,
            max_fee_per_gas: fees.max,
            max_priority_fee_per_gas: fees.tip,
            to: TxKind::Call(call.to),
            value: call.value,
            access_list: Default::default(),
            input: call.input,
        };
        let signature = self.signer.sign_transaction_sync(&mut transaction);
        let signature =
            signature.map_err(|error| SendFailure::Rejected(format!("cannot be signed: {error}")))?;
        let signed = transaction.into_signed(signature);
        Ok((Attempt { hash: *signed.hash(), fees, intent }, signed.encoded_2718()))
    }

    /// Stops waiting for the pending transaction. It is recognised if it is mined later, and the next transaction
    /// replaces it.
    pub fn abandon(&mut self) {
        if let Some(slot) = &mut self.slot {
            slot.is_awaited = false;
        }
    }

    /// Restarts the time after which the pending transaction counts as stuck.
    pub fn restart_wait(&mut self) {
        if let Some(slot) = &mut self.slot {
            slot.since = Instant::now();
        }
    }

    /// Checks the state of the current nonce.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn check(&mut self) -> Result<Status, NodeError> {
        if let Some((next, since)) = self.earlier_run {
            return self.check_earlier_run(next, since).await;
        }
        let Some(nonce) = self.slot.as_ref().map(|slot| slot.nonce) else { return Ok(Status::Idle) };
        if let Some(settled) = self.look_for_receipt().await? {
            return Ok(Status::Settled(settled));
        }
        if self.provider.get_transaction_count(self.signer.address()).await? > nonce {
            // It may have been mined between the two requests.
            if let Some(settled) = self.look_for_receipt().await? {
                return Ok(Status::Settled(settled));
            }
            let intent = self.slot.take().and_then(|mut slot| slot.attempts.pop()).map(|sent| sent.intent);
            return Ok(intent.map_or(Status::Idle, |intent| Status::NonceTaken(intent.into())));
        }
        self.check_pool().await
    }

    async fn check_earlier_run(&mut self, next: u64, since: Instant) -> Result<Status, NodeError> {
        let mined = self.provider.get_transaction_count(self.signer.address()).await?;
        if mined < next && since.elapsed() < self.patience {
            return Ok(Status::EarlierRun(next - mined));
        }
        self.earlier_run = None;
        Ok(Status::Idle)
    }

    async fn look_for_receipt(&mut self) -> Result<Option<Box<Settled>>, NodeError> {
        let hashes: Vec<B256> =
            self.slot.iter().flat_map(|slot| slot.attempts.iter().rev().map(|sent| sent.hash)).collect();
        for hash in hashes {
            let Some(receipt) = self.provider.get_transaction_receipt(hash).await? else { continue };
            let Some(Slot { nonce, attempts, .. }) = self.slot.take() else { continue };
            let Some(sent) = attempts.iter().find(|sent| sent.hash == hash) else { continue };
            let settled =
                Settled { intent: sent.intent.clone(), receipt, slot: SettledSlot { nonce, attempts } };
            self.settled.push_back(settled.clone());
            if self.settled.len() > REMEMBERED {
                self.settled.pop_front();
            }
            return Ok(Some(Box::new(settled)));
        }
        Ok(None)
    }

    async fn check_pool(&mut self) -> Result<Status, NodeError> {
        let Some(slot) = &mut self.slot else { return Ok(Status::Idle) };
        if !slot.is_awaited {
            return Ok(Status::Idle);
        }
        let mut is_known = false;
        for sent in &slot.attempts {
            // Reads the raw value, because alloy cannot decode every node's transactions, and only existence matters.
            let known: Value =
                self.provider.raw_request("eth_getTransactionByHash".into(), [sent.hash]).await?;
            is_known |= !known.is_null();
        }
        slot.unknown_checks = if is_known { 0 } else { slot.unknown_checks + 1 };
        Ok(Status::Waiting {
            elapsed: slot.since.elapsed(),
            is_dropped: slot.unknown_checks >= UNKNOWN_CHECKS,
        })
    }

    /// Returns the transactions that a reorganisation removed, and waits for the earliest again. The later ones are
    /// dropped, because new transactions use their nonces.
    ///
    /// # Errors
    /// If the node does not answer. Nothing changes then.
    pub async fn handle_reorganisation(&mut self) -> Result<Vec<Settled>, NodeError> {
        let mut first_removed = self.settled.len();
        for (index, settled) in self.settled.iter().enumerate().rev() {
            let receipt = self.provider.get_transaction_receipt(settled.receipt.transaction_hash).await?;
            if receipt.is_some_and(|receipt| receipt.block_hash == settled.receipt.block_hash) {
                break;
            }
            first_removed = index;
        }
        let removed: Vec<Settled> = self.settled.drain(first_removed..).collect();
        if let Some(earliest) = removed.first() {
            let SettledSlot { nonce, attempts } = earliest.slot.clone();
            self.slot =
                Some(Slot { nonce, attempts, since: Instant::now(), unknown_checks: 0, is_awaited: true });
        }
        Ok(removed)
    }
}
