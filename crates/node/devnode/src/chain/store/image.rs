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
    mined: Option<MinedImage>,
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
    logs: Vec<Log>,
    transactions_root: B256,
    receipts_root: B256,
}

impl Image {
    pub fn of(ledger: &Ledger) -> Self {
        let state = &ledger.state;
        let mut root = None;
        let blocks = ledger.blocks().iter().map(|block| {
            let same = root.replace(block.state_root) == Some(block.state_root);
            BlockImage {
                state_root: (!same).then_some(block.state_root),
                timestamp: block.timestamp,
                mark: block.mark,
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
        let mut root = None;
        for image in self.blocks {
            root = image.state_root.or(root);
            let state_root = root.ok_or("the first block has no state root")?;
            let mined = image.mined.map(MinedImage::into_mined).transpose()?;
            let before = mined.as_ref().map_or(image.mark, |mined| mined.before);
            let previous = blocks.last().map_or(0, |block: &BlockRecord| block.mark);
            if !(previous <= before && before <= image.mark && image.mark <= end) {
                return Err("its blocks do not match its states".into());
            }
            let mined = mined.map(Box::new);
            // `Ledger::rebuild` computes the hash.
            let (timestamp, mark) = (image.timestamp, image.mark);
            blocks.push(BlockRecord { hash: B256::ZERO, state_root, timestamp, mark, mined });
        }
        Ledger::rebuild(state, self.clock, Snapshots::after(self.last_snapshot), blocks, kept_states)
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
            logs: self.logs,
            transactions_root: self.transactions_root,
            receipts_root: self.receipts_root,
        })
    }
}
