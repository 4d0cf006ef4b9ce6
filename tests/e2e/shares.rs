//! Tests of the vault's shares as an ERC-20 token, and of the parameters that a vault returns.
//! Permits are tested in `permits.rs`.

use alloy::primitives::{Address, U256};
use anyhow::Result;
use libtest_mimic::Trial;
use weir::math::MAX_STAKE;
use weir_bindings::IVault;
use weir_harness::{Chain, Token, Vault};

use crate::{
    logs::{log, logs},
    reverts::reverts,
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, Tokens, settings, u},
    trial::on_any_chain,
};

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(a_vault_returns_its_parameters),
        on_any_chain(names_of_any_length_are_returned_whole),
        on_any_chain(shares_have_the_decimals_of_the_asset),
        on_any_chain(a_transfer_moves_shares_and_emits_it),
        on_any_chain(a_transfer_to_oneself_or_of_nothing_moves_nothing),
        on_any_chain(an_approval_is_set_replaced_and_emitted),
        on_any_chain(transfer_from_spends_the_allowance),
        on_any_chain(an_unlimited_allowance_is_not_spent_by_transfers),
        on_any_chain(transferring_more_than_the_balance_reverts),
        on_any_chain(transferring_more_than_the_allowance_reverts),
        on_any_chain(shares_cannot_be_sent_to_the_zero_address_or_the_vault),
        on_any_chain(the_zero_address_cannot_be_sender_or_spender),
    ]
}

async fn a_vault_returns_its_parameters() -> Result<()> {
    let owner = Address::repeat_byte(0x0e);
    let scene = Scene::with(Tokens::Different, |settings| {
        settings.owner = owner;
        settings.smoothingFactor = 250_000_000_000_000_000;
    })
    .await?;
    let vault = &scene.vault;
    let (asset, reward, yield_token) =
        (*scene.asset.address(), *scene.reward.address(), *scene.yield_token.address());
    assert_eq!(vault.name().call().await?, "Weir Staked Asset");
    assert_eq!(vault.symbol().call().await?, "wAST");
    assert_eq!(vault.owner().call().await?, owner);
    assert_eq!(vault.asset().call().await?, asset);
    assert_eq!([vault.reward().call().await?, vault.tokenIn().call().await?], [reward; 2]);
    assert_eq!([vault.yieldToken().call().await?, vault.tokenOut().call().await?], [yield_token; 2]);
    assert_eq!([vault.source().call().await?, vault.target().call().await?], [vault.address(); 2]);
    assert_eq!(vault.epochLength().call().await?, U256::from(EPOCH));
    assert_eq!(vault.targetAuctionPeriod().call().await?, U256::from(PERIOD));
    assert_eq!(vault.smoothingFactor().call().await?, u(250_000_000_000_000_000));
    assert_eq!(U256::from(vault.lastAuctionPrice().call().await?), u(FIRST_PRICE));
    assert_eq!(vault.totalSupply().call().await?, U256::ZERO);
    let start = U256::from(scene.start);
    assert_eq!(vault.epochStart().call().await?, start);
    assert_eq!(vault.epochEnd().call().await?, start + U256::from(EPOCH));
    Ok(())
}

async fn names_of_any_length_are_returned_whole() -> Result<()> {
    let (name, symbol) = ("Wehr am Fluß, ".repeat(9), "水".repeat(11));
    let scene = Scene::with(Tokens::Different, |settings| {
        settings.name = name.clone();
        settings.symbol = symbol.clone();
    })
    .await?;
    assert_eq!(scene.vault.name().call().await?, name);
    assert_eq!(scene.vault.symbol().call().await?, symbol);
    Ok(())
}

async fn shares_have_the_decimals_of_the_asset() -> Result<()> {
    let chain = Chain::from_environment().await?;
    let dollars = Token::deploy(&chain, "Dollars", "USD", 6).await?;
    let reward = Token::deploy(&chain, "Reward", "RWD", 18).await?;
    let settings = settings(*dollars.address(), *reward.address(), *dollars.address());
    let vault = Vault::create(&chain, &settings).await?;
    assert_eq!(vault.decimals().call().await?, 6);
    Ok(())
}

async fn a_transfer_moves_shares_and_emits_it() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let from = scene.staker("from", 10).await?;
    let to = scene.person("to").await?;
    from.send(scene.vault.deposit(u(10), from.address())).await?;
    let receipt = from.send(scene.vault.transfer(to.address(), u(4))).await?;
    let moved = IVault::Transfer { from: from.address(), to: to.address(), value: u(4) };
    assert_eq!(logs(&receipt), [log(scene.vault.address(), &moved)]);
    assert_eq!((scene.shares(&from).await?, scene.shares(&to).await?), (u(6), u(4)));
    assert_eq!(scene.vault.totalSupply().call().await?, u(10));
    to.send(scene.vault.withdraw(u(4), to.address(), to.address())).await?;
    assert_eq!(scene.asset.balance(to.address()).await?, u(4));
    Ok(())
}

async fn a_transfer_to_oneself_or_of_nothing_moves_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 10).await?;
    let other = Address::repeat_byte(0x0b);
    staker.send(scene.vault.deposit(u(10), staker.address())).await?;
    for (to, value) in [(staker.address(), u(10)), (other, u(0)), (staker.address(), u(0))] {
        let receipt = staker.send(scene.vault.transfer(to, value)).await?;
        let moved = IVault::Transfer { from: staker.address(), to, value };
        assert_eq!(logs(&receipt), [log(scene.vault.address(), &moved)]);
        assert_eq!(scene.shares(&staker).await?, u(10));
    }
    Ok(())
}

async fn an_approval_is_set_replaced_and_emitted() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let owner = scene.person("owner").await?;
    let spender = Address::repeat_byte(0x5b);
    for value in [u(5), U256::MAX, u(0)] {
        let receipt = owner.send(scene.vault.approve(spender, value)).await?;
        let approved = IVault::Approval { owner: owner.address(), spender, value };
        assert_eq!(logs(&receipt), [log(scene.vault.address(), &approved)]);
        assert_eq!(scene.vault.allowance(owner.address(), spender).call().await?, value);
    }
    assert_eq!(scene.vault.allowance(spender, owner.address()).call().await?, u(0));
    Ok(())
}

async fn transfer_from_spends_the_allowance() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let owner = scene.staker("owner", 10).await?;
    let spender = scene.person("spender").await?;
    owner.send(scene.vault.deposit(u(10), owner.address())).await?;
    owner.send(scene.vault.approve(spender.address(), u(7))).await?;
    let call = scene.vault.transferFrom(owner.address(), spender.address(), u(3));
    let receipt = spender.send(call).await?;
    let moved = IVault::Transfer { from: owner.address(), to: spender.address(), value: u(3) };
    assert_eq!(logs(&receipt), [log(scene.vault.address(), &moved)]);
    assert_eq!(scene.vault.allowance(owner.address(), spender.address()).call().await?, u(4));
    assert_eq!((scene.shares(&owner).await?, scene.shares(&spender).await?), (u(7), u(3)));
    Ok(())
}

async fn an_unlimited_allowance_is_not_spent_by_transfers() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let owner = scene.staker("owner", 10).await?;
    let spender = scene.person("spender").await?;
    owner.send(scene.vault.deposit(u(10), owner.address())).await?;
    owner.send(scene.vault.approve(spender.address(), U256::MAX)).await?;
    spender.send(scene.vault.transferFrom(owner.address(), spender.address(), u(10))).await?;
    assert_eq!(scene.vault.allowance(owner.address(), spender.address()).call().await?, U256::MAX);
    Ok(())
}

async fn transferring_more_than_the_balance_reverts() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let from = scene.staker("from", 10).await?;
    let to = scene.staker("to", 5).await?;
    from.send(scene.vault.deposit(u(10), from.address())).await?;
    to.send(scene.vault.deposit(u(5), to.address())).await?;
    for value in [u(11), u(MAX_STAKE), U256::MAX] {
        let short =
            IVault::ERC20InsufficientBalance { sender: from.address(), balance: u(10), needed: value };
        reverts(&scene, &from, scene.vault.transfer(to.address(), value), short.clone()).await?;
        reverts(&scene, &from, scene.vault.transfer(from.address(), value), short).await?;
    }
    Ok(())
}

async fn transferring_more_than_the_allowance_reverts() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let owner = scene.staker("owner", 10).await?;
    let thief = scene.person("thief").await?;
    let spender = thief.address();
    owner.send(scene.vault.deposit(u(10), owner.address())).await?;
    let take = |value| scene.vault.transferFrom(owner.address(), spender, value);
    let short = |allowance, needed| IVault::ERC20InsufficientAllowance { spender, allowance, needed };
    reverts(&scene, &thief, take(u(1)), short(u(0), u(1))).await?;
    owner.send(scene.vault.approve(spender, u(4))).await?;
    reverts(&scene, &thief, take(u(5)), short(u(4), u(5))).await?;
    // `transferFrom` needs an allowance for the caller's own shares too.
    let own = scene.vault.transferFrom(owner.address(), spender, u(1));
    let needed =
        IVault::ERC20InsufficientAllowance { spender: owner.address(), allowance: u(0), needed: u(1) };
    reverts(&scene, &owner, own, needed).await
}

async fn shares_cannot_be_sent_to_the_zero_address_or_the_vault() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let owner = scene.staker("owner", 10).await?;
    let spender = scene.person("spender").await?;
    owner.send(scene.vault.deposit(u(10), owner.address())).await?;
    owner.send(scene.vault.approve(spender.address(), u(10))).await?;
    for receiver in [Address::ZERO, scene.vault.address()] {
        let invalid = || IVault::ERC20InvalidReceiver { receiver };
        reverts(&scene, &owner, scene.vault.transfer(receiver, u(1)), invalid()).await?;
        reverts(&scene, &owner, scene.vault.transfer(receiver, u(0)), invalid()).await?;
        let by_allowance = scene.vault.transferFrom(owner.address(), receiver, u(1));
        reverts(&scene, &spender, by_allowance, invalid()).await?;
    }
    Ok(())
}

async fn the_zero_address_cannot_be_sender_or_spender() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let owner = scene.staker("owner", 10).await?;
    let spender = IVault::ERC20InvalidSpender { spender: Address::ZERO };
    reverts(&scene, &owner, scene.vault.approve(Address::ZERO, u(1)), spender).await?;
    let sender = IVault::ERC20InvalidSender { sender: Address::ZERO };
    let from_zero_address = scene.vault.transferFrom(Address::ZERO, owner.address(), u(0));
    reverts(&scene, &owner, from_zero_address, sender).await
}
