//! Whatever gas a call has: it succeeds, or it changes nothing; and more gas never makes it fail where less lets it pass, so
//! wallets that look for the least gas by halving find it.

use alloy::{
    network::TransactionBuilder,
    primitives::{B256, Bytes, U256, hex},
    providers::Provider,
    rpc::types::TransactionRequest,
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_client::{Account, Action};
use weir_harness::Vault;

use super::{FIRST_GAS, LATER, STAKE, Setup};
use crate::{
    evm::{Puppet, Script, create},
    programs::Death,
    reverts::Snapshot,
    scene::{TOKEN, Tokens, settings, u},
    traced::traced_delegates,
    trial::with_time_control,
};

/// Gas of every transaction, without its calldata.
const BASE_GAS: u64 = 21_000;
/// Gas limits tried.
const STEPS: u64 = 120;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(with_any_gas_a_way_out_succeeds_or_changes_nothing),
        with_time_control(with_any_gas_a_living_vault_answers_or_changes_nothing),
        with_time_control(a_living_call_that_takes_more_than_the_first_gas_succeeds),
        with_time_control(an_inactive_program_burns_no_more_than_the_first_gas),
        with_time_control(a_living_call_reverts_with_the_data_of_its_last_attempt),
        with_time_control(with_too_little_gas_for_the_asset_a_view_reverts),
    ]
}

/// Sends the request with gas limits from the least that a node accepts (21 000 and the calldata) to `most`. Each outcome is
/// undone. Returns the least limit that succeeded.
async fn sweep(setup: &Setup, account: &Account, request: TransactionRequest, most: u64) -> Result<u64> {
    let before = Snapshot::take(&setup.scene).await?;
    let least = intrinsic_gas(&request);
    let account = account.again().await?;
    ensure!(
        account.send_with_gas(request.clone(), least - 1).await.is_err(),
        "a node accepts {least} gas less 1"
    );
    let step = (most - least) / STEPS;
    let mut enough = None;
    for gas in (least..=most).step_by(step as usize) {
        let is_success = attempt(setup, &account, &request, gas, &before).await?;
        ensure!(is_success || enough.is_none(), "it fails with {gas} gas and succeeds with less");
        enough = enough.or(is_success.then_some(gas));
    }
    let enough = enough.context("it never succeeded")?;
    let provider = setup.scene.chain.provider();
    let estimate = provider.estimate_gas(request.clone().with_from(account.address())).await?;
    ensure!(estimate < enough + step, "the estimate is {estimate}, and {enough} is enough");
    ensure!(
        attempt(setup, &account, &request, estimate, &before).await?,
        "the estimate {estimate} is too low"
    );
    Ok(enough)
}

/// Sends the request with this gas and undoes it. Returns whether it succeeded; if not, it must have changed nothing.
async fn attempt(
    setup: &Setup,
    account: &Account,
    request: &TransactionRequest,
    gas: u64,
    before: &Snapshot,
) -> Result<bool> {
    let node = setup.node()?;
    let snapshot = node.snapshot();
    let receipt = account.again().await?.send_with_gas(request.clone(), gas).await?;
    if !receipt.status() {
        before.expect_same(&Snapshot::take(&setup.scene).await?).with_context(|| format!("{gas} gas"))?;
    }
    ensure!(node.revert(snapshot));
    Ok(receipt.status())
}

/// Gas of a transaction before any code runs (EIP-2028).
fn intrinsic_gas(request: &TransactionRequest) -> u64 {
    let calldata = request.input.input().into_iter().flatten();
    BASE_GAS + calldata.map(|byte| if *byte == 0 { 4 } else { 16 }).sum::<u64>()
}

async fn with_any_gas_a_way_out_succeeds_or_changes_nothing() -> Result<()> {
    for death in Death::ALL {
        let setup = Setup::new(Tokens::AssetIsReward).await?;
        setup.programs.die(setup.node()?, death);
        for request in setup.ways_out() {
            let enough = sweep(&setup, &setup.alice, request, 3 * FIRST_GAS).await?;
            ensure!(enough > FIRST_GAS);
        }
    }
    Ok(())
}

async fn with_any_gas_a_living_vault_answers_or_changes_nothing() -> Result<()> {
    let setup = Setup::new(Tokens::AssetIsReward).await?;
    for request in setup.ways_out() {
        let enough = sweep(&setup, &setup.alice, request, 3 * FIRST_GAS).await?;
        ensure!(enough < FIRST_GAS / 2);
    }
    // It never succeeds, nor is the lifeboat asked.
    let (alice, vault) = (&setup.alice, &setup.scene.vault);
    let lifeboat = setup.scene.chain.market().await?.lifeboat;
    let before = Snapshot::take(&setup.scene).await?;
    for step in 0..=STEPS {
        let gas = BASE_GAS + 4_000 + 3 * FIRST_GAS * step / STEPS;
        let deposit = vault.deposit(u(STAKE), alice.address()).into_request().with_gas_limit(gas);
        let delegates = traced_delegates(&setup.scene.chain, alice.address(), deposit).await?;
        ensure!(!delegates.contains(&lifeboat), "with {gas} gas the lifeboat is asked");
        let receipt =
            alice.send_with_gas(vault.redeem(u(STAKE + 1), alice.address(), alice.address()), gas).await?;
        ensure!(!receipt.status());
        before.expect_same(&Snapshot::take(&setup.scene).await?)?;
    }
    Ok(())
}

/// Code that stores 1 in so many slots, at 22 100 gas each.
fn stores(slots: u8) -> Vec<u8> {
    // PUSH1 1 PUSH1 slot SSTORE …
    (0..slots).flat_map(|slot| [0x60, 1, 0x60, slot, 0x55]).collect()
}

async fn a_living_call_that_takes_more_than_the_first_gas_succeeds() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let Setup { scene, alice, .. } = &setup;
    let puppet = Puppet::create(&scene.chain).await?;
    scene.watch(puppet.address);
    scene.reward.mint(&scene.chain, puppet.address, u(TOKEN)).await?;
    scene.accrue(500).await?;
    scene.advance_to(LATER + 10).await?;
    for slots in [22, 23, 24, 60] {
        let wasteful = create(&scene.chain, &stores(slots)).await?;
        let script = Script::new()
            .call(crate::scene::transaction(wasteful, Bytes::new()))
            .call(scene.reward.transfer(scene.vault.address(), u(TOKEN / 10)));
        let swap = scene.vault.swapExactAmountOut(puppet.address, u(100), U256::MAX, script.bytes());
        sweep(&setup, alice, swap.into_request(), 5 * FIRST_GAS)
            .await
            .with_context(|| format!("{slots} slots"))?;
    }
    Ok(())
}

async fn an_inactive_program_burns_no_more_than_the_first_gas() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    setup.programs.die(setup.node()?, Death::NeedsUpgrade);
    let alice = &setup.alice;
    let receipt = alice.send_with_gas(setup.scene.vault.exit(alice.address()), 30_000_000).await?;
    ensure!(receipt.status() && receipt.gas_used < FIRST_GAS + 250_000, "{} gas", receipt.gas_used);
    Ok(())
}

async fn a_living_call_reverts_with_the_data_of_its_last_attempt() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let (node, alice) = (setup.node()?, setup.alice.address());
    let withdraw = |gas| setup.scene.vault.withdraw(u(1), alice, alice).into_request().with_gas_limit(gas);
    // GAS PUSH0 MSTORE PUSH1 32 PUSH0 REVERT: the asset returns how much gas it has.
    node.set_code(*setup.scene.asset.address(), hex!("5a5f5260205ffd").into())?;
    let gas_seen =
        |gas| -> Result<U256> { Ok(U256::from_be_slice(&setup.revert_data(alice, withdraw(gas))?)) };
    let (first, second) = (gas_seen(FIRST_GAS + 40_000)?, gas_seen(4 * FIRST_GAS)?);
    ensure!(first < U256::from(FIRST_GAS) && second > U256::from(2 * FIRST_GAS), "{first} and {second} gas");
    // PUSH2 5000 PUSH0 REVERT: more than the calldata.
    node.set_code(*setup.scene.asset.address(), hex!("6113885ffd").into())?;
    for gas in [FIRST_GAS + 40_000, 4 * FIRST_GAS] {
        assert_eq!(setup.revert_data(alice, withdraw(gas))?, vec![0; 5_000]);
    }
    Ok(())
}

/// The asset is itself a vault whose program cannot run, and burns more than a view may have left for it.
async fn with_too_little_gas_for_the_asset_a_view_reverts() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let Setup { scene, alice, .. } = &setup;
    let (inner, a) = (&scene.vault, alice.address());
    let settings = settings(inner.address(), *scene.reward.address(), *scene.yield_token.address());
    let outer = Vault::create(&scene.chain, &settings).await?;
    alice.send(inner.approve(outer.address(), u(STAKE))).await?;
    alice.send(outer.deposit(u(STAKE), a)).await?;
    setup.programs.die(setup.node()?, Death::Expired);
    let expected = Bytes::from(B256::from(u(STAKE)));
    for view in [
        outer.totalAssets().into_request(),
        outer.maxWithdraw(a).into_request(),
        outer.maxRedeem(a).into_request(),
        outer.previewRedeem(u(STAKE)).into_request(),
    ] {
        let mut answers = 0;
        for step in 0..2 * STEPS {
            let gas = BASE_GAS + 4_000 + 3 * FIRST_GAS * step / (2 * STEPS);
            // Or it runs out of gas, or reverts.
            let Ok(Ok(answer)) = setup.answer(a, &view.clone().with_gas_limit(gas)) else { continue };
            ensure!(answer == expected, "with {gas} gas it returns {answer}");
            answers += 1;
        }
        ensure!(answers > STEPS / 4, "{answers} answers");
        let gas = scene.chain.provider().estimate_gas(view.clone().with_from(a)).await?;
        assert_eq!(setup.returned(a, view.with_gas_limit(gas))?, expected);
    }
    Ok(())
}
