//! What each operation costs: measured as receipts of ordinary transactions on the devnode, with OpenZeppelin's ERC-20 as
//! every token; beside it the floor, what peers in Solidity cost, and how it grows.

mod comparison;
pub mod document;
mod floor;
mod growth;
mod held;
mod lifeboat;
mod market;
mod peers;
mod profile;
mod report;
mod row_zero;
mod snapshot;
mod stage;
mod staking;
mod targets;
mod traces;
mod vault;

pub use comparison::Comparison;
pub use growth::{Growth, measure as measure_growth};
pub use held::Held;
pub use peers::{Peer, measure as measure_peers};
pub use profile::Profile;
pub use report::{
    agreement, growth_table, misses, operations_table, peers_table, row_zero_table, ways_out_table,
};
pub use row_zero::{Observed, RowZero, Size, measure as measure_row_zero, observe};
pub use snapshot::Snapshot;
pub use stage::Measured;
pub use targets::{Miss, Targets};

use anyhow::{Result, bail};
use stage::Stage;

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

/// All that is measured, in one run.
#[derive(Clone, Debug)]
pub struct Bench {
    /// Our operations.
    pub figures: Vec<Figure>,
    /// Peers in Solidity.
    pub peers: Vec<Peer>,
    /// Our operations with many stakers, and after many epochs.
    pub growth: Vec<Growth>,
    /// The ways out of a vault whose programs cannot run.
    pub ways_out: Vec<Measured>,
    /// The vault's core with the SDK's macros.
    pub row_zero: RowZero,
}

/// Measures everything, on devnodes of its own. The same programs always give the same figures.
///
/// # Errors
/// If the programs or the Solidity contracts are not built, or an operation fails.
pub async fn measure() -> Result<Bench> {
    let figures = measure_operations().await?;
    let (peers, growth) = (measure_peers().await?, measure_growth().await?);
    let ways_out = lifeboat::measure().await?;
    Ok(Bench { figures, peers, growth, ways_out, row_zero: measure_row_zero().await? })
}

/// Measures our operations.
///
/// # Errors
/// As [`measure`].
pub async fn measure_operations() -> Result<Vec<Figure>> {
    Ok(figures(all_operations(false).await?, all_operations(true).await?))
}

/// The figures of two runs of the same operations.
fn figures(uncached: Vec<Measured>, cached: Vec<Measured>) -> Vec<Figure> {
    let both = uncached.into_iter().zip(cached);
    both.map(|(uncached, cached)| Figure {
        operation: uncached.operation,
        uncached: uncached.gas,
        cached: cached.gas,
        floor: cached.floor,
    })
    .collect()
}

async fn all_operations(treat_all_as_cached: bool) -> Result<Vec<Measured>> {
    let mut measured = Vec::new();
    let mut stage = Stage::new(treat_all_as_cached).await?;
    vault::operations(&mut stage).await?;
    measured.append(&mut stage.measured);
    let mut stage = Stage::new(treat_all_as_cached).await?;
    market::operations(&mut stage).await?;
    measured.append(&mut stage.measured);
    Ok(measured)
}

/// Profiles one of our operations, with the programs in the cache or not.
///
/// # Errors
/// As [`measure`]; and if there is no such operation: the message names all.
pub async fn profile(operation: &str, treat_all_as_cached: bool) -> Result<Profile> {
    let mut stage = Stage::new(treat_all_as_cached).await?.watching(operation);
    vault::operations(&mut stage).await?;
    let mut names: Vec<_> = stage.measured.iter().map(|one| one.operation).collect();
    if stage.profile.is_none() {
        stage = Stage::new(treat_all_as_cached).await?.watching(operation);
        market::operations(&mut stage).await?;
        names.extend(stage.measured.iter().map(|one| one.operation));
    }
    match stage.profile {
        Some(profile) => Ok(profile),
        None => bail!("there is no operation {operation:?}: name one of {}", names.join("; ")),
    }
}
