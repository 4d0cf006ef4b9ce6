//! Measures the gas of each operation: receipts of ordinary transactions on the devnode, with OpenZeppelin's ERC-20 as
//! tokens. Compares it with its floor and with Solidity peers, and checks that it does not grow with stakers or idle
//! epochs.

mod comparison;
pub mod document;
mod floor;
mod growth;
mod lifeboat;
mod market;
mod peers;
mod profile;
pub mod programs;
mod recorded;
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
pub use peers::{Peer, measure as measure_peers};
pub use profile::Profile;
pub use recorded::RecordedPeers;
pub use report::{
    agreement, growth_table, misses, operations_table, peers_table, row_zero_table, ways_out_table,
};
pub use row_zero::{Observed, RowZero, Size, measure as measure_row_zero, observe};
pub use snapshot::Snapshot;
pub use stage::Measured;
pub use targets::{Miss, Targets};

use anyhow::{Result, bail};
use stage::Stage;

/// Gas of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Name as in `gas/peers.json`.
    pub operation: &'static str,
    /// `gasUsed` of the receipt, with the programs not cached.
    pub uncached: u64,
    /// `gasUsed` with the programs in the cache manager's cache.
    pub cached: u64,
    /// Lower bound for any design, see `floor.rs`.
    pub floor: u64,
}

/// All figures of one run.
#[derive(Clone, Debug)]
pub struct Bench {
    /// Operations of the vault, pairs, factory and router.
    pub figures: Vec<Figure>,
    /// Operations of Solidity peers.
    pub peers: Vec<Peer>,
    /// Operations of the vault with many stakers, and after many epochs.
    pub growth: Vec<Growth>,
    /// Exits from a vault whose programs cannot run, by the lifeboat.
    pub ways_out: Vec<Measured>,
    /// The vault's core written with the SDK's macros.
    pub row_zero: RowZero,
}

/// Measures everything, on new devnodes. The same programs always give the same figures.
///
/// # Errors
/// If the programs or the Solidity contracts are not built, or an operation fails.
pub async fn measure() -> Result<Bench> {
    let figures = measure_operations().await?;
    let (peers, growth) = (measure_peers().await?, measure_growth().await?);
    let ways_out = lifeboat::measure().await?;
    Ok(Bench { figures, peers, growth, ways_out, row_zero: measure_row_zero().await? })
}

/// Measures the operations of the vault, pairs, factory and router.
///
/// # Errors
/// As [`measure`].
pub async fn measure_operations() -> Result<Vec<Figure>> {
    Ok(figures(all_operations(false).await?, all_operations(true).await?))
}

/// Combines two runs of the same operations.
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

/// Profiles one operation, with the programs cached or not.
///
/// # Errors
/// As [`measure`], or if there is no such operation; the message lists all.
pub async fn profile(operation: &str, treat_all_as_cached: bool) -> Result<Profile> {
    let mut stage = Stage::new(treat_all_as_cached).await?.profiling(operation);
    vault::operations(&mut stage).await?;
    let mut names: Vec<_> = stage.measured.iter().map(|one| one.operation).collect();
    if stage.profile.is_none() {
        stage = Stage::new(treat_all_as_cached).await?.profiling(operation);
        market::operations(&mut stage).await?;
        names.extend(stage.measured.iter().map(|one| one.operation));
    }
    match stage.profile {
        Some(profile) => Ok(profile),
        None => bail!("there is no operation {operation:?}: choose one of {}", names.join("; ")),
    }
}
