//! Tests with tokens that return the same to every call, `balanceOf` included. Principal can always leave.
//! Tokens that behave like those in the wild are tested in `wild/`.

use alloy::{
    primitives::{Address, U256, bytes},
    sol_types::SolCall,
};
use anyhow::Result;
use libtest_mimic::Trial;
use weir_bindings::{IEntry, IVault};
use weir_client::{Account, Action};
use weir_harness::{Chain, VaultSettings};

use crate::{
    evm::{calls_back, create, returns_nothing, returns_word, reverts_with, reverts_without_data},
    reverts::reverts,
    scene::{Scene, Tokens, u},
    trial::on_any_chain,
};

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(a_token_that_does_not_return_true_reverts),
        on_any_chain(a_token_that_fails_without_data_is_named_in_the_error),
        on_any_chain(the_error_of_a_token_is_passed_on),
        on_any_chain(a_deposit_that_does_not_arrive_reverts),
        on_any_chain(a_reward_that_does_not_arrive_is_not_credited),
        on_any_chain(a_token_that_reenters_from_balance_of_reverts),
        on_any_chain(an_asset_without_decimals_counts_as_18),
        on_any_chain(principal_can_leave_whatever_the_reward_token_does),
        on_any_chain(a_broken_yield_token_stops_only_sales),
    ]
}

/// A vault for which `change` puts a contract with this code into the settings, and a staker.
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

async fn a_token_that_does_not_return_true_reverts() -> Result<()> {
    for word in [u(0), u(2), U256::MAX] {
        let (scene, staker, token) =
            vault_with(&returns_word(word), |settings, token| settings.asset = token).await?;
        let failed = IVault::SafeERC20FailedOperation { token };
        reverts(&scene, &staker, scene.vault.deposit(u(1), staker.address()), failed).await?;
    }
    Ok(())
}

async fn a_token_that_fails_without_data_is_named_in_the_error() -> Result<()> {
    // The second one accepts a transfer and returns nothing, as some tokens do, but returns no balance either.
    for code in [reverts_without_data(), returns_nothing()] {
        let (scene, staker, token) = vault_with(&code, |settings, token| settings.asset = token).await?;
        let (vault, who) = (&scene.vault, staker.address());
        for action in [
            vault.deposit(u(1), who).into_request(),
            vault.withdraw(u(1), who, who).into_request(),
            vault.previewRedeem(u(1)).into_request(),
            vault.previewDeposit(u(1)).into_request(),
        ] {
            reverts(&scene, &staker, action, IVault::SafeERC20FailedOperation { token }).await?;
        }
    }
    Ok(())
}

async fn the_error_of_a_token_is_passed_on() -> Result<()> {
    // An error that a deposit does not have.
    let code = reverts_with(IVault::NotAVault {});
    let (scene, staker, _) = vault_with(&code, |settings, token| settings.asset = token).await?;
    let deposit = scene.vault.deposit(u(1), staker.address());
    reverts(&scene, &staker, deposit, IVault::NotAVault {}).await
}

async fn a_deposit_that_does_not_arrive_reverts() -> Result<()> {
    // The token returns true to every transfer, and a balance of one unit for every account.
    let (scene, staker, token) =
        vault_with(&returns_word(u(1)), |settings, token| settings.asset = token).await?;
    let short = IVault::PrincipalShortfall { token, owed: u(2), held: u(1) };
    reverts(&scene, &staker, scene.vault.deposit(u(2), staker.address()), short).await?;
    staker.send(scene.vault.deposit(u(1), staker.address())).await?;
    let short = IVault::PrincipalShortfall { token, owed: u(2), held: u(1) };
    reverts(&scene, &staker, scene.vault.mint(u(1), staker.address()), short).await
}

async fn a_reward_that_does_not_arrive_is_not_credited() -> Result<()> {
    let (scene, staker, _) =
        vault_with(&returns_word(u(1)), |settings, token| settings.reward = token).await?;
    staker.send(scene.vault.fund(u(1_000))).await?;
    assert_eq!(scene.vault.reserve().call().await?, u(1));
    reverts(&scene, &staker, scene.vault.fund(u(1_000)), IVault::ZeroAmount {}).await
}

async fn a_token_that_reenters_from_balance_of_reverts() -> Result<()> {
    for selector in [IVault::syncCall::SELECTOR, IVault::totalSupplyCall::SELECTOR] {
        let code = calls_back(&selector);
        let (scene, staker, token) = vault_with(&code, |settings, token| settings.asset = token).await?;
        let (vault, who) = (&scene.vault, staker.address());
        for action in [
            vault.previewRedeem(u(1)).into_request(),
            vault.liquidatableBalanceOf(token).into_request(),
            vault.withdraw(u(1), who, who).into_request(),
        ] {
            reverts(&scene, &staker, action, IEntry::ReentrantCall {}).await?;
        }
    }
    Ok(())
}

async fn an_asset_without_decimals_counts_as_18() -> Result<()> {
    for (code, decimals) in [
        (returns_word(u(0)), 0),
        (returns_word(u(255)), 255),
        (returns_word(u(256)), 18),
        (returns_nothing(), 18),
        (reverts_without_data(), 18),
    ] {
        let (scene, ..) = vault_with(&code, |settings, token| settings.asset = token).await?;
        assert_eq!(scene.vault.decimals().call().await?, decimals);
    }
    Ok(())
}

async fn principal_can_leave_whatever_the_reward_token_does() -> Result<()> {
    let code = reverts_without_data();
    let (scene, staker, token) = vault_with(&code, |settings, token| settings.reward = token).await?;
    let who = staker.address();
    staker.send(scene.vault.deposit(u(100), who)).await?;
    let failed = IVault::SafeERC20FailedOperation { token };
    reverts(&scene, &staker, scene.vault.sync(), failed).await?;
    staker.send(scene.vault.withdraw(u(40), who, who)).await?;
    staker.send(scene.vault.exit(who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(100));
    Ok(())
}

async fn a_broken_yield_token_stops_only_sales() -> Result<()> {
    let code = reverts_without_data();
    let (scene, staker, token) = vault_with(&code, |settings, token| settings.yieldToken = token).await?;
    let (vault, who) = (&scene.vault, staker.address());
    staker.send(vault.deposit(u(100), who)).await?;
    scene.reward.mint(&scene.chain, who, u(5)).await?;
    staker.send(vault.fund(u(5))).await?;
    scene.wait_for_a_price().await?;
    let failed = || IVault::SafeERC20FailedOperation { token };
    reverts(&scene, &staker, vault.maxAmountOut(), failed()).await?;
    for data in [bytes!(), bytes!("01")] {
        reverts(&scene, &staker, vault.swapExactAmountOut(who, u(1), U256::MAX, data), failed()).await?;
    }
    staker.send(vault.exit(who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(100));
    Ok(())
}
