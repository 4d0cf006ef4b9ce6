//! Finds logs. The ledger lists the blocks that have logs, so empty blocks cost nothing.
//! Presenting a log is the task of `rpc_types`.

use super::{handle::Chain, rpc_types};
use crate::{error::ChainError, ledger::Ledger, lock::read};
use alloy_eips::{BlockId, BlockNumberOrTag};
use alloy_rpc_types_eth::{Filter, FilterBlockOption, Log};

/// The number of logs that one response may contain.
pub const MAX_LOGS: usize = 100_000;

impl Chain {
    /// The logs that match the filter, in the order of the chain.
    ///
    /// # Errors
    /// The block is unknown, the range ends before it starts, or more than `MAX_LOGS` (100 000) logs match.
    pub fn logs(&self, filter: &Filter) -> Result<Vec<Log>, ChainError> {
        let ledger = read(&self.ledger);
        let (from, to) = range(&ledger, filter)?;
        let logs: Vec<_> = matching(&ledger, filter, from, to).take(MAX_LOGS + 1).collect();
        if logs.len() > MAX_LOGS {
            let text = format!(
                "query returned more than {MAX_LOGS} results: use a smaller range of blocks or a narrower filter"
            );
            return Err(ChainError::Invalid(text));
        }
        Ok(logs)
    }
}

/// The logs that match the filter in the new blocks `from` to `to`.
pub fn new_logs(ledger: &Ledger, filter: &Filter, from: u64, to: u64) -> Vec<Log> {
    // Only numeric bounds limit the range: tags such as `latest` move along with the chain.
    let first = filter.get_from_block().unwrap_or(from);
    let last = filter.get_to_block().unwrap_or(to);
    matching(ledger, filter, from.max(first), last.min(to)).collect()
}

fn matching<'a>(
    ledger: &'a Ledger,
    filter: &'a Filter,
    from: u64,
    to: u64,
) -> impl Iterator<Item = Log> + 'a {
    let blocks = ledger.blocks_with_logs(from, to).iter();
    blocks.flat_map(|&number| rpc_types::logs(ledger, number, |log| filter.matches(log)))
}

/// The numbers of the first and the last block to search.
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
            "invalid block range params: the range ends (block {to}) before it starts (block {from})"
        );
        return Err(ChainError::Invalid(text));
    }
    Ok((from, to))
}
