//! Blocks, transactions and receipts as clients get them: the common shapes and Arbitrum's fields.

use super::{
    block::{BASE_FEE, BlockContext, Mined},
    ledger::Ledger,
};
use alloy_consensus::{ReceiptEnvelope, Sealed, Transaction as _, TxEnvelope};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{B256, U64, U256};
use alloy_rlp::Encodable;
use alloy_rpc_types_eth::{
    Block as RpcBlock, BlockTransactions, Header as RpcHeader, Log as RpcLog, TransactionReceipt,
};
use serde::Serialize;

/// A transaction as clients get it.
pub type Transaction = alloy_rpc_types_eth::Transaction<TxEnvelope>;

/// A header as clients get it.
pub type Header = RpcHeader<alloy_consensus::Header>;

/// A block as clients get it, with Nitro's fields.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    #[serde(flatten)]
    pub inner: RpcBlock<Transaction, Header>,
    pub l1_block_number: U64,
    /// Root of the messages sent to L1: there are none.
    pub send_root: B256,
    pub send_count: U64,
}

/// A receipt as clients get it, with Nitro's fields.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    #[serde(flatten)]
    pub inner: TransactionReceipt<ReceiptEnvelope<RpcLog>>,
    /// Gas charged for posting to L1: nothing is posted.
    pub gas_used_for_l1: U64,
    pub l1_block_number: U64,
}

/// Where a transaction lies.
#[derive(Clone, Copy)]
struct Place {
    context: BlockContext,
    block_hash: B256,
}

impl Ledger {
    /// The block with this number; transactions in full or by hash.
    pub fn rpc_block(&self, number: u64, full: bool) -> Option<Block> {
        let hash = self.block(number)?.hash;
        let header = Sealed::new_unchecked(self.header(number)?, hash);
        let transactions = match (self.rpc_transaction(number), full) {
            (None, true) => BlockTransactions::Full(Vec::new()),
            (None, false) => BlockTransactions::Hashes(Vec::new()),
            (Some(tx), true) => BlockTransactions::Full(vec![tx]),
            (Some(tx), false) => BlockTransactions::Hashes(vec![*tx.inner.tx_hash()]),
        };
        let body = self.block(number)?.mined.as_deref();
        Some(present(header, transactions, body, self.context(number)?.l1_number))
    }

    /// The header of block `number`.
    pub fn rpc_header(&self, number: u64) -> Option<Header> {
        let hash = self.block(number)?.hash;
        Some(RpcHeader::from_sealed(Sealed::new_unchecked(self.header(number)?, hash)))
    }

    /// The block that would be mined now without a transaction.
    pub fn rpc_pending_block(&self, full: bool) -> Block {
        let transactions =
            if full { BlockTransactions::Full(Vec::new()) } else { BlockTransactions::Hashes(Vec::new()) };
        present(Sealed::new(self.pending_header()), transactions, None, self.next_context().l1_number)
    }

    /// The transaction of block `number`.
    pub fn rpc_transaction(&self, number: u64) -> Option<Transaction> {
        let (place, mined) = self.find(number)?;
        Some(Transaction {
            inner: mined.tx.clone(),
            block_hash: Some(place.block_hash),
            block_number: Some(number),
            transaction_index: Some(0),
            effective_gas_price: Some(BASE_FEE.into()),
            block_timestamp: Some(place.context.timestamp),
        })
    }

    /// The receipt of the transaction of block `number`.
    pub fn rpc_receipt(&self, number: u64) -> Option<Receipt> {
        let (place, mined) = self.find(number)?;
        let mut index = 0;
        let receipt = mined.receipt().map_logs(|log| {
            index += 1;
            place.log(mined, log, index - 1)
        });
        let inner = TransactionReceipt {
            inner: receipt,
            transaction_hash: mined.hash(),
            transaction_index: Some(0),
            block_hash: Some(place.block_hash),
            block_number: Some(number),
            gas_used: mined.gas_used,
            effective_gas_price: BASE_FEE.into(),
            blob_gas_used: None,
            blob_gas_price: None,
            from: mined.tx.signer(),
            to: mined.tx.inner().to(),
            contract_address: mined.contract_address(),
        };
        let l1_block_number = U64::from(place.context.l1_number);
        Some(Receipt { inner, gas_used_for_l1: U64::ZERO, l1_block_number })
    }

    /// The logs of block `number` that `wanted` wants.
    pub fn rpc_logs(&self, number: u64, wanted: impl Fn(&alloy_primitives::Log) -> bool) -> Vec<RpcLog> {
        let Some((place, mined)) = self.find(number) else { return Vec::new() };
        let logs = mined.logs.iter().enumerate().filter(|(_, log)| wanted(log));
        logs.map(|(index, log)| place.log(mined, log.clone(), index as u64)).collect()
    }

    fn find(&self, number: u64) -> Option<(Place, &Mined)> {
        let block = self.block(number)?;
        let place = Place { context: self.context(number)?, block_hash: block.hash };
        Some((place, block.mined.as_deref()?))
    }
}

impl Place {
    fn log(&self, mined: &Mined, inner: alloy_primitives::Log, index: u64) -> RpcLog {
        RpcLog {
            inner,
            block_hash: Some(self.block_hash),
            block_number: Some(self.context.number),
            block_timestamp: Some(self.context.timestamp),
            transaction_hash: Some(mined.hash()),
            transaction_index: Some(0),
            log_index: Some(index),
            removed: false,
        }
    }
}

fn present(
    header: Sealed<alloy_consensus::Header>,
    transactions: BlockTransactions<Transaction>,
    mined: Option<&Mined>,
    l1_number: u64,
) -> Block {
    let size = rlp_size(&header, mined);
    let header = RpcHeader::from_sealed(header).with_size(Some(U256::from(size)));
    let inner = RpcBlock { header, uncles: Vec::new(), transactions, withdrawals: None };
    let l1_block_number = U64::from(l1_number);
    Block { inner, l1_block_number, send_root: B256::ZERO, send_count: U64::ZERO }
}

/// Bytes of the block's RLP encoding: a list of header, transactions and uncles.
fn rlp_size(header: &alloy_consensus::Header, mined: Option<&Mined>) -> usize {
    let list = |payload: usize| alloy_rlp::Header { list: true, payload_length: payload }.length() + payload;
    let transactions = mined.map_or(0, |mined| mined.tx.inner().network_len());
    list(header.length() + list(transactions) + list(0))
}
