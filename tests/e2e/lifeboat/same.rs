//! The lifeboat answers as the programs do: the same results, the same errors with the same arguments.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, U256},
    rpc::types::TransactionRequest,
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_bindings::{IVault, revert::explain};
use weir_client::Action;

use super::{SERVED, STAKE, Setup};
use crate::{
    evm::{calls_back, returns_nothing, returns_word, reverts_with, reverts_without_data},
    intruder::vault_calls,
    programs::Death,
    scene::{Scene, Tokens, transaction, u},
    trial::with_time_control,
};

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(every_answer_and_revert_is_that_of_the_programs),
        with_time_control(a_broken_token_has_the_same_answers_and_reverts),
        with_time_control(malformed_calldata_and_ether_revert_with_the_same_errors),
        with_time_control(names_of_any_length_are_returned),
    ]
}

/// Amounts around every limit.
fn amounts() -> [U256; 9] {
    [
        u(0),
        u(1),
        u(STAKE / 3),
        u(STAKE),
        u(STAKE + 1),
        u(2 * STAKE),
        u(u128::MAX),
        u(u128::MAX) + u(1),
        U256::MAX,
    ]
}

/// Calls of all served functions, with each amount and each kind of account.
fn calls(setup: &Setup) -> Vec<(Address, TransactionRequest)> {
    let vault = &setup.scene.vault;
    let (alice, bob, stranger) = (setup.alice.address(), setup.bob.address(), Address::repeat_byte(9));
    let accounts = [alice, stranger, vault.address(), Address::ZERO];
    let mut requests = vec![
        vault.asset().into_request(),
        vault.reward().into_request(),
        vault.name().into_request(),
        vault.symbol().into_request(),
        vault.decimals().into_request(),
        vault.totalSupply().into_request(),
        vault.totalAssets().into_request(),
        vault.reserve().into_request(),
    ];
    for account in accounts {
        requests.extend([
            vault.balanceOf(account).into_request(),
            vault.allowance(account, bob).into_request(),
            vault.maxWithdraw(account).into_request(),
            vault.maxRedeem(account).into_request(),
            vault.earned(account).into_request(),
            vault.claim(account).into_request(),
            vault.exit(account).into_request(),
        ]);
    }
    for amount in amounts() {
        requests.extend([
            vault.previewWithdraw(amount).into_request(),
            vault.previewRedeem(amount).into_request(),
        ]);
        for account in accounts {
            requests.extend([
                vault.approve(account, amount).into_request(),
                vault.transfer(account, amount).into_request(),
                vault.transferFrom(account, bob, amount).into_request(),
                vault.transferFrom(alice, account, amount).into_request(),
                vault.withdraw(amount, account, alice).into_request(),
                vault.withdraw(amount, bob, account).into_request(),
                vault.redeem(amount, account, alice).into_request(),
                vault.redeem(amount, bob, account).into_request(),
            ]);
        }
    }
    let senders = [alice, bob, stranger];
    requests.into_iter().flat_map(|request| senders.map(|sender| (sender, request.clone()))).collect()
}

/// Checks that these calls are answered alike while the programs run and while they do not.
fn expect_same(setup: &Setup, calls: &[(Address, TransactionRequest)]) -> Result<()> {
    let node = setup.node()?;
    for (sender, request) in calls {
        setup.programs.live(node);
        let expected = setup.answer(*sender, request)?;
        setup.programs.die(node, Death::Expired);
        let found = setup.answer(*sender, request)?;
        let words = |answer: &Result<_, _>| {
            answer.as_ref().map_err(|data: &alloy::primitives::Bytes| explain(data)).cloned()
        };
        ensure!(
            found == expected,
            "{request:?} of {sender}: {:?}, but the programs answer {:?}",
            words(&found),
            words(&expected)
        );
    }
    setup.programs.live(node);
    Ok(())
}

async fn every_answer_and_revert_is_that_of_the_programs() -> Result<()> {
    for tokens in [Tokens::Different, Tokens::AssetIsReward, Tokens::AssetIsYield] {
        let setup = Setup::new(tokens).await?;
        let Setup { scene, alice, bob, .. } = &setup;
        // Bob may spend some of Alice's shares.
        alice.send(scene.vault.approve(bob.address(), u(STAKE / 2))).await?;
        expect_same(&setup, &calls(&setup)).context("whole")?;
        alice.send(scene.vault.approve(bob.address(), U256::MAX)).await?;
        expect_same(&setup, &calls(&setup)).context("with an unlimited allowance")?;
        // In the middle of an epoch with a queue, and with nobody staked.
        scene.fund(super::LATER + 7, 1_234).await?;
        scene.advance_to(super::LATER + crate::scene::EPOCH + 12_345).await?;
        expect_same(&setup, &calls(&setup)).context("in the middle of an epoch")?;
        for staker in [alice, bob] {
            staker.send(scene.vault.redeem(u(STAKE), staker.address(), staker.address())).await?;
        }
        expect_same(&setup, &calls(&setup)).context("without stakers")?;
    }
    Ok(())
}

async fn a_broken_token_has_the_same_answers_and_reverts() -> Result<()> {
    for tokens in [Tokens::Different, Tokens::AssetIsReward] {
        let setup = Setup::new(tokens).await?;
        let (node, scene) = (setup.node()?, &setup.scene);
        let codes = [
            // Of each balance; some of them a loss.
            returns_word(u(0)),
            returns_word(u(1)),
            returns_word(u(STAKE)),
            returns_word(u(2 * STAKE - 1)),
            returns_word(u(2 * STAKE)),
            returns_word(U256::MAX),
            returns_nothing(),
            reverts_without_data(),
            reverts_with(IVault::ZeroAmount {}),
            Vec::new(),
        ];
        for token in [&scene.asset, &scene.reward] {
            let genuine = node.code(*token.address(), Default::default())?;
            for code in &codes {
                node.set_code(*token.address(), code.clone().into())?;
                expect_same(&setup, &calls(&setup))
                    .with_context(|| format!("{} with {code:x?}", token.address()))?;
            }
            node.set_code(*token.address(), genuine)?;
        }
        // Where the token reads the vault in the middle of a call. Only views differ: a static call cannot lock.
        let genuine = node.code(*scene.asset.address(), Default::default())?;
        let reads = calls_back(&alloy::sol_types::SolCall::abi_encode(&IVault::totalSupplyCall {}));
        node.set_code(*scene.asset.address(), reads.into())?;
        let alice = setup.alice.address();
        let moves = setup.ways_out().into_iter().map(|request| (alice, request)).collect::<Vec<_>>();
        expect_same(&setup, &moves).context("with an asset that reads the vault")?;
        node.set_code(*scene.asset.address(), genuine)?;
    }
    Ok(())
}

async fn malformed_calldata_and_ether_revert_with_the_same_errors() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let (alice, vault) = (setup.alice.address(), setup.scene.vault.address());
    let mut requests = Vec::new();
    for (_, call) in vault_calls() {
        if !SERVED.iter().any(|selector| call.starts_with(selector)) {
            continue;
        }
        let dirty = [&call[..4], &[0xff; 32 * 3]].concat();
        let longer = [&call[..], &[7; 41]].concat();
        requests.extend([dirty, longer].map(|data| transaction(vault, data)));
        for shorter in (4..call.len()).step_by(31) {
            requests.push(transaction(vault, call[..shorter].to_vec()));
        }
        requests.push(transaction(vault, call).with_value(u(1)));
    }
    let calls: Vec<_> = requests.into_iter().map(|request| (alice, request)).collect();
    ensure!(calls.len() > 100);
    expect_same(&setup, &calls)
}

async fn names_of_any_length_are_returned() -> Result<()> {
    for (name, symbol) in
        [("", ""), ("Weir", ""), ("", "W"), (&*"n".repeat(254), "s"), (&*"n".repeat(255), &*"s".repeat(255))]
    {
        let scene = Scene::with(Tokens::Different, |settings| {
            (settings.name, settings.symbol) = (name.into(), symbol.into());
        });
        let setup = Setup::of(scene.await?).await?;
        let vault = &setup.scene.vault;
        let views = [vault.name().into_request(), vault.symbol().into_request()];
        expect_same(&setup, &views.map(|view| (setup.alice.address(), view)))?;
        setup.programs.die(setup.node()?, Death::Expired);
        assert_eq!(vault.name().call().await?, name);
        assert_eq!(vault.symbol().call().await?, symbol);
    }
    Ok(())
}
