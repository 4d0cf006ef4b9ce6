//! The ledger: the state, the blocks and their indices, under one lock.
//! It only records results; `chain` executes and decides.

pub mod account;
pub mod block;
pub mod clock;
pub mod rollbacks;
pub mod snapshots;
pub mod state;
#[cfg(test)]
mod tests;
pub mod undo;

use crate::{block_context::BlockContext, error::ChainError};
use alloy_consensus::Header;
use alloy_eips::{BlockId, BlockNumberOrTag};
use alloy_primitives::{B256, keccak256, map::B256Map};
use block::{BlockRecord, MinedTransaction, header};
use clock::Clock;
use revm::state::EvmState;
use rollbacks::Rollbacks;
use snapshots::Snapshots;
use state::State;
use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::Arc,
};
use stylus_evm::{ARBOS_STATE, HeaderInfo};
use undo::{Mark, Merged};

/// All data of a chain.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// Identifies this chain; changes with every reset.
    pub instance: B256,
    pub state: State,
    pub clock: Clock,
    pub snapshots: Snapshots,
    /// Increases with every rollback: marks from an earlier epoch are no longer valid.
    pub epoch: u64,
    pub rollbacks: Rollbacks,
    blocks: Vec<BlockRecord>,
    by_hash: B256Map<u64>,
    by_transaction: B256Map<u64>,
    /// The numbers of the blocks that have logs, ascending.
    with_logs: Vec<u64>,
    kept_states: u64,
}

/// A state and the block that a call on this state sees.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    pub context: BlockContext,
    pub mark: Mark,
}

impl Ledger {
    /// A new chain whose first block has this state and timestamp.
    pub fn new(state: State, clock: Clock, timestamp: u64, kept_states: u64) -> Self {
        let mut ledger = Self::without_blocks(state, clock, Snapshots::default(), kept_states);
        // The genesis state cannot be undone.
        while ledger.state.forget(Mark::MAX).is_some() {}
        ledger.append(timestamp, None);
        ledger
    }

    /// A chain of blocks whose hashes are not computed yet, with the state after the last block.
    ///
    /// # Errors
    /// There are no blocks.
    pub fn rebuild(
        state: State,
        clock: Clock,
        snapshots: Snapshots,
        blocks: Vec<BlockRecord>,
        kept_states: u64,
    ) -> Result<Self, String> {
        if blocks.is_empty() {
            return Err("it has no blocks".into());
        }
        let mut ledger = Self::without_blocks(state, clock, snapshots, kept_states);
        ledger.blocks.reserve(blocks.len());
        for block in blocks {
            ledger.link(block);
        }
        ledger.forget_old_states();
        Ok(ledger)
    }

    fn without_blocks(state: State, clock: Clock, snapshots: Snapshots, kept_states: u64) -> Self {
        Self {
            instance: random_hash(),
            state,
            clock,
            snapshots,
            epoch: 0,
            rollbacks: Rollbacks::default(),
            blocks: Vec::new(),
            by_hash: B256Map::default(),
            by_transaction: B256Map::default(),
            with_logs: Vec::new(),
            kept_states,
        }
    }

    pub fn blocks(&self) -> &[BlockRecord] {
        &self.blocks
    }

    /// The number of the latest block.
    pub fn head(&self) -> u64 {
        self.blocks.len() as u64 - 1
    }

    pub fn block(&self, number: u64) -> Option<&BlockRecord> {
        self.blocks.get(usize::try_from(number).ok()?)
    }

    /// The latest block.
    pub fn latest(&self) -> &BlockRecord {
        self.blocks.last().expect("the genesis block is never removed")
    }

    pub fn number_of(&self, hash: B256) -> Option<u64> {
        self.by_hash.get(&hash).copied()
    }

    /// The transaction with this hash, and the number of its block.
    pub fn transaction(&self, hash: B256) -> Option<(u64, &MinedTransaction)> {
        let number = *self.by_transaction.get(&hash)?;
        Some((number, self.block(number)?.mined.as_deref()?))
    }

    /// The numbers of the blocks from `from` to `to` (inclusive) that have logs.
    pub fn blocks_with_logs(&self, from: u64, to: u64) -> &[u64] {
        let start = self.with_logs.partition_point(|&number| number < from);
        let end = self.with_logs.partition_point(|&number| number <= to);
        self.with_logs.get(start..end).unwrap_or_default()
    }

    /// The context that the transaction of block `number` executed in.
    pub fn context(&self, number: u64) -> Option<BlockContext> {
        self.block(number).map(|block| self.context_at(number, block.timestamp))
    }

    /// The context that a transaction mined now would execute in.
    pub fn next_context(&self) -> BlockContext {
        self.context_at(self.head() + 1, self.clock.next_timestamp(self.latest().timestamp))
    }

    pub fn header(&self, number: u64) -> Option<Header> {
        let block = self.block(number)?;
        Some(header(
            &self.context(number)?,
            self.parent_hash(number),
            block.state_root,
            &block.arbos,
            block.mined.as_deref(),
        ))
    }

    /// The header of an empty block mined now.
    pub fn pending_header(&self) -> Header {
        let context = self.next_context();
        header(&context, self.parent_hash(context.number), self.state.digest(), &self.arbos(), None)
    }

    /// The hash of a block for the EVM: that of this chain's block, which `ArbSys.arbBlockHash` returns.
    ///
    /// BLOCKHASH asks by L1 number. There is no L1 here, so if this chain has no block with the number, the result is
    /// the hash of the number.
    pub fn hash_for_evm(&self, number: u64) -> B256 {
        self.block(number).map_or_else(|| keccak256(number.to_be_bytes()), |block| block.hash)
    }

    /// The number of the block that `id` names; for `pending`, the number of the next block.
    ///
    /// # Errors
    /// There is no such block.
    pub fn resolve(&self, id: BlockId) -> Result<u64, ChainError> {
        let head = self.head();
        match id {
            BlockId::Hash(hash) => {
                self.number_of(hash.block_hash).ok_or(ChainError::UnknownBlockHash(hash.block_hash))
            }
            BlockId::Number(BlockNumberOrTag::Pending) => Ok(head + 1),
            BlockId::Number(BlockNumberOrTag::Earliest) => Ok(0),
            BlockId::Number(BlockNumberOrTag::Number(number)) if number > head => {
                Err(ChainError::AboveHead { number, head })
            }
            BlockId::Number(BlockNumberOrTag::Number(number)) => Ok(number),
            BlockId::Number(_) => Ok(head),
        }
    }

    /// The state after the block that `id` names, and the block that a call there sees. The latest state includes
    /// changes made by `anvil_set…` methods since the latest block.
    ///
    /// # Errors
    /// There is no such block, or its state is no longer kept.
    pub fn point(&self, id: BlockId) -> Result<Point, ChainError> {
        let number = self.resolve(id)?;
        let head = self.head();
        if number > head {
            return Ok(Point { context: self.next_context(), mark: self.state.mark() });
        }
        let block = &self.blocks[number as usize];
        let mark = if number == head { self.state.mark() } else { block.mark };
        if mark < self.state.oldest() || (head - number > self.kept_states) {
            return Err(ChainError::StateGone { number, kept: self.kept_states });
        }
        Ok(Point { context: self.context_at(number, block.timestamp), mark })
    }

    /// Records a block with a transaction, and the changes that the transaction made to the state.
    pub fn push(&mut self, context: &BlockContext, mined: MinedTransaction, changes: EvmState) {
        self.state.commit(changes);
        self.append(context.timestamp, Some(Box::new(mined)));
    }

    /// Records an empty block.
    pub fn push_empty(&mut self, timestamp: u64) {
        self.append(timestamp, None);
    }

    fn append(&mut self, timestamp: u64, mined: Option<Box<MinedTransaction>>) {
        let (state_root, mark) = (self.state.digest(), self.state.mark());
        let arbos = self.arbos();
        self.link(BlockRecord { hash: B256::ZERO, state_root, timestamp, mark, arbos, mined });
        self.clock.mined(timestamp);
        self.forget_old_states();
    }

    /// What a header shows of the current state of ArbOS.
    pub fn arbos(&self) -> Arc<HeaderInfo> {
        let latest = self.blocks.last();
        if let Some(block) = latest.filter(|block| block.mark == self.state.mark()) {
            return block.arbos.clone();
        }
        let arbos = HeaderInfo::read(|slot| self.state.slot(ARBOS_STATE, slot));
        match latest.filter(|block| *block.arbos == arbos) {
            Some(block) => block.arbos.clone(),
            None => Arc::new(arbos),
        }
    }

    /// Computes the hash of a block and appends the block.
    fn link(&mut self, mut block: BlockRecord) {
        let number = self.blocks.len() as u64;
        let context = self.context_at(number, block.timestamp);
        let parent = self.parent_hash(number);
        let header = header(&context, parent, block.state_root, &block.arbos, block.mined.as_deref());
        block.hash = header.hash_slow();
        self.by_hash.insert(block.hash, number);
        if let Some(mined) = &block.mined {
            self.by_transaction.insert(mined.hash(), number);
            if !mined.logs.is_empty() {
                self.with_logs.push(number);
            }
        }
        self.blocks.push(block);
    }

    /// Drops the undo log of states that are too old to be kept. Changes that a snapshot needs move into it.
    fn forget_old_states(&mut self) {
        let Some(oldest) = self.head().checked_sub(self.kept_states) else { return };
        let mark = self.blocks[oldest as usize].mark;
        while let Some((at, change)) = self.state.forget(mark) {
            self.snapshots.keep(at, change);
        }
    }

    /// Takes a snapshot; returns its id.
    pub fn snapshot(&mut self) -> u64 {
        self.snapshots.add(self.state.mark(), self.head(), self.clock.stop())
    }

    /// Returns the chain to a snapshot, and removes it and all later ones. False if there is no such snapshot.
    pub fn revert(&mut self, snapshot: u64) -> bool {
        let mut removed = self.snapshots.remove_from(snapshot).into_iter();
        let Some(target) = removed.next() else { return false };
        self.state.undo_to(target.mark);
        if self.state.oldest() > target.mark {
            for later in removed.rev() {
                self.restore(later.merged);
            }
            self.restore(target.merged);
            self.state.rewind(target.mark);
        }
        self.roll_back(target.head);
        self.clock = target.clock.start();
        true
    }

    fn restore(&mut self, merged: Merged) {
        for change in merged.into_values() {
            self.state.restore(change);
        }
    }

    /// Removes all blocks above `head`.
    fn roll_back(&mut self, head: u64) {
        let keep = (head as usize + 1).max(1);
        for block in self.blocks.drain(keep.min(self.blocks.len())..) {
            self.by_hash.remove(&block.hash);
            if let Some(mined) = block.mined {
                self.by_transaction.remove(&mined.hash());
            }
        }
        let logs = self.with_logs.partition_point(|&number| number <= head);
        self.with_logs.truncate(logs);
        self.epoch += 1;
        self.rollbacks.record(self.epoch, head);
    }

    /// Makes this ledger the successor of `former`: for readers, `former` was rolled back to its first block.
    pub fn succeed(&mut self, former: Self) {
        self.epoch = former.epoch + 1;
        self.rollbacks = former.rollbacks;
        self.rollbacks.record(self.epoch, 0);
        self.snapshots = Snapshots::after(former.snapshots.last_id().max(self.snapshots.last_id()));
    }

    fn context_at(&self, number: u64, timestamp: u64) -> BlockContext {
        let genesis = self.blocks.first().map_or(timestamp, |block| block.timestamp);
        BlockContext::new(number, timestamp, genesis)
    }

    fn parent_hash(&self, number: u64) -> B256 {
        number.checked_sub(1).and_then(|parent| self.block(parent)).map_or(B256::ZERO, |block| block.hash)
    }
}

/// A random hash. The randomness that the standard library provides for hash maps is sufficient.
fn random_hash() -> B256 {
    let random = || RandomState::new().build_hasher().finish();
    keccak256([random(), random(), random(), random()].map(u64::to_be_bytes).concat())
}
