//! Tests that a call that runs out of gas changes nothing, wherever it stops.
//! Each call is sent with increasing gas limits until it succeeds.

use alloy::{
    eips::BlockId,
    network::TransactionBuilder,
    primitives::{U64, U256},
    providers::Provider,
    rpc::types::{BlockOverrides, TransactionRequest, state::StateOverride},
};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir_client::{Account, Action};

use crate::{
    evm::{Puppet, Script},
    reverts::fails_without_changes,
    scene::{EPOCH, Scene, TOKEN, Tokens, u},
    trial::{on_any_chain, with_time_control},
};

/// Gas that a transaction needs before any code runs, calldata included.
const LEAST_GAS: u64 = 24_000;
/// Gas limits tried between [`LEAST_GAS`] and what the call needs.
const STEPS: u64 = 12;
/// A node's estimate may exceed what is needed by this many percent.
const ESTIMATE_MARGIN_PERCENT: u64 = 3;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(a_deposit_that_runs_out_of_gas_changes_nothing),
        on_any_chain(a_withdrawal_that_runs_out_of_gas_changes_nothing),
        on_any_chain(funding_that_runs_out_of_gas_changes_nothing),
        on_any_chain(a_flash_swap_that_runs_out_of_gas_changes_nothing),
        with_time_control(a_claim_that_runs_out_of_gas_changes_nothing),
    ]
}

/// Sends `action` with gas limits from too little to nearly enough, which must fail, and then with enough.
async fn expect_failure_until_enough_gas(
    scene: &Scene,
    account: &Account,
    action: impl Action,
) -> Result<()> {
    let request: TransactionRequest = action.into_request().with_from(account.address());
    // On a devnode, an estimate for a given time is exact.
    let (enough, too_little) = match scene.chain.node() {
        Some(_) => {
            let enough = estimate_now(scene, &request).await?;
            (enough, enough - 1)
        }
        None => {
            let enough = scene.chain.provider().estimate_gas(request.clone()).await?;
            (enough, enough - enough * ESTIMATE_MARGIN_PERCENT / 100)
        }
    };
    for step in 0..=STEPS {
        let gas = LEAST_GAS + (too_little - LEAST_GAS) * step / STEPS;
        fails_without_changes(scene, account, request.clone(), gas)
            .await
            .with_context(|| format!("{gas} of {enough} gas"))?;
    }
    account.send(request).await?;
    Ok(())
}

/// Gas in a block with the time of the next one, but not a second later.
async fn estimate_now(scene: &Scene, request: &TransactionRequest) -> Result<u64> {
    let provider = scene.chain.provider();
    let next = provider.get_block(BlockId::pending()).await?.context("there is always a next block")?;
    let time = BlockOverrides::default().with_time(next.header.timestamp);
    let parameters = (request, BlockId::pending(), StateOverride::default(), time);
    let gas: U64 = provider.raw_request("eth_estimateGas".into(), parameters).await?;
    Ok(gas.to())
}

async fn a_deposit_that_runs_out_of_gas_changes_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 10).await?;
    expect_failure_until_enough_gas(&scene, &staker, scene.vault.deposit(u(10), staker.address())).await?;
    assert_eq!(scene.shares(&staker).await?, u(10));
    Ok(())
}

async fn a_withdrawal_that_runs_out_of_gas_changes_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 10).await?;
    let who = staker.address();
    staker.send(scene.vault.deposit(u(10), who)).await?;
    expect_failure_until_enough_gas(&scene, &staker, scene.vault.withdraw(u(10), who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(10));
    Ok(())
}

async fn funding_that_runs_out_of_gas_changes_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let funder = scene.holder("funder", 10).await?;
    expect_failure_until_enough_gas(&scene, &funder, scene.vault.fund(u(10))).await?;
    assert_eq!(scene.vault.reserve().call().await?, u(10));
    Ok(())
}

async fn a_flash_swap_that_runs_out_of_gas_changes_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.person("buyer").await?;
    let puppet = Puppet::create(&scene.chain).await?.address;
    scene.watch(puppet);
    let payment = 1_000 * TOKEN;
    scene.reward.mint(&scene.chain, puppet, u(payment)).await?;
    scene.accrue(7).await?;
    scene.wait_for_a_price().await?;
    let pay = Script::new().call(scene.reward.transfer(scene.vault.address(), u(payment)));
    expect_failure_until_enough_gas(
        &scene,
        &buyer,
        scene.vault.swapExactAmountOut(puppet, u(7), U256::MAX, pay.bytes()),
    )
    .await?;
    assert_eq!(scene.yield_token.balance(puppet).await?, u(7));
    Ok(())
}

async fn a_claim_that_runs_out_of_gas_changes_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 8).await?;
    let who = staker.address();
    scene.send_at(60, &staker, scene.vault.deposit(u(8), who)).await?;
    scene.fund(60, 1_000).await?;
    // The whole reward has streamed: the claim does not change while the test runs.
    scene.advance_to(2 * EPOCH).await?;
    expect_failure_until_enough_gas(&scene, &staker, scene.vault.claim(who)).await?;
    assert_eq!(scene.reward.balance(who).await?, u(1_000));
    Ok(())
}
