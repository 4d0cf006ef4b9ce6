//! A standalone pair: its source, tokens and auction.
//! The source may be any contract, so it may answer badly or not at all.

use alloy::primitives::{Address, U256};
use anyhow::Result;
use serde_json::{Value, json};
use tokio::{join, try_join};
use weir::clones::PairConfig;
use weir_bindings::{ILiquidationSource, IPair};
use weir_client::Node;

use super::{
    auction::Auction,
    options::ViewOptions,
    programs::ProgramStates,
    sections::{row, sections},
};
use crate::{now::Now, token::Token};

/// A pair's immutable configuration.
#[derive(Clone, Debug)]
pub struct Pair {
    address: Address,
    source: Address,
    paid_in: Token,
    sold: Token,
    /// Seconds.
    target_period: u64,
    /// Wad.
    smoothing: U256,
}

impl Pair {
    /// The pair at `address` by the configuration in its code, which can be read even if its program cannot run.
    pub async fn of(node: &Node, address: Address, config: &PairConfig) -> Self {
        let (paid_in, sold) = join!(Token::ask(node, config.token_in), Token::ask(node, config.token_out));
        Self {
            address,
            source: config.source,
            paid_in,
            sold,
            target_period: config.target_period,
            smoothing: U256::from(config.smoothing),
        }
    }

    /// Reads the pair at `address` by its getters.
    ///
    /// # Errors
    /// If it is not a pair, or the node does not answer.
    pub async fn ask(node: &Node, address: Address) -> Result<Self> {
        let pair = node.reader(address);
        let (source, token_in, token_out, period, smoothing) = try_join!(
            pair.ask(IPair::sourceCall {}),
            pair.ask(IPair::tokenInCall {}),
            pair.ask(IPair::tokenOutCall {}),
            pair.ask(IPair::targetAuctionPeriodCall {}),
            pair.ask(IPair::smoothingFactorCall {})
        )?;
        let (paid_in, sold) = join!(Token::ask(node, token_in), Token::ask(node, token_out));
        Ok(Self { address, source, paid_in, sold, target_period: period.saturating_to(), smoothing })
    }

    /// Its state as text and as a JSON document. A source that does not answer is not an error.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn read(
        &self,
        node: &Node,
        options: &ViewOptions,
        programs: &ProgramStates,
        now: Now,
    ) -> Result<(String, Value)> {
        if programs.is_stopped() {
            return Ok(self.read_inactive(programs));
        }
        let pair = node.reader(self.address).in_next_block();
        let source = node.reader(self.source).in_next_block();
        let (token, liquidation_pair) = (self.sold.address, self.address);
        let (last_price, last_at) =
            try_join!(pair.ask(IPair::lastAuctionPriceCall {}), pair.ask(IPair::lastAuctionAtCall {}))?;
        let (allowed, liquidatable, available) = join!(
            source.ask(ILiquidationSource::isLiquidationPairCall {
                tokenOut: token,
                liquidationPair: liquidation_pair
            }),
            source.ask(ILiquidationSource::liquidatableBalanceOfCall { tokenOut: token }),
            pair.ask(IPair::maxAmountOutCall {})
        );
        let auction = Auction {
            sold: &self.sold,
            paid_in: &self.paid_in,
            liquidatable: liquidatable.ok(),
            available: available.unwrap_or_default(),
            target_period: self.target_period,
            smoothing: self.smoothing,
            last_price: U256::from(last_price),
            last_at,
            created_at: None,
        };
        let permission = match &allowed {
            Ok(true) => "yes",
            Ok(false) => "no, until the source's owner calls setLiquidationPair",
            Err(_) => "unknown, the source does not answer",
        };
        let mut parts =
            vec![("source", self.source_rows(permission)), ("auction", auction.rows(options, now))];
        if !programs.rows().is_empty() {
            parts.push(("program", programs.rows()));
        }
        let text = sections(&self.title(), &self.address.to_string(), parts);
        let document = json!({
            "kind": "pair",
            "address": self.address,
            "source": self.source,
            "is_liquidation_pair": allowed.ok(),
            "auction": auction.document(options, now),
        });
        Ok((text, document))
    }

    /// What the code says of a pair whose program cannot run.
    fn read_inactive(&self, programs: &ProgramStates) -> (String, Value) {
        let parts = vec![
            ("source", self.source_rows("unknown, and it sells nothing while its program cannot run")),
            ("program", programs.rows()),
        ];
        let text = sections(&self.title(), &self.address.to_string(), parts);
        (text, json!({ "kind": "pair", "address": self.address, "source": self.source, "auction": null }))
    }

    fn title(&self) -> String {
        format!("pair {} for {}", self.sold.symbol, self.paid_in.symbol)
    }

    fn source_rows(&self, permission: &str) -> Vec<(String, String)> {
        vec![
            row("sells the balance of", self.source.to_string()),
            row("allowed to sell", permission.to_owned()),
            row("sold", self.sold.words()),
            row("paid in", self.paid_in.words()),
        ]
    }
}
