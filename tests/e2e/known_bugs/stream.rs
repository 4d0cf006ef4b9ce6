//! Tests for known bugs of reward streams: rewards that are lost, diluted, or counted twice.
//! Each test names where the bug was seen.

use alloy::primitives::{Bytes, U256};
use anyhow::Result;
use libtest_mimic::Trial;
use weir_bindings::IVault;
use weir_harness::{Chain, Token};

use crate::{
    logs::logs,
    reverts::{reverts, reverts_at},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, Tokens, u},
    stakers::{A_UNIT_A_SECOND, FIRST_SECONDS, QUARTER, expect_earned, expect_stream, staked, staked_in},
    trial::with_time_control,
};

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(one_wbtc_over_seven_days_loses_nothing_to_rate_truncation),
        with_time_control(dust_funding_neither_dilutes_nor_extends_the_running_epoch),
        with_time_control(rewards_without_stakers_are_queued_again),
        with_time_control(rewards_between_the_last_exit_and_the_next_deposit_are_not_lost),
        with_time_control(unclaimed_rewards_are_not_counted_again_as_funding),
        with_time_control(unclaimed_rewards_do_not_pay_for_a_sale),
    ]
}

/// A rate of ⌊10^8 / 604 800⌋ units a second loses 208 000 units:
/// github.com/sherlock-audit/2024-06-velocimeter-judging/issues/381.
async fn one_wbtc_over_seven_days_loses_nothing_to_rate_truncation() -> Result<()> {
    const WBTC: u128 = 100_000_000;
    const WEEK: u64 = 7 * 86_400;
    let chain = Chain::from_environment().await?;
    let asset = Token::deploy(&chain, "Asset", "AST", 18).await?;
    let reward = Token::deploy(&chain, "Wrapped Bitcoin", "WBTC", 8).await?;
    let yield_token = Token::deploy(&chain, "Yield", "YLD", 18).await?;
    let tokens = [asset, reward, yield_token];
    let scene = Scene::of(tokens, chain, |settings| settings.epochLength = WEEK as u32).await?;
    let (scene, stakers) = staked_in(scene, [1 << 60, 1 << 60]).await?;
    scene.fund(FIRST_SECONDS, WBTC).await?;
    for day in 0..=7 {
        let each = WBTC * u128::from(day) / 7 / 2;
        expect_earned(&scene, WEEK + day * 86_400, &stakers, &[each, each]).await?;
    }
    for staker in &stakers {
        scene.send_at(2 * WEEK, staker, scene.vault.claim(staker.address())).await?;
        assert_eq!(scene.reward.balance(staker.address()).await?, u(WBTC / 2));
    }
    assert_eq!(scene.vault.reserve().call().await?, U256::ZERO);
    Ok(())
}

/// A unit funded every hour stretched the rest of the reward over a whole new period:
/// github.com/sherlock-audit/2024-06-velocimeter-judging/issues/160.
async fn dust_funding_neither_dilutes_nor_extends_the_running_epoch() -> Result<()> {
    let (scene, stakers) = staked([1]).await?;
    let attacker = scene.holder("attacker", 24).await?;
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    for hour in 0..24 {
        let now = EPOCH + hour * 3_600;
        scene.send_at(now, &attacker, scene.vault.fund(u(1))).await?;
        expect_stream(&scene, now, A_UNIT_A_SECOND, u128::from(hour) + 1).await?;
        expect_earned(&scene, now + 1_800, &stakers, &[u128::from(hour) * 3_600 + 1_800]).await?;
    }
    expect_earned(&scene, 2 * EPOCH, &stakers, &[A_UNIT_A_SECOND]).await?;
    // The dust itself streams in the next epoch, a unit an hour.
    expect_earned(&scene, 2 * EPOCH + 3_600, &stakers, &[A_UNIT_A_SECOND + 1]).await?;
    expect_earned(&scene, 3 * EPOCH, &stakers, &[A_UNIT_A_SECOND + 24]).await
}

/// Synthetix's Unipool loses what streams before the first deposit: github.com/Synthetixio/Unipool/pull/15 and
/// 0xmacro.com/blog/synthetix-staking-rewards-issue-inefficient-reward-distribution.
async fn rewards_without_stakers_are_queued_again() -> Result<()> {
    let (scene, _) = staked([]).await?;
    let late = [scene.staker("late", 1).await?];
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    expect_stream(&scene, EPOCH + QUARTER, 86_400, 21_600).await?;
    expect_stream(&scene, 3 * EPOCH, 86_400, 0).await?;

    // A quarter of epoch 3 passed without stakers: its reward is queued for epoch 4.
    let deposit = scene.vault.deposit(u(1), late[0].address());
    scene.send_at(3 * EPOCH + QUARTER, &late[0], deposit).await?;
    expect_stream(&scene, 3 * EPOCH + QUARTER, 86_400, 21_600).await?;
    expect_earned(&scene, 3 * EPOCH + QUARTER, &late, &[0]).await?;
    expect_earned(&scene, 4 * EPOCH, &late, &[64_800]).await?;
    expect_earned(&scene, 4 * EPOCH + EPOCH / 2, &late, &[75_600]).await?;
    expect_earned(&scene, 5 * EPOCH, &late, &[86_400]).await
}

/// The same when all stakers have left for a while: github.com/OriginProtocol/ousd-governance/pull/98.
async fn rewards_between_the_last_exit_and_the_next_deposit_are_not_lost() -> Result<()> {
    let (scene, mut stakers) = staked([1]).await?;
    stakers.push(scene.staker("next", 1).await?);
    let [last_out, first_in] = &stakers[..] else { unreachable!("two stakers") };
    let vault = &scene.vault;
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    let leave = vault.withdraw(u(1), last_out.address(), last_out.address());
    scene.send_at(EPOCH + 2 * QUARTER, last_out, leave).await?;
    scene.send_at(EPOCH + 3 * QUARTER, first_in, vault.deposit(u(1), first_in.address())).await?;
    expect_stream(&scene, EPOCH + 3 * QUARTER, 86_400, 21_600).await?;
    expect_earned(&scene, 2 * EPOCH, &stakers, &[43_200, 21_600]).await?;
    expect_stream(&scene, 2 * EPOCH, 21_600, 0).await?;
    expect_earned(&scene, 3 * EPOCH, &stakers, &[43_200, 43_200]).await
}

/// A check of the balance alone counts what others have not claimed yet:
/// github.com/uniswapfoundation/UniStaker/issues/59 (Trail of Bits, TOB-UNIFEE-1).
async fn unclaimed_rewards_are_not_counted_again_as_funding() -> Result<()> {
    let (scene, stakers) = staked([1]).await?;
    let funder = scene.holder("funder", A_UNIT_A_SECOND).await?;
    let (vault, anyone) = (&scene.vault, &funder);
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    // Reward that is queued, streaming, or streamed but not claimed never counts as new.
    for now in [FIRST_SECONDS, EPOCH + QUARTER, 2 * EPOCH, 9 * EPOCH] {
        let receipt = scene.send_at(now, anyone, vault.sync()).await?;
        assert_eq!(logs(&receipt), [], "after {now} s");
        reverts_at(&scene, now, anyone, vault.fund(u(0)), IVault::ZeroAmount {}).await?;
        assert_eq!(vault.reserve().call().await?, u(A_UNIT_A_SECOND));
    }
    assert_eq!(vault.queued().call().await?, U256::ZERO);
    scene.send_at(9 * EPOCH, &funder, vault.fund(u(7))).await?;
    assert_eq!(vault.queued().call().await?, u(7));
    scene.send_at(9 * EPOCH, &stakers[0], vault.claim(stakers[0].address())).await?;
    assert_eq!(scene.reward.balance(stakers[0].address()).await?, u(A_UNIT_A_SECOND));
    assert_eq!(scene.reward.balance(vault.address()).await?, u(7));
    Ok(())
}

/// The same bug in an auction: unclaimed rewards in the balance count as the payment.
async fn unclaimed_rewards_do_not_pay_for_a_sale() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let (buyer, reward) = (scene.person("buyer").await?, *scene.reward.address());
    scene.fund(FIRST_SECONDS, 5 * FIRST_PRICE).await?;
    scene.accrue(500).await?;
    let vault = &scene.vault;
    let price = u(FIRST_PRICE);
    scene.advance_to(PERIOD).await?;
    let listener = crate::evm::create(&scene.chain, &crate::evm::logs_calldata()).await?;
    let flash = vault.swapExactAmountOut(listener, u(500), U256::MAX, Bytes::from_static(b"x"));
    let unpaid = |amount| IVault::InsufficientPayment { amountIn: amount, paid: U256::ZERO };
    reverts_at(&scene, PERIOD, &buyer, flash, unpaid(price)).await?;
    reverts(&scene, &buyer, vault.verifyTokensIn(reward, u(1), Bytes::new()), unpaid(u(1))).await
}
