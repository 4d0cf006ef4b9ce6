//! Follows the chain's head: new blocks, and blocks that are gone again.
use weir_client::NodeError;

use alloy::{
    eips::BlockNumberOrTag,
    primitives::B256,
    providers::{DynProvider, Provider},
};

/// A block at the chain's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub number: u64,
    pub hash: B256,
    parent: B256,
    /// Unix seconds.
    pub timestamp: u64,
}

/// What has happened since the chain was looked at last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Nothing.
    None,
    /// It is the first look.
    First,
    /// Blocks from this number to the head's have been added.
    Blocks { from: u64 },
    /// The block that was the head is not in the chain any more.
    Reorganised,
}

/// The head that was seen last.
#[derive(Clone, Debug, Default)]
pub struct Heads {
    last: Option<Head>,
}

impl Heads {
    /// Looks at the chain; takes note of its head only with [`note`](Self::note), so that what follows from a block can be
    /// tried again.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn look(&self, provider: &DynProvider) -> Result<(Head, News), NodeError> {
        let head = block(provider, BlockNumberOrTag::Latest).await?;
        let head = head.ok_or_else(|| NodeError::Transport("it has no latest block".into()))?;
        let Some(last) = self.last else { return Ok((head, News::First)) };
        if head.hash == last.hash {
            return Ok((head, News::None));
        }
        let extends = match head.number.checked_sub(last.number) {
            None | Some(0) => false,
            Some(1) => head.parent == last.hash,
            Some(_) => {
                block(provider, last.number.into()).await?.is_some_and(|block| block.hash == last.hash)
            }
        };
        Ok((head, if extends { News::Blocks { from: last.number + 1 } } else { News::Reorganised }))
    }

    /// Takes note of the head: all that follows from it has been done.
    pub fn note(&mut self, head: Head) {
        self.last = Some(head);
    }
}

/// The time of the block to come as far as the node knows it, else of the latest one (Nitro's `pending` is the latest).
///
/// # Errors
/// If the node does not answer.
pub async fn now(provider: &DynProvider) -> Result<u64, NodeError> {
    let pending = block(provider, BlockNumberOrTag::Pending).await?;
    pending.map(|block| block.timestamp).ok_or_else(|| NodeError::Transport("it has no pending block".into()))
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
