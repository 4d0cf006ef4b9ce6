//! Tests of vaults where one token has two roles: asset and reward, or asset and yield token.
//! In both cases the vault must keep principal apart from rewards or yield.

use alloy::primitives::U256;
use anyhow::Result;
use libtest_mimic::Trial;
use weir_bindings::IVault;

use crate::{
    logs::{log, logs},
    reverts::reverts_at,
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, Tokens, u},
    trial::{on_any_chain, with_time_control},
};

/// One base unit a second, over an epoch.
const A_UNIT_A_SECOND: u128 = EPOCH as u128;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(rewards_in_the_staked_token_are_paid_to_the_last_unit),
        with_time_control(exit_pays_stake_and_reward_in_one_token),
        with_time_control(a_sale_is_paid_in_the_staked_token_and_queued),
        on_any_chain(a_surplus_sent_to_the_vault_becomes_reward),
        on_any_chain(all_principal_can_leave_while_rewards_are_unpaid),
        with_time_control(only_the_surplus_of_the_staked_token_is_for_sale),
        on_any_chain(deposits_and_withdrawals_do_not_change_what_is_for_sale),
    ]
}

async fn rewards_in_the_staked_token_are_paid_to_the_last_unit() -> Result<()> {
    let scene = Scene::new(Tokens::AssetIsReward).await?;
    let (first, second) = (scene.staker("first", 4).await?, scene.staker("second", 4).await?);
    let funder = scene.holder("funder", A_UNIT_A_SECOND).await?;
    let vault = &scene.vault;
    for staker in [&first, &second] {
        scene.send_at(60, staker, vault.deposit(u(4), staker.address())).await?;
    }
    scene.send_at(60, &funder, vault.fund(u(A_UNIT_A_SECOND))).await?;
    assert_eq!(scene.asset.balance(vault.address()).await?, u(A_UNIT_A_SECOND + 8));

    scene.send_at(EPOCH + 1_000, &first, vault.claim(first.address())).await?;
    assert_eq!(scene.asset.balance(first.address()).await?, u(500));
    // Rewards can be staked again.
    scene.send_at(EPOCH + 1_000, &first, vault.deposit(u(500), first.address())).await?;
    scene.send_at(EPOCH + 1_000, &first, vault.redeem(u(500), first.address(), first.address())).await?;
    for staker in [&first, &second] {
        let who = staker.address();
        scene.send_at(2 * EPOCH, staker, vault.claim(who)).await?;
        scene.send_at(2 * EPOCH, staker, vault.withdraw(u(4), who, who)).await?;
        assert_eq!(scene.asset.balance(who).await?, u(43_204));
    }
    assert_eq!(scene.asset.balance(vault.address()).await?, U256::ZERO);
    assert_eq!(vault.reserve().call().await?, U256::ZERO);
    Ok(())
}

async fn exit_pays_stake_and_reward_in_one_token() -> Result<()> {
    let scene = Scene::new(Tokens::AssetIsReward).await?;
    let staker = scene.staker("staker", 4).await?;
    let who = staker.address();
    scene.send_at(60, &staker, scene.vault.deposit(u(4), who)).await?;
    scene.fund(60, A_UNIT_A_SECOND).await?;
    let receipt = scene.send_at(EPOCH + 100, &staker, scene.vault.exit(who)).await?;
    let paid = IVault::RewardPaid { account: who, receiver: who, amount: u(100) };
    assert_eq!(logs(&receipt).last(), Some(&log(scene.vault.address(), &paid)));
    assert_eq!(scene.asset.balance(who).await?, u(104));
    Ok(())
}

async fn a_sale_is_paid_in_the_staked_token_and_queued() -> Result<()> {
    let scene = Scene::new(Tokens::AssetIsReward).await?;
    let staker = scene.staker("staker", 100).await?;
    let buyer = scene.holder("buyer", FIRST_PRICE).await?;
    let vault = &scene.vault;
    scene.send_at(60, &staker, vault.deposit(u(100), staker.address())).await?;
    scene.accrue(5).await?;
    let buy = vault.swapExactAmountOut(buyer.address(), u(5), u(FIRST_PRICE), Default::default());
    scene.send_at(PERIOD, &buyer, buy).await?;
    assert_eq!(scene.yield_token.balance(buyer.address()).await?, u(5));
    assert_eq!(scene.asset.balance(vault.address()).await?, u(100 + FIRST_PRICE));
    assert_eq!(vault.queued().call().await?, u(FIRST_PRICE));
    assert_eq!(vault.totalAssets().call().await?, u(100));
    Ok(())
}

async fn a_surplus_sent_to_the_vault_becomes_reward() -> Result<()> {
    let scene = Scene::new(Tokens::AssetIsReward).await?;
    let staker = scene.staker("staker", 60).await?;
    staker.send(scene.vault.deposit(u(60), staker.address())).await?;
    scene.asset.mint(&scene.chain, scene.vault.address(), u(7)).await?;
    let receipt = staker.send(scene.vault.sync()).await?;
    let added = IVault::RewardAdded { sender: staker.address(), amount: u(7) };
    assert_eq!(logs(&receipt), [log(scene.vault.address(), &added)]);
    assert_eq!(scene.vault.reserve().call().await?, u(7));
    assert_eq!(scene.vault.totalSupply().call().await?, u(60));
    Ok(())
}

async fn all_principal_can_leave_while_rewards_are_unpaid() -> Result<()> {
    let scene = Scene::new(Tokens::AssetIsReward).await?;
    let staker = scene.staker("staker", 100).await?;
    let who = staker.address();
    staker.send(scene.vault.deposit(u(60), who)).await?;
    staker.send(scene.vault.fund(u(40))).await?;
    staker.send(scene.vault.withdraw(u(60), who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(60));
    assert_eq!(scene.asset.balance(scene.vault.address()).await?, u(40));
    assert_eq!(scene.vault.reserve().call().await?, u(40));
    Ok(())
}

async fn only_the_surplus_of_the_staked_token_is_for_sale() -> Result<()> {
    let scene = Scene::new(Tokens::AssetIsYield).await?;
    let staker = scene.staker("staker", 100).await?;
    let buyer = scene.holder("buyer", 3 * FIRST_PRICE).await?;
    let (vault, who) = (&scene.vault, staker.address());
    let buy = |amount| vault.swapExactAmountOut(buyer.address(), amount, U256::MAX, Default::default());
    scene.send_at(60, &staker, vault.deposit(u(100), who)).await?;
    assert_eq!(vault.maxAmountOut().call().await?, U256::ZERO);
    let none = IVault::InsufficientBalance { requested: u(1), available: u(0) };
    reverts_at(&scene, PERIOD, &buyer, buy(u(1)), none).await?;

    scene.accrue(7).await?;
    assert_eq!(vault.maxAmountOut().call().await?, u(7));
    let seven = IVault::InsufficientBalance { requested: u(8), available: u(7) };
    reverts_at(&scene, 2 * PERIOD, &buyer, buy(u(8)), seven).await?;
    scene.send_at(2 * PERIOD, &buyer, buy(u(7))).await?;
    assert_eq!(scene.asset.balance(buyer.address()).await?, u(7));
    assert_eq!(scene.asset.balance(vault.address()).await?, u(100));
    scene.send_at(2 * PERIOD, &staker, vault.withdraw(u(100), who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(100));
    Ok(())
}

async fn deposits_and_withdrawals_do_not_change_what_is_for_sale() -> Result<()> {
    let scene = Scene::new(Tokens::AssetIsYield).await?;
    let staker = scene.staker("staker", 100).await?;
    let who = staker.address();
    scene.accrue(7).await?;
    assert_eq!(scene.vault.maxAmountOut().call().await?, u(7));
    staker.send(scene.vault.deposit(u(80), who)).await?;
    assert_eq!(scene.vault.maxAmountOut().call().await?, u(7));
    staker.send(scene.vault.redeem(u(30), who, who)).await?;
    assert_eq!(scene.vault.maxAmountOut().call().await?, u(7));
    assert_eq!(scene.vault.totalAssets().call().await?, u(50));
    Ok(())
}
