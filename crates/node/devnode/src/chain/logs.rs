//! Finding logs. Blocks without logs cost nothing to pass over: those with logs are listed.

use super::{Chain, ChainError, ledger::Ledger, lock::read};
use alloy_eips::{BlockId, BlockNumberOrTag};
use alloy_rpc_types_eth::{Filter, FilterBlockOption, Log};

/// Logs that one answer may hold.
pub const MAX_LOGS: usize = 100_000;

impl Chain {
    /// The logs that the filter matches, in order of the chain.
    ///
    /// # Errors
    /// The block asked for is not known, the range ends before it begins, or there are more than [`MAX_LOGS`].
    pub fn logs(&self, filter: &Filter) -> Result<Vec<Log>, ChainError> {
        let ledger = read(&self.ledger);
        let (from, to) = range(&ledger, filter)?;
        let logs: Vec<_> = matching(&ledger, filter, from, to).take(MAX_LOGS + 1).collect();
        if logs.len() > MAX_LOGS {
            let text = format!(
                "query returned more than {MAX_LOGS} results: narrow the range of blocks or the filter"
            );
            return Err(ChainError::Invalid(text));
        }
        Ok(logs)
    }
}

impl Ledger {
    /// The logs that the filter matches in blocks `from` to `to`, which are new to whoever asks.
    pub fn new_logs(&self, filter: &Filter, from: u64, to: u64) -> Vec<Log> {
        // Bounds that are numbers hold; a tag or none goes with the chain.
        let first = filter.get_from_block().unwrap_or(from);
        let last = filter.get_to_block().unwrap_or(to);
        matching(self, filter, from.max(first), last.min(to)).collect()
    }
}

fn matching<'a>(
    ledger: &'a Ledger,
    filter: &'a Filter,
    from: u64,
    to: u64,
) -> impl Iterator<Item = Log> + 'a {
    let blocks = ledger.blocks_with_logs(from, to).iter();
    blocks.flat_map(|&number| ledger.rpc_logs(number, |log| filter.matches(log)))
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
