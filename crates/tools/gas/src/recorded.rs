//! What peers in Solidity cost where others measured them: `gas/peers.json`, which says how.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The figures that the project holds.
#[derive(Clone, Debug, Deserialize)]
pub struct Held {
    /// Receipt gas by operation and peer.
    operations: BTreeMap<String, BTreeMap<String, u64>>,
    /// Peers that do less than a vault does: they are shown, and not compared with.
    pub without_rewards: Vec<String>,
}

impl Held {
    /// Reads them.
    ///
    /// # Errors
    /// If the file is garbled.
    pub fn read() -> Result<Self> {
        serde_json::from_str(include_str!("../../../../gas/peers.json")).context("gas/peers.json is garbled")
    }

    /// All of them: operation, peer, receipt gas.
    pub fn figures(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        self.operations.iter().flat_map(|(operation, peers)| {
            peers.iter().map(|(peer, gas)| (operation.as_str(), peer.as_str(), *gas))
        })
    }
}
