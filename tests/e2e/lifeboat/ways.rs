//! What works while the programs cannot run, and what does not.

use alloy::{
    primitives::{Address, U256},
    sol_types::{SolCall, SolError},
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir::clones::VaultCode;
use weir_artifacts::on_chain_code;
use weir_bindings::{IVault, Program};
use weir_client::Action;
use weir_harness::Vault;

use super::{FIRST_GAS, LATER, REWARD, SERVED, STAKE, Setup, send_as_estimated};
use crate::{
    evm::create,
    intruder::vault_calls,
    programs::{Death, Mortal, MortalPrograms},
    reverts::Snapshot,
    scene::{Tokens, activation, transaction, u},
    trial::with_time_control,
};

/// More gas than any way out takes (`docs/lifeboat.md`).
const MOST_GAS: u64 = 800_000;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(stakers_leave_with_principal_and_rewards_and_wallets_estimates_are_enough),
        with_time_control(what_is_not_needed_to_leave_reverts_with_program_inactive),
        with_time_control(a_year_without_keep_alive_locks_nothing),
        with_time_control(a_vault_whose_extension_alone_is_inactive_lets_everything_leave),
        with_time_control(the_shares_of_another_vault_leave_both_vaults),
        with_time_control(the_shares_of_an_inactive_vault_leave_a_vault_that_runs),
        with_time_control(called_directly_the_lifeboat_moves_nothing),
    ]
}

async fn stakers_leave_with_principal_and_rewards_and_wallets_estimates_are_enough() -> Result<()> {
    for tokens in [Tokens::Different, Tokens::AssetIsReward, Tokens::AssetIsYield] {
        let expected = leave(&Setup::new(tokens).await?, FIRST_GAS).await.context("by the programs")?;
        let rewards = if tokens == Tokens::AssetIsReward { REWARD } else { 0 };
        let assets: U256 = expected[..2].iter().sum();
        ensure!(
            assets <= u(2 * STAKE + rewards) && assets + u(2) > u(2 * STAKE + rewards),
            "{assets} assets"
        );
        for death in Death::ALL {
            let setup = Setup::new(tokens).await?;
            setup.programs.die(setup.node()?, death);
            let left = leave(&setup, MOST_GAS).await.with_context(|| format!("{death:?}"))?;
            assert_eq!(left, expected);
        }
    }
    Ok(())
}

/// Both stakers leave by all ways, each with the gas that the node estimates, and less than `most`. Returns their balances:
/// assets, then rewards.
async fn leave(setup: &Setup, most: u64) -> Result<[U256; 4]> {
    let Setup { scene, alice, bob, .. } = setup;
    let (vault, a, b) = (&scene.vault, alice.address(), bob.address());
    for (seconds, (account, action)) in (LATER + 1..).zip([
        (alice, vault.withdraw(u(STAKE / 4), a, a).into_request()),
        (alice, vault.redeem(u(STAKE / 4), a, a).into_request()),
        (alice, vault.transfer(b, u(STAKE / 4)).into_request()),
        (alice, vault.approve(b, u(STAKE / 4)).into_request()),
        (bob, vault.transferFrom(a, b, u(STAKE / 4)).into_request()),
        (alice, vault.claim(a).into_request()),
        (bob, vault.exit(b).into_request()),
    ]) {
        scene.chain.set_time(scene.start + seconds).await?;
        let gas = send_as_estimated(scene, account, action).await?;
        ensure!(gas < most, "it takes {gas} gas");
    }
    assert_eq!(vault.totalSupply().call().await?, u(0));
    let [asset, reward] = [&scene.asset, &scene.reward];
    Ok([asset.balance(a).await?, asset.balance(b).await?, reward.balance(a).await?, reward.balance(b).await?])
}

async fn what_is_not_needed_to_leave_reverts_with_program_inactive() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    setup.programs.die(setup.node()?, Death::Expired);
    let inactive = setup.inactive().await?.abi_encode();
    let mut served = 0;
    for (signature, call) in vault_calls() {
        let request = transaction(setup.scene.vault.address(), call.clone());
        let answer = setup.answer(setup.alice.address(), &request)?;
        let is_served = SERVED.iter().any(|selector| call.starts_with(selector));
        let is_inactive = answer.as_ref().is_err_and(|data| **data == inactive);
        ensure!(is_inactive != is_served, "{signature}: {answer:?}");
        served += usize::from(is_served);
    }
    assert_eq!(served, SERVED.len());
    for data in [vec![], vec![1, 2, 3], vec![0xff; 4]] {
        let request = transaction(setup.scene.vault.address(), data);
        assert_eq!(*setup.revert_data(setup.alice.address(), request)?, inactive);
    }
    Ok(())
}

/// By time alone: 365 days after its activation a program expires, and the tokens' program too, which is activated again.
async fn a_year_without_keep_alive_locks_nothing() -> Result<()> {
    const YEARS: u64 = 40 * 365 * 86_400;
    let setup = Setup::new(Tokens::Different).await?;
    let Setup { scene, alice, .. } = &setup;
    let (vault, a) = (&scene.vault, alice.address());
    scene.send_at(YEARS, scene.chain.payer(), activation(*scene.asset.address())).await?;
    let deposit = setup.revert_data(a, vault.deposit(u(1), a))?;
    assert_eq!(*deposit, setup.inactive().await?.abi_encode());
    scene.send_at(YEARS, alice, vault.exit(a)).await?;
    assert_eq!(scene.asset.balance(a).await?, u(STAKE));
    assert_eq!(scene.reward.balance(a).await?, u(REWARD / 2));

    // Anyone can activate the programs again, and the vault goes on.
    let market = scene.chain.market().await?;
    for program in [market.vault_program, market.extension] {
        scene.send_at(YEARS, scene.chain.payer(), activation(program)).await?;
    }
    scene.send_at(YEARS, alice, vault.deposit(u(STAKE), a)).await?;
    assert_eq!(vault.totalSupply().call().await?, u(2 * STAKE));
    Ok(())
}

/// All that moves principal and rewards is in the vault's own program.
async fn a_vault_whose_extension_alone_is_inactive_lets_everything_leave() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let Setup { scene, alice, .. } = &setup;
    let extension = scene.chain.market().await?.extension;
    Mortal::new(setup.node()?, extension)?.die(setup.node()?, Death::Expired);
    for request in setup.ways_out() {
        setup.returned(alice.address(), request)?;
    }
    alice.send(scene.vault.exit(alice.address())).await?;
    assert_eq!(scene.asset.balance(alice.address()).await?, u(STAKE));
    Ok(())
}

async fn the_shares_of_another_vault_leave_both_vaults() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let Setup { scene, alice, .. } = &setup;
    let (inner, a) = (&scene.vault, alice.address());
    let outer = {
        let asset = inner.address();
        let settings = crate::scene::settings(asset, *scene.reward.address(), *scene.yield_token.address());
        Vault::create(&scene.chain, &settings).await?
    };
    alice.send(inner.approve(outer.address(), u(STAKE))).await?;
    alice.send(outer.deposit(u(STAKE), a)).await?;
    setup.programs.die(setup.node()?, Death::NeedsUpgrade);
    assert_eq!(outer.maxWithdraw(a).call().await?, u(STAKE));
    for action in [
        outer.withdraw(u(STAKE / 2), a, a).into_request(),
        outer.exit(a).into_request(),
        inner.exit(a).into_request(),
    ] {
        send_as_estimated(scene, alice, action).await?;
    }
    assert_eq!(scene.asset.balance(a).await?, u(STAKE));
    // Each move of shares may cost a unit.
    assert!(scene.reward.balance(a).await? >= u(REWARD / 2 - 2));
    Ok(())
}

/// The outer vault runs a program of its own: that of another release, with other code.
async fn the_shares_of_an_inactive_vault_leave_a_vault_that_runs() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let Setup { scene, alice, .. } = &setup;
    let (inner, a, node) = (&scene.vault, alice.address(), setup.node()?);
    let other = create(&scene.chain, &on_chain_code(&another_release(Program::Vault.wasm()?))).await?;
    scene.send_as_payer(activation(other)).await?;
    let code = node.code(inner.address(), Default::default())?;
    let mut outer = VaultCode::decode(&code).context("it is no vault")?;
    outer.program = other;
    outer.config.asset = inner.address();
    let outer = scene.chain.create(outer.init_code()).await?;
    let outer = IVault::new(outer, scene.chain.provider().clone());
    alice.send(inner.approve(*outer.address(), u(STAKE))).await?;
    alice.send(outer.deposit(u(STAKE), a)).await?;

    let MortalPrograms([program, extension]) = &setup.programs;
    program.die(node, Death::NeedsUpgrade);
    extension.die(node, Death::NeedsUpgrade);
    assert_eq!(*setup.revert_data(a, inner.deposit(u(1), a))?, setup.inactive().await?.abi_encode());
    for action in [
        outer.withdraw(u(STAKE / 2), a, a).into_request(),
        outer.redeem(u(STAKE / 2), a, a).into_request(),
        inner.exit(a).into_request(),
    ] {
        send_as_estimated(scene, alice, action).await?;
    }
    assert_eq!(scene.asset.balance(a).await?, u(STAKE));
    Ok(())
}

/// The same program with other code, so another one to the chain.
fn another_release(wasm: Vec<u8>) -> Vec<u8> {
    // A custom section of the name "x".
    [&wasm[..], &[0, 2, 1, b'x']].concat()
}

async fn called_directly_the_lifeboat_moves_nothing() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let Setup { scene, alice, .. } = &setup;
    scene.watch(Address::ZERO);
    let lifeboat = scene.chain.market().await?.lifeboat;
    let before = Snapshot::take(scene).await?;
    let config = VaultCode::config(&setup.node()?.code(scene.vault.address(), Default::default())?)
        .context("the vault's code has no configuration")?
        .encode();
    for request in setup.ways_out() {
        let call = request.input.into_input().unwrap_or_default();
        for calldata in [call.to_vec(), [&call[..], &config].concat()] {
            alice.send_with_gas(transaction(lifeboat, calldata), MOST_GAS).await?;
        }
    }
    before.expect_same(&Snapshot::take(scene).await?)?;
    assert_eq!(scene.asset.balance(lifeboat).await?, u(0));
    // Its views answer of its own storage, in which nobody has anything.
    let call = IVault::balanceOfCall { account: alice.address() }.abi_encode();
    let answer = setup.returned(alice.address(), transaction(lifeboat, [call, config].concat()))?;
    assert_eq!(answer.as_ref(), [0; 32]);
    Ok(())
}
