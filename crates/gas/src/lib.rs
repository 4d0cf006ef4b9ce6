//! What each operation costs: measured as receipts of ordinary transactions on the devnode, with OpenZeppelin's ERC-20 as
//! every token; beside it the floor, and what peers in Solidity cost.

mod floor;
mod peers;
mod report;
mod snapshot;
mod stage;
mod vault;

pub use peers::Peers;
pub use report::table;
pub use snapshot::Snapshot;

use anyhow::Result;

/// What one operation costs, in gas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its name, as in `gas/peers.json`.
    pub operation: &'static str,
    /// `gasUsed` of the receipt, with the programs in no cache.
    pub uncached: u64,
    /// The same with the programs in the cache manager's cache.
    pub cached: u64,
    /// What no design could go below: see `floor.rs`.
    pub floor: u64,
}

/// Measures everything, on two devnodes of its own. The same programs always give the same figures.
///
/// # Errors
/// If the programs or the Solidity contracts are not built, or an operation fails.
pub async fn measure() -> Result<Vec<Figure>> {
    let uncached = vault::operations(false).await?;
    let cached = vault::operations(true).await?;
    Ok(uncached
        .into_iter()
        .zip(cached)
        .map(|(uncached, cached)| Figure {
            operation: uncached.operation,
            uncached: uncached.gas,
            cached: cached.gas,
            floor: cached.floor,
        })
        .collect())
}
