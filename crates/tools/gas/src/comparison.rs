//! The peers' gas: measured in this run if the peer is on npm, otherwise recorded in `gas/peers.json`.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::{Peer, RecordedPeers};

/// Gas of a peer's operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    pub gas: u64,
    /// Measured in this run. Otherwise by others, on an EVM.
    pub is_from_this_run: bool,
}

/// Gas of all peers.
#[derive(Clone, Debug)]
pub struct Comparison {
    recorded: RecordedPeers,
    /// By operation and peer.
    costs: BTreeMap<String, BTreeMap<String, Cost>>,
}

impl Comparison {
    /// Combines the recorded figures with those of this run, which take precedence.
    ///
    /// # Errors
    /// If `gas/peers.json` is malformed.
    pub fn with(peers: &[Peer]) -> Result<Self> {
        let recorded = RecordedPeers::read()?;
        let mut costs: BTreeMap<String, BTreeMap<String, Cost>> = BTreeMap::new();
        for (operation, peer, gas) in recorded.figures() {
            let cost = Cost { gas, is_from_this_run: false };
            costs.entry(operation.into()).or_default().insert(peer.into(), cost);
        }
        for peer in peers {
            for one in &peer.measured {
                let cost = Cost { gas: one.gas, is_from_this_run: true };
                costs.entry(one.operation.into()).or_default().insert(peer.name.into(), cost);
            }
        }
        Ok(Self { recorded, costs })
    }

    /// The cheapest peer for `operation`, and its cost. Leaves out peers that pay no rewards.
    pub fn cheapest(&self, operation: &str) -> Option<(&str, Cost)> {
        let peers = self.costs.get(operation)?.iter();
        let peers = peers.filter(|(name, _)| !self.recorded.without_rewards.contains(*name));
        peers.min_by_key(|(_, cost)| cost.gas).map(|(name, cost)| (name.as_str(), *cost))
    }

    /// The cost of `operation` at `peer`.
    pub fn of(&self, operation: &str, peer: &str) -> Option<Cost> {
        self.costs.get(operation)?.get(peer).copied()
    }

    /// Compares recorded figures with those of this run: how many there are in both, and a line for each that differs.
    pub fn differences(&self) -> (usize, Vec<String>) {
        let (mut compared, mut differences) = (0, Vec::new());
        for (operation, peer, gas) in self.recorded.figures() {
            let Some(now) = self.of(operation, peer).filter(|cost| cost.is_from_this_run) else { continue };
            compared += 1;
            if now.gas != gas {
                differences
                    .push(format!("{peer}, {operation}: {gas} in gas/peers.json, {} measured", now.gas));
            }
        }
        (compared, differences)
    }
}
