//! The current block: its number, and the time that the next transaction finds.
//! Auctions are priced by that time.

use alloy::{
    providers::{DynProvider, Provider},
    rpc::types::BlockNumberOrTag,
};
use anyhow::{Context, Result};

/// The current block.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Number of the latest block.
    pub block: u64,
    /// Time of the next block in Unix seconds.
    pub time: u64,
}

impl Now {
    /// Reads the latest and the pending block.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn of(provider: &DynProvider) -> Result<Self> {
        let latest = provider.get_block_by_number(BlockNumberOrTag::Latest).await?;
        let latest = latest.context("the node has no latest block")?.header;
        let pending = provider.get_block_by_number(BlockNumberOrTag::Pending).await.ok().flatten();
        let time = pending.map_or(latest.timestamp, |block| block.header.timestamp);
        Ok(Self { block: latest.number, time: time.max(latest.timestamp) })
    }
}
