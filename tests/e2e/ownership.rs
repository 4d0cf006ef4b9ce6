//! Tests of the owner: how ownership is transferred, and that other accounts cannot call owner functions.
//! A vault may also have no owner.

use alloy::primitives::Address;
use anyhow::Result;
use libtest_mimic::Trial;
use weir_bindings::IVault;
use weir_client::{Account, Action};
use weir_harness::Chain;

use crate::{
    logs::{log, logs},
    reverts::reverts,
    scene::{Scene, Tokens},
    trial::on_any_chain,
};

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(ownership_passes_when_the_offer_is_accepted),
        on_any_chain(an_offer_can_be_replaced_and_withdrawn),
        on_any_chain(renouncing_ends_ownership_and_every_offer),
        on_any_chain(only_the_owner_can_call_owner_functions),
        on_any_chain(without_an_owner_every_owner_function_reverts),
    ]
}

/// A vault with an owner, and two other accounts.
async fn owned() -> Result<(Scene, [Account; 3])> {
    let chain = Chain::from_environment().await?;
    let owner = chain.account("owner").await?;
    let address = owner.address();
    let scene = Scene::on(chain, Tokens::Different, |settings| settings.owner = address).await?;
    let (heir, stranger) = (scene.person("heir").await?, scene.person("stranger").await?);
    Ok((scene, [owner, heir, stranger]))
}

fn unauthorized(account: &Account) -> IVault::OwnableUnauthorizedAccount {
    IVault::OwnableUnauthorizedAccount { account: account.address() }
}

async fn expect_owner(scene: &Scene, owner: Address, pending: Address) -> Result<()> {
    let returned = (scene.vault.owner().call().await?, scene.vault.pendingOwner().call().await?);
    assert_eq!(returned, (owner, pending));
    Ok(())
}

async fn ownership_passes_when_the_offer_is_accepted() -> Result<()> {
    let (scene, [owner, heir, stranger]) = owned().await?;
    let vault = &scene.vault;
    let (before, after) = (owner.address(), heir.address());
    let named = IVault::OwnershipTransferred { previousOwner: Address::ZERO, newOwner: before };
    assert!(logs(&vault.receipt).contains(&log(vault.address(), &named)));

    let receipt = owner.send(vault.transferOwnership(after)).await?;
    let offered = IVault::OwnershipTransferStarted { previousOwner: before, newOwner: after };
    assert_eq!(logs(&receipt), [log(vault.address(), &offered)]);
    expect_owner(&scene, before, after).await?;
    reverts(&scene, &stranger, vault.acceptOwnership(), unauthorized(&stranger)).await?;
    reverts(
        &scene,
        &heir,
        vault.setLiquidationPair(*scene.asset.address(), vault.address()),
        unauthorized(&heir),
    )
    .await?;

    let receipt = heir.send(vault.acceptOwnership()).await?;
    let passed = IVault::OwnershipTransferred { previousOwner: before, newOwner: after };
    assert_eq!(logs(&receipt), [log(vault.address(), &passed)]);
    expect_owner(&scene, after, Address::ZERO).await?;
    reverts(&scene, &owner, vault.transferOwnership(before), unauthorized(&owner)).await?;
    reverts(&scene, &heir, vault.acceptOwnership(), unauthorized(&heir)).await
}

async fn an_offer_can_be_replaced_and_withdrawn() -> Result<()> {
    let (scene, [owner, heir, stranger]) = owned().await?;
    let vault = &scene.vault;
    owner.send(vault.transferOwnership(heir.address())).await?;
    owner.send(vault.transferOwnership(stranger.address())).await?;
    reverts(&scene, &heir, vault.acceptOwnership(), unauthorized(&heir)).await?;
    owner.send(vault.transferOwnership(Address::ZERO)).await?;
    reverts(&scene, &stranger, vault.acceptOwnership(), unauthorized(&stranger)).await?;
    expect_owner(&scene, owner.address(), Address::ZERO).await
}

async fn renouncing_ends_ownership_and_every_offer() -> Result<()> {
    let (scene, [owner, heir, _]) = owned().await?;
    let vault = &scene.vault;
    owner.send(vault.transferOwnership(heir.address())).await?;
    let receipt = owner.send(vault.renounceOwnership()).await?;
    let gone = IVault::OwnershipTransferred { previousOwner: owner.address(), newOwner: Address::ZERO };
    assert_eq!(logs(&receipt), [log(vault.address(), &gone)]);
    expect_owner(&scene, Address::ZERO, Address::ZERO).await?;
    reverts(&scene, &heir, vault.acceptOwnership(), unauthorized(&heir)).await?;
    reverts(&scene, &owner, vault.transferOwnership(heir.address()), unauthorized(&owner)).await
}

async fn only_the_owner_can_call_owner_functions() -> Result<()> {
    let (scene, [owner, _, stranger]) = owned().await?;
    let (vault, who) = (&scene.vault, stranger.address());
    for action in [
        vault.transferOwnership(who).into_request(),
        vault.acceptOwnership().into_request(),
        vault.renounceOwnership().into_request(),
        vault.setLiquidationPair(*scene.asset.address(), *scene.reward.address()).into_request(),
    ] {
        reverts(&scene, &stranger, action, unauthorized(&stranger)).await?;
    }
    expect_owner(&scene, owner.address(), Address::ZERO).await
}

async fn without_an_owner_every_owner_function_reverts() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let vault = &scene.vault;
    expect_owner(&scene, Address::ZERO, Address::ZERO).await?;
    for action in [
        vault.transferOwnership(anyone.address()).into_request(),
        vault.acceptOwnership().into_request(),
        vault.renounceOwnership().into_request(),
        vault.setLiquidationPair(*scene.asset.address(), *scene.reward.address()).into_request(),
    ] {
        reverts(&scene, &anyone, action, unauthorized(&anyone)).await?;
    }
    Ok(())
}
