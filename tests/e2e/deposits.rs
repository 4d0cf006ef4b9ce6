//! Tests of deposits and withdrawals: ERC-4626 at 1:1.
//! Losses of the asset are tested in `wild/losses.rs`.

use alloy::primitives::{Address, U256};
use anyhow::Result;
use libtest_mimic::Trial;
use weir::math::MAX_STAKE;
use weir_bindings::{IERC20, IVault};

use crate::{
    logs::{log, logs},
    reverts::reverts,
    scene::{Scene, TOKEN, Tokens, u},
    trial::on_any_chain,
};

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(a_deposit_can_be_withdrawn_in_full),
        on_any_chain(mint_and_redeem_match_deposit_and_withdraw),
        on_any_chain(shares_and_assets_convert_one_to_one_whatever_the_vault_holds),
        on_any_chain(the_maxima_return_the_room_left_and_the_shares_held),
        on_any_chain(a_deposit_for_another_account_gives_it_the_shares),
        on_any_chain(another_account_withdraws_within_its_allowance),
        on_any_chain(an_unlimited_allowance_is_not_spent_by_withdrawing),
        on_any_chain(one_base_unit_can_be_staked_and_withdrawn),
        on_any_chain(the_largest_stake_is_two_to_the_112_minus_one),
        on_any_chain(exit_redeems_everything_and_does_nothing_without_a_stake),
        on_any_chain(deposits_and_withdrawals_of_zero_revert),
        on_any_chain(withdrawing_more_than_the_balance_reverts),
        on_any_chain(withdrawing_more_than_the_allowance_reverts),
        on_any_chain(a_deposit_without_tokens_or_approval_reverts_with_the_error_of_the_token),
        on_any_chain(amounts_above_the_bound_revert_with_the_room_left),
        on_any_chain(the_zero_address_and_the_vault_cannot_be_receivers),
    ]
}

async fn a_deposit_can_be_withdrawn_in_full() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 5 * TOKEN).await?;
    let (vault, asset, who) = (scene.vault.address(), *scene.asset.address(), staker.address());
    let amount = u(3 * TOKEN);

    let receipt = staker.send(scene.vault.deposit(amount, who)).await?;
    let paid = IERC20::Transfer { from: who, to: vault, value: amount };
    let minted = IVault::Transfer { from: Address::ZERO, to: who, value: amount };
    let deposit = IVault::Deposit { sender: who, owner: who, assets: amount, shares: amount };
    assert_eq!(logs(&receipt), [log(asset, &paid), log(vault, &minted), log(vault, &deposit)]);
    assert_eq!(scene.shares(&staker).await?, amount);
    assert_eq!(scene.vault.totalSupply().call().await?, amount);
    assert_eq!(scene.vault.totalAssets().call().await?, amount);
    assert_eq!(scene.asset.balance(vault).await?, amount);

    let receipt = staker.send(scene.vault.withdraw(amount, who, who)).await?;
    let paid = IERC20::Transfer { from: vault, to: who, value: amount };
    let burnt = IVault::Transfer { from: who, to: Address::ZERO, value: amount };
    let withdraw =
        IVault::Withdraw { sender: who, receiver: who, owner: who, assets: amount, shares: amount };
    assert_eq!(logs(&receipt), [log(asset, &paid), log(vault, &burnt), log(vault, &withdraw)]);
    assert_eq!(scene.asset.balance(who).await?, u(5 * TOKEN));
    assert_eq!(scene.vault.totalSupply().call().await?, U256::ZERO);
    assert_eq!(scene.asset.balance(vault).await?, U256::ZERO);
    Ok(())
}

async fn mint_and_redeem_match_deposit_and_withdraw() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 5 * TOKEN).await?;
    let who = staker.address();
    let (amount, rest) = (u(3 * TOKEN), u(TOKEN));
    assert_eq!(scene.vault.mint(amount, who).from(who).call().await?, amount);
    let minted = staker.send(scene.vault.mint(amount, who)).await?;
    let redeemed = staker.send(scene.vault.redeem(amount - rest, who, who)).await?;
    assert_eq!(scene.shares(&staker).await?, rest);

    let shares = amount - rest;
    let deposit = IVault::Deposit { sender: who, owner: who, assets: amount, shares: amount };
    let withdraw = IVault::Withdraw { sender: who, receiver: who, owner: who, assets: shares, shares };
    assert_eq!(logs(&minted).last(), Some(&log(scene.vault.address(), &deposit)));
    assert_eq!(logs(&redeemed).last(), Some(&log(scene.vault.address(), &withdraw)));
    Ok(())
}

async fn shares_and_assets_convert_one_to_one_whatever_the_vault_holds() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 7).await?;
    let vault = &scene.vault;
    for stage in ["empty", "staked", "holding more than it owes"] {
        for amount in [U256::ZERO, U256::ONE, u(TOKEN), u(MAX_STAKE), U256::MAX] {
            let answers = [
                vault.convertToShares(amount).call().await?,
                vault.convertToAssets(amount).call().await?,
                vault.previewDeposit(amount).call().await?,
                vault.previewMint(amount).call().await?,
                vault.previewWithdraw(amount).call().await?,
                vault.previewRedeem(amount).call().await?,
            ];
            assert_eq!(answers, [amount; 6], "{stage}");
        }
        match stage {
            "empty" => drop(staker.send(vault.deposit(u(7), staker.address())).await?),
            _ => drop(scene.asset.mint(&scene.chain, vault.address(), u(TOKEN)).await?),
        }
    }
    assert_eq!(vault.totalAssets().call().await?, u(7));
    Ok(())
}

async fn the_maxima_return_the_room_left_and_the_shares_held() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 9).await?;
    let stranger = Address::repeat_byte(0x0b);
    staker.send(scene.vault.deposit(u(9), staker.address())).await?;
    for receiver in [staker.address(), stranger] {
        assert_eq!(scene.vault.maxDeposit(receiver).call().await?, u(MAX_STAKE - 9));
        assert_eq!(scene.vault.maxMint(receiver).call().await?, u(MAX_STAKE - 9));
    }
    for (owner, shares) in [(staker.address(), 9), (stranger, 0)] {
        assert_eq!(scene.vault.maxWithdraw(owner).call().await?, u(shares));
        assert_eq!(scene.vault.maxRedeem(owner).call().await?, u(shares));
    }
    Ok(())
}

async fn a_deposit_for_another_account_gives_it_the_shares() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let giver = scene.staker("giver", 5).await?;
    let receiver = scene.person("receiver").await?;
    let receipt = giver.send(scene.vault.deposit(u(5), receiver.address())).await?;
    let deposit =
        IVault::Deposit { sender: giver.address(), owner: receiver.address(), assets: u(5), shares: u(5) };
    assert_eq!(logs(&receipt).last(), Some(&log(scene.vault.address(), &deposit)));
    assert_eq!((scene.shares(&giver).await?, scene.shares(&receiver).await?), (u(0), u(5)));
    receiver.send(scene.vault.withdraw(u(5), giver.address(), receiver.address())).await?;
    assert_eq!(scene.asset.balance(giver.address()).await?, u(5));
    Ok(())
}

async fn another_account_withdraws_within_its_allowance() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let owner = scene.staker("owner", 10).await?;
    let spender = scene.person("spender").await?;
    let vault = scene.vault.address();
    owner.send(scene.vault.deposit(u(10), owner.address())).await?;
    owner.send(scene.vault.approve(spender.address(), u(7))).await?;

    spender.send(scene.vault.withdraw(u(3), spender.address(), owner.address())).await?;
    let receipt = spender.send(scene.vault.redeem(u(4), owner.address(), owner.address())).await?;
    let withdraw = IVault::Withdraw {
        sender: spender.address(),
        receiver: owner.address(),
        owner: owner.address(),
        assets: u(4),
        shares: u(4),
    };
    assert_eq!(logs(&receipt).last(), Some(&log(vault, &withdraw)));
    assert_eq!(scene.vault.allowance(owner.address(), spender.address()).call().await?, U256::ZERO);
    assert_eq!(scene.asset.balance(spender.address()).await?, u(3));
    assert_eq!(scene.asset.balance(owner.address()).await?, u(4));
    assert_eq!(scene.shares(&owner).await?, u(3));
    Ok(())
}

async fn an_unlimited_allowance_is_not_spent_by_withdrawing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let owner = scene.staker("owner", 10).await?;
    let spender = scene.person("spender").await?;
    owner.send(scene.vault.deposit(u(10), owner.address())).await?;
    owner.send(scene.vault.approve(spender.address(), U256::MAX)).await?;
    spender.send(scene.vault.withdraw(u(10), spender.address(), owner.address())).await?;
    assert_eq!(scene.vault.allowance(owner.address(), spender.address()).call().await?, U256::MAX);
    assert_eq!(scene.asset.balance(spender.address()).await?, u(10));
    Ok(())
}

async fn one_base_unit_can_be_staked_and_withdrawn() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 1).await?;
    staker.send(scene.vault.deposit(u(1), staker.address())).await?;
    assert_eq!(scene.vault.totalSupply().call().await?, u(1));
    staker.send(scene.vault.redeem(u(1), staker.address(), staker.address())).await?;
    assert_eq!(scene.asset.balance(staker.address()).await?, u(1));
    Ok(())
}

async fn the_largest_stake_is_two_to_the_112_minus_one() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let whale = scene.staker("whale", 2 * MAX_STAKE).await?;
    let who = whale.address();
    whale.send(scene.vault.deposit(u(MAX_STAKE), who)).await?;
    assert_eq!(scene.shares(&whale).await?, u(MAX_STAKE));
    assert_eq!(scene.vault.maxDeposit(who).call().await?, U256::ZERO);
    let full = IVault::ERC4626ExceededMaxDeposit { receiver: who, assets: u(1), max: u(0) };
    reverts(&scene, &whale, scene.vault.deposit(u(1), who), full).await?;
    whale.send(scene.vault.withdraw(u(MAX_STAKE), who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(2 * MAX_STAKE));
    Ok(())
}

async fn exit_redeems_everything_and_does_nothing_without_a_stake() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 10).await?;
    let receiver = scene.person("receiver").await?;
    staker.send(scene.vault.deposit(u(10), staker.address())).await?;
    staker.send(scene.vault.exit(receiver.address())).await?;
    assert_eq!(scene.asset.balance(receiver.address()).await?, u(10));
    assert_eq!(scene.vault.totalSupply().call().await?, U256::ZERO);

    let receipt = staker.send(scene.vault.exit(receiver.address())).await?;
    assert_eq!(logs(&receipt), []);
    assert_eq!(scene.asset.balance(receiver.address()).await?, u(10));
    Ok(())
}

async fn deposits_and_withdrawals_of_zero_revert() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 10).await?;
    let who = staker.address();
    staker.send(scene.vault.deposit(u(10), who)).await?;
    let zero = IVault::ZeroAmount {};
    reverts(&scene, &staker, scene.vault.deposit(u(0), who), zero.clone()).await?;
    reverts(&scene, &staker, scene.vault.mint(u(0), who), zero.clone()).await?;
    reverts(&scene, &staker, scene.vault.withdraw(u(0), who, who), zero.clone()).await?;
    reverts(&scene, &staker, scene.vault.redeem(u(0), who, who), zero).await
}

async fn withdrawing_more_than_the_balance_reverts() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 10).await?;
    let other = scene.staker("other", 10).await?;
    let who = staker.address();
    for account in [&staker, &other] {
        account.send(scene.vault.deposit(u(10), account.address())).await?;
    }
    for amount in [u(11), u(MAX_STAKE) + u(1), U256::MAX] {
        let withdraw = IVault::ERC4626ExceededMaxWithdraw { owner: who, assets: amount, max: u(10) };
        reverts(&scene, &staker, scene.vault.withdraw(amount, who, who), withdraw).await?;
        let redeem = IVault::ERC4626ExceededMaxRedeem { owner: who, shares: amount, max: u(10) };
        reverts(&scene, &staker, scene.vault.redeem(amount, who, who), redeem).await?;
    }
    Ok(())
}

async fn withdrawing_more_than_the_allowance_reverts() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let owner = scene.staker("owner", 10).await?;
    let thief = scene.person("thief").await?;
    let spender = thief.address();
    owner.send(scene.vault.deposit(u(10), owner.address())).await?;
    let error = |allowance, needed| IVault::ERC20InsufficientAllowance { spender, allowance, needed };
    let withdraw = |amount| scene.vault.withdraw(amount, spender, owner.address());
    reverts(&scene, &thief, withdraw(u(1)), error(u(0), u(1))).await?;
    owner.send(scene.vault.approve(spender, u(4))).await?;
    reverts(&scene, &thief, withdraw(u(5)), error(u(4), u(5))).await?;
    let redeem = scene.vault.redeem(U256::MAX, spender, owner.address());
    reverts(&scene, &thief, redeem, error(u(4), U256::MAX)).await
}

async fn a_deposit_without_tokens_or_approval_reverts_with_the_error_of_the_token() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let poor = scene.staker("poor", 3).await?;
    let stranger = scene.person("stranger").await?;
    let vault = scene.vault.address();
    let balance = IERC20::ERC20InsufficientBalance { sender: poor.address(), balance: u(3), needed: u(4) };
    reverts(&scene, &poor, scene.vault.deposit(u(4), poor.address()), balance).await?;
    let approval = IERC20::ERC20InsufficientAllowance { spender: vault, allowance: u(0), needed: u(4) };
    reverts(&scene, &stranger, scene.vault.mint(u(4), stranger.address()), approval).await
}

async fn amounts_above_the_bound_revert_with_the_room_left() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let whale = scene.staker("whale", 4 * MAX_STAKE).await?;
    let receiver = whale.address();
    for (stake, max) in [(0, MAX_STAKE), (5, MAX_STAKE - 5)] {
        if stake > 0 {
            whale.send(scene.vault.deposit(u(stake), receiver)).await?;
        }
        for amount in [u(max) + u(1), u(1) << 112, u(1) << 128, U256::MAX] {
            let deposit = IVault::ERC4626ExceededMaxDeposit { receiver, assets: amount, max: u(max) };
            reverts(&scene, &whale, scene.vault.deposit(amount, receiver), deposit).await?;
            let mint = IVault::ERC4626ExceededMaxMint { receiver, shares: amount, max: u(max) };
            reverts(&scene, &whale, scene.vault.mint(amount, receiver), mint).await?;
        }
    }
    Ok(())
}

async fn the_zero_address_and_the_vault_cannot_be_receivers() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 10).await?;
    let who = staker.address();
    staker.send(scene.vault.deposit(u(5), who)).await?;
    for receiver in [Address::ZERO, scene.vault.address()] {
        let invalid = || IVault::ERC20InvalidReceiver { receiver };
        reverts(&scene, &staker, scene.vault.deposit(u(1), receiver), invalid()).await?;
        reverts(&scene, &staker, scene.vault.mint(u(1), receiver), invalid()).await?;
        reverts(&scene, &staker, scene.vault.withdraw(u(1), receiver, who), invalid()).await?;
        reverts(&scene, &staker, scene.vault.redeem(u(1), receiver, who), invalid()).await?;
        reverts(&scene, &staker, scene.vault.exit(receiver), invalid()).await?;
    }
    Ok(())
}
