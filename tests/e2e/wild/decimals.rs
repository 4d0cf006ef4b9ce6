//! Tests of tokens with 6, 8, 18 and 30 decimals: shares have the decimals of the asset, and no reward is lost whatever
//! the decimals of reward and asset. With 30 decimals only about five thousand whole tokens fit.

use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir::math::MAX_STAKE;
use weir_bindings::IVault;
use weir_harness::{Chain, Token};

use super::token::WildToken;
use crate::{
    reverts::reverts,
    scene::{EPOCH, Scene, u},
    trial::{on_any_chain, with_time_control},
};

const DECIMALS: [u8; 4] = [6, 8, 18, 30];

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(rewards_are_shared_to_within_one_base_unit_for_all_decimals),
        on_any_chain(whole_tokens_can_be_staked_up_to_the_bound),
    ]
}

async fn vault(asset_decimals: u8, reward_decimals: u8) -> Result<Scene> {
    let chain = Chain::from_environment().await?;
    let asset = WildToken::deploy(&chain, asset_decimals).await?.token(&chain);
    let reward = WildToken::deploy(&chain, reward_decimals).await?.token(&chain);
    let yield_token = Token::deploy(&chain, "Yield", "YLD", 18).await?;
    Scene::of([asset, reward, yield_token], chain, |_| ()).await
}

async fn rewards_are_shared_to_within_one_base_unit_for_all_decimals() -> Result<()> {
    for asset_decimals in DECIMALS {
        for reward_decimals in DECIMALS {
            shares_a_unit(asset_decimals, reward_decimals).await.with_context(|| {
                format!("stakes of {asset_decimals} decimals, reward of {reward_decimals}")
            })?;
        }
    }
    Ok(())
}

/// Two stakers share one whole token of reward: two thirds and one third.
async fn shares_a_unit(asset_decimals: u8, reward_decimals: u8) -> Result<()> {
    let scene = vault(asset_decimals, reward_decimals).await?;
    let (token, reward) = (10u128.pow(asset_decimals.into()), 10u128.pow(reward_decimals.into()));
    assert_eq!(scene.vault.decimals().call().await?, asset_decimals);
    let mut stakers = Vec::new();
    for tokens in [2, 1] {
        let staker = scene.staker(&format!("staker of {tokens}"), tokens * token).await?;
        scene.send_at(60, &staker, scene.vault.deposit(u(tokens * token), staker.address())).await?;
        stakers.push((staker, tokens));
    }
    scene.fund(60, reward).await?;
    for (staker, tokens) in &stakers {
        let (who, due) = (staker.address(), tokens * reward / 3);
        scene.send_at(2 * EPOCH, staker, scene.vault.exit(who)).await?;
        assert_eq!(scene.asset.balance(who).await?, u(tokens * token));
        let paid = scene.reward.balance(who).await?;
        assert!(paid == u(due) || paid == u(due - 1), "{paid} of {due}");
    }
    Ok(())
}

async fn whole_tokens_can_be_staked_up_to_the_bound() -> Result<()> {
    for decimals in DECIMALS {
        let scene = vault(decimals, 18).await?;
        let token = 10u128.pow(decimals.into());
        let fits = MAX_STAKE / token * token;
        let whale = scene.staker("whale", fits + token).await?;
        let who = whale.address();
        whale.send(scene.vault.deposit(u(fits), who)).await?;
        let full =
            IVault::ERC4626ExceededMaxDeposit { receiver: who, assets: u(token), max: u(MAX_STAKE - fits) };
        reverts(&scene, &whale, scene.vault.deposit(u(token), who), full).await?;
        whale.send(scene.vault.withdraw(u(fits), who, who)).await?;
        assert_eq!(scene.asset.balance(who).await?, u(fits + token));
    }
    assert_eq!(MAX_STAKE / 10u128.pow(30), 5_192);
    Ok(())
}
