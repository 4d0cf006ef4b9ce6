//! Finding logs. Blocks without logs cost nothing to pass over: those with logs are listed.

use super::{Chain, ChainError, ledger::Ledger, lock::read};
use alloy_eips::{BlockId, BlockNumberOrTag};
use alloy_primitives::B256;
use alloy_rpc_types_eth::{Filter, FilterBlockOption, Log};

impl Chain {
    /// The logs that the filter matches, in order of the chain.
    ///
    /// # Errors
    /// The block asked for is not known, or the range ends before it begins.
    pub fn logs(&self, filter: &Filter) -> Result<Vec<Log>, ChainError> {
        let ledger = read(&self.ledger);
        let (from, to) = range(&ledger, filter)?;
        Ok(matching(&ledger, filter, from, to))
    }

    /// The logs in blocks from `from` on that the filter matches, and the number of the block after the last one.
    pub fn logs_since(&self, filter: &Filter, from: u64) -> (Vec<Log>, u64) {
        let ledger = read(&self.ledger);
        let head = ledger.head();
        let (first, last) = range(&ledger, filter).unwrap_or((from, head));
        // A filter with an upper bound stops there; one on a tag goes with the chain.
        let last = match filter.get_to_block() {
            Some(_) => last.min(head),
            None => head,
        };
        (matching(&ledger, filter, from.max(first), last), head + 1)
    }

    /// The hashes of the blocks from `from` on, and the number of the block after the last one.
    pub fn blocks_since(&self, from: u64) -> (Vec<B256>, u64) {
        let ledger = read(&self.ledger);
        let end = ledger.head() + 1;
        ((from..end).filter_map(|number| ledger.block(number)).map(|block| block.hash).collect(), end)
    }

    /// The hashes of the transactions in blocks from `from` on, and the number of the block after the last one.
    pub fn transactions_since(&self, from: u64) -> (Vec<B256>, u64) {
        let ledger = read(&self.ledger);
        let end = ledger.head() + 1;
        let mined = (from..end).filter_map(|number| ledger.block(number)?.mined.as_deref());
        (mined.map(|mined| mined.hash()).collect(), end)
    }
}

fn matching(ledger: &Ledger, filter: &Filter, from: u64, to: u64) -> Vec<Log> {
    let blocks = ledger.blocks_with_logs(from, to).iter();
    blocks.flat_map(|&number| ledger.rpc_logs(number, |log| filter.matches(log))).collect()
}

/// The numbers of the first and the last block to look at.
fn range(ledger: &Ledger, filter: &Filter) -> Result<(u64, u64), ChainError> {
    let head = ledger.head();
    let (from, to) = match filter.block_option {
        FilterBlockOption::AtBlockHash(hash) => {
            let number = ledger.resolve(BlockId::from(hash))?;
            return Ok((number, number));
        }
        FilterBlockOption::Range { from_block, to_block } => (from_block, to_block),
    };
    let number = |tag: Option<BlockNumberOrTag>| match tag {
        Some(BlockNumberOrTag::Number(number)) => number,
        Some(BlockNumberOrTag::Earliest) => 0,
        _ => head,
    };
    let (from, to) = (number(from), number(to));
    if from > to && from <= head {
        let text = format!(
            "invalid block range params: the range ends (block {to}) before it begins (block {from})"
        );
        return Err(ChainError::Invalid(text));
    }
    Ok((from, to))
}
