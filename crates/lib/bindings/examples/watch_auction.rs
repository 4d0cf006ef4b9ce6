//! Watches a liquidation pair, or a vault, which is its own pair: prints the lot, its price, the time when the price
//! reaches your limit, and each sale.
//!
//!     cargo run -p weir-bindings --example watch_auction -- RPC_URL PAIR LIMIT
//!
//! LIMIT is the most you would pay for the whole lot, in base units of the token that the pair takes.

use std::{env, time::Duration};

use alloy::{
    primitives::{Address, U256},
    providers::{Provider, ProviderBuilder},
};
use anyhow::{Result, bail};
use weir_bindings::{
    IERC20,
    ILiquidationPair::{self, ILiquidationPairInstance, SwappedExactAmountOut},
};

const PAUSE: Duration = Duration::from_secs(1);

#[allow(dead_code, reason = "the test has a main function of its own")]
#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [url, pair, limit] = arguments.as_slice() else {
        bail!("expected RPC_URL PAIR LIMIT, for example http://127.0.0.1:8547 0x… 1000000");
    };
    let provider = ProviderBuilder::new().connect_http(url.parse()?);
    let pair = ILiquidationPair::new(pair.parse::<Address>()?, provider);
    let limit: U256 = limit.parse()?;
    let mut next = pair.provider().get_block_number().await? + 1;
    loop {
        println!("{}", Offer::of(&pair, limit).await?);
        let (sales, after) = sales_since(&pair, next).await?;
        for sale in sales {
            println!("sold {} to {} for {}", sale.amountOut, sale.receiver, sale.amountIn);
        }
        next = after;
        tokio::time::sleep(PAUSE).await;
    }
}

/// The offer of a pair as of the latest block.
#[derive(Debug)]
pub struct Offer {
    /// Amount for sale, in base units of the token for sale.
    pub lot: U256,
    /// Symbol of the token for sale.
    pub symbol: String,
    /// Price of the whole lot, in base units of the token that the pair takes.
    pub price: U256,
    /// First time at which the price is at most the limit, in seconds since 1970; may be in the past.
    pub meets_limit_at: U256,
}

impl Offer {
    /// Reads the offer of `pair` for a buyer who pays at most `limit`.
    ///
    /// # Errors
    /// If the node does not answer, or the pair reverts: no price reaches a limit of 0.
    pub async fn of(pair: &ILiquidationPairInstance<impl Provider>, limit: U256) -> Result<Self> {
        let lot = pair.maxAmountOut().call().await?;
        let token = IERC20::new(pair.tokenOut().call().await?, pair.provider());
        Ok(Self {
            lot,
            symbol: token.symbol().call().await?,
            price: pair.computeExactAmountIn(lot).call().await?,
            meets_limit_at: pair.computeTimeForPrice(limit).call().await?,
        })
    }
}

impl std::fmt::Display for Offer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { lot, symbol, price, meets_limit_at } = self;
        write!(f, "{lot} base units of {symbol} for {price}; within your limit from {meets_limit_at} on")
    }
}

/// Returns the sales since block `first`, and the block to continue with.
///
/// # Errors
/// If the node does not answer.
pub async fn sales_since(
    pair: &ILiquidationPairInstance<impl Provider>,
    first: u64,
) -> Result<(Vec<SwappedExactAmountOut>, u64)> {
    let last = pair.provider().get_block_number().await?;
    if last < first {
        return Ok((Vec::new(), first));
    }
    let found = pair.SwappedExactAmountOut_filter().from_block(first).to_block(last).query().await?;
    Ok((found.into_iter().map(|(event, _)| event).collect(), last + 1))
}
