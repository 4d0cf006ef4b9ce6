//! Factory, pairs and router: what it costs to make a pair or a vault and to buy at them, against a source in Solidity set up
//! as PoolTogether's original was when it was measured.

use alloy::{
    primitives::{Address, U256, aliases::U192},
    rpc::types::TransactionRequest,
    sol_types::SolValue,
};
use anyhow::Result;
use weir_bindings::{IERC20, IPair};
use weir_harness::{Account, Action, Market, PairSettings};

use crate::{
    stage::{Stage, call, tokens},
    staking::PERIOD,
    vault::{AUCTION, LOT, PRICE, settings},
};

/// What the source and the vault have to sell, in tokens.
const FOR_SALE: u128 = 10 * LOT;

/// A market with tokens and a source for everybody.
struct Site {
    market: Market,
    token_in: Address,
    token_out: Address,
    source: Address,
    maker: Account,
    buyer: Account,
}

/// Measures all operations.
pub async fn operations(stage: &mut Stage) -> Result<()> {
    let site = Site::new(stage).await?;
    site.create_pair(stage, "create the first pair").await?;
    let pair = site.create_pair(stage, "create a pair").await?;
    site.sales(stage, pair).await?;
    site.views(stage, pair).await?;
    site.vault(stage).await
}

impl Site {
    async fn new(stage: &Stage) -> Result<Self> {
        let market = stage.chain.market().await?.clone();
        let (token_in, token_out) = (stage.token().await?, stage.token().await?);
        let source = stage.chain.create_solidity("OpenSource", &[]).await?;
        let maker = stage.account("maker", &[token_out], *market.factory.address()).await?;
        let buyer = stage.account("buyer", &[token_in], *market.router.address()).await?;
        Ok(Self { market, token_in, token_out, source, maker, buyer })
    }

    /// A pair whose price is [`PRICE`] one period after each sale.
    fn pair_settings(&self) -> PairSettings {
        PairSettings {
            source: self.source,
            tokenIn: self.token_in,
            tokenOut: self.token_out,
            targetAuctionPeriod: AUCTION,
            targetAuctionPrice: U192::from(tokens(PRICE)),
            smoothingFactor: U256::ZERO,
        }
    }

    /// Measures the creation of a pair, and fills its source; gives the pair.
    async fn create_pair(&self, stage: &mut Stage, operation: &'static str) -> Result<Address> {
        let factory = &self.market.factory;
        let create = factory.call_builder(&self.pair_settings()).into_request();
        let made = factory.call_builder(&self.pair_settings()).call().await?;
        let time = stage.chain.now().await?;
        stage.measure(operation, time, &self.maker, *factory.address(), create).await?;
        let fill = IERC20::transferCall { to: self.source, value: tokens(FOR_SALE) };
        self.maker.send(call(self.token_out, fill)).await?;
        Ok(made)
    }

    async fn sales(&self, stage: &mut Stage, pair: Address) -> Result<()> {
        let arguments = (self.token_in, self.source).abi_encode();
        let receiver = stage.chain.create_solidity("FlashReceiver", &arguments).await?;
        stage.give(self.token_in, receiver).await?;
        let flash = IPair::swapExactAmountOutCall {
            receiver,
            amountOut: tokens(LOT),
            amountInMax: tokens(PRICE),
            flashSwapData: [1].into(),
        };
        self.second_time(stage, "pair, sale by flash swap", pair, &[pair], call(pair, flash)).await?;
        let programs = [pair, *self.market.router.address()];
        self.second_time(stage, "pair, sale through the router", pair, &programs, self.routed(pair)).await
    }

    /// A purchase through the router.
    fn routed(&self, pair: Address) -> TransactionRequest {
        let (receiver, lot) = (self.buyer.address(), tokens(LOT));
        let router = &self.market.router;
        router.swapExactAmountOut(pair, receiver, lot, tokens(PRICE), U256::MAX).into_request()
    }

    /// Buys twice, each time one period after the sale before, and measures the second time.
    async fn second_time(
        &self,
        stage: &mut Stage,
        operation: &'static str,
        pair: Address,
        programs: &[Address],
        purchase: TransactionRequest,
    ) -> Result<()> {
        let last_sale = IPair::new(pair, stage.provider()).lastAuctionAt().call().await?;
        stage.chain.act(last_sale + AUCTION, &self.buyer, purchase.clone()).await?;
        stage.measure_all(operation, last_sale + 2 * AUCTION, &self.buyer, programs, [purchase]).await
    }

    /// Views, as transactions.
    async fn views(&self, stage: &mut Stage, pair: Address) -> Result<()> {
        let time = stage.chain.now().await?;
        let price = IPair::computeExactAmountInCall { amountOut: U256::from(1) };
        stage.measure("pair, computeExactAmountIn", time, &self.buyer, pair, call(pair, price)).await?;
        let most = call(pair, IPair::maxAmountOutCall {});
        stage.measure("pair, maxAmountOut", time, &self.buyer, pair, most).await
    }

    /// A vault that the factory makes, and its own pair through the router.
    async fn vault(&self, stage: &mut Stage) -> Result<()> {
        let settings = settings([stage.token().await?, self.token_in, self.token_out], PERIOD);
        let (factory, time) = (*self.market.factory.address(), stage.chain.now().await?);
        let order = self.market.vault_order(&settings);
        let vault = order.call().await?;
        stage.measure("create a vault", time, &self.maker, factory, order).await?;
        let fill = IERC20::transferCall { to: vault, value: tokens(FOR_SALE) };
        self.maker.send(call(self.token_out, fill)).await?;
        let programs = [vault, *self.market.router.address()];
        self.second_time(stage, "sale through the router", vault, &programs, self.routed(vault)).await
    }
}
