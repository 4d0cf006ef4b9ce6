//! A liquidation pair: its immutable settings, and the lot that it offers now.
//! Symbols are shortened and filtered, so that a token cannot disturb the log.

use std::fmt;

use alloy::{
    eips::BlockId,
    primitives::{Address, U256},
    providers::DynProvider,
};
use weir_bindings::{IERC20, IPair};
use weir_client::NodeError;

use crate::money::Auction;

/// Longest symbol that is shown, in characters.
const SYMBOL_LENGTH: usize = 12;

/// A token of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    pub address: Address,
    /// The token's symbol, shortened and filtered.
    pub symbol: String,
    pub decimals: u8,
}

/// The contract through which the bot buys at a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Venue {
    /// The pair itself, a vault that pulls the price from the caller.
    Vault,
    /// This router, which pulls the price from the caller.
    Router(Address),
    /// None: the pair needs a router, and no router was given.
    None,
}

/// The immutable settings of a liquidation pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub address: Address,
    /// The contract whose tokens are sold. A vault is its own source.
    pub source: Address,
    pub token_in: TokenInfo,
    pub token_out: TokenInfo,
    /// Seconds.
    pub target_period: u64,
    pub venue: Venue,
}

/// The current lot of a pair, and the auction that prices it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    pub auction: Auction,
    /// The amount for sale, in base units.
    pub lot: U256,
}

impl Pair {
    /// Reads a pair's settings.
    ///
    /// # Errors
    /// If the node does not answer, or the contract is not a pair.
    pub async fn read(
        provider: &DynProvider,
        address: Address,
        router: Option<Address>,
    ) -> Result<Self, NodeError> {
        let pair = IPair::new(address, provider);
        let (source, token_in, token_out, period) =
            (pair.source(), pair.tokenIn(), pair.tokenOut(), pair.targetAuctionPeriod());
        let (source, token_in, token_out, period) = tokio::try_join!(
            source.call().into_future(),
            token_in.call().into_future(),
            token_out.call().into_future(),
            period.call().into_future()
        )?;
        let venue = match router {
            _ if source == address => Venue::Vault,
            Some(router) => Venue::Router(router),
            None => Venue::None,
        };
        Ok(Self {
            address,
            source,
            token_in: TokenInfo::read(provider, token_in).await?,
            token_out: TokenInfo::read(provider, token_out).await?,
            target_period: u64::try_from(period).unwrap_or(u64::MAX),
            venue,
        })
    }

    /// Returns the contract to approve for the price.
    pub fn spender(&self) -> Option<Address> {
        match self.venue {
            Venue::Vault => Some(self.address),
            Venue::Router(router) => Some(router),
            Venue::None => None,
        }
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} for {})", self.address, self.token_out.symbol, self.token_in.symbol)
    }
}

impl TokenInfo {
    async fn read(provider: &DynProvider, address: Address) -> Result<Self, NodeError> {
        let token = IERC20::new(address, provider);
        let decimals = token.decimals().call().await?;
        // The symbol is optional in ERC-20.
        let symbol = match token.symbol().call().await.map_err(NodeError::from) {
            Ok(symbol) => printable(&symbol).unwrap_or_else(|| address.to_string()),
            Err(error) if error.is_rejection() => address.to_string(),
            Err(failure) => return Err(failure),
        };
        Ok(Self { address, symbol, decimals })
    }
}

fn printable(symbol: &str) -> Option<String> {
    let plain = |character: &char| character.is_ascii_alphanumeric() || "._-$".contains(*character);
    let text: String = symbol.chars().filter(plain).take(SYMBOL_LENGTH).collect();
    Some(text).filter(|text| !text.is_empty())
}

/// Reads a pair's offer at `block`, as a call from `account`.
///
/// # Errors
/// If the node does not answer, or the pair or its source reverts.
pub async fn read_offer(
    provider: &DynProvider,
    pair: &Pair,
    account: Address,
    block: BlockId,
) -> Result<Offer, NodeError> {
    let contract = IPair::new(pair.address, provider);
    let (last_at, last_price, lot) = (
        contract.lastAuctionAt().block(block),
        contract.lastAuctionPrice().block(block),
        contract.maxAmountOut().block(block).from(account),
    );
    let (last_at, last_price, lot) = tokio::try_join!(
        last_at.call().into_future(),
        last_price.call().into_future(),
        lot.call().into_future()
    )?;
    let auction = Auction { target_period: pair.target_period, last_price: U256::from(last_price), last_at };
    Ok(Offer { auction, lot })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_filtered_and_shortened() {
        assert_eq!(printable("USD\u{1b}[31m\n0x").as_deref(), Some("USD31m0x"));
        assert_eq!(printable("aVeryLongSymbolIndeed").as_deref(), Some("aVeryLongSym"));
        assert_eq!(printable("¤\n"), None);
    }
}
