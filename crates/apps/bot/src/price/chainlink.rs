//! Prices from contracts with Chainlink's `AggregatorV3Interface`.
//! The L2 sequencer's uptime feed is not checked.

use alloy::{primitives::Address, providers::DynProvider, sol};
use num_bigint::BigUint;
use num_rational::Ratio;
use weir_client::NodeError;
use weir_units::Rational;

use super::source::SourceError;

sol! {
    #[sol(rpc)]
    interface AggregatorV3Interface {
        function decimals() external view returns (uint8);
        function latestRoundData()
            external
            view
            returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
    }
}

/// Tolerated lead of `updatedAt` over the chain's time, in seconds.
const CLOCK_TOLERANCE: u64 = 60;

/// Returns the feed's price and when it was updated.
pub async fn read(provider: &DynProvider, feed: Address, now: u64) -> Result<(Rational, u64), SourceError> {
    let contract = AggregatorV3Interface::new(feed, provider);
    let (decimals, round) = (contract.decimals(), contract.latestRoundData());
    let (decimals, round) = tokio::try_join!(decimals.call().into_future(), round.call().into_future())
        .map_err(NodeError::from)?;
    if !round.answer.is_positive() {
        return Err(SourceError::NotPositive(round.answer.to_string()));
    }
    let updated_at = u64::try_from(round.updatedAt).unwrap_or(u64::MAX);
    if updated_at > now.saturating_add(CLOCK_TOLERANCE) {
        return Err(SourceError::FromTheFuture(updated_at, now));
    }
    let answer = BigUint::from_bytes_le(&round.answer.into_raw().to_le_bytes::<32>());
    let price = Ratio::new(answer, BigUint::from(10u8).pow(decimals.into()));
    Ok((price, updated_at.min(now)))
}
