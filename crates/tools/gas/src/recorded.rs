//! Reads `gas/peers.json`: gas of Solidity peers, measured by others. The file describes how.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The recorded figures.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedPeers {
    /// Receipt gas by operation and peer.
    operations: BTreeMap<String, BTreeMap<String, u64>>,
    /// Peers that do less than a vault. They are shown, but not compared with.
    pub without_rewards: Vec<String>,
}

impl RecordedPeers {
    /// Parses the file, which is compiled in.
    ///
    /// # Errors
    /// If it is malformed.
    pub fn read() -> Result<Self> {
        serde_json::from_str(include_str!("../../../../gas/peers.json"))
            .context("gas/peers.json is malformed")
    }

    /// All figures: operation, peer, receipt gas.
    pub fn figures(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        self.operations.iter().flat_map(|(operation, peers)| {
            peers.iter().map(|(peer, gas)| (operation.as_str(), peer.as_str(), *gas))
        })
    }
}
