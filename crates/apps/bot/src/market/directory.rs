//! Finds the pairs to follow: those named by the user, and those listed by a factory.
//! Pairs without prices or that cannot be trusted are skipped.
//!
//! Anyone can create a pair at a factory. Through the router this is harmless: if the source does not deliver, the
//! router has nothing to pass on, and the purchase reverts. A pair that is its own source is approved and called
//! directly, so it must be a vault created by the factory.

use std::collections::HashSet;

use alloy::{
    primitives::{Address, U256},
    providers::DynProvider,
};
use weir_bindings::IFactory;
use weir_client::NodeError;

use super::{Pair, Venue};
use crate::price::{Token, show_token};

/// The named pairs, the factory, and how much of its list has been read.
#[derive(Clone, Debug)]
pub struct Directory {
    /// Pairs named by the user, which are trusted.
    named: Vec<Address>,
    factory: Option<Address>,
    router: Option<Address>,
    /// Tokens with a price source.
    priced: HashSet<Token>,
    /// Number of the factory's pairs that have been read.
    read_count: u64,
}

impl Directory {
    /// Creates a directory of these pairs and the factory's pairs whose two tokens are `priced`.
    pub fn new(
        named: Vec<Address>,
        factory: Option<Address>,
        router: Option<Address>,
        priced: HashSet<Token>,
    ) -> Self {
        Self { named, factory, router, priced, read_count: 0 }
    }

    /// Returns the factory.
    pub fn factory(&self) -> Option<Address> {
        self.factory
    }

    /// Reads the factory's list from its start again, because a reorganisation may change it.
    pub fn reset(&mut self) {
        self.read_count = 0;
    }

    /// Returns the named pairs and the new pairs of the factory, without those in `known`. Skipped pairs are logged.
    ///
    /// # Errors
    /// If the node does not answer. The next call reads the same pairs again.
    pub async fn new_pairs(
        &mut self,
        provider: &DynProvider,
        known: &HashSet<Address>,
    ) -> Result<Vec<Pair>, NodeError> {
        let (listed, total) = self.list(provider).await?;
        let mut pairs: Vec<Pair> = Vec::new();
        for address in self.named.iter().chain(&listed) {
            if known.contains(address) || pairs.iter().any(|pair| pair.address == *address) {
                continue;
            }
            match self.read(provider, *address).await? {
                Ok(pair) => pairs.push(pair),
                Err(reason) => tracing::warn!(pair = %address, reason, "pair skipped"),
            }
        }
        self.read_count = total;
        Ok(pairs)
    }

    async fn list(&self, provider: &DynProvider) -> Result<(Vec<Address>, u64), NodeError> {
        let Some(factory) = self.factory else { return Ok((Vec::new(), 0)) };
        let factory = IFactory::new(factory, provider);
        let total = u64::try_from(factory.totalPairs().call().await?).unwrap_or(u64::MAX);
        let mut listed = Vec::new();
        for index in self.read_count..total {
            listed.push(factory.allPairs(U256::from(index)).call().await?);
        }
        Ok((listed, total))
    }

    /// Reads a pair. Returns the reason as the inner error if the pair is skipped.
    async fn read(
        &self,
        provider: &DynProvider,
        address: Address,
    ) -> Result<Result<Pair, String>, NodeError> {
        let pair = match Pair::read(provider, address, self.router).await {
            Ok(pair) => pair,
            Err(error) if error.is_rejection() => {
                return Ok(Err(format!("cannot be read as a pair: {error}")));
            }
            Err(failure) => return Err(failure),
        };
        for token in [&pair.token_in, &pair.token_out] {
            if !self.priced.contains(&token.address) {
                let (token, symbol) = (show_token(token.address), &token.symbol);
                return Ok(Err(format!("{symbol} has no price: give --price {token}=SOURCE")));
            }
        }
        let is_safe = pair.venue != Venue::Vault
            || self.named.contains(&address)
            || self.is_factory_vault(provider, address).await?;
        Ok(if is_safe { Ok(pair) } else { Err("it is its own source and not a vault of the factory".into()) })
    }

    async fn is_factory_vault(&self, provider: &DynProvider, vault: Address) -> Result<bool, NodeError> {
        let Some(factory) = self.factory else { return Ok(false) };
        match IFactory::new(factory, provider).deployedVaults(vault).call().await.map_err(NodeError::from) {
            Ok(is_vault) => Ok(is_vault),
            // PoolTogether's factory has no `deployedVaults`.
            Err(error) if error.is_rejection() => Ok(false),
            Err(failure) => Err(failure),
        }
    }
}
