//! Follows the head of the chain and detects new blocks and reorganisations.
//! Also reads the chain's time.

use alloy::{
    eips::BlockNumberOrTag,
    primitives::B256,
    providers::{DynProvider, Provider},
};
use weir_client::NodeError;

/// The latest block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub number: u64,
    pub hash: B256,
    parent: B256,
    /// Unix seconds.
    pub timestamp: u64,
}

/// The change of the head since the recorded one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadChange {
    None,
    /// No head has been recorded before.
    First,
    /// Blocks were added, from this number to the head.
    Extended {
        from: u64,
    },
    /// The recorded head is no longer in the chain.
    Reorganised,
}

/// The recorded head.
#[derive(Clone, Debug, Default)]
pub struct Heads {
    last: Option<Head>,
}

impl Heads {
    /// Reads the head and compares it with the recorded one. [`record`](Self::record) is separate, so that a failed
    /// round sees the same change again.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn poll(&self, provider: &DynProvider) -> Result<(Head, HeadChange), NodeError> {
        let head = block(provider, BlockNumberOrTag::Latest).await?;
        let head = head.ok_or_else(|| NodeError::Transport("no latest block".into()))?;
        let Some(last) = self.last else { return Ok((head, HeadChange::First)) };
        if head.hash == last.hash {
            return Ok((head, HeadChange::None));
        }
        let extends = match head.number.checked_sub(last.number) {
            None | Some(0) => false,
            Some(1) => head.parent == last.hash,
            Some(_) => {
                block(provider, last.number.into()).await?.is_some_and(|block| block.hash == last.hash)
            }
        };
        Ok((
            head,
            if extends { HeadChange::Extended { from: last.number + 1 } } else { HeadChange::Reorganised },
        ))
    }

    /// Records the head after its changes have been applied.
    pub fn record(&mut self, head: Head) {
        self.last = Some(head);
    }
}

/// Returns the timestamp of the pending block. Nitro returns its latest block as pending.
///
/// # Errors
/// If the node does not answer.
pub async fn now(provider: &DynProvider) -> Result<u64, NodeError> {
    let pending = block(provider, BlockNumberOrTag::Pending).await?;
    pending.map(|block| block.timestamp).ok_or_else(|| NodeError::Transport("no pending block".into()))
}

async fn block(provider: &DynProvider, number: BlockNumberOrTag) -> Result<Option<Head>, NodeError> {
    let block = provider.get_block_by_number(number).await?;
    Ok(block.map(|block| Head {
        number: block.header.number,
        hash: block.header.hash,
        parent: block.header.parent_hash,
        timestamp: block.header.timestamp,
    }))
}
