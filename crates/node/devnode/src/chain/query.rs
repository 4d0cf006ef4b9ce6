//! Queries: accounts at a block, blocks, transactions, receipts.
//! They read the ledger under its lock and change nothing.

use super::{
    handle::Chain,
    rpc_types::{self, Block, Receipt, Transaction},
};
use crate::{
    block_context::BASE_FEE,
    error::ChainError,
    execute::TX_GAS_LIMIT,
    ledger::{Ledger, undo::Mark},
    lock::read,
};
use alloy_consensus::Transaction as _;
use alloy_eips::{BlockId, BlockNumberOrTag, eip2718::Encodable2718};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_rpc_types_eth::FeeHistory;
use std::collections::BTreeMap;

/// The number of blocks that one fee history may cover (Nitro's default, `FeeHistoryMaxBlockCount`).
const FEE_HISTORY_BLOCKS: u64 = 1024;

/// A chain's identity, its latest block and its snapshots.
#[derive(Clone, Debug)]
pub struct ChainInfo {
    /// Identifies this chain; changes with every reset.
    pub instance: B256,
    /// The number of the latest block.
    pub number: u64,
    pub hash: B256,
    /// In seconds since 1970.
    pub timestamp: u64,
    /// Id and latest block of each snapshot.
    pub snapshots: Vec<(u64, u64)>,
}

impl Chain {
    /// The balance in wei after the block `at`.
    ///
    /// # Errors
    /// There is no such block, or its state is no longer kept. The three queries below fail likewise.
    pub fn balance(&self, address: Address, at: BlockId) -> Result<U256, ChainError> {
        self.at(at, |ledger, mark| ledger.state.account_at(mark, address).balance)
    }

    /// The number of transactions sent; for a contract, the number of contracts created plus 1.
    pub fn nonce(&self, address: Address, at: BlockId) -> Result<u64, ChainError> {
        self.at(at, |ledger, mark| ledger.state.account_at(mark, address).nonce)
    }

    /// The code; empty if there is none.
    pub fn code(&self, address: Address, at: BlockId) -> Result<Bytes, ChainError> {
        self.at(at, |ledger, mark| {
            let hash = ledger.state.account_at(mark, address).code_hash;
            ledger.state.code(hash).original_bytes()
        })
    }

    pub fn storage(&self, address: Address, slot: U256, at: BlockId) -> Result<U256, ChainError> {
        self.at(at, |ledger, mark| ledger.state.slot_at(mark, address, slot))
    }

    /// All slots of an account that are not zero, in the latest state.
    pub fn whole_storage(&self, address: Address) -> BTreeMap<U256, U256> {
        read(&self.ledger).state.slots(address).collect()
    }

    /// The block `id`, with its transaction in full or as a hash.
    pub fn block(&self, id: BlockId, full: bool) -> Option<Block> {
        let ledger = read(&self.ledger);
        if id == BlockId::Number(BlockNumberOrTag::Pending) {
            return Some(rpc_types::pending_block(&ledger, full));
        }
        rpc_types::block(&ledger, ledger.resolve(id).ok()?, full)
    }

    pub fn transaction(&self, hash: B256) -> Option<Transaction> {
        let ledger = read(&self.ledger);
        rpc_types::transaction(&ledger, ledger.transaction(hash)?.0)
    }

    /// The transaction of `sender` with this nonce.
    pub fn transaction_of(&self, sender: Address, nonce: u64) -> Option<Transaction> {
        let ledger = read(&self.ledger);
        let is_it = |number: &u64| {
            let mined = ledger.block(*number).and_then(|block| block.mined.as_deref());
            mined.is_some_and(|mined| mined.tx.signer() == sender && mined.tx.inner().nonce() == nonce)
        };
        rpc_types::transaction(&ledger, (0..=ledger.head()).rev().find(is_it)?)
    }

    /// The transaction of block `id`.
    pub fn transaction_in(&self, id: BlockId) -> Option<Transaction> {
        let ledger = read(&self.ledger);
        rpc_types::transaction(&ledger, ledger.resolve(id).ok()?)
    }

    /// The receipt of the transaction with this hash.
    pub fn receipt(&self, hash: B256) -> Option<Receipt> {
        let ledger = read(&self.ledger);
        rpc_types::receipt(&ledger, ledger.transaction(hash)?.0)
    }

    /// The receipts of block `id`; `None` if there is no such block.
    pub fn receipts_in(&self, id: BlockId) -> Option<Vec<Receipt>> {
        let ledger = read(&self.ledger);
        let number = ledger.resolve(id).ok()?;
        Some(rpc_types::receipt(&ledger, number).into_iter().collect())
    }

    /// The transaction with this hash, encoded as in EIP-2718.
    pub fn raw_transaction(&self, hash: B256) -> Option<Bytes> {
        let ledger = read(&self.ledger);
        let (_, mined) = ledger.transaction(hash)?;
        Some(mined.tx.inner().encoded_2718().into())
    }

    /// The header of block `id` in RLP.
    ///
    /// # Errors
    /// There is no such block.
    pub fn raw_header(&self, id: BlockId) -> Result<Bytes, ChainError> {
        let ledger = read(&self.ledger);
        let header = ledger.header(ledger.resolve(id)?).unwrap_or_else(|| ledger.pending_header());
        Ok(alloy_rlp::encode(header).into())
    }

    /// The receipts of block `id`, encoded as in EIP-2718.
    ///
    /// # Errors
    /// There is no such block.
    pub fn raw_receipts(&self, id: BlockId) -> Result<Vec<Bytes>, ChainError> {
        let ledger = read(&self.ledger);
        let block = ledger.block(ledger.resolve(id)?);
        let mined = block.and_then(|block| block.mined.as_deref());
        Ok(mined.map(|mined| mined.receipt().encoded_2718().into()).into_iter().collect())
    }

    /// The number of transactions in block `id`; `None` if there is no such block.
    pub fn transaction_count(&self, id: BlockId) -> Option<u64> {
        self.receipts_in(id).map(|receipts| receipts.len() as u64)
    }

    /// The fees of up to 1024 blocks that end with `newest`. The base fee is constant, and the rewards are 0, as on Nitro:
    /// tips have no effect on the order of transactions.
    ///
    /// # Errors
    /// There is no such block.
    pub fn fee_history(
        &self,
        count: u64,
        newest: BlockNumberOrTag,
        percentiles: &[f64],
    ) -> Result<FeeHistory, ChainError> {
        let ledger = read(&self.ledger);
        let newest = ledger.resolve(newest.into())?.min(ledger.head());
        let count = count.min(FEE_HISTORY_BLOCKS).min(newest + 1);
        let oldest = newest + 1 - count;
        let fullness = (oldest..oldest + count).map(|number| fullness(&ledger, number)).collect();
        let rewards = vec![vec![0; percentiles.len()]; count as usize];
        Ok(FeeHistory {
            base_fee_per_gas: vec![BASE_FEE.into(); count as usize + 1],
            gas_used_ratio: fullness,
            oldest_block: oldest,
            reward: (!percentiles.is_empty()).then_some(rewards),
            ..Default::default()
        })
    }

    pub fn info(&self) -> ChainInfo {
        let ledger = read(&self.ledger);
        let latest = ledger.latest();
        ChainInfo {
            instance: ledger.instance,
            number: ledger.head(),
            hash: latest.hash,
            timestamp: latest.timestamp,
            snapshots: ledger.snapshots.list(),
        }
    }

    fn at<T>(&self, id: BlockId, take: impl FnOnce(&Ledger, Mark) -> T) -> Result<T, ChainError> {
        let ledger = read(&self.ledger);
        let point = ledger.point(id)?;
        Ok(take(&ledger, point.mark))
    }
}

/// Gas used as a share of the gas that one transaction may use, as the header's gas limit means nothing on Arbitrum.
fn fullness(ledger: &Ledger, number: u64) -> f64 {
    let used =
        ledger.block(number).and_then(|block| block.mined.as_deref()).map_or(0, |mined| mined.gas_used);
    used as f64 / TX_GAS_LIMIT as f64
}
