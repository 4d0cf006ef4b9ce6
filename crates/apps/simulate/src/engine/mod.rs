//! The simulation on the contracts' own arithmetic: vaults, stakers, yield and buyers, second by second where anything happens.

mod agents;
mod record;
mod supply;
mod timeline;
mod vault;
mod world;

pub use record::{
    Action, Asked, EpochRow, Record, Sale, Sample, Snapshot, StakerResult, Step, VaultResult, VaultState,
};

use anyhow::Result;

use crate::config::Config;
use world::World;

pub use world::first_price;

/// Runs a simulation. `on_epoch` is called as each epoch begins.
///
/// # Errors
/// If an amount passes a bound of the vault.
pub fn run(config: &Config, asked: Asked, mut on_epoch: impl FnMut()) -> Result<Record> {
    World::new(config, asked).run(&mut on_epoch)
}
