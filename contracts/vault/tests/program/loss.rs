//! A vault whose asset took some of its balance: each share is worth its part of what is left, until that heals.

use alloy_primitives::{Address, U256};
use weir::abi::{IERC20::ERC20InsufficientAllowance, IVault::*};

use crate::{
    chain::log,
    world::{ALICE, ASSET, BOB, CAROL, IConstructors::vaultCall, SINK, VAULT, World, YIELD, settings, u},
};

/// Alice has 600 and Bob 400 shares, of which the vault still holds `held`.
fn short(held: u128) -> World {
    let world = World::new();
    world.stake(ALICE, 600);
    world.stake(BOB, 400);
    world.transfer(ASSET, VAULT, SINK, u(1000 - held));
    world
}

fn shortfall(owed: u128, held: u128) -> PrincipalShortfall {
    PrincipalShortfall { token: ASSET, owed: u(owed), held: u(held) }
}

fn redeem(owner: Address, shares: u128) -> redeemCall {
    redeemCall { shares: u(shares), receiver: CAROL, owner }
}

fn withdraw(owner: Address, assets: u128) -> withdrawCall {
    withdrawCall { assets: u(assets), receiver: CAROL, owner }
}

#[test]
fn the_views_say_what_shares_are_worth() {
    let world = short(750);
    assert_eq!(world.view(totalAssetsCall {}), u(750));
    assert_eq!(world.view(totalSupplyCall {}), u(1000));
    assert_eq!(world.view(maxDepositCall { receiver: ALICE }), u(0));
    assert_eq!(world.view(maxMintCall { receiver: ALICE }), u(0));
    assert_eq!(world.view(maxWithdrawCall { owner: ALICE }), u(450));
    assert_eq!(world.view(maxRedeemCall { owner: ALICE }), u(600));
    // 3 shares are worth 2.25; 2 assets cost 2.67 shares.
    assert_eq!(world.view(convertToAssetsCall { shares: u(3) }), u(2));
    assert_eq!(world.view(previewRedeemCall { shares: u(3) }), u(2));
    assert_eq!(world.view(convertToSharesCall { assets: u(2) }), u(2));
    assert_eq!(world.view(previewWithdrawCall { assets: u(2) }), u(3));
    assert_eq!(world.view(previewWithdrawCall { assets: u(3) }), u(4));
    world.refused(ALICE, previewDepositCall { assets: u(1) }, shortfall(1000, 750));
    world.refused(ALICE, previewMintCall { shares: u(1) }, shortfall(1000, 750));
}

#[test]
fn redeeming_pays_the_shares_part_and_leaves_the_others_no_worse() {
    let world = short(751);
    assert_eq!(world.ok(ALICE, redeem(ALICE, 600)), u(450));
    assert_eq!(
        world.logs(),
        [
            log(Transfer { from: ALICE, to: Address::ZERO, value: u(600) }),
            log(Withdraw { sender: ALICE, receiver: CAROL, owner: ALICE, assets: u(450), shares: u(600) }),
        ]
    );
    assert_eq!(world.view(maxWithdrawCall { owner: BOB }), u(301));
    assert_eq!(world.ok(BOB, redeem(BOB, 400)), u(301));
    assert_eq!((world.view(totalSupplyCall {}), world.balance(ASSET, VAULT)), (u(0), u(0)));
    assert_eq!(world.balance(ASSET, CAROL), u(751));
}

#[test]
fn withdrawing_costs_shares_rounded_up() {
    let world = short(750);
    assert_eq!(world.ok(ALICE, withdraw(ALICE, 2)), u(3));
    assert_eq!(world.view(balanceOfCall { account: ALICE }), u(597));
    assert_eq!(world.balance(ASSET, CAROL), u(2));
    let max = world.view(maxWithdrawCall { owner: ALICE });
    let refusal = ERC4626ExceededMaxWithdraw { owner: ALICE, assets: max + u(1), max };
    world.refused(ALICE, withdrawCall { assets: max + u(1), receiver: CAROL, owner: ALICE }, refusal);
    world.ok(ALICE, withdrawCall { assets: max, receiver: CAROL, owner: ALICE });
}

#[test]
fn what_a_preview_says_is_what_the_call_does() {
    for held in [1, 2, 333, 500, 997, 999] {
        for amount in [1, 2, 3, 7, 100, 399] {
            let world = short(held);
            let assets = world.view(previewRedeemCall { shares: u(amount) });
            if assets.is_zero() {
                world.refused(BOB, redeem(BOB, amount), shortfall(1000, held));
            } else {
                assert_eq!(world.ok(BOB, redeem(BOB, amount)), assets);
            }
            let world = short(held);
            let shares = world.view(previewWithdrawCall { assets: u(amount) });
            if u(amount) <= world.view(maxWithdrawCall { owner: BOB }) {
                assert_eq!(world.ok(BOB, withdraw(BOB, amount)), shares);
            }
        }
    }
}

#[test]
fn a_delegate_spends_allowance_for_the_shares_not_for_the_assets() {
    let world = short(500);
    world.ok(ALICE, approveCall { spender: BOB, value: u(199) });
    let refusal = ERC20InsufficientAllowance { spender: BOB, allowance: u(199), needed: u(200) };
    world.refused(BOB, withdraw(ALICE, 100), refusal);
    world.ok(BOB, withdraw(ALICE, 99));
    assert_eq!(world.view(allowanceCall { owner: ALICE, spender: BOB }), u(1));
}

#[test]
fn shares_that_are_worth_nothing_are_not_burnt() {
    let world = short(0);
    assert_eq!(world.view(maxRedeemCall { owner: ALICE }), u(0));
    assert_eq!(world.view(maxWithdrawCall { owner: ALICE }), u(0));
    assert_eq!(world.view(previewRedeemCall { shares: u(600) }), u(0));
    world.refused(ALICE, redeem(ALICE, 600), shortfall(1000, 0));
    world.refused(ALICE, exitCall { receiver: ALICE }, shortfall(1000, 0));
    world.refused(ALICE, previewWithdrawCall { assets: u(1) }, shortfall(1000, 0));
    let refusal = ERC4626ExceededMaxWithdraw { owner: ALICE, assets: u(1), max: u(0) };
    world.refused(ALICE, withdraw(ALICE, 1), refusal);
    world.donate(ASSET, u(1000));
    assert_eq!(world.ok(ALICE, redeem(ALICE, 600)), u(600));
}

#[test]
fn when_the_balance_returns_a_share_is_worth_one_again_and_no_more() {
    let world = short(750);
    world.ok(ALICE, redeem(ALICE, 300));
    // 700 shares, of which 525 are held.
    world.donate(ASSET, u(174));
    assert_eq!(world.view(maxWithdrawCall { owner: ALICE }), u(299));
    world.donate(ASSET, u(1));
    assert_eq!(world.view(maxWithdrawCall { owner: ALICE }), u(300));
    world.donate(ASSET, u(1000));
    assert_eq!(world.view(maxWithdrawCall { owner: ALICE }), u(300));
    assert_eq!(world.view(totalAssetsCall {}), u(700));
    world.stake(CAROL, 10);
    assert_eq!(world.ok(ALICE, redeem(ALICE, 300)), u(300));
}

#[test]
fn amounts_that_cannot_exist_are_refused_and_do_not_overflow() {
    let world = short(750);
    world.refused(ALICE, previewRedeemCall { shares: U256::MAX }, shortfall(1000, 750));
    world.refused(ALICE, previewWithdrawCall { assets: U256::MAX }, shortfall(1000, 750));
    world.refused(ALICE, convertToSharesCall { assets: U256::MAX }, shortfall(1000, 750));
    let refusal = ERC4626ExceededMaxWithdraw { owner: ALICE, assets: U256::MAX, max: u(450) };
    world.refused(ALICE, withdrawCall { assets: U256::MAX, receiver: CAROL, owner: ALICE }, refusal);
    let refusal = ERC4626ExceededMaxRedeem { owner: ALICE, shares: U256::MAX, max: u(600) };
    world.refused(ALICE, redeemCall { shares: U256::MAX, receiver: CAROL, owner: ALICE }, refusal);
}

#[test]
fn rewards_in_another_token_are_paid_in_full() {
    let world = World::new();
    world.stake(ALICE, 512);
    world.fund(1000);
    world.at(2000);
    world.transfer(ASSET, VAULT, SINK, u(256));
    let exited = world.ok(ALICE, exitCall { receiver: ALICE });
    assert_eq!((exited.assets, exited.amount), (u(256), u(1000)));
}

#[test]
fn a_reward_in_the_asset_is_paid_only_from_what_is_above_the_principal() {
    let world = World::with(&vaultCall { reward: ASSET, ..settings() });
    world.stake(ALICE, 512);
    world.give(ASSET, BOB, u(1000));
    world.ok(BOB, fundCall { amount: u(1000) });
    world.at(2000);
    // 1511 are left of 1512: principal first, so the claim of 1000 would leave 511 for 512 shares.
    world.transfer(ASSET, VAULT, SINK, u(1));
    world.refused(ALICE, claimCall { receiver: ALICE }, shortfall(512, 511));
    assert_eq!(world.view(maxDepositCall { receiver: ALICE }), u(0));
    assert_eq!(world.ok(ALICE, redeemCall { shares: u(512), receiver: ALICE, owner: ALICE }), u(512));
}

#[test]
fn a_reserve_that_is_short_does_not_keep_those_from_claiming_whose_reward_is_there() {
    let world = World::with(&vaultCall { reward: ASSET, ..settings() });
    world.stake(ALICE, 600);
    world.stake(CAROL, 400);
    world.give(ASSET, BOB, u(1000));
    world.ok(BOB, fundCall { amount: u(1000) });
    world.at(2000);
    world.transfer(ASSET, VAULT, SINK, u(300));
    assert_eq!(world.ok(ALICE, claimCall { receiver: ALICE }), u(600));
    world.refused(CAROL, claimCall { receiver: CAROL }, shortfall(1000, 700));
    world.donate(ASSET, u(300));
    assert_eq!(world.ok(CAROL, claimCall { receiver: CAROL }), u(400));
}

#[test]
fn nothing_of_a_short_asset_is_for_sale() {
    let world = World::with(&vaultCall { yieldToken: ASSET, ..settings() });
    world.stake(ALICE, 600);
    world.transfer(ASSET, VAULT, SINK, u(1));
    assert_eq!(world.view(maxAmountOutCall {}), u(0));
    assert_eq!(world.view(liquidatableBalanceOfCall { tokenOut: ASSET }), u(0));
    assert_eq!(world.balance(YIELD, VAULT), u(0));
}
