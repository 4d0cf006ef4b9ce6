//! Blocks, transactions, receipts and logs in the shape that clients receive, with Arbitrum's fields.
//! Computed from the ledger on request.

use crate::{
    block_context::BlockContext,
    ledger::{Ledger, block::MinedTransaction},
};
use alloy_consensus::{Header as ConsensusHeader, ReceiptEnvelope, Sealed, Transaction as _, TxEnvelope};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{B256, Log, U64, U256};
use alloy_rlp::Encodable;
use alloy_rpc_types_eth::{
    Block as EthBlock, BlockTransactions, Header as EthHeader, Log as EthLog, TransactionReceipt,
};
use serde::Serialize;
use stylus_evm::HeaderInfo;

/// A transaction with the block that contains it.
pub type Transaction = alloy_rpc_types_eth::Transaction<TxEnvelope>;

/// A header with its hash.
pub type Header = EthHeader<ConsensusHeader>;

/// A block with Nitro's fields.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    #[serde(flatten)]
    pub inner: EthBlock<Transaction, Header>,
    pub l1_block_number: U64,
    /// Root and number of the messages sent to L1, which nothing reads.
    pub send_root: B256,
    pub send_count: U64,
}

/// A receipt with Nitro's fields.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    #[serde(flatten)]
    pub inner: TransactionReceipt<ReceiptEnvelope<EthLog>>,
    /// Gas charged for posting to L1: zero, as nothing is posted.
    pub gas_used_for_l1: U64,
    pub l1_block_number: U64,
}

/// The block that contains a transaction.
#[derive(Clone, Copy)]
struct Container {
    context: BlockContext,
    hash: B256,
}

/// Block `number`, with its transaction in full or as a hash.
pub fn block(ledger: &Ledger, number: u64, full: bool) -> Option<Block> {
    let hash = ledger.block(number)?.hash;
    let header = Sealed::new_unchecked(ledger.header(number)?, hash);
    let arbos = *ledger.block(number)?.arbos;
    let transactions = match (transaction(ledger, number), full) {
        (None, true) => BlockTransactions::Full(Vec::new()),
        (None, false) => BlockTransactions::Hashes(Vec::new()),
        (Some(tx), true) => BlockTransactions::Full(vec![tx]),
        (Some(tx), false) => BlockTransactions::Hashes(vec![*tx.inner.tx_hash()]),
    };
    let body = ledger.block(number)?.mined.as_deref();
    Some(assemble(header, transactions, body, ledger.context(number)?.l1_number, &arbos))
}

pub fn header(ledger: &Ledger, number: u64) -> Option<Header> {
    let hash = ledger.block(number)?.hash;
    Some(EthHeader::from_sealed(Sealed::new_unchecked(ledger.header(number)?, hash)))
}

/// The empty block that would be mined now.
pub fn pending_block(ledger: &Ledger, full: bool) -> Block {
    let transactions =
        if full { BlockTransactions::Full(Vec::new()) } else { BlockTransactions::Hashes(Vec::new()) };
    let l1_number = ledger.next_context().l1_number;
    assemble(Sealed::new(ledger.pending_header()), transactions, None, l1_number, &ledger.arbos())
}

/// The transaction of block `number`.
pub fn transaction(ledger: &Ledger, number: u64) -> Option<Transaction> {
    let (container, mined) = find(ledger, number)?;
    Some(Transaction {
        inner: mined.tx.clone(),
        block_hash: Some(container.hash),
        block_number: Some(number),
        transaction_index: Some(0),
        effective_gas_price: Some(mined.gas_price),
        block_timestamp: Some(container.context.timestamp),
    })
}

/// The receipt of the transaction of block `number`.
pub fn receipt(ledger: &Ledger, number: u64) -> Option<Receipt> {
    let (container, mined) = find(ledger, number)?;
    let mut index = 0;
    let receipt = mined.receipt().map_logs(|log| {
        index += 1;
        container.log(mined, log, index - 1)
    });
    let inner = TransactionReceipt {
        inner: receipt,
        transaction_hash: mined.hash(),
        transaction_index: Some(0),
        block_hash: Some(container.hash),
        block_number: Some(number),
        gas_used: mined.gas_used,
        effective_gas_price: mined.gas_price,
        blob_gas_used: None,
        blob_gas_price: None,
        from: mined.tx.signer(),
        to: mined.tx.inner().to(),
        contract_address: mined.contract_address(),
    };
    let l1_block_number = U64::from(container.context.l1_number);
    Some(Receipt { inner, gas_used_for_l1: U64::ZERO, l1_block_number })
}

/// The logs of block `number` that match.
pub fn logs(ledger: &Ledger, number: u64, matches: impl Fn(&Log) -> bool) -> Vec<EthLog> {
    let Some((container, mined)) = find(ledger, number) else { return Vec::new() };
    let logs = mined.logs.iter().enumerate().filter(|(_, log)| matches(log));
    logs.map(|(index, log)| container.log(mined, log.clone(), index as u64)).collect()
}

fn find(ledger: &Ledger, number: u64) -> Option<(Container, &MinedTransaction)> {
    let block = ledger.block(number)?;
    let container = Container { context: ledger.context(number)?, hash: block.hash };
    Some((container, block.mined.as_deref()?))
}

impl Container {
    fn log(&self, mined: &MinedTransaction, inner: Log, index: u64) -> EthLog {
        EthLog {
            inner,
            block_hash: Some(self.hash),
            block_number: Some(self.context.number),
            block_timestamp: Some(self.context.timestamp),
            transaction_hash: Some(mined.hash()),
            transaction_index: Some(0),
            log_index: Some(index),
            removed: false,
        }
    }
}

fn assemble(
    header: Sealed<ConsensusHeader>,
    transactions: BlockTransactions<Transaction>,
    mined: Option<&MinedTransaction>,
    l1_number: u64,
    arbos: &HeaderInfo,
) -> Block {
    let size = rlp_size(&header, mined);
    let header = EthHeader::from_sealed(header).with_size(Some(U256::from(size)));
    let inner = EthBlock { header, uncles: Vec::new(), transactions, withdrawals: None };
    Block {
        inner,
        l1_block_number: U64::from(l1_number),
        send_root: arbos.send_root,
        send_count: U64::from(arbos.send_count),
    }
}

/// The size in bytes of the block's RLP encoding: a list of header, transactions and uncles.
fn rlp_size(header: &ConsensusHeader, mined: Option<&MinedTransaction>) -> usize {
    let list = |payload: usize| alloy_rlp::Header { list: true, payload_length: payload }.length() + payload;
    let transactions = mined.map_or(0, |mined| mined.tx.inner().network_len());
    list(header.length() + list(transactions) + list(0))
}
