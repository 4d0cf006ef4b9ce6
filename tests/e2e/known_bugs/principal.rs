//! Tests for known bugs of the principal: inflated share prices, stakes borrowed for a moment, stakes paid out as
//! rewards.

use alloy::primitives::{Bytes, U256};
use anyhow::Result;
use libtest_mimic::Trial;
use weir::math::MAX_STAKE;
use weir_bindings::IVault;

use crate::{
    evm::{Puppet, Script},
    logs::logs,
    reverts::reverts,
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, TOKEN, Tokens, u},
    stakers::{A_UNIT_A_SECOND, FIRST_SECONDS, staked},
    trial::{on_any_chain, with_time_control},
};

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(a_donation_inflates_no_share_price),
        with_time_control(a_stake_borrowed_around_a_sale_earns_none_of_it),
        with_time_control(a_stake_borrowed_around_funding_earns_none_of_it),
        on_any_chain(principal_is_never_queued_as_reward),
        with_time_control(principal_is_never_paid_out_as_reward),
        with_time_control(the_first_and_the_last_staker_are_like_any_other),
    ]
}

/// The first depositor of an ERC-4626 vault deposits one unit and donates a fortune, so that the next depositor's
/// shares round to zero: github.com/OpenZeppelin/openzeppelin-contracts/pull/3979.
async fn a_donation_inflates_no_share_price() -> Result<()> {
    const FORTUNE: u128 = 1_000_000 * TOKEN;
    for tokens in [Tokens::Different, Tokens::AssetIsReward, Tokens::AssetIsYield] {
        let scene = Scene::new(tokens).await?;
        let attacker = scene.staker("attacker", 1 + FORTUNE).await?;
        let victim = scene.staker("victim", 2 * TOKEN).await?;
        let vault = &scene.vault;
        attacker.send(vault.deposit(u(1), attacker.address())).await?;
        attacker.send(scene.asset.transfer(vault.address(), u(FORTUNE))).await?;
        for assets in [1, TOKEN, MAX_STAKE] {
            assert_eq!(vault.previewDeposit(u(assets)).call().await?, u(assets));
            assert_eq!(vault.convertToAssets(u(assets)).call().await?, u(assets));
        }
        assert_eq!(vault.totalAssets().call().await?, u(1));
        victim.send(vault.deposit(u(TOKEN), victim.address())).await?;
        victim.send(vault.mint(u(TOKEN), victim.address())).await?;
        assert_eq!(scene.shares(&victim).await?, u(2 * TOKEN));
        assert_eq!(vault.maxWithdraw(attacker.address()).call().await?, u(1));
        for (account, assets) in [(&attacker, 1), (&victim, 2 * TOKEN)] {
            account.send(vault.redeem(u(assets), account.address(), account.address())).await?;
            assert_eq!(scene.asset.balance(account.address()).await?, u(assets));
        }
    }
    Ok(())
}

/// A harvest pays whoever is staked at that moment: github.com/yearn/yearn-vaults-v2/pull/167. Here it is one
/// transaction, as with a flash loan.
async fn a_stake_borrowed_around_a_sale_earns_none_of_it() -> Result<()> {
    const LOAN: u128 = 1 << 100;
    const YIELD: u128 = 500;
    let (scene, stakers) = staked([64]).await?;
    let puppet = Puppet::create(&scene.chain).await?;
    let (vault, who, anyone) = (&scene.vault, puppet.address, scene.person("anyone").await?);
    scene.accrue(YIELD).await?;
    scene.asset.mint(&scene.chain, who, u(LOAN)).await?;
    scene.reward.mint(&scene.chain, who, u(FIRST_PRICE)).await?;
    let attack = Script::new()
        .call(scene.asset.approve(vault.address(), U256::MAX))
        .call(scene.reward.approve(vault.address(), U256::MAX))
        .call(vault.deposit(u(LOAN), who))
        .call(vault.swapExactAmountOut(who, u(YIELD), U256::MAX, Bytes::new()))
        .call(vault.sync())
        .call(vault.claim(who))
        .call(vault.redeem(u(LOAN), who, who));
    scene.send_at(PERIOD, &anyone, puppet.run(attack)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(LOAN));
    assert_eq!(scene.reward.balance(who).await?, U256::ZERO);
    // The attacker earns nothing later either.
    scene.advance_to(2 * EPOCH).await?;
    assert_eq!(vault.earned(who).call().await?, U256::ZERO);
    assert_eq!(scene.earned(&stakers[0]).await?, u(FIRST_PRICE));
    Ok(())
}

/// The same around `sync` and the end of an epoch.
async fn a_stake_borrowed_around_funding_earns_none_of_it() -> Result<()> {
    const LOAN: u128 = 1 << 100;
    let (scene, stakers) = staked([64]).await?;
    let puppet = Puppet::create(&scene.chain).await?;
    let (vault, who, anyone) = (&scene.vault, puppet.address, scene.person("anyone").await?);
    scene.asset.mint(&scene.chain, who, u(LOAN)).await?;
    scene.reward.mint(&scene.chain, vault.address(), u(A_UNIT_A_SECOND)).await?;
    let attack = Script::new()
        .call(scene.asset.approve(vault.address(), U256::MAX))
        .call(vault.deposit(u(LOAN), who))
        .call(vault.sync())
        .call(vault.claim(who))
        .call(vault.redeem(u(LOAN), who, who));
    for now in [EPOCH - 1, EPOCH, EPOCH + 1, 2 * EPOCH] {
        scene.send_at(now, &anyone, puppet.run(attack.clone())).await?;
        assert_eq!(scene.reward.balance(who).await?, U256::ZERO, "after {now} s");
    }
    scene.advance_to(3 * EPOCH).await?;
    assert_eq!(vault.earned(who).call().await?, U256::ZERO);
    assert_eq!(scene.earned(&stakers[0]).await?, u(A_UNIT_A_SECOND));
    Ok(())
}

/// Where asset and reward are one token, the balance alone does not tell them apart.
async fn principal_is_never_queued_as_reward() -> Result<()> {
    let scene = Scene::new(Tokens::AssetIsReward).await?;
    let staker = scene.staker("staker", 100).await?;
    staker.send(scene.vault.deposit(u(60), staker.address())).await?;
    assert_eq!(logs(&staker.send(scene.vault.sync()).await?), []);
    staker.send(scene.vault.fund(u(30))).await?;
    assert_eq!(scene.vault.reserve().call().await?, u(30));
    assert_eq!(logs(&staker.send(scene.vault.sync()).await?), []);
    staker.send(scene.vault.deposit(u(10), staker.address())).await?;
    assert_eq!(logs(&staker.send(scene.vault.sync()).await?), []);
    let too_much = IVault::ERC4626ExceededMaxWithdraw { owner: staker.address(), assets: u(71), max: u(70) };
    let withdraw = scene.vault.withdraw(u(71), staker.address(), staker.address());
    reverts(&scene, &staker, withdraw, too_much).await
}

/// Rewards that come out of the vault that holds the stakes leave the last stakers short:
/// github.com/Frankcastleauditor/Solana-Audit-Arena/issues/31.
async fn principal_is_never_paid_out_as_reward() -> Result<()> {
    let scene = Scene::new(Tokens::AssetIsReward).await?;
    let vault = &scene.vault;
    let (first, second) = (scene.staker("first", 64).await?, scene.staker("second", 64).await?);
    for staker in [&first, &second] {
        scene.send_at(FIRST_SECONDS, staker, vault.deposit(u(64), staker.address())).await?;
    }
    scene.fund(FIRST_SECONDS, A_UNIT_A_SECOND).await?;
    // Claims at many times, also when there is nothing: in the end exactly the reward is paid.
    for quarters in 4..=12 {
        for staker in [&first, &second] {
            scene.send_at(quarters * EPOCH / 4, staker, vault.claim(staker.address())).await?;
        }
        let held = scene.asset.balance(vault.address()).await?;
        assert_eq!(held, u(128) + vault.reserve().call().await?);
    }
    assert_eq!(scene.asset.balance(vault.address()).await?, u(128));
    for staker in [&first, &second] {
        staker.send(vault.exit(staker.address())).await?;
        assert_eq!(scene.asset.balance(staker.address()).await?, u(64 + A_UNIT_A_SECOND / 2));
    }
    Ok(())
}

/// The first staker gets what was meant for all, or nothing; the last one leaves a rest, or cannot leave.
async fn the_first_and_the_last_staker_are_like_any_other() -> Result<()> {
    let (scene, mut stakers) = staked([]).await?;
    for (number, stake) in [7, 1_000_003, 3].into_iter().enumerate() {
        stakers.push(scene.staker(&format!("staker {number}"), stake).await?);
    }
    let vault = &scene.vault;
    // In one epoch the first staker is alone; in the next one all are staked, and leave one after the other.
    scene.fund(FIRST_SECONDS, 1_000).await?;
    let deposit = |number: usize, stake| vault.deposit(u(stake), stakers[number].address());
    scene.send_at(EPOCH, &stakers[0], deposit(0, 7)).await?;
    scene.fund(EPOCH, 1_000_013).await?;
    scene.send_at(2 * EPOCH, &stakers[1], deposit(1, 1_000_003)).await?;
    scene.send_at(2 * EPOCH, &stakers[2], deposit(2, 3)).await?;
    for (staker, (stake, reward)) in stakers.iter().zip([(7, 1_007), (1_000_003, 1_000_003), (3, 3)]) {
        scene.send_at(3 * EPOCH, staker, vault.exit(staker.address())).await?;
        assert_eq!(scene.asset.balance(staker.address()).await?, u(stake));
        let paid = scene.reward.balance(staker.address()).await?;
        assert!(paid == u(reward) || paid == u(reward - 1), "{paid} of {reward}");
    }
    // Only what rounding withheld is left, at most a unit per staker, and no stake.
    assert_eq!(vault.totalSupply().call().await?, U256::ZERO);
    assert_eq!(scene.asset.balance(vault.address()).await?, U256::ZERO);
    let left = vault.reserve().call().await?;
    assert!(left <= u(3), "{left}");
    assert_eq!(scene.reward.balance(vault.address()).await?, left);

    // A new staker starts like the first one.
    scene.fund(3 * EPOCH, A_UNIT_A_SECOND).await?;
    scene.asset.mint(&scene.chain, stakers[0].address(), u(1)).await?;
    scene.send_at(4 * EPOCH, &stakers[0], deposit(0, 8)).await?;
    scene.advance_to(5 * EPOCH).await?;
    // The whole reward, less the rounding of the debt.
    assert_eq!(scene.earned(&stakers[0]).await?, u(A_UNIT_A_SECOND - 1));
    Ok(())
}
