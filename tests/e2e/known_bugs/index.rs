//! Tests for known bugs of rewards per share and of stakers' checkpoints: rewards that are rounded away, inflated, or
//! claimed by the wrong account.

use alloy::primitives::{Address, U256};
use anyhow::Result;
use libtest_mimic::Trial;
use weir::math::{MAX_STAKE, MAX_UNPAID_REWARD};
use weir_bindings::IVault;
use weir_client::Account;

use crate::{
    evm::{Puppet, Script},
    logs::logs,
    reverts::reverts_at,
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, TOKEN, Tokens, u},
    stakers::{A_UNIT_A_SECOND, FIRST_SECONDS, expect_earned, staked},
    trial::with_time_control,
};

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(updates_every_second_round_nothing_to_zero),
        with_time_control(claims_every_second_lose_nothing),
        with_time_control(a_stake_of_one_unit_inflates_the_index_without_harm),
        with_time_control(a_deposit_is_checkpointed_before_the_balance_changes),
        with_time_control(a_withdrawal_is_checkpointed_before_the_balance_changes),
        with_time_control(a_transfer_checkpoints_both_sides),
        with_time_control(transferred_shares_earn_past_rewards_once),
        with_time_control(a_transfer_to_oneself_doubles_neither_shares_nor_rewards),
        with_time_control(shares_cannot_be_sent_to_the_vault),
        with_time_control(a_deposit_for_another_account_resets_no_rewards),
        with_time_control(a_reward_cannot_be_claimed_twice),
        with_time_control(settling_twice_in_a_second_counts_nothing_twice),
        with_time_control(ten_years_without_a_call_lose_and_overflow_nothing),
    ]
}

/// Each update divides one second's reward by so many shares that with a factor of 10^12 or 10^18 nothing is left:
/// github.com/sherlock-audit/2023-06-tokemak-judging/issues/691.
async fn updates_every_second_round_nothing_to_zero() -> Result<()> {
    const SECONDS: u64 = 100;
    // A thousand tokens of 30 decimals.
    const STAKE: u128 = 1_000_000_000_000_000_000_000_000_000_000_000;
    let (scene, stakers) = staked([STAKE]).await?;
    let whale = &stakers[0];
    let attacker = scene.staker("attacker", 1).await?;
    let (vault, who) = (&scene.vault, attacker.address());
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    for second in 1..=SECONDS {
        // Both calls write the index.
        scene.send_at(EPOCH + second, &attacker, vault.deposit(u(1), who)).await?;
        scene.send_at(EPOCH + second, &attacker, vault.redeem(u(1), who, who)).await?;
    }
    // One unit a second, less the fraction of the last one.
    expect_earned(&scene, EPOCH + SECONDS, &stakers, &[u128::from(SECONDS) - 1]).await?;
    scene.send_at(2 * EPOCH, whale, vault.claim(whale.address())).await?;
    assert_eq!(scene.reward.balance(whale.address()).await?, u(A_UNIT_A_SECOND - 1));
    assert_eq!(scene.earned(&attacker).await?, U256::ZERO);
    Ok(())
}

/// The same by claims: one that pays nothing and resets the fraction, called for the victim.
async fn claims_every_second_lose_nothing() -> Result<()> {
    const SECONDS: u64 = 100;
    // A third of a unit a second for each.
    let (scene, stakers) = staked([1, 1, 1]).await?;
    let (victim, attacker) = (stakers[0].address(), scene.person("attacker").await?);
    let anyone = scene.vault.setClaimer(Address::ZERO, true);
    scene.send_at(FIRST_SECONDS, &stakers[0], anyone).await?;
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    for second in 1..=SECONDS {
        scene.send_at(EPOCH + second, &attacker, scene.vault.claimFor(victim)).await?;
    }
    assert_eq!(scene.reward.balance(victim).await?, u(33));
    expect_earned(&scene, EPOCH + SECONDS + 1, &stakers, &[0, 33, 33]).await?;
    expect_earned(&scene, EPOCH + SECONDS + 2, &stakers, &[1, 34, 34]).await
}

/// Divided by one unit, rewards per share become huge, and later stakers are cheated or locked out:
/// github.com/code-423n4/2022-05-vetoken-findings/issues/201.
async fn a_stake_of_one_unit_inflates_the_index_without_harm() -> Result<()> {
    const WHALE: u128 = MAX_STAKE / 100;
    let (scene, stakers) = staked([1]).await?;
    let whale = scene.staker("whale", WHALE).await?;
    let (vault, tiny) = (&scene.vault, &stakers[0]);
    scene.fund(FIRST_SECONDS, MAX_UNPAID_REWARD).await?;
    scene.send_at(2 * EPOCH, tiny, vault.claim(tiny.address())).await?;
    assert_eq!(scene.reward.balance(tiny.address()).await?, u(MAX_UNPAID_REWARD));
    // The index is at 2^239; the whale joins there and earns only its part of later rewards.
    assert!(vault.rewardIndex().call().await? >> 238 > U256::ZERO);
    scene.send_at(2 * EPOCH, &whale, vault.deposit(u(WHALE), whale.address())).await?;
    assert_eq!(scene.earned(&whale).await?, U256::ZERO);
    scene.fund(2 * EPOCH, A_UNIT_A_SECOND).await?;
    scene.advance_to(4 * EPOCH).await?;
    assert_eq!(scene.earned(tiny).await?, U256::ZERO);
    scene.send_at(4 * EPOCH, &whale, vault.exit(whale.address())).await?;
    assert_eq!(scene.reward.balance(whale.address()).await?, u(A_UNIT_A_SECOND - 1));
    assert_eq!(scene.asset.balance(whale.address()).await?, u(WHALE));
    Ok(())
}

/// A checkpoint taken with the new balance pays new shares for the past:
/// github.com/sherlock-audit/2023-06-tokemak-judging/issues/603.
async fn a_deposit_is_checkpointed_before_the_balance_changes() -> Result<()> {
    let (scene, mut stakers) = staked([4]).await?;
    stakers.push(scene.staker("late", 1 << 30).await?);
    let vault = &scene.vault;
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    // Twice: the first deposit of an account takes another path than the next.
    let [early, late] = &stakers[..] else { unreachable!("two stakers") };
    scene.send_at(EPOCH + 1_000, late, vault.deposit(u(4), late.address())).await?;
    expect_earned(&scene, EPOCH + 1_000, &stakers, &[1_000, 0]).await?;
    scene.send_at(EPOCH + 2_000, late, vault.deposit(u((1 << 30) - 8), late.address())).await?;
    scene.send_at(EPOCH + 2_000, early, vault.deposit(u(4), early.address())).await?;
    expect_earned(&scene, EPOCH + 2_000, &stakers, &[1_500, 500]).await
}

/// The same for withdrawals: a checkpoint with the new balance forfeits the reward of the shares that leave.
async fn a_withdrawal_is_checkpointed_before_the_balance_changes() -> Result<()> {
    let (scene, stakers) = staked([4, 4]).await?;
    let (vault, leaver) = (&scene.vault, &stakers[0]);
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    for (seconds, shares) in [(1_000, 2), (2_000, 2)] {
        let leave = vault.redeem(u(shares), leaver.address(), leaver.address());
        scene.send_at(EPOCH + seconds, leaver, leave).await?;
    }
    // Half of the first thousand, a third of the second, none of the rest. The thirds are rounded down.
    expect_earned(&scene, EPOCH + 2_000, &stakers, &[833, 1_166]).await?;
    expect_earned(&scene, 2 * EPOCH, &stakers, &[833, 85_566]).await
}

/// In August 2021 Popsicle Finance's shares took their fees along to accounts without a checkpoint, 20.7 million
/// dollars of them: halborn.com/explained-the-popsicle-finance-hack-august-2021.
async fn a_transfer_checkpoints_both_sides() -> Result<()> {
    let (scene, mut stakers) = staked([8]).await?;
    stakers.push(scene.person("receiver").await?);
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    let half = scene.vault.transfer(stakers[1].address(), u(4));
    scene.send_at(EPOCH + 100, &stakers[0], half).await?;
    expect_earned(&scene, EPOCH + 100, &stakers, &[100, 0]).await?;
    // Half a unit more than 150 and 50, so that the receiver's rounding (`docs/arithmetic.md`) does not show.
    expect_earned(&scene, EPOCH + 201, &stakers, &[150, 50]).await?;
    let rest = scene.vault.transfer(stakers[1].address(), u(4));
    scene.send_at(EPOCH + 201, &stakers[0], rest).await?;
    expect_earned(&scene, 2 * EPOCH, &stakers, &[150, 86_249]).await
}

/// Popsicle's attacker claimed with the same shares from one account after the other.
async fn transferred_shares_earn_past_rewards_once() -> Result<()> {
    let (scene, stakers) = staked([8, 8]).await?;
    let vault = &scene.vault;
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    let mut hands = Vec::new();
    for number in 0..4 {
        hands.push(scene.person(&format!("hand {number}")).await?);
    }
    let now = EPOCH + 1_000;
    let mut holder = &stakers[0];
    for hand in &hands {
        scene.send_at(now, holder, vault.claim(holder.address())).await?;
        scene.send_at(now, holder, vault.transfer(hand.address(), u(8))).await?;
        holder = hand;
    }
    scene.send_at(now, holder, vault.claim(holder.address())).await?;
    let mut paid = scene.reward.balance(stakers[0].address()).await?;
    for hand in &hands {
        paid += scene.reward.balance(hand.address()).await?;
    }
    assert_eq!(paid, u(500));
    expect_earned(&scene, now, &stakers, &[0, 500]).await
}

/// In September 2020 bZx's iTokens overwrote the sender's balance with the receiver's in a transfer to oneself:
/// crypto.training/hacks/2020-09-bzx.
async fn a_transfer_to_oneself_doubles_neither_shares_nor_rewards() -> Result<()> {
    let (scene, stakers) = staked([8, 8]).await?;
    let (vault, who) = (&scene.vault, stakers[0].address());
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    let now = EPOCH + 1_000;
    scene.send_at(now, &stakers[0], vault.approve(who, U256::MAX)).await?;
    for shares in [8, 3, 0] {
        scene.send_at(now, &stakers[0], vault.transfer(who, u(shares))).await?;
        scene.send_at(now, &stakers[0], vault.transferFrom(who, who, u(shares))).await?;
    }
    assert_eq!(scene.shares(&stakers[0]).await?, u(8));
    assert_eq!(vault.totalSupply().call().await?, u(16));
    expect_earned(&scene, now, &stakers, &[500, 500]).await?;
    let too_much = IVault::ERC20InsufficientBalance { sender: who, balance: u(8), needed: u(9) };
    reverts_at(&scene, now, &stakers[0], vault.transfer(who, u(9)), too_much).await?;
    expect_earned(&scene, 2 * EPOCH, &stakers, &[43_200, 43_200]).await
}

/// Shares that the contract itself holds earn rewards that can never be claimed.
async fn shares_cannot_be_sent_to_the_vault() -> Result<()> {
    let (scene, stakers) = staked([8]).await?;
    let (vault, staker) = (&scene.vault, &stakers[0]);
    let receiver = vault.address();
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    scene.advance_to(EPOCH + 1_000).await?;
    let invalid = || IVault::ERC20InvalidReceiver { receiver };
    reverts_at(&scene, EPOCH + 1_000, staker, vault.transfer(receiver, u(8)), invalid()).await?;
    reverts_at(&scene, EPOCH + 1_000, staker, vault.deposit(u(8), receiver), invalid()).await?;
    expect_earned(&scene, 2 * EPOCH, &stakers, &[A_UNIT_A_SECOND]).await
}

/// A checkpoint of the payer instead of the receiver, or one that resets the receiver:
/// github.com/morpho-org/morpho-optimizers/issues/564.
async fn a_deposit_for_another_account_resets_no_rewards() -> Result<()> {
    let (scene, mut stakers) = staked([8]).await?;
    stakers.push(scene.staker("giver", 100).await?);
    let (vault, receiver, giver) = (&scene.vault, stakers[0].address(), &stakers[1]);
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    for second in 1..=20 {
        scene.send_at(EPOCH + second, giver, vault.deposit(u(1), receiver)).await?;
    }
    // The receiver earns the whole stream, less the fraction of the last unit; the giver earns nothing.
    expect_earned(&scene, EPOCH + 20, &stakers, &[19, 0]).await?;
    assert_eq!(scene.shares(giver).await?, U256::ZERO);
    expect_earned(&scene, 2 * EPOCH, &stakers, &[A_UNIT_A_SECOND - 1, 0]).await
}

/// In May 2023 Level Finance paid the referral reward of an epoch as often as a call listed the epoch:
/// blockchainbreaches.com/en/breaches/level-finance-2023.
async fn a_reward_cannot_be_claimed_twice() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let puppet = Puppet::create(&scene.chain).await?;
    let other = scene.staker("other", 8).await?;
    let (vault, who) = (&scene.vault, puppet.address);
    scene.asset.mint(&scene.chain, who, u(8)).await?;
    let deposit =
        Script::new().call(scene.asset.approve(vault.address(), u(8))).call(vault.deposit(u(8), who));
    scene.send_at(FIRST_SECONDS, &other, puppet.run(deposit)).await?;
    scene.send_at(FIRST_SECONDS, &other, vault.deposit(u(8), other.address())).await?;
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    // In one transaction, by every function that claims.
    let claims = Script::new()
        .call(vault.claim(who))
        .call(vault.claim(who))
        .call(vault.claimFor(who))
        .call(vault.exit(who))
        .call(vault.exit(who))
        .call(vault.claim(who))
        .call(vault.setClaimer(other.address(), true));
    scene.send_at(EPOCH + 1_000, &other, puppet.run(claims)).await?;
    assert_eq!(scene.reward.balance(who).await?, u(500));
    // Later, by another account.
    let receipt = scene.send_at(2 * EPOCH, &other, vault.claimFor(who)).await?;
    assert_eq!(logs(&receipt), []);
    scene.send_at(2 * EPOCH, &other, vault.exit(other.address())).await?;
    assert_eq!(scene.reward.balance(other.address()).await?, u(A_UNIT_A_SECOND - 500));
    assert_eq!(vault.reserve().call().await?, U256::ZERO);
    Ok(())
}

/// An update that does not store its time hands out the reward of the same seconds again.
async fn settling_twice_in_a_second_counts_nothing_twice() -> Result<()> {
    let (scene, stakers) = staked([4, 4]).await?;
    let whale = scene.staker("whale", 1 << 20).await?;
    let vault = &scene.vault;
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    let now = EPOCH + 100;
    for _ in 0..3 {
        scene.send_at(now, &whale, vault.deposit(u(1 << 20), whale.address())).await?;
        scene.send_at(now, &stakers[0], vault.deposit(u(4), stakers[0].address())).await?;
        scene.send_at(now, &stakers[0], vault.transfer(stakers[1].address(), u(0))).await?;
        scene.send_at(now, &whale, vault.redeem(u(1 << 20), whale.address(), whale.address())).await?;
        scene
            .send_at(now, &stakers[0], vault.redeem(u(4), stakers[0].address(), stakers[0].address()))
            .await?;
    }
    assert_eq!(scene.chain.now().await?, scene.start + now);
    expect_earned(&scene, now, &stakers, &[50, 50]).await?;
    assert_eq!(scene.earned(&whale).await?, U256::ZERO);
    expect_earned(&scene, 2 * EPOCH, &stakers, &[43_200, 43_200]).await
}

/// A loop over periods that runs out of gas, or a time with too few bits.
async fn ten_years_without_a_call_lose_and_overflow_nothing() -> Result<()> {
    const YEAR: u64 = 365 * 24 * 3_600;
    let scene = Scene::new(Tokens::Different).await?;
    let (early, late) = (scene.staker("early", 4).await?, scene.staker("late", 4).await?);
    let buyer = scene.holder("buyer", TOKEN).await?;
    let vault = &scene.vault;
    scene.send_at(FIRST_SECONDS, &early, vault.deposit(u(4), early.address())).await?;
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    scene.accrue(500).await?;

    let now = 10 * YEAR;
    scene.reactivate(now).await?;
    assert_eq!(scene.earned(&early).await?, u(A_UNIT_A_SECOND));
    assert_eq!(vault.epoch().call().await?, U256::from(3_650));
    // 0.01 tokens times one hour by ten years.
    let price = FIRST_PRICE * u128::from(PERIOD) / u128::from(now);
    assert_eq!(vault.computeExactAmountIn(u(1)).call().await?, u(price));

    let deposit = |account: &Account| vault.deposit(u(4), account.address());
    scene.send_at(now, &late, deposit(&late)).await?;
    let buy = vault.swapExactAmountOut(buyer.address(), u(500), u(price), Default::default());
    scene.send_at(now, &buyer, buy).await?;
    scene.advance_to(now + 2 * EPOCH).await?;
    assert_eq!(scene.earned(&late).await?, u(price / 2));
    scene.send_at(now + 2 * EPOCH, &early, vault.exit(early.address())).await?;
    assert_eq!(scene.reward.balance(early.address()).await?, u(A_UNIT_A_SECOND + price / 2));
    Ok(())
}
