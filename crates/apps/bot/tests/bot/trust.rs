//! Tests of which pairs of a factory the bot uses.
//! Some sources and tokens of tests/solidity cheat.

use alloy::{
    primitives::{Address, U256, aliases::U192},
    sol,
};
use anyhow::Result;
use libtest_mimic::Trial;
use weir_devnode::Devnode;
use weir_harness::{Chain, Market, Pair, PairSettings, Token, Vault};

use crate::{
    running::{Running, and, at, usual},
    stage::{FIRST_PRICE, PERIOD, Stage, TOKEN, WEALTH, sales, settings, u},
    trial::{trial, with_solidity},
};

sol! {
    #[sol(rpc)]
    interface IFee {
        function setFee(uint256 basisPoints) external;
    }
}

pub fn trials() -> Vec<Trial> {
    vec![
        trial(old_and_new_pairs_of_the_factory_are_followed),
        with_solidity(trial(standalone_pairs_are_bought_through_the_router)),
        with_solidity(trial(sources_that_deliver_nothing_get_no_bid)),
        with_solidity(trial(pairs_whose_purchases_revert_are_retried_with_growing_pauses)),
        with_solidity(trial(pairs_without_a_price_are_skipped)),
        with_solidity(trial(pairs_that_deliver_less_than_sold_get_no_further_bids)),
    ]
}

/// A stage whose vault is created by a factory, with that factory and its router.
struct FactoryStage {
    stage: Stage,
    market: Market,
}

impl FactoryStage {
    async fn new() -> Result<Self> {
        let chain = Chain::at_a_standstill(Devnode::builder()).await?;
        let market = chain.market().await?.clone();
        let reward = Token::deploy(&chain, "Reward", "RWD", 18).await?;
        let yield_token = Token::deploy(&chain, "Yield", "YLD", 18).await?;
        let owner = chain.payer();
        let mut settings = settings(*reward.address(), *reward.address(), *yield_token.address());
        settings.owner = owner.address();
        let vault = market.create_vault(&chain, owner, &settings).await?;
        let start = vault.lastAuctionAt().call().await?;
        Ok(Self { stage: Stage { chain, reward, yield_token, vault, start }, market })
    }

    async fn pair(&self, source: Address, token_out: Address) -> Result<Pair> {
        let settings = PairSettings {
            source,
            tokenIn: *self.stage.reward.address(),
            tokenOut: token_out,
            targetAuctionPeriod: PERIOD,
            targetAuctionPrice: U192::from(FIRST_PRICE),
            smoothingFactor: U256::ZERO,
        };
        self.market.create_pair(self.stage.chain.payer(), &settings).await
    }

    fn flags(&self, tokens: &[Address]) -> Result<Vec<String>> {
        let (factory, router) =
            (self.market.factory.address().to_string(), self.market.router.address().to_string());
        let mut flags = and(at(&self.stage.url()?), &["--factory", &factory, "--router", &router]);
        for token in tokens.iter().chain([self.stage.reward.address(), self.stage.yield_token.address()]) {
            flags.extend(["--price".into(), format!("{token}=fixed:1")]);
        }
        Ok(flags)
    }
}

async fn old_and_new_pairs_of_the_factory_are_followed() -> Result<()> {
    let factory_stage = FactoryStage::new().await?;
    let FactoryStage { stage, market } = &factory_stage;
    let key = stage.key("buyer", WEALTH).await?;
    let airdrop = Token::deploy(&stage.chain, "Airdrop", "AIR", 18).await?;
    let bot = Running::start(factory_stage.flags(&[*airdrop.address()])?, Some(key.clone())).await?;
    bot.reaches("pairs", 1.0).await?;

    // A pair that sells for the vault is created while the bot runs. The bot buys there through the router.
    let pair = factory_stage.pair(stage.vault.address(), *airdrop.address()).await?;
    bot.reaches("pairs", 2.0).await?;
    let allow = stage.vault.setLiquidationPair(*airdrop.address(), pair.address());
    stage.chain.payer().send(allow).await?;
    airdrop.mint(&stage.chain, stage.vault.address(), u(2 * FIRST_PRICE)).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    bot.sees(stage, 2 * PERIOD).await?;
    bot.reaches("wins", 2.0).await?;
    let routed = &sales(&stage.chain, pair.address()).await?[0];
    assert_eq!((routed.sender, routed.amountOut), (*market.router.address(), u(2 * FIRST_PRICE)));
    assert_eq!(airdrop.balance(key.address()).await?, u(2 * FIRST_PRICE));
    assert_eq!(stage.sales().await?[0].sender, key.address(), "the bot buys directly at a vault");
    let summary = bot.stop().await?;
    assert_eq!((summary.won, summary.lost, summary.rejected), (2, 0, 0));
    Ok(())
}

async fn standalone_pairs_are_bought_through_the_router() -> Result<()> {
    let factory_stage = FactoryStage::new().await?;
    let stage = &factory_stage.stage;
    let key = stage.key("buyer", WEALTH).await?;
    let source = stage.chain.create_solidity("OpenSource", &[]).await?;
    let pair = factory_stage.pair(source, *stage.yield_token.address()).await?;
    stage.yield_token.mint(&stage.chain, source, u(2 * FIRST_PRICE)).await?;
    let bot = Running::start(factory_stage.flags(&[])?, Some(key.clone())).await?;
    bot.sees(stage, 2 * PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    assert_eq!(sales(&stage.chain, pair.address()).await?.len(), 1);
    assert_eq!(stage.yield_token.balance(key.address()).await?, u(2 * FIRST_PRICE));
    bot.stop().await?;
    Ok(())
}

async fn sources_that_deliver_nothing_get_no_bid() -> Result<()> {
    let factory_stage = FactoryStage::new().await?;
    let stage = &factory_stage.stage;
    let key = stage.key("buyer", WEALTH).await?;
    let thief = stage.chain.create_solidity("ThievingSource", &u(TOKEN).to_be_bytes::<32>()).await?;
    factory_stage.pair(thief, *stage.yield_token.address()).await?;
    let bot = Running::start(factory_stage.flags(&[])?, Some(key.clone())).await?;
    bot.sees(stage, 2 * PERIOD).await?;
    bot.reaches("rejected_total{reason=\"simulation\"}", 1.0).await?;
    for periods in [20, 40, 60] {
        bot.sees(stage, periods * PERIOD).await?;
    }
    let summary = bot.stop().await?;
    assert_eq!((summary.bids, summary.approvals), (0, 1));
    assert!(summary.rejected < 10, "the pauses grow: {summary}");
    assert_eq!(stage.reward.balance(key.address()).await?, u(WEALTH));
    Ok(())
}

async fn pairs_whose_purchases_revert_are_retried_with_growing_pauses() -> Result<()> {
    let factory_stage = FactoryStage::new().await?;
    let stage = &factory_stage.stage;
    let key = stage.key("buyer", WEALTH).await?;
    let source = stage.chain.create_solidity("GriefingSource", &[]).await?;
    factory_stage.pair(source, *stage.yield_token.address()).await?;
    stage.yield_token.mint(&stage.chain, source, u(2 * FIRST_PRICE)).await?;
    let bot = Running::start(factory_stage.flags(&[])?, Some(key.clone())).await?;
    for seconds in (0..600).step_by(20) {
        bot.sees(stage, PERIOD + seconds).await?;
    }
    let summary = bot.stop().await?;
    // Bids after 0, 5, 15, 35, 75, 155, 315 and 635 seconds, not in each of 60 blocks.
    assert!((4..=8).contains(&summary.lost), "{summary}");
    assert_eq!((summary.won, stage.reward.balance(key.address()).await?), (0, u(WEALTH)));
    Ok(())
}

async fn pairs_without_a_price_are_skipped() -> Result<()> {
    let factory_stage = FactoryStage::new().await?;
    let stage = &factory_stage.stage;
    let key = stage.key("buyer", WEALTH).await?;
    let unpriced = Token::deploy(&stage.chain, "Unknown", "UNK", 18).await?;
    let source = stage.chain.create_solidity("OpenSource", &[]).await?;
    factory_stage.pair(source, *unpriced.address()).await?;
    let bot = Running::start(factory_stage.flags(&[])?, Some(key)).await?;
    bot.sees(stage, PERIOD).await?;
    assert_eq!(bot.metric("pairs").await, Some(1.0), "only the vault");
    bot.stop().await?;
    Ok(())
}

async fn pairs_that_deliver_less_than_sold_get_no_further_bids() -> Result<()> {
    // A token with a transfer fee of 50% that its events do not show.
    let chain = Chain::at_a_standstill(Devnode::builder()).await?;
    let reward = Token::deploy(&chain, "Reward", "RWD", 18).await?;
    let address = chain.create_solidity("WildToken", &u(18).to_be_bytes::<32>()).await?;
    chain.payer().send(IFee::new(address, chain.provider()).setFee(u(5_000))).await?;
    let yield_token = Token::at(&chain, address);
    let vault = Vault::create(&chain, &settings(*reward.address(), *reward.address(), address)).await?;
    let start = vault.lastAuctionAt().call().await?;
    let stage = Stage { chain, reward, yield_token, vault, start };
    let key = stage.key("buyer", WEALTH).await?;
    stage.stock(2 * FIRST_PRICE).await?;
    let bot = Running::start(usual(&stage)?, Some(key.clone())).await?;
    bot.sees(&stage, PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    stage.stock(TOKEN).await?;
    for periods in [20, 40, 60] {
        bot.sees(&stage, periods * PERIOD).await?;
    }
    assert_eq!(stage.sales().await?.len(), 1, "no second purchase");
    let summary = bot.stop().await?;
    assert_eq!(summary.bought[0].amount.base_units, u(FIRST_PRICE));
    // The received half is worth about the payment.
    assert!(summary.profit_estimate.parse::<f64>()? < 0.001, "{summary}");
    Ok(())
}
