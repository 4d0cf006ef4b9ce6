//! Runs the simulation on the contracts' own arithmetic: vaults, stakers, yield and buyers.
//! Processes events in order of their second.

mod agents;
mod record;
mod staker;
mod supply;
mod timeline;
mod vault;
mod world;

pub use record::{
    Action, EpochRow, Record, Recording, Sale, Sample, Snapshot, StakerResult, Step, VaultResult, VaultState,
};

use anyhow::Result;

use crate::config::Config;
use world::World;

pub use world::first_price;

/// Runs a simulation. Calls `on_epoch` at the start of each epoch.
///
/// # Errors
/// If an amount exceeds a bound of the vault.
pub fn run(config: &Config, recording: Recording, mut on_epoch: impl FnMut()) -> Result<Record> {
    World::new(config, recording).run(&mut on_epoch)
}
