//! Blocks as the ledger keeps them, and the headers computed from them.
//!
//! A block keeps only what its number, its parent and the chain's rules do not determine, so an empty block takes about
//! a hundred bytes. Headers have the shape of Nitro's (go-ethereum fork, `core/types/arb_types.go`): `mixHash` holds
//! send count, L1 block number and ArbOS version, `extraData` holds the send root, and `difficulty` is 1.

use super::undo::Mark;
use crate::block_context::{ARBOS_VERSION, BASE_FEE, BLOCK_GAS_LIMIT, BlockContext, COINBASE};
use alloy_consensus::{
    EMPTY_OMMER_ROOT_HASH, EMPTY_ROOT_HASH, Eip658Value, Header, Receipt, ReceiptEnvelope, Transaction,
    TxEnvelope, TxType,
    proofs::{calculate_receipt_root, calculate_transaction_root},
    transaction::Recovered,
};
use alloy_primitives::{Address, B64, B256, Bloom, Bytes, Log, U256, logs_bloom};

/// A block, without the values that can be computed.
#[derive(Clone, Debug)]
pub struct BlockRecord {
    pub hash: B256,
    /// The digest of the state after the block (see `ledger::state`).
    pub state_root: B256,
    /// Seconds since 1970.
    pub timestamp: u64,
    /// The end of the undo log after the block.
    pub mark: Mark,
    /// The block's transaction; an empty block has none.
    pub mined: Option<Box<MinedTransaction>>,
}

/// A transaction and its result.
#[derive(Clone, Debug)]
pub struct MinedTransaction {
    pub tx: Recovered<TxEnvelope>,
    /// The end of the undo log just before the transaction: the state it executed on.
    pub before: Mark,
    pub success: bool,
    pub gas_used: u64,
    pub logs: Vec<Log>,
    pub transactions_root: B256,
    pub receipts_root: B256,
}

impl MinedTransaction {
    pub fn new(
        tx: Recovered<TxEnvelope>,
        before: Mark,
        success: bool,
        gas_used: u64,
        logs: Vec<Log>,
    ) -> Self {
        let transactions_root = calculate_transaction_root(std::slice::from_ref(tx.inner()));
        let mut mined =
            Self { tx, before, success, gas_used, logs, transactions_root, receipts_root: B256::ZERO };
        mined.receipts_root = calculate_receipt_root(&[mined.receipt()]);
        mined
    }

    pub fn hash(&self) -> B256 {
        *self.tx.inner().tx_hash()
    }

    pub fn bloom(&self) -> Bloom {
        logs_bloom(&self.logs)
    }

    /// The receipt that the header's receipts root covers.
    pub fn receipt(&self) -> ReceiptEnvelope {
        let receipt = Receipt {
            status: Eip658Value::Eip658(self.success),
            cumulative_gas_used: self.gas_used,
            logs: self.logs.clone(),
        };
        ReceiptEnvelope::from_typed(self.tx_type(), receipt)
    }

    pub fn tx_type(&self) -> TxType {
        self.tx.inner().tx_type()
    }

    /// The address that a creating transaction creates its contract at; as in geth, also if the creation failed.
    pub fn contract_address(&self) -> Option<Address> {
        let tx = self.tx.inner();
        tx.is_create().then(|| self.tx.signer().create(tx.nonce()))
    }
}

/// The header of a block with this context, parent, state root and transaction.
pub fn header(
    context: &BlockContext,
    parent: B256,
    state_root: B256,
    mined: Option<&MinedTransaction>,
) -> Header {
    Header {
        parent_hash: parent,
        ommers_hash: EMPTY_OMMER_ROOT_HASH,
        beneficiary: COINBASE,
        state_root,
        transactions_root: mined.map_or(EMPTY_ROOT_HASH, |mined| mined.transactions_root),
        receipts_root: mined.map_or(EMPTY_ROOT_HASH, |mined| mined.receipts_root),
        logs_bloom: mined.map_or(Bloom::ZERO, MinedTransaction::bloom),
        difficulty: U256::ONE,
        number: context.number,
        gas_limit: BLOCK_GAS_LIMIT,
        gas_used: mined.map_or(0, |mined| mined.gas_used),
        timestamp: context.timestamp,
        extra_data: Bytes::from_static(&[0; 32]),
        mix_hash: mix_hash(context.l1_number),
        // Nitro counts the delayed messages read from L1 here; this chain has read only the initialisation message.
        nonce: B64::with_last_byte(1),
        base_fee_per_gas: Some(BASE_FEE),
        ..Default::default()
    }
}

fn mix_hash(l1_number: u64) -> B256 {
    let mut hash = B256::ZERO;
    hash[8..16].copy_from_slice(&l1_number.to_be_bytes());
    hash[16..24].copy_from_slice(&ARBOS_VERSION.to_be_bytes());
    hash
}
