//! Which pairs of a factory the bot buys at, and what it does when a source or a token cheats.

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
        trial(pairs_of_the_factory_s_vaults_are_found_and_bought_at_new_ones_too),
        with_solidity(trial(a_foreign_source_s_pair_is_bought_at_through_the_router)),
        with_solidity(trial(a_source_that_takes_the_price_and_sends_nothing_gets_no_bid)),
        with_solidity(trial(a_pair_whose_purchases_revert_is_tried_ever_more_rarely)),
        with_solidity(trial(a_pair_without_a_price_is_left_out)),
        with_solidity(trial(where_less_arrives_than_was_sold_nothing_is_bought_again)),
    ]
}

/// A stage with a market beside it.
struct Fair {
    stage: Stage,
    market: Market,
}

impl Fair {
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

async fn pairs_of_the_factory_s_vaults_are_found_and_bought_at_new_ones_too() -> Result<()> {
    let fair = Fair::new().await?;
    let Fair { stage, market } = &fair;
    let key = stage.key("buyer", WEALTH).await?;
    let airdrop = Token::deploy(&stage.chain, "Airdrop", "AIR", 18).await?;
    let bot = Running::start(fair.flags(&[*airdrop.address()])?, Some(key.clone())).await?;
    bot.reaches("pairs", 1.0).await?;

    // A pair that sells for the vault is made while the bot works: it goes through the router.
    let pair = fair.pair(stage.vault.address(), *airdrop.address()).await?;
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
    assert_eq!(stage.sales().await?[0].sender, key.address(), "at a vault it buys directly");
    let summary = bot.stop().await?;
    assert_eq!((summary.won, summary.lost, summary.rejected), (2, 0, 0));
    Ok(())
}

async fn a_foreign_source_s_pair_is_bought_at_through_the_router() -> Result<()> {
    let fair = Fair::new().await?;
    let stage = &fair.stage;
    let key = stage.key("buyer", WEALTH).await?;
    let source = stage.chain.create_solidity("OpenSource", &[]).await?;
    let pair = fair.pair(source, *stage.yield_token.address()).await?;
    stage.yield_token.mint(&stage.chain, source, u(2 * FIRST_PRICE)).await?;
    let bot = Running::start(fair.flags(&[])?, Some(key.clone())).await?;
    bot.sees(stage, 2 * PERIOD).await?;
    bot.reaches("wins", 1.0).await?;
    assert_eq!(sales(&stage.chain, pair.address()).await?.len(), 1);
    assert_eq!(stage.yield_token.balance(key.address()).await?, u(2 * FIRST_PRICE));
    bot.stop().await?;
    Ok(())
}

async fn a_source_that_takes_the_price_and_sends_nothing_gets_no_bid() -> Result<()> {
    let fair = Fair::new().await?;
    let stage = &fair.stage;
    let key = stage.key("buyer", WEALTH).await?;
    let thief = stage.chain.create_solidity("ThievingSource", &u(TOKEN).to_be_bytes::<32>()).await?;
    fair.pair(thief, *stage.yield_token.address()).await?;
    let bot = Running::start(fair.flags(&[])?, Some(key.clone())).await?;
    bot.sees(stage, 2 * PERIOD).await?;
    bot.reaches("rejected_total{reason=\"simulation\"}", 1.0).await?;
    for periods in [20, 40, 60] {
        bot.sees(stage, periods * PERIOD).await?;
    }
    let summary = bot.stop().await?;
    assert_eq!((summary.bids, summary.approvals), (0, 1));
    assert!(summary.rejected < 10, "it is left alone longer each time: {summary}");
    assert_eq!(stage.reward.balance(key.address()).await?, u(WEALTH));
    Ok(())
}

async fn a_pair_whose_purchases_revert_is_tried_ever_more_rarely() -> Result<()> {
    let fair = Fair::new().await?;
    let stage = &fair.stage;
    let key = stage.key("buyer", WEALTH).await?;
    let source = stage.chain.create_solidity("GriefingSource", &[]).await?;
    fair.pair(source, *stage.yield_token.address()).await?;
    stage.yield_token.mint(&stage.chain, source, u(2 * FIRST_PRICE)).await?;
    let bot = Running::start(fair.flags(&[])?, Some(key.clone())).await?;
    for seconds in (0..600).step_by(20) {
        bot.sees(stage, PERIOD + seconds).await?;
    }
    let summary = bot.stop().await?;
    // After 0, 5, 15, 35, 75, 155, 315 and 635 seconds, and not in each of 60 blocks.
    assert!((4..=8).contains(&summary.lost), "{summary}");
    assert_eq!((summary.won, stage.reward.balance(key.address()).await?), (0, u(WEALTH)));
    Ok(())
}

async fn a_pair_without_a_price_is_left_out() -> Result<()> {
    let fair = Fair::new().await?;
    let stage = &fair.stage;
    let key = stage.key("buyer", WEALTH).await?;
    let nobody = Token::deploy(&stage.chain, "Unknown", "UNK", 18).await?;
    let source = stage.chain.create_solidity("OpenSource", &[]).await?;
    fair.pair(source, *nobody.address()).await?;
    let bot = Running::start(fair.flags(&[])?, Some(key)).await?;
    bot.sees(stage, PERIOD).await?;
    assert_eq!(bot.figure("pairs").await, Some(1.0), "the vault alone");
    bot.stop().await?;
    Ok(())
}

async fn where_less_arrives_than_was_sold_nothing_is_bought_again() -> Result<()> {
    // A token with a fee of half, which its events do not tell of.
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
    assert_eq!(stage.sales().await?.len(), 1, "it learns from the first time");
    let summary = bot.stop().await?;
    assert_eq!(summary.bought[0].amount.base_units, u(FIRST_PRICE));
    // What arrived is worth half, and that is what was paid for it or a little less.
    assert!(summary.profit_estimate.parse::<f64>()? < 0.001, "{summary}");
    Ok(())
}
