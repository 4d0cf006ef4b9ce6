//! Blocks as the chain keeps them, and the headers made of them.
//!
//! A block keeps what cannot be derived from its number, its parent and the chain's rules, so that
//! an empty one takes about a hundred bytes. Headers have the shape of Nitro's (go-ethereum fork,
//! `core/types/arb_types.go`): `mixHash` holds send count, L1 block number and ArbOS version,
//! `extraData` the send root, `difficulty` is 1.

use super::{clock::L1_BLOCK_SECONDS, undo::Mark};
use alloy_consensus::{
    EMPTY_OMMER_ROOT_HASH, EMPTY_ROOT_HASH, Eip658Value, Header, Receipt, ReceiptEnvelope, Transaction,
    TxEnvelope, TxType,
    proofs::{calculate_receipt_root, calculate_transaction_root},
    transaction::Recovered,
};
use alloy_primitives::{Address, B64, B256, Bloom, Bytes, Log, U256, address, logs_bloom};

/// Base fee of every block, in wei per gas: Nitro's minimum (`arbos/l2pricing`, `InitialMinimumBaseFeeWei`).
pub const BASE_FEE: u64 = 100_000_000;
/// Gas limit in every header (`arbos/l2pricing`, `GethBlockGasLimit`).
pub const BLOCK_GAS_LIMIT: u64 = 1 << 50;
/// The sequencer's address (`arbos/l1pricing`, `BatchPosterAddress`).
pub const COINBASE: Address = address!("A4B000000000000000000073657175656e636572");
/// Where ArbOS keeps its own state (go-ethereum fork, `core/types/arbitrum_signer.go`).
pub const ARBOS_STATE: Address = address!("A4B05FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF");
/// The ArbOS version whose rules hold.
pub const ARBOS_VERSION: u64 = 60;

/// What a transaction executes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockContext {
    /// Number of the block on this chain.
    pub number: u64,
    /// Seconds since 1970.
    pub timestamp: u64,
    /// The L1 block number: what the EVM's NUMBER gives.
    pub l1_number: u64,
}

/// A block of the chain, without what can be derived.
#[derive(Clone, Debug)]
pub struct Block {
    pub hash: B256,
    /// The digest of the state after it (see `state`).
    pub state_root: B256,
    /// Seconds since 1970.
    pub timestamp: u64,
    /// Where the undo log stood after it.
    pub mark: Mark,
    /// Its transaction; an empty block has none.
    pub mined: Option<Box<Mined>>,
}

/// A transaction with what came of it.
#[derive(Clone, Debug)]
pub struct Mined {
    pub tx: Recovered<TxEnvelope>,
    /// Where the undo log stood just before it: the state it executed on.
    pub before: Mark,
    pub success: bool,
    pub gas_used: u64,
    pub logs: Vec<Log>,
    pub transactions_root: B256,
    pub receipts_root: B256,
}

impl Mined {
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

    /// The receipt whose root is in the header.
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

    /// Where a contract was created, or would have been: set for every creating transaction, as geth does.
    pub fn contract_address(&self) -> Option<Address> {
        let tx = self.tx.inner();
        tx.is_create().then(|| self.tx.signer().create(tx.nonce()))
    }
}

/// The L1 block number at `timestamp` on a chain that began at `genesis`: derived from time alone, so
/// it never falls.
pub const fn l1_block_number(genesis: u64, timestamp: u64) -> u64 {
    1 + timestamp.saturating_sub(genesis) / L1_BLOCK_SECONDS
}

/// The header of a block in `context` on `parent`, with the block's transaction if it has one.
pub fn header(context: &BlockContext, parent: B256, state_root: B256, mined: Option<&Mined>) -> Header {
    Header {
        parent_hash: parent,
        ommers_hash: EMPTY_OMMER_ROOT_HASH,
        beneficiary: COINBASE,
        state_root,
        transactions_root: mined.map_or(EMPTY_ROOT_HASH, |mined| mined.transactions_root),
        receipts_root: mined.map_or(EMPTY_ROOT_HASH, |mined| mined.receipts_root),
        logs_bloom: mined.map_or(Bloom::ZERO, Mined::bloom),
        difficulty: U256::ONE,
        number: context.number,
        gas_limit: BLOCK_GAS_LIMIT,
        gas_used: mined.map_or(0, |mined| mined.gas_used),
        timestamp: context.timestamp,
        extra_data: Bytes::from_static(&[0; 32]),
        mix_hash: mix_hash(context.l1_number),
        // Messages read from L1 so far: the chain's first one only.
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
