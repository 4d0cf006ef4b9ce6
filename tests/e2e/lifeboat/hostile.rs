//! Nobody but ArbWasm leads a call into the lifeboat, and nobody gets in between while it runs.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    rpc::types::TransactionRequest,
    sol_types::{SolCall, SolError},
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_bindings::{IArbWasm, IEntry, IVault, deploy::ARB_WASM};
use weir_client::Action;

use super::{REWARD, SERVED, STAKE, Setup};
use crate::{
    evm::{Puppet, Script, create, forwards_static_calls, pays_and_calls, reverts_with_data},
    intruder::{guarded_calls, reentrant_views},
    programs::{Death, MortalPrograms},
    reverts::{GAS_LIMIT, Snapshot},
    scene::{Scene, Tokens, transaction, u},
    traced::traced_delegates,
    trial::{with_solidity, with_time_control},
    wild::token::{Role, WildToken, wild_vault},
};

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(a_token_that_imitates_errors_of_arbwasm_leads_nowhere),
        with_time_control(views_answer_static_calls_and_nothing_can_be_changed_by_one),
        with_time_control(contracts_can_leave),
        with_solidity(with_time_control(a_token_cannot_reenter)),
        with_solidity(with_time_control(a_token_that_activates_the_program_again_cannot_reenter)),
    ]
}

/// What ArbWasm reverts with when a program cannot run.
fn imitations() -> [Bytes; 3] {
    [
        IArbWasm::ProgramNotActivated {}.abi_encode().into(),
        IArbWasm::ProgramNeedsUpgrade { version: 1, stylusVersion: 2 }.abi_encode().into(),
        IArbWasm::ProgramExpired { ageInSeconds: 365 * 86_400 + 1 }.abi_encode().into(),
    ]
}

async fn a_token_that_imitates_errors_of_arbwasm_leads_nowhere() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let (node, scene, alice) = (setup.node()?, &setup.scene, setup.alice.address());
    let lifeboat = scene.chain.market().await?.lifeboat;
    for error in imitations() {
        node.set_code(*scene.asset.address(), reverts_with_data(&error).into())?;
        for action in [
            scene.vault.withdraw(u(1), alice, alice).into_request(),
            scene.vault.exit(alice).into_request(),
            scene.vault.deposit(u(1), alice).into_request(),
            scene.vault.previewRedeem(u(1)).into_request(),
        ] {
            assert_eq!(setup.revert_data(alice, action.clone())?, error);
            let delegates = traced_delegates(&scene.chain, alice, action.with_gas_limit(GAS_LIMIT)).await?;
            ensure!(!delegates.is_empty() && !delegates.contains(&lifeboat), "{delegates:?}");
        }
    }
    Ok(())
}

async fn views_answer_static_calls_and_nothing_can_be_changed_by_one() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let (scene, alice) = (&setup.scene, &setup.alice);
    let forwarder = create(&scene.chain, &forwards_static_calls()).await?;
    let forward = |action: TransactionRequest| {
        let call = action.input.into_input().unwrap_or_default();
        let to = scene.vault.address().into_word();
        transaction(forwarder, [&to[..], &call].concat())
    };
    setup.programs.die(setup.node()?, Death::Expired);
    for view in [
        scene.vault.earned(alice.address()).into_request(),
        scene.vault.maxWithdraw(alice.address()).into_request(),
        scene.vault.previewRedeem(u(STAKE)).into_request(),
        scene.vault.name().into_request(),
    ] {
        let direct = setup.returned(alice.address(), view.clone())?;
        assert_eq!(setup.returned(alice.address(), forward(view))?, direct);
    }
    let inactive = setup.inactive().await?.abi_encode();
    assert_eq!(*setup.revert_data(alice.address(), forward(scene.vault.epoch().into_request()))?, inactive);
    let before = Snapshot::take(scene).await?;
    for request in setup.ways_out() {
        ensure!(!alice.send_with_gas(forward(request), GAS_LIMIT).await?.status());
        before.expect_same(&Snapshot::take(scene).await?)?;
    }
    Ok(())
}

async fn contracts_can_leave() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let Setup { scene, alice, .. } = &setup;
    let puppet = Puppet::create(&scene.chain).await?;
    alice.send(scene.vault.transfer(puppet.address, u(STAKE))).await?;
    setup.programs.die(setup.node()?, Death::Expired);
    // Each call of a program that cannot run burns gas.
    let who = puppet.address;
    let script = Script::new()
        .call(scene.vault.withdraw(u(STAKE / 2), who, who))
        .call(scene.vault.exit(who))
        .call(scene.asset.transfer(alice.address(), u(STAKE)));
    super::send_as_estimated(scene, alice, puppet.run(script)).await?;
    assert_eq!(scene.asset.balance(alice.address()).await?, u(STAKE));
    Ok(())
}

/// A vault whose asset calls back when it is transferred.
async fn hooked() -> Result<(Setup, WildToken)> {
    let (scene, wild) = wild_vault(Role::Asset).await?;
    Ok((Setup::of(scene).await?, wild))
}

async fn hook(scene: &Scene, wild: &WildToken, target: Address, data: Bytes) -> Result<()> {
    scene.send_as_payer(wild.setHook(target, data, false)).await
}

async fn a_token_cannot_reenter() -> Result<()> {
    let (setup, wild) = hooked().await?;
    let (node, scene, alice) = (setup.node()?, &setup.scene, &setup.alice);
    let reentrant = IEntry::ReentrantCall {}.abi_encode();
    let calls = guarded_calls().into_iter().map(|(_, call)| call).chain(reentrant_views());
    for call in calls {
        hook(scene, &wild, scene.vault.address(), call.clone()).await?;
        let snapshot = node.snapshot();
        setup.programs.die(node, Death::Expired);
        let exit = scene.vault.exit(alice.address());
        let receipt = alice.again().await?.send_with_gas(exit, GAS_LIMIT).await?;
        ensure!(receipt.status(), "a call that the token swallows changes nothing");
        let seen = wild.lastHook().call().await?;
        ensure!(seen.called);
        // What the vault was created with can be read.
        let is_open =
            reentrant_views().contains(&call) && SERVED.iter().any(|selector| call.starts_with(selector));
        if is_open {
            ensure!(seen.success, "{call}");
        } else {
            ensure!(!seen.success && seen.result == reentrant, "{call}: {}", seen.result);
        }
        assert_eq!(scene.asset.balance(alice.address()).await?, u(STAKE));
        assert_eq!(scene.reward.balance(alice.address()).await?, u(REWARD / 2));
        ensure!(node.revert(snapshot));
    }
    Ok(())
}

/// The program runs again in the middle of a call that the lifeboat answers: its own guard sees that call.
async fn a_token_that_activates_the_program_again_cannot_reenter() -> Result<()> {
    let (setup, wild) = hooked().await?;
    let (node, scene, alice) = (setup.node()?, &setup.scene, &setup.alice);
    let program = scene.chain.market().await?.vault_program;
    let who = alice.address();
    let activate = IArbWasm::activateProgramCall { program }.abi_encode();
    for call in [
        IVault::withdrawCall { assets: u(1), receiver: who, owner: who }.abi_encode(),
        IVault::depositCall { assets: u(1), receiver: who }.abi_encode(),
        IVault::totalSupplyCall {}.abi_encode(),
    ] {
        let reviver =
            create(&scene.chain, &pays_and_calls((ARB_WASM, &activate), (scene.vault.address(), &call)))
                .await?;
        node.set_balance(reviver, U256::from(10).pow(U256::from(18)));
        hook(scene, &wild, reviver, Bytes::new()).await?;
        let snapshot = node.snapshot();
        // The extension is there to name the error.
        let MortalPrograms([vault, _]) = &setup.programs;
        vault.die(node, Death::Expired);
        let receipt =
            alice.again().await?.send_with_gas(scene.vault.exit(who), weir_devnode::TX_GAS_LIMIT).await?;
        ensure!(receipt.status(), "a call that the token swallows changes nothing");
        let seen = wild.lastHook().call().await?;
        assert_eq!(*seen.result, IEntry::ReentrantCall {}.abi_encode());
        // It lives: what the lifeboat does not serve works now.
        setup.returned(who, scene.vault.maxAmountOut()).context("the program was not activated")?;
        assert_eq!(scene.asset.balance(who).await?, u(STAKE));
        assert_eq!(scene.vault.balanceOf(who).call().await?, u(0));
        ensure!(node.revert(snapshot));
    }
    Ok(())
}
