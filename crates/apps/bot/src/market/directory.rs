//! Finds pairs: those that were named, and those that a factory lists; and which of these to leave out.
//!
//! Anyone can let a factory make a pair. Through the router that does no harm: what the source does not deliver the router
//! cannot pass on, and the purchase reverts. A pair that is its own source is approved and called itself, so it has to be a
//! vault that the factory made.

use std::collections::HashSet;

use alloy::{
    primitives::{Address, U256},
    providers::DynProvider,
};
use weir_bindings::IFactory;
use weir_client::NodeError;

use super::{Pair, Way};
use crate::price::{Token, show_token};

/// Where pairs are found.
#[derive(Clone, Debug)]
pub struct Directory {
    /// The pairs that were named: they are trusted.
    named: Vec<Address>,
    factory: Option<Address>,
    router: Option<Address>,
    /// The tokens that have a price.
    priced: HashSet<Token>,
    /// How many of the factory's pairs have been looked at.
    seen: u64,
}

impl Directory {
    /// A directory of these pairs and the factory's, as far as their tokens are among the `priced`.
    pub fn new(
        named: Vec<Address>,
        factory: Option<Address>,
        router: Option<Address>,
        priced: HashSet<Token>,
    ) -> Self {
        Self { named, factory, router, priced, seen: 0 }
    }

    /// The factory that is followed.
    pub fn factory(&self) -> Option<Address> {
        self.factory
    }

    /// Forgets what it has seen: after blocks are gone, the list may be another.
    pub fn start_over(&mut self) {
        self.seen = 0;
    }

    /// Reads the pairs that have been named, or been added to the factory's list, and are not among the `known`. What is
    /// no pair or not to be bought at is told in the log and left out.
    ///
    /// # Errors
    /// If the node does not answer; then nothing counts as seen.
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
                Err(why) => tracing::warn!(pair = %address, why, "left out"),
            }
        }
        self.seen = total;
        Ok(pairs)
    }

    async fn list(&self, provider: &DynProvider) -> Result<(Vec<Address>, u64), NodeError> {
        let Some(factory) = self.factory else { return Ok((Vec::new(), 0)) };
        let factory = IFactory::new(factory, provider);
        let total = u64::try_from(factory.totalPairs().call().await?).unwrap_or(u64::MAX);
        let mut listed = Vec::new();
        for index in self.seen..total {
            listed.push(factory.allPairs(U256::from(index)).call().await?);
        }
        Ok((listed, total))
    }

    /// A pair, or why it is left out.
    async fn read(
        &self,
        provider: &DynProvider,
        address: Address,
    ) -> Result<Result<Pair, String>, NodeError> {
        let pair = match Pair::read(provider, address, self.router).await {
            Ok(pair) => pair,
            Err(why) if why.is_rejection() => {
                return Ok(Err(format!("it is no pair that can be read: {why}")));
            }
            Err(failure) => return Err(failure),
        };
        for token in [&pair.token_in, &pair.token_out] {
            if !self.priced.contains(&token.address) {
                let (token, symbol) = (show_token(token.address), &token.symbol);
                return Ok(Err(format!("{symbol} has no price: name its source with --price {token}=…")));
            }
        }
        let is_safe = pair.way != Way::Vault
            || self.named.contains(&address)
            || self.made_vault(provider, address).await?;
        Ok(if is_safe { Ok(pair) } else { Err("it is its own source, and no vault of the factory".into()) })
    }

    async fn made_vault(&self, provider: &DynProvider, vault: Address) -> Result<bool, NodeError> {
        let Some(factory) = self.factory else { return Ok(false) };
        match IFactory::new(factory, provider).deployedVaults(vault).call().await.map_err(NodeError::from) {
            Ok(is_vault) => Ok(is_vault),
            // PoolTogether's factory makes no vaults.
            Err(error) if error.is_rejection() => Ok(false),
            Err(failure) => Err(failure),
        }
    }
}
