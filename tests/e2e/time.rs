//! Tests of long times: a year, 136 and 200 years. A program has to be activated again every 365 days.
//! The vault's clock has 32 bits and stops after 136 years.

use alloy::primitives::U256;
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_bindings::IVault;

use crate::{
    logs::{log, logs},
    reverts::{GAS_LIMIT, Snapshot},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, TOKEN, Tokens, activation, u},
    trial::with_time_control,
};

const YEAR: u64 = 365 * 24 * 3_600;
/// When the vault's clock stops, in seconds after the deployment: it has 32 bits.
const LAST_SECOND: u64 = u32::MAX as u64;
/// One base unit a second, over an epoch.
const A_UNIT_A_SECOND: u128 = EPOCH as u128;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(programs_expire_after_a_year_and_lose_nothing),
        with_time_control(rewards_stop_after_136_years),
        with_time_control(after_two_hundred_years_principal_and_rewards_can_leave),
        with_time_control(after_two_hundred_years_the_auction_sells),
        with_time_control(a_second_after_another_action_a_call_needs_at_most_5_percent_more_gas),
    ]
}

async fn programs_expire_after_a_year_and_lose_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 100).await?;
    let who = staker.address();
    scene.send_at(60, &staker, scene.vault.deposit(u(100), who)).await?;
    scene.send_at(YEAR - EPOCH, &staker, scene.vault.withdraw(u(1), who, who)).await?;
    let before = Snapshot::take(&scene).await?;

    let now = YEAR + 2 * 3_600;
    scene.advance_to(now).await?;
    let withdrawal = || scene.vault.withdraw(u(99), who, who);
    let program = scene.chain.market().await?.vault_program;
    let error = staker.simulate(scene.vault.deposit(u(1), who)).await.expect_err("the program has expired");
    assert!(error.is(&IVault::ProgramInactive { program }), "{error}");
    // The asset is a program as well.
    let token = *scene.asset.address();
    let error = staker.simulate(withdrawal()).await.expect_err("the asset has expired");
    assert!(error.is(&IVault::SafeERC20FailedOperation { token }), "{error}");
    scene.chain.set_time(scene.start + now).await?;
    assert!(!staker.send_with_gas(withdrawal(), GAS_LIMIT).await?.status());
    scene.send_at(now, scene.chain.payer(), activation(token)).await?;
    staker.simulate(withdrawal()).await?;

    // With the vault's own program, its extension excepted, everything leaves, too.
    scene.send_at(now, scene.chain.payer(), activation(program)).await?;
    assert!(staker.simulate(scene.vault.epoch()).await.is_err(), "the extension has expired too");
    staker.simulate(withdrawal()).await?;
    scene.send_at(now, scene.chain.payer(), activation(scene.chain.market().await?.extension)).await?;
    before.expect_same(&Snapshot::take(&scene).await?)?;
    scene.send_at(now, &staker, withdrawal()).await?;
    assert_eq!(scene.asset.balance(who).await?, u(100));
    Ok(())
}

async fn rewards_stop_after_136_years() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 4).await?;
    let last_epoch = LAST_SECOND / EPOCH;
    let now = (last_epoch - 1) * EPOCH;
    scene.reactivate(now).await?;
    scene.send_at(now, &staker, scene.vault.deposit(u(4), staker.address())).await?;
    scene.fund(now, A_UNIT_A_SECOND).await?;
    // The last epoch is cut short: nothing streams after the last second.
    let streamed = U256::from(LAST_SECOND - last_epoch * EPOCH);
    for (seconds, earned) in [
        (LAST_SECOND - 1, streamed - u(1)),
        (LAST_SECOND, streamed),
        (LAST_SECOND + 1, streamed),
        (LAST_SECOND + 30 * EPOCH, streamed),
    ] {
        scene.advance_to(seconds).await?;
        assert_eq!(scene.earned(&staker).await?, earned, "after {seconds} s");
        assert_eq!(scene.vault.epoch().call().await?, U256::from(last_epoch));
    }
    Ok(())
}

async fn after_two_hundred_years_principal_and_rewards_can_leave() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let (early, late) = (scene.staker("early", 4).await?, scene.staker("late", 4).await?);
    let vault = &scene.vault;
    scene.send_at(60, &early, vault.deposit(u(4), early.address())).await?;
    scene.fund(60, A_UNIT_A_SECOND).await?;

    let now = 200 * YEAR;
    scene.reactivate(now).await?;
    scene.send_at(now, &late, vault.deposit(u(4), late.address())).await?;
    scene.fund(now, A_UNIT_A_SECOND).await?;
    let end = now + 3 * EPOCH;
    scene.advance_to(end).await?;
    assert_eq!(scene.earned(&late).await?, U256::ZERO);
    assert_eq!(vault.queued().call().await?, u(A_UNIT_A_SECOND));
    for (staker, reward) in [(&early, A_UNIT_A_SECOND), (&late, 0)] {
        let who = staker.address();
        scene.send_at(end, staker, vault.transfer(who, u(1))).await?;
        scene.send_at(end, staker, vault.exit(who)).await?;
        assert_eq!(scene.asset.balance(who).await?, u(4));
        assert_eq!(scene.reward.balance(who).await?, u(reward));
    }
    assert_eq!(vault.totalSupply().call().await?, U256::ZERO);
    assert_eq!(vault.reserve().call().await?, u(A_UNIT_A_SECOND));
    Ok(())
}

async fn after_two_hundred_years_the_auction_sells() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.holder("buyer", TOKEN).await?;
    let now = 200 * YEAR;
    scene.reactivate(now).await?;
    scene.accrue(500).await?;
    let price = FIRST_PRICE * u128::from(PERIOD) / u128::from(now);
    let buy = scene.vault.swapExactAmountOut(buyer.address(), u(500), u(price), Default::default());
    let receipt = scene.send_at(now, &buyer, buy).await?;
    let sold = IVault::SwappedExactAmountOut {
        sender: buyer.address(),
        receiver: buyer.address(),
        amountOut: u(500),
        amountInMax: u(price),
        amountIn: u(price),
        flashSwapData: Default::default(),
    };
    assert_eq!(logs(&receipt).last(), Some(&log(scene.vault.address(), &sold)));
    assert_eq!(scene.vault.lastAuctionAt().call().await?, scene.start + now);
    Ok(())
}

/// In the second of the vault's last action the stream is up to date, and a call does not have to write it. Wallets and
/// integrators that estimate in that second must add this margin (`packages/abi/README.md`).
async fn a_second_after_another_action_a_call_needs_at_most_5_percent_more_gas() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let (vault, node) = (&scene.vault, scene.chain.node().context("needs a devnode")?.chain());
    let [first, second] = [scene.staker("first", 1_000).await?, scene.staker("second", 1_000).await?];
    let a = second.address();
    for staker in [&first, &second] {
        scene.send_at(60, staker, vault.deposit(u(500), staker.address())).await?;
    }
    scene.fund(100, TOKEN).await?;
    let now = EPOCH + 1_000;
    scene.send_at(now, &first, vault.deposit(u(1), first.address())).await?;
    let actions = [
        ("deposit", vault.deposit(u(5), a).into_transaction_request()),
        ("redeem", vault.redeem(u(5), a, a).into_transaction_request()),
        ("claim", vault.claim(a).into_transaction_request()),
        ("exit", vault.exit(a).into_transaction_request()),
        ("transfer", vault.transfer(first.address(), u(5)).into_transaction_request()),
    ];
    for (name, action) in actions {
        let mut gas = [0; 2];
        for (later, gas) in [0, 1].into_iter().zip(&mut gas) {
            let snapshot = node.snapshot();
            scene.chain.set_time(scene.start + now + later).await?;
            let receipt = second.again().await?.send_with_gas(action.clone(), GAS_LIMIT).await?;
            ensure!(receipt.status(), "{name} fails");
            *gas = receipt.gas_used;
            ensure!(node.revert(snapshot));
        }
        let [at_once, later] = gas;
        println!(
            "{name}: {at_once} gas, {later} a second later ({:.1} %)",
            100.0 * later as f64 / at_once as f64 - 100.0
        );
        ensure!(later >= at_once && later * 100 <= at_once * 105, "{name}: {at_once} gas, then {later}");
    }
    Ok(())
}
