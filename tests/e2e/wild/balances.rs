//! Assets that lie about the vault's balance: it is believed, bounded, and forgiven when the truth comes back.

use alloy::primitives::U256;
use anyhow::Result;
use libtest_mimic::Trial;
use weir::math::{MAX_STAKE, MAX_UNPAID_REWARD};
use weir_bindings::IVault;
use weir_harness::Account;

use super::token::{Role, Wild, wild_vault};
use crate::{
    refusal::refused,
    scene::{FIRST_PRICE, PERIOD, Scene, u},
    trial::{on_any_chain, with_time_control},
};

const STAKE: u128 = 6_000;
const WALLET: u128 = 1_000;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(an_asset_that_claims_all_there_is_changes_nothing_for_the_shares),
        on_any_chain(an_asset_that_claims_nothing_is_there_keeps_the_shares_until_it_tells_the_truth),
        on_any_chain(a_reward_that_was_only_claimed_is_never_paid_out_of_principal),
        with_time_control(what_of_a_surplus_was_only_claimed_and_sold_is_the_shares_loss),
    ]
}

/// A vault with a wild asset, and somebody who has staked 6 000 of 7 000.
async fn staked(role: Role) -> Result<(Scene, Wild, Account)> {
    let (scene, wild) = wild_vault(role).await?;
    let staker = scene.staker("staker", STAKE + WALLET).await?;
    staker.send(scene.vault.deposit(u(STAKE), staker.address())).await?;
    Ok((scene, wild, staker))
}

/// The wild token says that the vault holds `balance`; the truth, for 0.
async fn claim_balance(scene: &Scene, wild: &Wild, balance: U256) -> Result<()> {
    scene.arrange(wild.setReported(scene.vault.address(), balance)).await
}

async fn expect_all_out(scene: &Scene, staker: &Account) -> Result<()> {
    let who = staker.address();
    staker.send(scene.vault.redeem(scene.shares(staker).await?, who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(STAKE + WALLET));
    assert_eq!(scene.vault.totalSupply().call().await?, U256::ZERO);
    Ok(())
}

async fn an_asset_that_claims_all_there_is_changes_nothing_for_the_shares() -> Result<()> {
    let (scene, wild, staker) = staked(Role::Asset).await?;
    let (vault, who) = (&scene.vault, staker.address());
    claim_balance(&scene, &wild, U256::MAX).await?;
    assert_eq!(vault.totalAssets().call().await?, u(STAKE));
    assert_eq!(vault.maxDeposit(who).call().await?, u(MAX_STAKE - STAKE));
    assert_eq!(vault.maxWithdraw(who).call().await?, u(STAKE));
    assert_eq!(vault.previewRedeem(U256::MAX).call().await?, U256::MAX);
    assert_eq!(vault.liquidatableBalanceOf(*wild.address()).call().await?, U256::MAX - u(STAKE));
    staker.send(vault.deposit(u(500), who)).await?;
    let too_much = IVault::ERC4626ExceededMaxWithdraw { owner: who, assets: U256::MAX, max: u(STAKE + 500) };
    refused(&scene, &staker, vault.withdraw(U256::MAX, who, who), too_much).await?;
    staker.send(vault.withdraw(u(500), who, who)).await?;
    claim_balance(&scene, &wild, U256::ZERO).await?;
    assert_eq!(wild.balanceOf(vault.address()).call().await?, u(STAKE));
    expect_all_out(&scene, &staker).await
}

async fn an_asset_that_claims_nothing_is_there_keeps_the_shares_until_it_tells_the_truth() -> Result<()> {
    let (scene, wild, staker) = staked(Role::Asset).await?;
    let (vault, who) = (&scene.vault, staker.address());
    scene.arrange(wild.setHidden(vault.address(), true)).await?;
    let told = [
        vault.totalAssets().call().await?,
        vault.maxDeposit(who).call().await?,
        vault.maxMint(who).call().await?,
        vault.maxWithdraw(who).call().await?,
        vault.maxRedeem(who).call().await?,
        vault.previewRedeem(u(STAKE)).call().await?,
    ];
    assert_eq!(told, [U256::ZERO; 6]);
    refused(&scene, &staker, vault.deposit(u(1), who), wild.shortfall(STAKE + 1, 0)).await?;
    refused(&scene, &staker, vault.redeem(u(STAKE), who, who), wild.shortfall(STAKE, 0)).await?;
    refused(&scene, &staker, vault.exit(who), wild.shortfall(STAKE, 0)).await?;
    refused(&scene, &staker, vault.previewWithdraw(u(1)), wild.shortfall(STAKE, 0)).await?;
    refused(&scene, &staker, vault.previewDeposit(u(1)), wild.shortfall(STAKE, 0)).await?;
    let none = IVault::ERC4626ExceededMaxWithdraw { owner: who, assets: u(1), max: u(0) };
    refused(&scene, &staker, vault.withdraw(u(1), who, who), none).await?;
    assert_eq!(scene.shares(&staker).await?, u(STAKE));
    scene.arrange(wild.setHidden(vault.address(), false)).await?;
    expect_all_out(&scene, &staker).await
}

async fn a_reward_that_was_only_claimed_is_never_paid_out_of_principal() -> Result<()> {
    let (scene, wild, staker) = staked(Role::AssetAndReward).await?;
    let (vault, who) = (&scene.vault, staker.address());
    claim_balance(&scene, &wild, U256::MAX).await?;
    staker.send(vault.sync()).await?;
    assert_eq!(vault.reserve().call().await?, u(MAX_UNPAID_REWARD));
    claim_balance(&scene, &wild, U256::ZERO).await?;

    // The vault owes more than there is: it takes nothing more, and says why; the shares are still whole.
    let short = |assets| wild.shortfall(STAKE + MAX_UNPAID_REWARD + assets, STAKE + assets);
    refused(&scene, &staker, vault.deposit(u(5), who), short(5)).await?;
    refused(&scene, &staker, vault.sync(), short(0)).await?;
    assert_eq!(vault.maxDeposit(who).call().await?, U256::ZERO);
    assert_eq!(vault.totalAssets().call().await?, u(STAKE));
    expect_all_out(&scene, &staker).await
}

async fn what_of_a_surplus_was_only_claimed_and_sold_is_the_shares_loss() -> Result<()> {
    let (scene, wild, staker) = staked(Role::AssetAndYield).await?;
    let buyer = scene.holder("buyer", FIRST_PRICE).await?;
    let (vault, who) = (&scene.vault, staker.address());
    claim_balance(&scene, &wild, u(STAKE + 1_500)).await?;
    assert_eq!(vault.maxAmountOut().call().await?, u(1_500));
    let buy = vault.swapExactAmountOut(buyer.address(), u(1_500), U256::MAX, Default::default());
    scene.act(PERIOD, &buyer, buy).await?;
    claim_balance(&scene, &wild, U256::ZERO).await?;

    // Three quarters are left, and the price of the rest is the stakers' reward.
    assert_eq!(vault.maxAmountOut().call().await?, U256::ZERO);
    assert_eq!(vault.totalAssets().call().await?, u(4_500));
    assert_eq!(vault.reserve().call().await?, u(FIRST_PRICE));
    staker.send(vault.redeem(u(STAKE), who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(WALLET + 4_500));
    Ok(())
}
