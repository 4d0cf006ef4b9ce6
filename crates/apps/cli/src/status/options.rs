//! Options of a view, and the block that it shows.
//! All figures of a view belong to that block.

use alloy::{
    primitives::Address,
    providers::{DynProvider, Provider},
    rpc::types::BlockNumberOrTag,
};
use anyhow::{Context, Result};
use weir_units::Decimal;

/// Options that apply to every contract of a view.
#[derive(Clone, Debug)]
pub struct ViewOptions {
    /// Price to find the time for, in whole tokens of the token paid in.
    pub at_price: Option<Decimal>,
    /// Value of a reward token in asset tokens.
    pub reward_price: Option<Decimal>,
    /// Whether the view is redrawn (`--watch`).
    pub is_watched: bool,
    /// Account whose stake is shown.
    pub account: Option<Address>,
}

/// The block that a view shows.
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
