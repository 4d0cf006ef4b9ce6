//! Our figures beside the peers': those of this run, and those that the project holds of peers that npm does not carry.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::{Held, Peer};

/// What a peer's operation costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    pub gas: u64,
    /// Measured in this run; else by others, on an EVM.
    pub is_of_this_run: bool,
}

/// What all peers cost.
#[derive(Clone, Debug)]
pub struct Comparison {
    held: Held,
    /// By operation and peer.
    costs: BTreeMap<String, BTreeMap<String, Cost>>,
}

impl Comparison {
    /// With these peers, as measured now.
    ///
    /// # Errors
    /// If `gas/peers.json` is garbled.
    pub fn with(peers: &[Peer]) -> Result<Self> {
        let held = Held::read()?;
        let mut costs: BTreeMap<String, BTreeMap<String, Cost>> = BTreeMap::new();
        for (operation, peer, gas) in held.figures() {
            let cost = Cost { gas, is_of_this_run: false };
            costs.entry(operation.into()).or_default().insert(peer.into(), cost);
        }
        for peer in peers {
            for one in &peer.measured {
                let cost = Cost { gas: one.gas, is_of_this_run: true };
                costs.entry(one.operation.into()).or_default().insert(peer.name.into(), cost);
            }
        }
        Ok(Self { held, costs })
    }

    /// The cheapest peer that does all the work of `operation`, and what it costs.
    pub fn cheapest(&self, operation: &str) -> Option<(&str, Cost)> {
        let peers = self.costs.get(operation)?.iter();
        let peers = peers.filter(|(name, _)| !self.held.without_rewards.contains(*name));
        peers.min_by_key(|(_, cost)| cost.gas).map(|(name, cost)| (name.as_str(), *cost))
    }

    /// What `peer` costs.
    pub fn of(&self, operation: &str, peer: &str) -> Option<Cost> {
        self.costs.get(operation)?.get(peer).copied()
    }

    /// How many figures are held of what this run measured, and where they differ, a line each.
    pub fn differences(&self) -> (usize, Vec<String>) {
        let (mut compared, mut told) = (0, Vec::new());
        for (operation, peer, gas) in self.held.figures() {
            let Some(now) = self.of(operation, peer).filter(|cost| cost.is_of_this_run) else { continue };
            compared += 1;
            if now.gas != gas {
                told.push(format!("{peer}, {operation}: {gas} in gas/peers.json, {} measured", now.gas));
            }
        }
        (compared, told)
    }
}
