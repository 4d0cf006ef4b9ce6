//! The bound on unpaid rewards, 2^111 − 1: what exceeds it stays in the vault until there is room, and stops no sale.
//! `rewards` tests that funding above it reverts.

use alloy::primitives::{Bytes, U256};
use anyhow::Result;
use libtest_mimic::Trial;
use weir::math::MAX_UNPAID_REWARD;
use weir_bindings::IVault;

use crate::{
    logs::{log, logs},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, Tokens, u},
    stakers::{FIRST_SECONDS, staked},
    trial::with_time_control,
};

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(what_exceeds_the_bound_is_queued_once_there_is_room),
        with_time_control(an_absurd_surplus_stops_no_sale),
    ]
}

async fn what_exceeds_the_bound_is_queued_once_there_is_room() -> Result<()> {
    let (scene, stakers) = staked([64]).await?;
    let (vault, staker) = (&scene.vault, &stakers[0]);
    scene.reward.mint(&scene.chain, vault.address(), u(MAX_UNPAID_REWARD + 10)).await?;
    scene.send_at(FIRST_SECONDS, staker, vault.sync()).await?;
    assert_eq!(vault.reserve().call().await?, u(MAX_UNPAID_REWARD));

    scene.send_at(2 * EPOCH, staker, vault.claim(staker.address())).await?;
    assert_eq!(scene.reward.balance(staker.address()).await?, u(MAX_UNPAID_REWARD));
    let receipt = scene.send_at(2 * EPOCH, staker, vault.sync()).await?;
    let added = IVault::RewardAdded { sender: staker.address(), amount: u(10) };
    assert_eq!(logs(&receipt), [log(vault.address(), &added)]);
    Ok(())
}

async fn an_absurd_surplus_stops_no_sale() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", FIRST_PRICE).await?;
    let vault = &scene.vault;
    scene.accrue(5).await?;
    scene.reward.mint(&scene.chain, vault.address(), U256::MAX >> 1).await?;
    let sale = vault.swapExactAmountOut(buyer.address(), u(5), U256::MAX, Bytes::new());
    scene.send_at(PERIOD, &buyer, sale).await?;
    assert_eq!(scene.yield_token.balance(buyer.address()).await?, u(5));
    assert_eq!(scene.reward.balance(buyer.address()).await?, U256::ZERO);
    assert_eq!(vault.reserve().call().await?, u(MAX_UNPAID_REWARD));
    Ok(())
}
