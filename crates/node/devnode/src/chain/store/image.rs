//! The parts of a ledger that a dump contains.
//! Everything that can be computed from them is left out.

use crate::ledger::{
    Ledger,
    account::Account,
    block::{BlockRecord, MinedTransaction},
    clock::Clock,
    snapshots::Snapshots,
    state::{State, parse_code},
    undo::{Mark, UndoLog},
};
use alloy_consensus::{TxEnvelope, transaction::Recovered};
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_primitives::{Address, B256, Bytes, Log, U256};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use stylus_evm::HeaderInfo;

/// An account's storage slots and their values.
type Slots = Vec<(U256, U256)>;

/// A ledger in a form to encode.
#[derive(Debug, Serialize, Deserialize)]
pub struct Image {
    clock: Clock,
    /// Snapshots are not kept, but their ids are never reused.
    last_snapshot: u64,
    accounts: Vec<(Address, Account, Slots)>,
    codes: Vec<Bytes>,
    undo: UndoLog,
    blocks: Vec<BlockImage>,
}

#[derive(Debug, Serialize, Deserialize)]
struct BlockImage {
    /// `None` if it equals that of the parent.
    state_root: Option<B256>,
    timestamp: u64,
    mark: Mark,
    /// `None` if it equals that of the parent.
    arbos: Option<ArbosImage>,
    mined: Option<MinedImage>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ArbosImage {
    send_root: B256,
    send_count: u64,
    arbos_version: u64,
    collects_tips: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct MinedImage {
    /// Encoded as in EIP-2718.
    tx: Bytes,
    /// Kept because an impersonated sender cannot be recovered from the signature.
    sender: Address,
    before: Mark,
    success: bool,
    gas_used: u64,
    gas_price: u128,
    logs: Vec<Log>,
    transactions_root: B256,
    receipts_root: B256,
}

impl Image {
    pub fn of(ledger: &Ledger) -> Self {
        let state = &ledger.state;
        let (mut root, mut arbos) = (None, None);
        let blocks = ledger.blocks().iter().map(|block| {
            let same_root = root.replace(block.state_root) == Some(block.state_root);
            let same_arbos = arbos.replace(*block.arbos) == Some(*block.arbos);
            BlockImage {
                state_root: (!same_root).then_some(block.state_root),
                timestamp: block.timestamp,
                mark: block.mark,
                arbos: (!same_arbos).then(|| ArbosImage::of(&block.arbos)),
                mined: block.mined.as_deref().map(MinedImage::of),
            }
        });
        Self {
            clock: ledger.clock,
            last_snapshot: ledger.snapshots.last_id(),
            blocks: blocks.collect(),
            accounts: state
                .accounts()
                .map(|(address, account, slots)| (address, account, slots.collect()))
                .collect(),
            codes: state.codes().map(|code| code.original_bytes()).collect(),
            undo: state.undo_log().clone(),
        }
    }

    /// The ledger, with at most `kept_states` earlier states.
    ///
    /// # Errors
    /// The image is inconsistent, so this program did not write it.
    pub fn into_ledger(self, kept_states: u64) -> Result<Ledger, String> {
        let end = self.undo.end();
        let mut state = State::default();
        for code in self.codes {
            state.add_code(parse_code(code)?);
        }
        for (address, account, slots) in self.accounts {
            state.set_account(address, account);
            for (slot, value) in slots {
                state.set_slot(address, slot, value);
            }
        }
        state.replace_undo_log(self.undo);

        let mut blocks = Vec::with_capacity(self.blocks.len());
        let (mut root, mut arbos) = (None, None);
        for image in self.blocks {
            root = image.state_root.or(root);
            let state_root = root.ok_or("the first block has no state root")?;
            arbos = image.arbos.map(|image| Arc::new(image.into_info())).or(arbos);
            let arbos = arbos.clone().ok_or("the first block has no version of ArbOS")?;
            let mined = image.mined.map(MinedImage::into_mined).transpose()?;
            let before = mined.as_ref().map_or(image.mark, |mined| mined.before);
            let previous = blocks.last().map_or(0, |block: &BlockRecord| block.mark);
            if !(previous <= before && before <= image.mark && image.mark <= end) {
                return Err("its blocks do not match its states".into());
            }
            let mined = mined.map(Box::new);
            // `Ledger::rebuild` computes the hash.
            let (timestamp, mark) = (image.timestamp, image.mark);
            blocks.push(BlockRecord { hash: B256::ZERO, state_root, timestamp, mark, arbos, mined });
        }
        Ledger::rebuild(state, self.clock, Snapshots::after(self.last_snapshot), blocks, kept_states)
    }
}

impl ArbosImage {
    fn of(info: &HeaderInfo) -> Self {
        let HeaderInfo { send_root, send_count, arbos_version, collects_tips } = *info;
        Self { send_root, send_count, arbos_version, collects_tips }
    }

    fn into_info(self) -> HeaderInfo {
        let Self { send_root, send_count, arbos_version, collects_tips } = self;
        HeaderInfo { send_root, send_count, arbos_version, collects_tips }
    }
}

impl MinedImage {
    fn of(mined: &MinedTransaction) -> Self {
        Self {
            tx: mined.tx.inner().encoded_2718().into(),
            sender: mined.tx.signer(),
            before: mined.before,
            success: mined.success,
            gas_used: mined.gas_used,
            gas_price: mined.gas_price,
            logs: mined.logs.clone(),
            transactions_root: mined.transactions_root,
            receipts_root: mined.receipts_root,
        }
    }

    fn into_mined(self) -> Result<MinedTransaction, String> {
        let tx = TxEnvelope::decode_2718_exact(&self.tx)
            .map_err(|error| format!("cannot decode a transaction: {error}"))?;
        Ok(MinedTransaction {
            tx: Recovered::new_unchecked(tx, self.sender),
            before: self.before,
            success: self.success,
            gas_used: self.gas_used,
            gas_price: self.gas_price,
            logs: self.logs,
            transactions_root: self.transactions_root,
            receipts_root: self.receipts_root,
        })
    }
}
