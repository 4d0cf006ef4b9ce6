//! What peers in Solidity cost: `gas/peers.json`, which says how they were measured.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

/// Receipt gas of peers, by operation and peer.
#[derive(Clone, Debug, Deserialize)]
pub struct Peers {
    operations: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Peers {
    /// The figures that the project holds.
    ///
    /// # Errors
    /// If the file is garbled.
    pub fn held() -> Result<Self> {
        serde_json::from_str(include_str!("../../../gas/peers.json")).context("gas/peers.json is garbled")
    }

    /// The cheapest peer that does `operation`, and its gas.
    pub fn cheapest(&self, operation: &str) -> Option<(&str, u64)> {
        let peers = self.operations.get(operation)?;
        peers.iter().min_by_key(|(_, gas)| **gas).map(|(name, gas)| (name.as_str(), *gas))
    }
}
