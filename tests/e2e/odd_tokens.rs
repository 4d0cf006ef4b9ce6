//! Tokens that say one and the same thing to every call, `balanceOf` included: the vault takes their word for nothing,
//! and principal can leave. Those that live otherwise stand in `wild/`.

use alloy::{
    primitives::{Address, U256, bytes},
    sol_types::SolCall,
};
use anyhow::Result;
use libtest_mimic::Trial;
use weir_bindings::{IEntry, IVault};
use weir_harness::{Account, Action, Chain, VaultSettings};

use crate::{
    evm::{answers, answers_nothing, calls_back, create, reverts_in_silence, reverts_with},
    refusal::refused,
    scene::{Scene, Tokens, u},
    trial::on_any_chain,
};

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(a_token_that_does_not_say_yes_has_refused),
        on_any_chain(a_token_that_fails_in_silence_is_named),
        on_any_chain(what_a_token_reverts_with_is_passed_on),
        on_any_chain(a_deposit_that_did_not_arrive_is_refused),
        on_any_chain(a_reward_that_did_not_arrive_is_not_credited),
        on_any_chain(a_token_that_calls_back_when_it_is_asked_for_a_balance_is_refused),
        on_any_chain(an_asset_that_does_not_tell_its_decimals_is_taken_to_have_18),
        on_any_chain(principal_can_leave_whatever_the_reward_token_does),
        on_any_chain(a_broken_yield_token_stops_sales_and_nothing_else),
    ]
}

/// A vault for which `change` puts the contract with this code into its settings, and somebody to act.
async fn vault_with(
    code: &[u8],
    change: impl FnOnce(&mut VaultSettings, Address),
) -> Result<(Scene, Account, Address)> {
    let chain = Chain::from_environment().await?;
    let token = create(&chain, code).await?;
    let scene = Scene::on(chain, Tokens::Different, |settings| change(settings, token)).await?;
    let staker = scene.staker("staker", 100).await?;
    Ok((scene, staker, token))
}

async fn a_token_that_does_not_say_yes_has_refused() -> Result<()> {
    for word in [u(0), u(2), U256::MAX] {
        let (scene, staker, token) =
            vault_with(&answers(word), |settings, token| settings.asset = token).await?;
        let failed = IVault::SafeERC20FailedOperation { token };
        refused(&scene, &staker, scene.vault.deposit(u(1), staker.address()), failed).await?;
    }
    Ok(())
}

async fn a_token_that_fails_in_silence_is_named() -> Result<()> {
    // The second takes the transfer without a word, as some tokens do, but cannot tell a balance.
    for code in [reverts_in_silence(), answers_nothing()] {
        let (scene, staker, token) = vault_with(&code, |settings, token| settings.asset = token).await?;
        let (vault, who) = (&scene.vault, staker.address());
        for action in [
            vault.deposit(u(1), who).into_request(),
            vault.withdraw(u(1), who, who).into_request(),
            vault.totalAssets().into_request(),
            vault.previewDeposit(u(1)).into_request(),
        ] {
            refused(&scene, &staker, action, IVault::SafeERC20FailedOperation { token }).await?;
        }
    }
    Ok(())
}

async fn what_a_token_reverts_with_is_passed_on() -> Result<()> {
    // Any error that the vault does not have in a deposit.
    let code = reverts_with(IVault::ZeroEpochLength {});
    let (scene, staker, _) = vault_with(&code, |settings, token| settings.asset = token).await?;
    let deposit = scene.vault.deposit(u(1), staker.address());
    refused(&scene, &staker, deposit, IVault::ZeroEpochLength {}).await
}

async fn a_deposit_that_did_not_arrive_is_refused() -> Result<()> {
    // It says yes to everything, and that everybody holds one unit.
    let (scene, staker, token) = vault_with(&answers(u(1)), |settings, token| settings.asset = token).await?;
    let short = IVault::PrincipalShortfall { token, owed: u(2), held: u(1) };
    refused(&scene, &staker, scene.vault.deposit(u(2), staker.address()), short).await?;
    staker.send(scene.vault.deposit(u(1), staker.address())).await?;
    let short = IVault::PrincipalShortfall { token, owed: u(2), held: u(1) };
    refused(&scene, &staker, scene.vault.mint(u(1), staker.address()), short).await
}

async fn a_reward_that_did_not_arrive_is_not_credited() -> Result<()> {
    let (scene, staker, _) = vault_with(&answers(u(1)), |settings, token| settings.reward = token).await?;
    staker.send(scene.vault.fund(u(1_000))).await?;
    assert_eq!(scene.vault.reserve().call().await?, u(1));
    refused(&scene, &staker, scene.vault.fund(u(1_000)), IVault::ZeroAmount {}).await
}

async fn a_token_that_calls_back_when_it_is_asked_for_a_balance_is_refused() -> Result<()> {
    for selector in [IVault::syncCall::SELECTOR, IVault::totalSupplyCall::SELECTOR] {
        let code = calls_back(&selector);
        let (scene, staker, token) = vault_with(&code, |settings, token| settings.asset = token).await?;
        let (vault, who) = (&scene.vault, staker.address());
        for action in [
            vault.totalAssets().into_request(),
            vault.maxDeposit(who).into_request(),
            vault.previewRedeem(u(1)).into_request(),
            vault.liquidatableBalanceOf(token).into_request(),
            vault.withdraw(u(1), who, who).into_request(),
        ] {
            refused(&scene, &staker, action, IEntry::ReentrantCall {}).await?;
        }
    }
    Ok(())
}

async fn an_asset_that_does_not_tell_its_decimals_is_taken_to_have_18() -> Result<()> {
    for (code, decimals) in [
        (answers(u(0)), 0),
        (answers(u(255)), 255),
        (answers(u(256)), 18),
        (answers_nothing(), 18),
        (reverts_in_silence(), 18),
    ] {
        let (scene, ..) = vault_with(&code, |settings, token| settings.asset = token).await?;
        assert_eq!(scene.vault.decimals().call().await?, decimals);
    }
    Ok(())
}

async fn principal_can_leave_whatever_the_reward_token_does() -> Result<()> {
    let code = reverts_in_silence();
    let (scene, staker, token) = vault_with(&code, |settings, token| settings.reward = token).await?;
    let who = staker.address();
    staker.send(scene.vault.deposit(u(100), who)).await?;
    let failed = IVault::SafeERC20FailedOperation { token };
    refused(&scene, &staker, scene.vault.sync(), failed).await?;
    staker.send(scene.vault.withdraw(u(40), who, who)).await?;
    staker.send(scene.vault.exit(who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(100));
    Ok(())
}

async fn a_broken_yield_token_stops_sales_and_nothing_else() -> Result<()> {
    let code = reverts_in_silence();
    let (scene, staker, token) = vault_with(&code, |settings, token| settings.yieldToken = token).await?;
    let (vault, who) = (&scene.vault, staker.address());
    staker.send(vault.deposit(u(100), who)).await?;
    scene.reward.mint(&scene.chain, who, u(5)).await?;
    staker.send(vault.fund(u(5))).await?;
    scene.wait_for_a_price().await?;
    let failed = || IVault::SafeERC20FailedOperation { token };
    refused(&scene, &staker, vault.maxAmountOut(), failed()).await?;
    for data in [bytes!(), bytes!("01")] {
        refused(&scene, &staker, vault.swapExactAmountOut(who, u(1), U256::MAX, data), failed()).await?;
    }
    staker.send(vault.exit(who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(100));
    Ok(())
}
