//! A liquidation pair: what never changes about it, and the state of its auction.

use std::fmt;

use alloy::{
    eips::BlockId,
    primitives::{Address, U256},
    providers::DynProvider,
};
use weir_bindings::{IERC20, IPair};
use weir_client::NodeError;

use crate::money::Auction;

/// Characters of a token's symbol that are shown.
const SYMBOL_LENGTH: usize = 12;

/// A token of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    pub address: Address,
    /// As it calls itself, cut short, without what could disturb a log.
    pub symbol: String,
    pub decimals: u8,
}

/// How a wallet buys at a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// At the pair itself, which is a vault and pulls the price from the caller.
    Vault,
    /// Through this router, which pulls the price from the caller.
    Router(Address),
    /// Not at all: it takes a router, and none is known.
    None,
}

/// A liquidation pair. Nothing of this ever changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub address: Address,
    /// Whose tokens are sold; a vault's own pair is its own source.
    pub source: Address,
    pub token_in: TokenInfo,
    pub token_out: TokenInfo,
    /// Seconds.
    pub target_period: u64,
    pub way: Way,
}

/// The state of a pair's auction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    pub auction: Auction,
    /// What is for sale, in base units.
    pub lot: U256,
}

impl Pair {
    /// Reads a pair's settings.
    ///
    /// # Errors
    /// If the node does not answer, or there is no such contract.
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
        let way = match router {
            _ if source == address => Way::Vault,
            Some(router) => Way::Router(router),
            None => Way::None,
        };
        Ok(Self {
            address,
            source,
            token_in: TokenInfo::read(provider, token_in).await?,
            token_out: TokenInfo::read(provider, token_out).await?,
            target_period: u64::try_from(period).unwrap_or(u64::MAX),
            way,
        })
    }

    /// Who has to be approved to pull the price.
    pub fn spender(&self) -> Option<Address> {
        match self.way {
            Way::Vault => Some(self.address),
            Way::Router(router) => Some(router),
            Way::None => None,
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
        // A token without a symbol is as good as any other.
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

/// Reads the state of a pair's auction in `block`; `account` is who asks.
///
/// # Errors
/// If the node does not answer, or the pair or its source refuses.
pub async fn read_sale(
    provider: &DynProvider,
    pair: &Pair,
    account: Address,
    block: BlockId,
) -> Result<Sale, NodeError> {
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
    Ok(Sale { auction, lot })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_cannot_disturb_the_log() {
        assert_eq!(printable("USD\u{1b}[31m\n0x").as_deref(), Some("USD31m0x"));
        assert_eq!(printable("aVeryLongSymbolIndeed").as_deref(), Some("aVeryLongSym"));
        assert_eq!(printable("¤\n"), None);
    }
}
