//! Tests of yield tokens that fail, block accounts, take fees, rebase, or report false balances: they affect sales
//! only.

use alloy::{
    primitives::{Bytes, U256},
    rpc::types::TransactionRequest,
};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir_bindings::IVault;
use weir_client::{Account, Action};

use super::token::{
    Answer, Failure,
    IWildToken::{Blocked, Insufficient},
    Role, WildToken, wild_vault,
};
use crate::{
    evm::{Puppet, Script},
    reverts::{reverts_at, reverts_with_data},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, u},
    trial::with_time_control,
};

const STAKE: u128 = 64;
const REWARD: u128 = 1_000;
/// Yield for sale.
const YIELD: u128 = 20_000;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(a_failing_yield_token_stops_only_sales),
        with_time_control(a_yield_token_that_returns_nothing_works_like_any_other),
        with_time_control(the_buyer_bears_the_fee_on_the_yield),
        with_time_control(a_rebase_changes_what_is_for_sale),
        with_time_control(an_overreported_yield_is_sold_only_as_far_as_it_exists),
        with_time_control(a_hidden_yield_is_not_for_sale),
        with_time_control(a_blocked_buyer_can_send_the_yield_to_another_account),
    ]
}

/// A vault with a wild yield token, a staker, and a buyer with twice the first price.
struct Setup {
    scene: Scene,
    wild: WildToken,
    staker: Account,
    buyer: Account,
}

impl Setup {
    async fn new() -> Result<Self> {
        let (scene, wild) = wild_vault(Role::Yield).await?;
        let staker = scene.staker("staker", STAKE).await?;
        let buyer = scene.holder("buyer", 2 * FIRST_PRICE).await?;
        scene.send_at(60, &staker, scene.vault.deposit(u(STAKE), staker.address())).await?;
        scene.fund(60, REWARD).await?;
        scene.accrue(YIELD).await?;
        Ok(Self { scene, wild, staker, buyer })
    }

    fn buy(&self, amount: u128) -> TransactionRequest {
        let receiver = self.buyer.address();
        self.scene.vault.swapExactAmountOut(receiver, u(amount), U256::MAX, Bytes::new()).into_request()
    }

    /// Buys at the first price and checks that it is credited.
    async fn expect_sold(&self, amount: u128) -> Result<()> {
        self.scene.send_at(PERIOD, &self.buyer, self.buy(amount)).await?;
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

async fn a_failing_yield_token_stops_only_sales() -> Result<()> {
    let setup = Setup::new().await?;
    let Setup { scene, wild, staker, buyer } = &setup;
    let (vault, who) = (&scene.vault, staker.address());
    let puppet = Puppet::create(&scene.chain).await?;
    scene.reward.mint(&scene.chain, puppet.address, u(FIRST_PRICE)).await?;
    let pays = Script::new().call(scene.reward.transfer(vault.address(), u(FIRST_PRICE))).bytes();
    let flash = vault.swapExactAmountOut(puppet.address, u(1), U256::MAX, pays).into_request();
    scene.advance_to(PERIOD).await?;
    for Failure { behavior, begin, end, error } in wild.failures(vault.address()) {
        let context = || format!("a yield token that {behavior}");
        scene.send_as_payer(begin).await?;
        for swap in [setup.buy(1), flash.clone()] {
            reverts_with_data(scene, buyer, swap, error.clone()).await.with_context(context)?;
        }
        buyer.send(vault.fund(u(1))).await.with_context(context)?;
        staker.send(vault.withdraw(u(STAKE), who, who)).await.with_context(context)?;
        staker.send(vault.deposit(u(STAKE), who)).await.with_context(context)?;
        scene.send_as_payer(end).await?;
    }
    scene.send_as_payer(wild.setPaused(true, true)).await?;
    scene.send_at(2 * EPOCH, staker, vault.exit(who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(STAKE));
    let paid = scene.reward.balance(who).await?;
    assert!(paid == u(REWARD + 4) || paid == u(REWARD + 3), "{paid}");
    Ok(())
}

async fn a_yield_token_that_returns_nothing_works_like_any_other() -> Result<()> {
    let setup = Setup::new().await?;
    setup.scene.send_as_payer(setup.wild.setAnswer(Answer::Nothing)).await?;
    setup.expect_sold(YIELD).await?;
    assert_eq!((setup.bought().await?, setup.for_sale().await?), (u(YIELD), u(0)));
    Ok(())
}

async fn the_buyer_bears_the_fee_on_the_yield() -> Result<()> {
    for (basis_points, arrives) in [(1, YIELD - 2), (10_000, 0)] {
        let setup = Setup::new().await?;
        setup.scene.send_as_payer(setup.wild.setFee(u(basis_points))).await?;
        setup.expect_sold(YIELD).await?;
        assert_eq!((setup.bought().await?, setup.for_sale().await?), (u(arrives), u(0)));
    }
    Ok(())
}

async fn a_rebase_changes_what_is_for_sale() -> Result<()> {
    let setup = Setup::new().await?;
    let Setup { scene, wild, buyer, .. } = &setup;
    wild.rebase(scene, 3, 1).await?;
    assert_eq!(setup.for_sale().await?, u(3 * YIELD));
    wild.rebase(scene, 1, 4).await?;
    assert_eq!(setup.for_sale().await?, u(YIELD / 4));
    let short = IVault::InsufficientBalance { requested: u(YIELD / 4 + 1), available: u(YIELD / 4) };
    reverts_at(scene, PERIOD, buyer, setup.buy(YIELD / 4 + 1), short).await?;
    setup.expect_sold(YIELD / 4).await?;
    assert_eq!((setup.bought().await?, setup.for_sale().await?), (u(YIELD / 4), u(0)));
    Ok(())
}

async fn an_overreported_yield_is_sold_only_as_far_as_it_exists() -> Result<()> {
    let setup = Setup::new().await?;
    let Setup { scene, wild, buyer, .. } = &setup;
    let account = scene.vault.address();
    scene.send_as_payer(wild.setReported(account, U256::MAX)).await?;
    assert_eq!(setup.for_sale().await?, U256::MAX);
    let poor = Insufficient { account, held: u(YIELD), needed: u(YIELD + 1) };
    // The token itself transfers only what the vault really has.
    reverts_at(scene, PERIOD, buyer, setup.buy(YIELD + 1), poor).await?;
    setup.expect_sold(YIELD).await?;
    assert_eq!(setup.bought().await?, u(YIELD));
    Ok(())
}

async fn a_hidden_yield_is_not_for_sale() -> Result<()> {
    let setup = Setup::new().await?;
    let Setup { scene, wild, buyer, .. } = &setup;
    scene.send_as_payer(wild.setHidden(scene.vault.address(), true)).await?;
    assert_eq!(setup.for_sale().await?, U256::ZERO);
    let none = IVault::InsufficientBalance { requested: u(1), available: u(0) };
    reverts_at(scene, PERIOD, buyer, setup.buy(1), none).await?;
    scene.send_as_payer(wild.setHidden(scene.vault.address(), false)).await?;
    setup.expect_sold(YIELD).await
}

async fn a_blocked_buyer_can_send_the_yield_to_another_account() -> Result<()> {
    let setup = Setup::new().await?;
    let Setup { scene, wild, buyer, .. } = &setup;
    let (vault, friend) = (&scene.vault, scene.person("friend").await?.address());
    scene.send_as_payer(wild.setBlocked(buyer.address(), true)).await?;
    let blocked = Blocked { account: buyer.address() };
    reverts_at(scene, PERIOD, buyer, setup.buy(1), blocked).await?;
    scene.send_at(PERIOD, buyer, vault.swapExactAmountOut(friend, u(YIELD), U256::MAX, Bytes::new())).await?;
    assert_eq!(scene.yield_token.balance(friend).await?, u(YIELD));
    Ok(())
}
