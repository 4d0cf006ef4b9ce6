//! The nonce that is being used: what was sent with it, and what became of that.

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

/// How often a node may not know a transaction that was sent to it before it counts as dropped.
const UNKNOWN_CHECKS: u32 = 3;
/// Settled transactions that are remembered in case their blocks go.
const REMEMBERED: usize = 64;

/// A call to be sent.
#[derive(Clone, Debug)]
pub struct Call {
    pub to: Address,
    pub input: Bytes,
    pub gas_limit: u64,
}

/// A transaction that was sent.
#[derive(Clone, Debug)]
struct Try {
    hash: B256,
    fees: Fees,
    intent: Intent,
}

/// A nonce in use.
#[derive(Clone, Debug)]
struct Slot {
    nonce: u64,
    tries: Vec<Try>,
    /// When the latest was sent.
    since: Instant,
    unknown_checks: u32,
    /// Whether it is waited for: what was dropped and given up is merely recognised if it comes back.
    is_wanted: bool,
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
    tries: Vec<Try>,
}

/// How things stand with what was sent.
#[derive(Clone, Debug)]
pub enum Status {
    /// Nothing is under way.
    Idle,
    /// It is not mined yet.
    Waiting {
        /// For how long.
        since: Duration,
        /// The node has forgotten it.
        is_dropped: bool,
    },
    /// It was mined, well or badly.
    Settled(Box<Settled>),
    /// Another transaction of the same account, which this bot did not send, took the nonce.
    Taken(Box<Intent>),
    /// Transactions of an earlier run are under way: how many.
    Foreign(u64),
}

/// Why a transaction was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendFailure {
    /// The node is in trouble, and was before anything was sent.
    #[error(transparent)]
    Node(NodeError),
    /// The node refused it.
    #[error("the node refused it: {0}")]
    Refused(String),
    /// The nonce has been used meanwhile: what was sent before has been mined.
    #[error("its nonce has been used")]
    NonceUsed,
    /// It would take more than the user wants to offer for gas.
    #[error("gas costs more than --max-fee-gwei allows")]
    TooExpensive,
}

/// Sends and follows.
#[derive(Debug)]
pub struct Sender {
    provider: DynProvider,
    signer: PrivateKeySigner,
    chain_id: u64,
    policy: FeePolicy,
    slot: Option<Slot>,
    /// What has to be outbid in the pool though it is not known: a transaction of an earlier run.
    floor: Option<Fees>,
    /// Transactions of an earlier run: the nonce after them, and when they were found.
    foreign: Option<(u64, Instant)>,
    patience: Duration,
    settled: VecDeque<Settled>,
}

impl Sender {
    /// A sender for `signer`, which waits `patience` for transactions of an earlier run, if any are under way.
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
        let foreign = (pending > mined).then(|| (pending, Instant::now()));
        let settled = VecDeque::new();
        Ok(Self { provider, signer, chain_id, policy, slot: None, floor: None, foreign, patience, settled })
    }

    /// Whose transactions are sent.
    pub fn address(&self) -> Address {
        self.signer.address()
    }

    /// What a transaction sent now offers for gas at this gas price: more than what it has to replace.
    ///
    /// # Errors
    /// If that is more than the user wants to offer.
    pub fn fees(&self, gas_price: u128) -> Result<Fees, SendFailure> {
        let usual = self.policy.at(gas_price).ok_or(SendFailure::TooExpensive)?;
        let tries = self.slot.iter().flat_map(|slot| slot.tries.iter().map(|sent| sent.fees));
        let Some(former) = tries.chain(self.floor).reduce(Fees::or_more) else { return Ok(usual) };
        Ok(self.policy.to_replace(former).ok_or(SendFailure::TooExpensive)?.or_more(usual))
    }

    /// Whether something has been sent with the nonce that comes next, so that what is sent now takes its place.
    pub fn is_used(&self) -> bool {
        self.slot.is_some()
    }

    /// What is under way, its nonce, and its hash.
    pub fn pending(&self) -> Option<(&Intent, u64, B256)> {
        let slot = self.slot.as_ref().filter(|slot| slot.is_wanted)?;
        slot.tries.last().map(|sent| (&sent.intent, slot.nonce, sent.hash))
    }

    /// Sends a call, in the place of what is under way if something is.
    ///
    /// # Errors
    /// [`SendFailure`]. If the node's answer got lost it counts as sent.
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
            tries: Vec::new(),
            since: Instant::now(),
            unknown_checks: 0,
            is_wanted: true,
        });
        // Noted before it is sent: whatever becomes of the answer, it will be recognised.
        slot.tries.push(sent);
        (slot.since, slot.unknown_checks, slot.is_wanted) = (Instant::now(), 0, true);
        let Err(error) = self.provider.send_raw_transaction(&raw).await else {
            self.floor = None;
            return Ok(hash);
        };
        let message = match NodeError::from(error) {
            // The answer was lost; the transaction may be there.
            NodeError::Transport(_) => return Ok(hash),
            limit @ NodeError::Limit(_) => {
                self.take_back(hash);
                return Err(SendFailure::Node(limit));
            }
            NodeError::Node { message, .. } => message,
            other => other.to_string(),
        };
        let text = message.to_lowercase();
        if text.contains("already known") || text.contains("known transaction") {
            return Ok(hash);
        }
        self.take_back(hash);
        if text.contains("nonce too low") {
            return Err(SendFailure::NonceUsed);
        }
        if text.contains("underpriced") {
            self.floor = Some(fees.or_more(self.floor.unwrap_or(fees)));
        }
        Err(SendFailure::Refused(message))
    }

    /// Forgets a transaction that the node did not take.
    fn take_back(&mut self, hash: B256) {
        let Some(slot) = &mut self.slot else { return };
        slot.tries.retain(|sent| sent.hash != hash);
        if slot.tries.is_empty() {
            self.slot = None;
        }
    }

    fn sign(
        &self,
        call: Call,
        fees: Fees,
        nonce: u64,
        intent: Intent,
    ) -> Result<(Try, Vec<u8>), SendFailure> {
        let mut transaction = TxEip1559 {
            chain_id: self.chain_id,
            nonce,
            gas_limit: call.gas_limit,
            max_fee_per_gas: fees.max,
            max_priority_fee_per_gas: fees.tip,
            to: TxKind::Call(call.to),
            value: U256::ZERO,
            access_list: Default::default(),
            input: call.input,
        };
        let signature = self.signer.sign_transaction_sync(&mut transaction);
        let signature =
            signature.map_err(|error| SendFailure::Refused(format!("it cannot be signed: {error}")))?;
        let signed = transaction.into_signed(signature);
        Ok((Try { hash: *signed.hash(), fees, intent }, signed.encoded_2718()))
    }

    /// Gives up what is under way: it is not waited for any more, but recognised if it is mined after all, and
    /// replaced by what is sent next.
    pub fn give_up(&mut self) {
        if let Some(slot) = &mut self.slot {
            slot.is_wanted = false;
        }
    }

    /// Waits for what is under way as long again, before it counts as stuck.
    pub fn wait_again(&mut self) {
        if let Some(slot) = &mut self.slot {
            slot.since = Instant::now();
        }
    }

    /// Looks what became of what was sent.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn check(&mut self) -> Result<Status, NodeError> {
        if let Some((next, since)) = self.foreign {
            return self.check_foreign(next, since).await;
        }
        let Some(nonce) = self.slot.as_ref().map(|slot| slot.nonce) else { return Ok(Status::Idle) };
        if let Some(settled) = self.look_for_receipt().await? {
            return Ok(Status::Settled(settled));
        }
        if self.provider.get_transaction_count(self.signer.address()).await? > nonce {
            // It may have been mined between the two questions.
            if let Some(settled) = self.look_for_receipt().await? {
                return Ok(Status::Settled(settled));
            }
            let intent = self.slot.take().and_then(|mut slot| slot.tries.pop()).map(|sent| sent.intent);
            return Ok(intent.map_or(Status::Idle, |intent| Status::Taken(intent.into())));
        }
        self.check_pool().await
    }

    async fn check_foreign(&mut self, next: u64, since: Instant) -> Result<Status, NodeError> {
        let mined = self.provider.get_transaction_count(self.signer.address()).await?;
        if mined < next && since.elapsed() < self.patience {
            return Ok(Status::Foreign(next - mined));
        }
        self.foreign = None;
        Ok(Status::Idle)
    }

    async fn look_for_receipt(&mut self) -> Result<Option<Box<Settled>>, NodeError> {
        let hashes: Vec<B256> =
            self.slot.iter().flat_map(|slot| slot.tries.iter().rev().map(|sent| sent.hash)).collect();
        for hash in hashes {
            let Some(receipt) = self.provider.get_transaction_receipt(hash).await? else { continue };
            let Some(Slot { nonce, tries, .. }) = self.slot.take() else { continue };
            let Some(sent) = tries.iter().find(|sent| sent.hash == hash) else { continue };
            let settled =
                Settled { intent: sent.intent.clone(), receipt, slot: SettledSlot { nonce, tries } };
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
        if !slot.is_wanted {
            return Ok(Status::Idle);
        }
        let mut is_known = false;
        for sent in &slot.tries {
            // Whether it is there is all that counts: not every node's transactions can be read in full.
            let known: Value =
                self.provider.raw_request("eth_getTransactionByHash".into(), [sent.hash]).await?;
            is_known |= !known.is_null();
        }
        slot.unknown_checks = if is_known { 0 } else { slot.unknown_checks + 1 };
        Ok(Status::Waiting { since: slot.since.elapsed(), is_dropped: slot.unknown_checks >= UNKNOWN_CHECKS })
    }

    /// After blocks are gone: gives what had been mined in them, and waits for it again. Of several only the earliest can be
    /// mined next; the others are forgotten, for their nonces will be used anew.
    ///
    /// # Errors
    /// If the node does not answer; then nothing has changed.
    pub async fn after_reorganisation(&mut self) -> Result<Vec<Settled>, NodeError> {
        let mut first_gone = self.settled.len();
        for (place, settled) in self.settled.iter().enumerate().rev() {
            let receipt = self.provider.get_transaction_receipt(settled.receipt.transaction_hash).await?;
            if receipt.is_some_and(|receipt| receipt.block_hash == settled.receipt.block_hash) {
                break;
            }
            first_gone = place;
        }
        let gone: Vec<Settled> = self.settled.drain(first_gone..).collect();
        if let Some(earliest) = gone.first() {
            let SettledSlot { nonce, tries } = earliest.slot.clone();
            self.slot =
                Some(Slot { nonce, tries, since: Instant::now(), unknown_checks: 0, is_wanted: true });
        }
        Ok(gone)
    }
}
