//! Tests of the views of ERC-4626 that must not revert, whatever the asset does: limits, conversions, the total.
//! https://eips.ethereum.org/EIPS/eip-4626

use alloy::{
    primitives::{Bytes, U256},
    providers::Provider,
};
use anyhow::Result;
use libtest_mimic::Trial;
use serde_json::Value;
use weir::math::MAX_STAKE;
use weir_bindings::IVault;

use crate::{
    evm::{calls_back, returns_nothing, reverts_with, reverts_without_data},
    reverts::call_reverts,
    scene::{Scene, Tokens, u},
    trial::with_time_control,
};

const STAKE: u128 = 6_000;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(limits_and_conversions_never_revert_because_of_the_asset),
        with_time_control(worthless_shares_convert_to_zero),
    ]
}

/// Sets the code of the scene's asset.
async fn set_code(scene: &Scene, code: Bytes) -> Result<()> {
    let provider = scene.chain.provider();
    let _: Value = provider.raw_request("anvil_setCode".into(), (*scene.asset.address(), code)).await?;
    Ok(())
}

async fn limits_and_conversions_never_revert_because_of_the_asset() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", STAKE).await?;
    let (vault, who) = (&scene.vault, staker.address());
    staker.send(vault.deposit(u(STAKE), who)).await?;
    let genuine = scene.chain.provider().get_code_at(*scene.asset.address()).await?;
    let broken = [
        reverts_without_data(),
        returns_nothing(),
        reverts_with(IVault::ZeroAmount {}),
        calls_back(&alloy::sol_types::SolCall::abi_encode(&IVault::syncCall {})),
    ];
    for code in broken {
        set_code(&scene, code.into()).await?;
        assert_eq!(vault.totalAssets().call().await?, U256::ZERO);
        assert_eq!(vault.maxDeposit(who).call().await?, U256::ZERO);
        assert_eq!(vault.maxMint(who).call().await?, U256::ZERO);
        assert_eq!(vault.maxWithdraw(who).call().await?, U256::ZERO);
        assert_eq!(vault.maxRedeem(who).call().await?, U256::ZERO);
        assert_eq!(vault.convertToAssets(u(5)).call().await?, U256::ZERO);
        assert_eq!(vault.convertToShares(u(5)).call().await?, U256::ZERO);
        // A preview may revert.
        assert!(staker.simulate(vault.previewRedeem(u(5))).await.is_err());
    }
    set_code(&scene, genuine).await?;
    assert_eq!(vault.totalAssets().call().await?, u(STAKE));
    assert_eq!(vault.maxDeposit(who).call().await?, u(MAX_STAKE - STAKE));
    assert_eq!(vault.maxWithdraw(who).call().await?, u(STAKE));
    assert_eq!(vault.convertToAssets(u(5)).call().await?, u(5));
    assert_eq!(vault.convertToShares(U256::MAX).call().await?, U256::MAX);
    Ok(())
}

async fn worthless_shares_convert_to_zero() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", STAKE).await?;
    let (vault, who) = (&scene.vault, staker.address());
    staker.send(vault.deposit(u(STAKE), who)).await?;
    // The asset returns a balance of 0.
    set_code(&scene, crate::evm::returns_word(u(0)).into()).await?;
    for amount in [u(0), u(1), u(STAKE), u(MAX_STAKE)] {
        assert_eq!(vault.convertToShares(amount).call().await?, U256::ZERO);
        assert_eq!(vault.convertToAssets(amount).call().await?, U256::ZERO);
    }
    let short = IVault::PrincipalShortfall { token: *scene.asset.address(), owed: u(STAKE), held: u(0) };
    call_reverts(&staker, vault.previewWithdraw(u(1)), &alloy::sol_types::SolError::abi_encode(&short)).await
}
