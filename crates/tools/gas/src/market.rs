//! Measures factory, pairs and router: creating pairs and vaults, and buying from them.
//! The pairs sell for a minimal source in Solidity, as in the measurement of PoolTogether's original.

use alloy::{
    primitives::{Address, U256, aliases::U192},
    rpc::types::TransactionRequest,
    sol_types::SolValue,
};
use anyhow::Result;
use weir_bindings::{IERC20, IPair};
use weir_client::{Account, Action};
use weir_harness::{Market, PairSettings};

use crate::{
    stage::{Stage, call, tokens},
    staking::PERIOD,
    vault::{AUCTION, LOT, PRICE, settings},
};

/// Tokens that the source and the vault have for sale.
const FOR_SALE: u128 = 10 * LOT;

/// A market with two tokens, and a source that lets any pair sell.
struct MarketSetup {
    market: Market,
    token_in: Address,
    token_out: Address,
    source: Address,
    creator: Account,
    buyer: Account,
}

/// Measures all operations.
pub async fn operations(stage: &mut Stage) -> Result<()> {
    let setup = MarketSetup::new(stage).await?;
    setup.create_pair(stage, "create the first pair").await?;
    let pair = setup.create_pair(stage, "create a pair").await?;
    setup.sales(stage, pair).await?;
    setup.views(stage, pair).await?;
    setup.vault(stage).await
}

impl MarketSetup {
    async fn new(stage: &Stage) -> Result<Self> {
        let market = stage.chain.market().await?.clone();
        let (token_in, token_out) = (stage.token().await?, stage.token().await?);
        let source = stage.chain.create_solidity("OpenSource", &[]).await?;
        let creator = stage.account("maker", &[token_out], *market.factory.address()).await?;
        let buyer = stage.account("buyer", &[token_in], *market.router.address()).await?;
        Ok(Self { market, token_in, token_out, source, creator, buyer })
    }

    /// Settings of a pair whose price is [`PRICE`] one period after each sale.
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

    /// Measures the creation of a pair, fills its source, and returns the pair.
    async fn create_pair(&self, stage: &mut Stage, operation: &'static str) -> Result<Address> {
        let factory = &self.market.factory;
        let create = factory.call_builder(&self.pair_settings()).into_request();
        let pair = factory.call_builder(&self.pair_settings()).call().await?;
        let time = stage.chain.now().await?;
        stage.measure(operation, time, &self.creator, *factory.address(), create).await?;
        let fill = IERC20::transferCall { to: self.source, value: tokens(FOR_SALE) };
        self.creator.send(call(self.token_out, fill)).await?;
        Ok(pair)
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
        self.measure_second_sale(stage, "pair, sale by flash swap", pair, &[pair], call(pair, flash)).await?;
        let programs = [pair, *self.market.router.address()];
        self.measure_second_sale(
            stage,
            "pair, sale through the router",
            pair,
            &programs,
            self.router_purchase(pair),
        )
        .await
    }

    /// A purchase through the router.
    fn router_purchase(&self, pair: Address) -> TransactionRequest {
        let (receiver, lot) = (self.buyer.address(), tokens(LOT));
        let router = &self.market.router;
        router.swapExactAmountOut(pair, receiver, lot, tokens(PRICE), U256::MAX).into_request()
    }

    /// Buys twice, each time one period after the previous sale, and measures the second sale.
    async fn measure_second_sale(
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

    /// Measures views, sent as transactions.
    async fn views(&self, stage: &mut Stage, pair: Address) -> Result<()> {
        let time = stage.chain.now().await?;
        let price = IPair::computeExactAmountInCall { amountOut: U256::from(1) };
        stage.measure("pair, computeExactAmountIn", time, &self.buyer, pair, call(pair, price)).await?;
        let most = call(pair, IPair::maxAmountOutCall {});
        stage.measure("pair, maxAmountOut", time, &self.buyer, pair, most).await
    }

    /// Measures the creation of a vault, and a purchase from its own pair through the router.
    async fn vault(&self, stage: &mut Stage) -> Result<()> {
        let settings = settings([stage.token().await?, self.token_in, self.token_out], PERIOD);
        let (factory, time) = (*self.market.factory.address(), stage.chain.now().await?);
        let order = self.market.vault_order(&settings);
        let vault = order.call().await?;
        stage.measure("create a vault", time, &self.creator, factory, order).await?;
        let fill = IERC20::transferCall { to: vault, value: tokens(FOR_SALE) };
        self.creator.send(call(self.token_out, fill)).await?;
        let programs = [vault, *self.market.router.address()];
        self.measure_second_sale(
            stage,
            "sale through the router",
            vault,
            &programs,
            self.router_purchase(vault),
        )
        .await
    }
}
