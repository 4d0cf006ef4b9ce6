//! Yield tokens that answer, refuse, block, take fees, rebase and lie: sales stop or shrink, and nothing else does.

use alloy::{
    primitives::{Bytes, U256},
    rpc::types::TransactionRequest,
};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir_bindings::IVault;
use weir_harness::{Account, Action};

use super::token::{
    Answer,
    IWildToken::{Blocked, Insufficient},
    Refusal, Role, Wild, wild_vault,
};
use crate::{
    evm::{Puppet, Script},
    refusal::{refused_at, refused_with},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, u},
    trial::with_time_control,
};

const STAKE: u128 = 64;
const REWARD: u128 = 1_000;
/// What is for sale: a hundred lots of a basis point.
const YIELD: u128 = 20_000;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(a_yield_token_that_refuses_stops_sales_and_nothing_else),
        with_time_control(a_yield_token_that_returns_nothing_is_sold_as_any_other),
        with_time_control(a_fee_on_the_yield_is_the_buyer_s),
        with_time_control(a_rebase_moves_what_is_for_sale_and_a_sale_takes_no_more),
        with_time_control(of_a_yield_token_that_claims_all_there_is_only_what_is_there_is_sold),
        with_time_control(of_a_yield_token_that_claims_nothing_is_there_nothing_is_for_sale),
        with_time_control(a_blocked_buyer_has_the_yield_sent_to_another),
    ]
}

/// A vault with a wild yield token, and a staker, and a buyer with the first price twice.
struct Market {
    scene: Scene,
    wild: Wild,
    staker: Account,
    buyer: Account,
}

impl Market {
    async fn new() -> Result<Self> {
        let (scene, wild) = wild_vault(Role::Yield).await?;
        let staker = scene.staker("staker", STAKE).await?;
        let buyer = scene.holder("buyer", 2 * FIRST_PRICE).await?;
        scene.act(60, &staker, scene.vault.deposit(u(STAKE), staker.address())).await?;
        scene.fund(60, REWARD).await?;
        scene.accrue(YIELD).await?;
        Ok(Self { scene, wild, staker, buyer })
    }

    fn buy(&self, amount: u128) -> TransactionRequest {
        let receiver = self.buyer.address();
        self.scene.vault.swapExactAmountOut(receiver, u(amount), U256::MAX, Bytes::new()).into_request()
    }

    /// Buys at the first price.
    async fn expect_sold(&self, amount: u128) -> Result<()> {
        self.scene.act(PERIOD, &self.buyer, self.buy(amount)).await?;
        assert_eq!(self.scene.vault.reserve().call().await?, u(REWARD + FIRST_PRICE));
        Ok(())
    }

    async fn for_sale(&self) -> Result<U256> {
        Ok(self.scene.vault.maxAmountOut().call().await?)
    }

    async fn bought(&self) -> Result<U256> {
        self.scene.yield_token.balance(self.buyer.address()).await
    }
}

async fn a_yield_token_that_refuses_stops_sales_and_nothing_else() -> Result<()> {
    let market = Market::new().await?;
    let Market { scene, wild, staker, buyer } = &market;
    let (vault, who) = (&scene.vault, staker.address());
    let puppet = Puppet::create(&scene.chain).await?;
    scene.reward.mint(&scene.chain, puppet.address, u(FIRST_PRICE)).await?;
    let pays = Script::new().call(scene.reward.transfer(vault.address(), u(FIRST_PRICE))).bytes();
    let flash = vault.swapExactAmountOut(puppet.address, u(1), U256::MAX, pays).into_request();
    scene.look_at(PERIOD).await?;
    for Refusal { habit, begin, end, said } in wild.refusals(vault.address()) {
        let told = || format!("a yield token that {habit}");
        scene.arrange(begin).await?;
        for swap in [market.buy(1), flash.clone()] {
            refused_with(scene, buyer, swap, said.clone()).await.with_context(told)?;
        }
        buyer.send(vault.fund(u(1))).await.with_context(told)?;
        staker.send(vault.withdraw(u(STAKE), who, who)).await.with_context(told)?;
        staker.send(vault.deposit(u(STAKE), who)).await.with_context(told)?;
        scene.arrange(end).await?;
    }
    scene.arrange(wild.setPaused(true, true)).await?;
    scene.act(2 * EPOCH, staker, vault.exit(who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(STAKE));
    let paid = scene.reward.balance(who).await?;
    assert!(paid == u(REWARD + 4) || paid == u(REWARD + 3), "{paid}");
    Ok(())
}

async fn a_yield_token_that_returns_nothing_is_sold_as_any_other() -> Result<()> {
    let market = Market::new().await?;
    market.scene.arrange(market.wild.setAnswer(Answer::Nothing)).await?;
    market.expect_sold(YIELD).await?;
    assert_eq!((market.bought().await?, market.for_sale().await?), (u(YIELD), u(0)));
    Ok(())
}

async fn a_fee_on_the_yield_is_the_buyer_s() -> Result<()> {
    for (basis_points, arrives) in [(1, YIELD - 2), (10_000, 0)] {
        let market = Market::new().await?;
        market.scene.arrange(market.wild.setFee(u(basis_points))).await?;
        market.expect_sold(YIELD).await?;
        assert_eq!((market.bought().await?, market.for_sale().await?), (u(arrives), u(0)));
    }
    Ok(())
}

async fn a_rebase_moves_what_is_for_sale_and_a_sale_takes_no_more() -> Result<()> {
    let market = Market::new().await?;
    let Market { scene, wild, buyer, .. } = &market;
    wild.rebase(scene, 3, 1).await?;
    assert_eq!(market.for_sale().await?, u(3 * YIELD));
    wild.rebase(scene, 1, 4).await?;
    assert_eq!(market.for_sale().await?, u(YIELD / 4));
    let short = IVault::InsufficientBalance { requested: u(YIELD / 4 + 1), available: u(YIELD / 4) };
    refused_at(scene, PERIOD, buyer, market.buy(YIELD / 4 + 1), short).await?;
    market.expect_sold(YIELD / 4).await?;
    assert_eq!((market.bought().await?, market.for_sale().await?), (u(YIELD / 4), u(0)));
    Ok(())
}

async fn of_a_yield_token_that_claims_all_there_is_only_what_is_there_is_sold() -> Result<()> {
    let market = Market::new().await?;
    let Market { scene, wild, buyer, .. } = &market;
    let account = scene.vault.address();
    scene.arrange(wild.setReported(account, U256::MAX)).await?;
    assert_eq!(market.for_sale().await?, U256::MAX);
    let poor = Insufficient { account, held: u(YIELD), needed: u(YIELD + 1) };
    // The token itself counts with what the vault really has.
    refused_at(scene, PERIOD, buyer, market.buy(YIELD + 1), poor).await?;
    market.expect_sold(YIELD).await?;
    assert_eq!(market.bought().await?, u(YIELD));
    Ok(())
}

async fn of_a_yield_token_that_claims_nothing_is_there_nothing_is_for_sale() -> Result<()> {
    let market = Market::new().await?;
    let Market { scene, wild, buyer, .. } = &market;
    scene.arrange(wild.setHidden(scene.vault.address(), true)).await?;
    assert_eq!(market.for_sale().await?, U256::ZERO);
    let none = IVault::InsufficientBalance { requested: u(1), available: u(0) };
    refused_at(scene, PERIOD, buyer, market.buy(1), none).await?;
    scene.arrange(wild.setHidden(scene.vault.address(), false)).await?;
    market.expect_sold(YIELD).await
}

async fn a_blocked_buyer_has_the_yield_sent_to_another() -> Result<()> {
    let market = Market::new().await?;
    let Market { scene, wild, buyer, .. } = &market;
    let (vault, friend) = (&scene.vault, scene.person("friend").await?.address());
    scene.arrange(wild.setBlocked(buyer.address(), true)).await?;
    let blocked = Blocked { account: buyer.address() };
    refused_at(scene, PERIOD, buyer, market.buy(1), blocked).await?;
    scene.act(PERIOD, buyer, vault.swapExactAmountOut(friend, u(YIELD), U256::MAX, Bytes::new())).await?;
    assert_eq!(scene.yield_token.balance(friend).await?, u(YIELD));
    Ok(())
}
