//! What is asked of every contract, and in which block.
//! All figures of one answer belong to that block.

use alloy::{
    primitives::Address,
    providers::{DynProvider, Provider},
    rpc::types::BlockNumberOrTag,
};
use anyhow::{Context, Result};
use weir_units::Decimal;

/// What is asked of every contract.
#[derive(Clone, Debug)]
pub struct Question {
    /// Whole tokens of what is paid in.
    pub at_price: Option<Decimal>,
    /// Whole asset tokens for a whole reward token.
    pub reward_price: Option<Decimal>,
    /// Whether it is shown again and again, on a screen.
    pub is_watched: bool,
    /// Whose stake is shown.
    pub account: Option<Address>,
}

/// The block that a look belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Number of the latest block.
    pub block: u64,
    /// Time of the block to come, in Unix seconds.
    pub time: u64,
}

impl Now {
    /// Asks the node.
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
