//! Blocks as the ledger keeps them, and the headers computed from them.
//!
//! A block keeps only what its number, its parent and the chain's rules do not determine, so an empty block takes about
//! a hundred bytes. Headers have the shape of Nitro's (go-ethereum fork, `core/types/arb_types.go`): `mixHash` holds
//! send count, L1 block number, ArbOS version and whether tips are collected; `extraData` holds the send root, and
//! `difficulty` is 1.

use super::undo::Mark;
use crate::block_context::{BASE_FEE, BLOCK_GAS_LIMIT, BlockContext, COINBASE};
use alloy_consensus::{
    EMPTY_OMMER_ROOT_HASH, EMPTY_ROOT_HASH, Eip658Value, Header, Receipt, ReceiptEnvelope, Transaction,
    TxEnvelope, TxType,
    proofs::{calculate_receipt_root, calculate_transaction_root},
    transaction::Recovered,
};
use alloy_primitives::{Address, B64, B256, Bloom, Log, U256, logs_bloom};
use revm::context::result::ExecutionResult;
use std::sync::Arc;
use stylus_evm::HeaderInfo;

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
    /// What the header shows of the state of ArbOS after the block; shared by blocks with the same values.
    pub arbos: Arc<HeaderInfo>,
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
    /// Price of a unit of gas that the sender paid, in wei.
    pub gas_price: u128,
    pub logs: Vec<Log>,
    pub transactions_root: B256,
    pub receipts_root: B256,
}

impl MinedTransaction {
    /// A transaction that executed on the state at `before`.
    pub fn new(tx: Recovered<TxEnvelope>, before: Mark, gas_price: u128, result: ExecutionResult) -> Self {
        let mut mined = Self {
            before,
            success: result.is_success(),
            gas_used: result.tx_gas_used(),
            gas_price,
            logs: result.into_logs(),
            transactions_root: calculate_transaction_root(std::slice::from_ref(tx.inner())),
            receipts_root: B256::ZERO,
            tx,
        };
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

/// The header of a block with this context, parent, state and transaction.
pub fn header(
    context: &BlockContext,
    parent: B256,
    state_root: B256,
    arbos: &HeaderInfo,
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
        extra_data: arbos.send_root.into(),
        mix_hash: mix_hash(context.l1_number, arbos),
        // Nitro counts the delayed messages read from L1 here; this chain has read only the initialisation message.
        nonce: B64::with_last_byte(1),
        base_fee_per_gas: Some(BASE_FEE),
        ..Default::default()
    }
}

fn mix_hash(l1_number: u64, arbos: &HeaderInfo) -> B256 {
    let mut hash = B256::ZERO;
    hash[..8].copy_from_slice(&arbos.send_count.to_be_bytes());
    hash[8..16].copy_from_slice(&l1_number.to_be_bytes());
    hash[16..24].copy_from_slice(&arbos.arbos_version.to_be_bytes());
    hash[25] = arbos.collects_tips.into();
    hash
}
