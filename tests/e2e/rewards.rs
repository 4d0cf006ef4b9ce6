//! Tests of rewards over epochs, with amounts computed by hand. An epoch is a day, so 86 400 units are one a second.
//!
//! Total stakes are powers of two wherever an exact amount is expected: then nothing is rounded.

use alloy::primitives::{Address, U256};
use anyhow::Result;
use libtest_mimic::Trial;
use weir::math::{MAX_STAKE, MAX_UNPAID_REWARD};
use weir_bindings::{IERC20, IVault};
use weir_client::Account;

use crate::{
    logs::{log, logs},
    reverts::{reverts, reverts_at},
    scene::{EPOCH, Scene, Tokens, u},
    stakers::{A_UNIT_A_SECOND, FIRST_SECONDS, QUARTER, expect_earned, expect_stream, staked},
    trial::{on_any_chain, with_time_control},
};

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(the_reward_of_one_epoch_streams_over_the_next),
        with_time_control(each_second_is_shared_by_the_current_stakes),
        with_time_control(the_last_second_of_an_epoch_belongs_to_it),
        with_time_control(a_claim_pays_only_what_has_streamed),
        with_time_control(only_claimers_can_claim_for_an_account),
        with_time_control(exit_pays_stake_and_reward),
        with_time_control(a_staker_keeps_its_reward_after_a_full_withdrawal),
        with_time_control(fractions_of_a_unit_stay_pending_until_they_are_whole),
        with_time_control(the_largest_reward_of_the_largest_stake_is_paid_to_within_one_unit),
        on_any_chain(fund_takes_tokens_and_queues_them),
        on_any_chain(sync_queues_what_was_sent_to_the_vault),
        on_any_chain(fund_also_queues_stray_reward),
        on_any_chain(a_claim_of_nothing_pays_nothing),
        on_any_chain(a_claim_to_the_zero_address_or_the_vault_reverts),
        on_any_chain(fund_reverts_without_an_amount_tokens_or_approval),
        on_any_chain(funding_above_the_bound_on_unpaid_rewards_reverts),
        on_any_chain(an_excessive_amount_sent_to_the_vault_is_queued_up_to_the_bound),
    ]
}

async fn the_reward_of_one_epoch_streams_over_the_next() -> Result<()> {
    let (scene, stakers) = staked([1, 3]).await?;
    let reward = 10 * A_UNIT_A_SECOND;
    scene.fund(100, reward).await?;
    expect_stream(&scene, 100, 0, reward).await?;
    expect_stream(&scene, EPOCH - 1, 0, reward).await?;
    expect_earned(&scene, EPOCH - 1, &stakers, &[0, 0]).await?;

    expect_stream(&scene, EPOCH, reward, 0).await?;
    assert_eq!(scene.vault.epoch().call().await?, u(1));
    assert_eq!(scene.vault.epochStart().call().await?, U256::from(scene.start + EPOCH));
    assert_eq!(scene.vault.epochEnd().call().await?, U256::from(scene.start + 2 * EPOCH));
    expect_earned(&scene, EPOCH, &stakers, &[0, 0]).await?;
    expect_earned(&scene, EPOCH + 100, &stakers, &[250, 750]).await?;
    expect_earned(&scene, EPOCH + EPOCH / 2, &stakers, &[108_000, 324_000]).await?;
    expect_earned(&scene, 2 * EPOCH, &stakers, &[216_000, 648_000]).await?;

    expect_stream(&scene, 2 * EPOCH, 0, 0).await?;
    expect_earned(&scene, 9 * EPOCH, &stakers, &[216_000, 648_000]).await?;
    assert_eq!(scene.vault.reserve().call().await?, u(reward));
    Ok(())
}

async fn each_second_is_shared_by_the_current_stakes() -> Result<()> {
    let (scene, mut stakers) = staked([4]).await?;
    for name in ["second", "third"] {
        stakers.push(scene.staker(name, 8).await?);
    }
    let [first, second, third] = &stakers[..] else { unreachable!("three stakers") };
    let vault = &scene.vault;
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    let quarter = |number: u64| EPOCH + number * QUARTER;

    scene.send_at(quarter(1), second, vault.deposit(u(4), second.address())).await?;
    expect_earned(&scene, quarter(1), &stakers, &[21_600, 0, 0]).await?;
    scene.send_at(quarter(2), third, vault.deposit(u(8), third.address())).await?;
    expect_earned(&scene, quarter(2), &stakers, &[32_400, 10_800, 0]).await?;
    scene.send_at(quarter(3), third, vault.redeem(u(8), third.address(), third.address())).await?;
    expect_earned(&scene, quarter(3), &stakers, &[37_800, 16_200, 10_800]).await?;
    expect_earned(&scene, quarter(4), &stakers, &[48_600, 27_000, 10_800]).await?;

    // The sum of all claims is what was funded.
    for (staker, reward) in [(first, 48_600), (second, 27_000), (third, 10_800)] {
        scene.send_at(quarter(4), staker, vault.claim(staker.address())).await?;
        assert_eq!(scene.reward.balance(staker.address()).await?, u(reward));
    }
    assert_eq!(scene.reward.balance(vault.address()).await?, U256::ZERO);
    assert_eq!(vault.reserve().call().await?, U256::ZERO);
    Ok(())
}

async fn the_last_second_of_an_epoch_belongs_to_it() -> Result<()> {
    let (scene, stakers) = staked([1]).await?;
    scene.fund(EPOCH - 1, A_UNIT_A_SECOND).await?;
    scene.fund(EPOCH, 2 * A_UNIT_A_SECOND).await?;
    expect_stream(&scene, EPOCH, A_UNIT_A_SECOND, 2 * A_UNIT_A_SECOND).await?;
    expect_earned(&scene, EPOCH, &stakers, &[0]).await?;
    expect_earned(&scene, EPOCH + 1, &stakers, &[1]).await?;
    expect_earned(&scene, 2 * EPOCH - 1, &stakers, &[86_399]).await?;
    expect_earned(&scene, 2 * EPOCH, &stakers, &[86_400]).await?;
    expect_earned(&scene, 2 * EPOCH + 1, &stakers, &[86_402]).await?;
    expect_earned(&scene, 3 * EPOCH - 1, &stakers, &[259_198]).await?;
    expect_earned(&scene, 3 * EPOCH, &stakers, &[259_200]).await
}

async fn a_claim_pays_only_what_has_streamed() -> Result<()> {
    let (scene, stakers) = staked([1]).await?;
    let staker = &stakers[0];
    let receiver = scene.person("receiver").await?.address();
    let (vault, account) = (scene.vault.address(), staker.address());
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;

    let receipt = scene.send_at(EPOCH + 10, staker, scene.vault.claim(receiver)).await?;
    let sent = IERC20::Transfer { from: vault, to: receiver, value: u(10) };
    let paid = IVault::RewardPaid { account, receiver, amount: u(10) };
    assert_eq!(logs(&receipt), [log(*scene.reward.address(), &sent), log(vault, &paid)]);
    assert_eq!(scene.vault.reserve().call().await?, u(86_390));

    let again = scene.send_at(EPOCH + 10, staker, scene.vault.claim(receiver)).await?;
    assert_eq!(logs(&again), []);
    scene.send_at(EPOCH + 11, staker, scene.vault.claim(receiver)).await?;
    assert_eq!(scene.reward.balance(receiver).await?, u(11));
    scene.send_at(7 * EPOCH, staker, scene.vault.claim(receiver)).await?;
    assert_eq!(scene.reward.balance(receiver).await?, u(86_400));
    assert_eq!(scene.vault.reserve().call().await?, U256::ZERO);
    Ok(())
}

async fn only_claimers_can_claim_for_an_account() -> Result<()> {
    let (scene, stakers) = staked([1]).await?;
    let (friend, stranger) = (scene.person("friend").await?, scene.person("stranger").await?);
    let (account, staker) = (stakers[0].address(), &stakers[0]);
    let vault = &scene.vault;
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    let no_claimer = |caller: &Account| IVault::NotClaimer { account, caller: caller.address() };
    reverts_at(&scene, EPOCH + 1, &friend, vault.claimFor(account), no_claimer(&friend)).await?;
    assert!(!vault.isClaimer(account, friend.address()).call().await?);

    let receipt = scene.send_at(EPOCH + 20, staker, vault.setClaimer(friend.address(), true)).await?;
    let set = IVault::ClaimerSet { account, claimer: friend.address(), allowed: true };
    assert_eq!(logs(&receipt), [log(vault.address(), &set)]);
    let receipt = scene.send_at(EPOCH + 25, &friend, vault.claimFor(account)).await?;
    let paid = IVault::RewardPaid { account, receiver: account, amount: u(25) };
    assert_eq!(logs(&receipt).last(), Some(&log(vault.address(), &paid)));
    assert_eq!(scene.reward.balance(account).await?, u(25));
    assert_eq!(scene.reward.balance(friend.address()).await?, U256::ZERO);
    reverts_at(&scene, EPOCH + 26, &stranger, vault.claimFor(account), no_claimer(&stranger)).await?;

    // An account may always claim for itself, and the zero address stands for anyone.
    scene.send_at(EPOCH + 30, staker, vault.claimFor(account)).await?;
    scene.send_at(EPOCH + 31, staker, vault.setClaimer(friend.address(), false)).await?;
    reverts_at(&scene, EPOCH + 32, &friend, vault.claimFor(account), no_claimer(&friend)).await?;
    scene.send_at(EPOCH + 33, staker, vault.setClaimer(Address::ZERO, true)).await?;
    assert!(vault.isClaimer(account, stranger.address()).call().await?);
    scene.send_at(EPOCH + 34, &stranger, vault.claimFor(account)).await?;
    assert_eq!(scene.reward.balance(account).await?, u(34));
    Ok(())
}

async fn exit_pays_stake_and_reward() -> Result<()> {
    let (scene, stakers) = staked([4, 4]).await?;
    let leaver = &stakers[0];
    let receiver = scene.person("receiver").await?;
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    scene.advance_to(EPOCH + 100).await?;
    let returned = scene.vault.exit(receiver.address()).from(leaver.address()).call().await?;
    assert_eq!((returned.assets, returned.amount), (u(4), u(50)));
    scene.send_at(EPOCH + 100, leaver, scene.vault.exit(receiver.address())).await?;
    assert_eq!(scene.asset.balance(receiver.address()).await?, u(4));
    assert_eq!(scene.reward.balance(receiver.address()).await?, u(50));
    expect_earned(&scene, EPOCH + 200, &stakers, &[0, 150]).await
}

async fn a_staker_keeps_its_reward_after_a_full_withdrawal() -> Result<()> {
    let (scene, stakers) = staked([4, 4]).await?;
    let leaver = &stakers[0];
    let who = leaver.address();
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    scene.send_at(EPOCH + 100, leaver, scene.vault.withdraw(u(4), who, who)).await?;
    assert_eq!(scene.reward.balance(who).await?, U256::ZERO);
    expect_earned(&scene, 2 * EPOCH, &stakers, &[50, 86_350]).await?;
    let receipt = scene.send_at(2 * EPOCH, leaver, scene.vault.exit(who)).await?;
    let paid = IVault::RewardPaid { account: who, receiver: who, amount: u(50) };
    assert_eq!(logs(&receipt).last(), Some(&log(scene.vault.address(), &paid)));
    Ok(())
}

async fn fractions_of_a_unit_stay_pending_until_they_are_whole() -> Result<()> {
    let (scene, stakers) = staked([1, 1, 1]).await?;
    // A third of a unit in each epoch; three thirds, each rounded down, are less than one.
    for (epoch, each) in [(0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 1)] {
        expect_earned(&scene, epoch * EPOCH + FIRST_SECONDS, &stakers, &[each; 3]).await?;
        for staker in &stakers {
            let claim = scene.vault.claim(staker.address());
            scene.send_at(epoch * EPOCH + FIRST_SECONDS, staker, claim).await?;
        }
        if epoch < 4 {
            scene.fund(epoch * EPOCH + FIRST_SECONDS, 1).await?;
        }
    }
    assert_eq!(scene.vault.reserve().call().await?, u(1));
    Ok(())
}

async fn the_largest_reward_of_the_largest_stake_is_paid_to_within_one_unit() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let whale = scene.staker("whale", MAX_STAKE).await?;
    let who = whale.address();
    scene.send_at(FIRST_SECONDS, &whale, scene.vault.deposit(u(MAX_STAKE), who)).await?;
    scene.fund(FIRST_SECONDS, MAX_UNPAID_REWARD).await?;
    scene.send_at(2 * EPOCH, &whale, scene.vault.exit(who)).await?;
    let paid = scene.reward.balance(who).await?;
    assert!(paid <= u(MAX_UNPAID_REWARD) && paid >= u(MAX_UNPAID_REWARD - 1), "{paid}");
    assert_eq!(scene.vault.reserve().call().await?, u(MAX_UNPAID_REWARD) - paid);
    assert_eq!(scene.asset.balance(who).await?, u(MAX_STAKE));
    Ok(())
}

async fn fund_takes_tokens_and_queues_them() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let funder = scene.holder("funder", 70).await?;
    let vault = scene.vault.address();
    let receipt = funder.send(scene.vault.fund(u(70))).await?;
    let taken = IERC20::Transfer { from: funder.address(), to: vault, value: u(70) };
    let added = IVault::RewardAdded { sender: funder.address(), amount: u(70) };
    assert_eq!(logs(&receipt), [log(*scene.reward.address(), &taken), log(vault, &added)]);
    assert_eq!(scene.vault.queued().call().await?, u(70));
    assert_eq!(scene.vault.reserve().call().await?, u(70));
    assert_eq!(scene.vault.epochReward().call().await?, U256::ZERO);
    Ok(())
}

async fn sync_queues_what_was_sent_to_the_vault() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let vault = scene.vault.address();
    assert_eq!(logs(&anyone.send(scene.vault.sync()).await?), []);
    scene.reward.mint(&scene.chain, vault, u(9)).await?;
    assert_eq!(scene.vault.reserve().call().await?, U256::ZERO);
    let receipt = anyone.send(scene.vault.sync()).await?;
    let added = IVault::RewardAdded { sender: anyone.address(), amount: u(9) };
    assert_eq!(logs(&receipt), [log(vault, &added)]);
    assert_eq!(scene.vault.reserve().call().await?, u(9));
    assert_eq!(logs(&anyone.send(scene.vault.sync()).await?), []);
    Ok(())
}

async fn fund_also_queues_stray_reward() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let funder = scene.holder("funder", 70).await?;
    scene.reward.mint(&scene.chain, scene.vault.address(), u(9)).await?;
    assert_eq!(scene.vault.fund(u(70)).from(funder.address()).call().await?, u(79));
    let receipt = funder.send(scene.vault.fund(u(70))).await?;
    let added = IVault::RewardAdded { sender: funder.address(), amount: u(79) };
    assert_eq!(logs(&receipt).last(), Some(&log(scene.vault.address(), &added)));
    assert_eq!(scene.vault.queued().call().await?, u(79));
    Ok(())
}

async fn a_claim_of_nothing_pays_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 5).await?;
    let stranger = scene.person("stranger").await?;
    staker.send(scene.vault.deposit(u(5), staker.address())).await?;
    for account in [&staker, &stranger] {
        let claim = scene.vault.claim(account.address());
        assert_eq!(claim.clone().from(account.address()).call().await?, U256::ZERO);
        assert_eq!(logs(&account.send(claim).await?), []);
        assert_eq!(logs(&account.send(scene.vault.claimFor(account.address())).await?), []);
    }
    Ok(())
}

async fn a_claim_to_the_zero_address_or_the_vault_reverts() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 5).await?;
    staker.send(scene.vault.deposit(u(5), staker.address())).await?;
    for receiver in [Address::ZERO, scene.vault.address()] {
        let invalid = || IVault::ERC20InvalidReceiver { receiver };
        reverts(&scene, &staker, scene.vault.claim(receiver), invalid()).await?;
    }
    Ok(())
}

async fn fund_reverts_without_an_amount_tokens_or_approval() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let funder = scene.holder("funder", 3).await?;
    let stranger = scene.person("stranger").await?;
    reverts(&scene, &funder, scene.vault.fund(u(0)), IVault::ZeroAmount {}).await?;
    let balance = IERC20::ERC20InsufficientBalance { sender: funder.address(), balance: u(3), needed: u(4) };
    reverts(&scene, &funder, scene.vault.fund(u(4)), balance).await?;
    let spender = scene.vault.address();
    let approval = IERC20::ERC20InsufficientAllowance { spender, allowance: u(0), needed: u(4) };
    reverts(&scene, &stranger, scene.vault.fund(u(4)), approval).await
}

async fn funding_above_the_bound_on_unpaid_rewards_reverts() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let funder = scene.holder("funder", 2 * MAX_UNPAID_REWARD).await?;
    let exceeded = |unpaid| IVault::RewardBoundExceeded { unpaid: u(unpaid), bound: u(MAX_UNPAID_REWARD) };
    reverts(&scene, &funder, scene.vault.fund(u(MAX_UNPAID_REWARD + 1)), exceeded(0)).await?;
    funder.send(scene.vault.fund(u(10))).await?;
    reverts(&scene, &funder, scene.vault.fund(u(MAX_UNPAID_REWARD - 9)), exceeded(10)).await?;
    funder.send(scene.vault.fund(u(MAX_UNPAID_REWARD - 10))).await?;
    assert_eq!(scene.vault.reserve().call().await?, u(MAX_UNPAID_REWARD));
    reverts(&scene, &funder, scene.vault.fund(u(1)), exceeded(MAX_UNPAID_REWARD)).await
}

async fn an_excessive_amount_sent_to_the_vault_is_queued_up_to_the_bound() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    scene.reward.mint(&scene.chain, scene.vault.address(), U256::MAX).await?;
    anyone.send(scene.vault.sync()).await?;
    assert_eq!(scene.vault.queued().call().await?, u(MAX_UNPAID_REWARD));
    assert_eq!(scene.vault.reserve().call().await?, u(MAX_UNPAID_REWARD));
    let full = IVault::RewardBoundExceeded { unpaid: u(MAX_UNPAID_REWARD), bound: u(MAX_UNPAID_REWARD) };
    reverts(&scene, &anyone, scene.vault.sync(), full).await
}
