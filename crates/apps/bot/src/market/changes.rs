//! Finds the pairs that new blocks changed, from the blocks' logs.
//! A pair is therefore read after an event, not at every block.

use std::collections::HashSet;

use alloy::{
    primitives::{Address, B256},
    providers::{DynProvider, Provider},
    rpc::types::{Filter, Log},
    sol_types::SolEvent,
};
use weir_bindings::{
    IERC20,
    IFactory::{PairCreated, VaultCreated},
    IPair::SwappedExactAmountOut,
};
use weir_client::NodeError;

use super::Pair;

/// Longest range of blocks searched for logs. After a longer absence all pairs are read instead.
const MAX_BLOCKS: u64 = 1_000;

/// The changes in a range of blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changes {
    /// Any pair may have changed.
    Unknown,
    /// These pairs sold their lot or received tokens to sell; `new_pairs` is whether the factory created pairs.
    Known { pairs: HashSet<Address>, new_pairs: bool },
}

/// Searches the logs of blocks `from` to `to`.
///
/// # Errors
/// If the node does not answer.
pub async fn find_changes(
    provider: &DynProvider,
    factory: Option<Address>,
    pairs: &[&Pair],
    from: u64,
    to: u64,
) -> Result<Changes, NodeError> {
    if to.saturating_sub(from) >= MAX_BLOCKS {
        return Ok(Changes::Unknown);
    }
    let range = Filter::new().from_block(from).to_block(to);
    let sellers: Vec<Address> = pairs.iter().map(|pair| pair.address).chain(factory).collect();
    if sellers.is_empty() {
        return Ok(Changes::Known { pairs: HashSet::new(), new_pairs: false });
    }
    let events = vec![
        SwappedExactAmountOut::SIGNATURE_HASH,
        PairCreated::SIGNATURE_HASH,
        VaultCreated::SIGNATURE_HASH,
    ];
    let market = range.clone().address(sellers).event_signature(events);
    let sold: Vec<Address> = pairs.iter().map(|pair| pair.token_out.address).collect();
    let sources: Vec<B256> = pairs.iter().map(|pair| pair.source.into_word()).collect();
    let arrivals = range.address(sold).event_signature(IERC20::Transfer::SIGNATURE_HASH).topic2(sources);

    let answers = match pairs.is_empty() {
        true => provider.get_logs(&market).await.map(|market| (market, Vec::new())),
        false => tokio::try_join!(provider.get_logs(&market), provider.get_logs(&arrivals)),
    };
    let (market, arrivals) = match answers.map_err(NodeError::from) {
        Ok(logs) => logs,
        // Nodes reject ranges that are too long or already pruned.
        Err(error) if error.is_rejection() => {
            tracing::warn!(%error, from, to, "no logs from the node: reading all pairs");
            return Ok(Changes::Unknown);
        }
        Err(failure) => return Err(failure),
    };
    let new_pairs = market.iter().any(|log| factory == Some(log.address()));
    let mut changed: HashSet<Address> = market.iter().map(Log::address).collect();
    for log in &arrivals {
        let arrived = |pair: &&&Pair| {
            pair.token_out.address == log.address() && log.topics().get(2) == Some(&pair.source.into_word())
        };
        changed.extend(pairs.iter().filter(arrived).map(|pair| pair.address));
    }
    Ok(Changes::Known { pairs: changed, new_pairs })
}
