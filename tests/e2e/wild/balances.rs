//! Tests of assets that report a false balance of the vault: the vault relies on it, bounds it, and works again when
//! the true balance returns.

use alloy::primitives::U256;
use anyhow::Result;
use libtest_mimic::Trial;
use weir::math::{MAX_STAKE, MAX_UNPAID_REWARD};
use weir_bindings::IVault;
use weir_client::Account;

use super::token::{Role, WildToken, wild_vault};
use crate::{
    reverts::reverts,
    scene::{FIRST_PRICE, PERIOD, Scene, u},
    trial::{on_any_chain, with_time_control},
};

const STAKE: u128 = 6_000;
const WALLET: u128 = 1_000;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(an_overreported_balance_does_not_change_the_worth_of_shares),
        on_any_chain(a_hidden_balance_keeps_the_shares_until_it_returns),
        on_any_chain(a_falsely_reported_reward_is_never_paid_from_principal),
        with_time_control(selling_a_falsely_reported_surplus_is_a_loss_of_the_shares),
    ]
}

/// A vault with a wild asset, and a staker who has staked 6 000 of 7 000.
async fn staked(role: Role) -> Result<(Scene, WildToken, Account)> {
    let (scene, wild) = wild_vault(role).await?;
    let staker = scene.staker("staker", STAKE + WALLET).await?;
    staker.send(scene.vault.deposit(u(STAKE), staker.address())).await?;
    Ok((scene, wild, staker))
}

/// Lets the wild token report `balance` for the vault; 0 restores the true balance.
async fn claim_balance(scene: &Scene, wild: &WildToken, balance: U256) -> Result<()> {
    scene.send_as_payer(wild.setReported(scene.vault.address(), balance)).await
}

async fn expect_all_out(scene: &Scene, staker: &Account) -> Result<()> {
    let who = staker.address();
    staker.send(scene.vault.redeem(scene.shares(staker).await?, who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(STAKE + WALLET));
    assert_eq!(scene.vault.totalSupply().call().await?, U256::ZERO);
    Ok(())
}

async fn an_overreported_balance_does_not_change_the_worth_of_shares() -> Result<()> {
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
    reverts(&scene, &staker, vault.withdraw(U256::MAX, who, who), too_much).await?;
    staker.send(vault.withdraw(u(500), who, who)).await?;
    claim_balance(&scene, &wild, U256::ZERO).await?;
    assert_eq!(wild.balanceOf(vault.address()).call().await?, u(STAKE));
    expect_all_out(&scene, &staker).await
}

async fn a_hidden_balance_keeps_the_shares_until_it_returns() -> Result<()> {
    let (scene, wild, staker) = staked(Role::Asset).await?;
    let (vault, who) = (&scene.vault, staker.address());
    scene.send_as_payer(wild.setHidden(vault.address(), true)).await?;
    let returned = [
        vault.totalAssets().call().await?,
        vault.maxDeposit(who).call().await?,
        vault.maxMint(who).call().await?,
        vault.maxWithdraw(who).call().await?,
        vault.maxRedeem(who).call().await?,
        vault.previewRedeem(u(STAKE)).call().await?,
    ];
    assert_eq!(returned, [U256::ZERO; 6]);
    reverts(&scene, &staker, vault.deposit(u(1), who), wild.shortfall(STAKE + 1, 0)).await?;
    reverts(&scene, &staker, vault.redeem(u(STAKE), who, who), wild.shortfall(STAKE, 0)).await?;
    reverts(&scene, &staker, vault.exit(who), wild.shortfall(STAKE, 0)).await?;
    reverts(&scene, &staker, vault.previewWithdraw(u(1)), wild.shortfall(STAKE, 0)).await?;
    reverts(&scene, &staker, vault.previewDeposit(u(1)), wild.shortfall(STAKE, 0)).await?;
    let none = IVault::ERC4626ExceededMaxWithdraw { owner: who, assets: u(1), max: u(0) };
    reverts(&scene, &staker, vault.withdraw(u(1), who, who), none).await?;
    assert_eq!(scene.shares(&staker).await?, u(STAKE));
    scene.send_as_payer(wild.setHidden(vault.address(), false)).await?;
    expect_all_out(&scene, &staker).await
}

async fn a_falsely_reported_reward_is_never_paid_from_principal() -> Result<()> {
    let (scene, wild, staker) = staked(Role::AssetAndReward).await?;
    let (vault, who) = (&scene.vault, staker.address());
    claim_balance(&scene, &wild, U256::MAX).await?;
    staker.send(vault.sync()).await?;
    assert_eq!(vault.reserve().call().await?, u(MAX_UNPAID_REWARD));
    claim_balance(&scene, &wild, U256::ZERO).await?;

    // The vault owes more than it holds: deposits and `sync` revert, but shares keep their worth.
    let short = |assets| wild.shortfall(STAKE + MAX_UNPAID_REWARD + assets, STAKE + assets);
    reverts(&scene, &staker, vault.deposit(u(5), who), short(5)).await?;
    reverts(&scene, &staker, vault.sync(), short(0)).await?;
    assert_eq!(vault.maxDeposit(who).call().await?, U256::ZERO);
    assert_eq!(vault.totalAssets().call().await?, u(STAKE));
    expect_all_out(&scene, &staker).await
}

async fn selling_a_falsely_reported_surplus_is_a_loss_of_the_shares() -> Result<()> {
    let (scene, wild, staker) = staked(Role::AssetAndYield).await?;
    let buyer = scene.holder("buyer", FIRST_PRICE).await?;
    let (vault, who) = (&scene.vault, staker.address());
    claim_balance(&scene, &wild, u(STAKE + 1_500)).await?;
    assert_eq!(vault.maxAmountOut().call().await?, u(1_500));
    let buy = vault.swapExactAmountOut(buyer.address(), u(1_500), U256::MAX, Default::default());
    scene.send_at(PERIOD, &buyer, buy).await?;
    claim_balance(&scene, &wild, U256::ZERO).await?;

    // Three quarters are left; the price of the rest is the stakers' reward.
    assert_eq!(vault.maxAmountOut().call().await?, U256::ZERO);
    assert_eq!(vault.totalAssets().call().await?, u(4_500));
    assert_eq!(vault.reserve().call().await?, u(FIRST_PRICE));
    staker.send(vault.redeem(u(STAKE), who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(WALLET + 4_500));
    Ok(())
}
