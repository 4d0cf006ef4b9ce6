//! One token in two roles: the asset is the reward token, or the yield token. What is whose?

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolCall;
use weir::abi::{IERC20::transferCall as tokenTransferCall, IVault::*};

use crate::{
    chain::{Message, log},
    world::{
        ALICE, ASSET, BOB, CAROL, IConstructors::vaultCall, KEEPER, PRICE, RECEIVER, REWARD, SINK, VAULT,
        World, YIELD, settings, u,
    },
};

/// Stake X, earn X.
fn asset_is_reward() -> World {
    World::with(&vaultCall { reward: ASSET, ..settings() })
}

/// X itself accrues yield.
fn asset_is_yield() -> World {
    World::with(&vaultCall { yieldToken: ASSET, ..settings() })
}

/// Funds `amount` of the asset where it is the reward token.
fn fund(world: &World, amount: u128) {
    world.give(ASSET, CAROL, u(amount));
    assert_eq!(world.ok(CAROL, fundCall { amount: u(amount) }), u(amount));
}

fn buy(amount: u128) -> swapExactAmountOutCall {
    swapExactAmountOutCall {
        receiver: KEEPER,
        amountOut: u(amount),
        amountInMax: U256::MAX,
        flashSwapData: Bytes::new(),
    }
}

#[test]
fn a_stake_is_not_mistaken_for_reward_where_both_are_one_token() {
    let world = asset_is_reward();
    world.stake(ALICE, 64);
    assert_eq!(world.ok(BOB, syncCall {}), u(0));
    fund(&world, 1000);
    assert_eq!(world.ok(BOB, syncCall {}), u(0));
    world.donate(ASSET, u(7));
    assert_eq!(world.ok(BOB, syncCall {}), u(7));
    assert_eq!((world.view(reserveCall {}), world.view(totalSupplyCall {})), (u(1007), u(64)));
}

#[test]
fn principal_and_reward_leave_a_one_token_vault_to_the_unit() {
    let world = asset_is_reward();
    world.stake(ALICE, 64);
    world.stake(BOB, 64);
    fund(&world, 1000);
    world.at(2000);
    let exited = world.ok(ALICE, exitCall { receiver: ALICE });
    assert_eq!((exited.assets, exited.amount), (u(64), u(500)));
    assert_eq!(world.balance(ASSET, VAULT), u(64 + 500));
    assert_eq!(world.ok(BOB, claimCall { receiver: BOB }), u(500));
    assert_eq!(world.ok(BOB, redeemCall { shares: u(64), receiver: BOB, owner: BOB }), u(64));
    assert_eq!(world.balance(ASSET, VAULT), u(0));
}

#[test]
fn a_deposit_is_not_covered_by_the_reserve() {
    let world = asset_is_reward();
    fund(&world, 1000);
    world.give(ASSET, ALICE, u(100));
    // A pull that moves nothing: the vault's 1000 are owed to the stakers.
    world.chain.stand_in(ASSET, |chain, message| {
        let is_pull = message.data.starts_with(&transferFromCall::SELECTOR);
        if is_pull { Ok(crate::world::word(1)) } else { chain.run(message) }
    });
    let error = PrincipalShortfall { token: ASSET, owed: u(1100), held: u(1000) };
    world.refused(ALICE, depositCall { assets: u(100), receiver: ALICE }, error);
}

#[test]
fn no_claim_is_paid_out_of_principal() {
    let world = asset_is_reward();
    world.stake(ALICE, 64);
    fund(&world, 1000);
    world.at(2000);
    world.transfer(ASSET, VAULT, SINK, u(1));
    let error = || PrincipalShortfall { token: ASSET, owed: u(64), held: u(63) };
    world.refused(ALICE, claimCall { receiver: ALICE }, error());
    world.refused(BOB, claimForCall { account: ALICE }, error());
    // The principal is still all there, and leaves; the claim heals with the balance.
    world.ok(ALICE, redeemCall { shares: u(64), receiver: ALICE, owner: ALICE });
    world.donate(ASSET, u(1));
    assert_eq!(world.ok(ALICE, claimCall { receiver: ALICE }), u(1000));
}

#[test]
fn a_one_token_vault_that_is_short_takes_no_deposit_no_funding_and_no_sale() {
    let world = asset_is_reward();
    world.stake(ALICE, 64);
    fund(&world, 1000);
    world.transfer(ASSET, VAULT, SINK, u(14));
    world.donate(YIELD, u(100));
    world.at(3600);
    world.give(ASSET, BOB, u(10));
    world.give(ASSET, KEEPER, u(PRICE));
    let error = |owed, held| PrincipalShortfall { token: ASSET, owed: u(owed), held: u(held) };
    world.refused(BOB, depositCall { assets: u(10), receiver: BOB }, error(1074, 1060));
    world.refused(BOB, fundCall { amount: u(10) }, error(1064, 1060));
    world.refused(BOB, syncCall {}, error(1064, 1050));
    world.refused(KEEPER, buy(10), error(1064, 1050));
    assert_eq!(world.ok(ALICE, redeemCall { shares: u(64), receiver: ALICE, owner: ALICE }), u(64));
}

#[test]
fn a_sale_for_the_asset_itself_credits_the_price_and_leaves_principal_alone() {
    let world = asset_is_reward();
    world.stake(ALICE, 64);
    world.donate(YIELD, u(100));
    world.give(ASSET, KEEPER, u(PRICE));
    world.at(3600);
    assert_eq!(world.ok(KEEPER, buy(100)), u(PRICE));
    assert_eq!((world.view(queuedCall {}), world.view(reserveCall {})), (u(PRICE), u(PRICE)));
    assert_eq!(world.balance(ASSET, VAULT), u(64 + PRICE));
    assert_eq!((world.balance(YIELD, KEEPER), world.balance(ASSET, KEEPER)), (u(100), u(0)));
}

#[test]
fn only_what_is_above_the_principal_is_for_sale_where_asset_and_yield_are_one_token() {
    let world = asset_is_yield();
    assert_eq!(world.view(maxAmountOutCall {}), u(0));
    world.stake(ALICE, 1000);
    assert_eq!(world.view(maxAmountOutCall {}), u(0));
    world.donate(ASSET, u(30));
    assert_eq!(world.view(maxAmountOutCall {}), u(30));
    world.stake(BOB, 500);
    assert_eq!(world.view(maxAmountOutCall {}), u(30));
    world.ok(ALICE, redeemCall { shares: u(1000), receiver: ALICE, owner: ALICE });
    assert_eq!(world.view(maxAmountOutCall {}), u(30));
}

#[test]
fn a_sale_never_reaches_into_the_principal() {
    let world = asset_is_yield();
    world.stake(ALICE, 1000);
    world.donate(ASSET, u(30));
    world.give(REWARD, KEEPER, u(PRICE));
    world.at(3600);
    world.refused(KEEPER, buy(31), InsufficientBalance { requested: u(31), available: u(30) });
    world.refused(KEEPER, buy(1030), InsufficientBalance { requested: u(1030), available: u(30) });
    assert_eq!(world.ok(KEEPER, buy(30)), u(PRICE));
    assert_eq!((world.balance(ASSET, VAULT), world.view(maxAmountOutCall {})), (u(1000), u(0)));
    world.ok(ALICE, redeemCall { shares: u(1000), receiver: ALICE, owner: ALICE });
}

#[test]
fn a_vault_that_holds_less_than_its_principal_has_nothing_for_sale() {
    let world = asset_is_yield();
    world.stake(ALICE, 1000);
    world.transfer(ASSET, VAULT, SINK, u(10));
    assert_eq!(world.view(maxAmountOutCall {}), u(0));
    world.donate(ASSET, u(10));
    assert_eq!(world.view(maxAmountOutCall {}), u(0));
    world.donate(ASSET, u(1));
    assert_eq!(world.view(maxAmountOutCall {}), u(1));
}

#[test]
fn what_the_vault_sells_can_be_neither_credited_nor_claimed() {
    for world in [World::new(), asset_is_yield()] {
        world.stake(ALICE, 64);
        world.donate(YIELD, u(100));
        world.donate(ASSET, u(100));
        assert_eq!(world.ok(BOB, syncCall {}), u(0));
        assert_eq!(world.view(reserveCall {}), u(0));
    }
}

#[test]
fn a_flash_buyer_can_pay_with_what_it_just_bought_only_through_another_token() {
    // Asset and yield are one token: the receiver holds the yield already when it is called back, and may send it
    // right back to the vault; that pays nothing.
    let world = asset_is_yield();
    world.stake(ALICE, 1000);
    world.donate(ASSET, u(30));
    world.at(3600);
    world.chain.stand_in(RECEIVER, |chain, _| {
        let back = tokenTransferCall { to: VAULT, value: u(30) }.abi_encode();
        chain.deliver(Message::new(RECEIVER, ASSET, back))
    });
    let swap = swapExactAmountOutCall {
        receiver: RECEIVER,
        amountOut: u(30),
        amountInMax: U256::MAX,
        flashSwapData: Bytes::from_static(b"x"),
    };
    world.refused(KEEPER, swap, InsufficientPayment { amountIn: u(PRICE), paid: u(0) });
}

#[test]
fn rewards_that_one_token_vault_pays_can_be_staked_again() {
    let world = asset_is_reward();
    world.stake(ALICE, 64);
    fund(&world, 64);
    world.at(2000);
    assert_eq!(world.ok(ALICE, claimCall { receiver: ALICE }), u(64));
    assert_eq!(world.ok(ALICE, depositCall { assets: u(64), receiver: ALICE }), u(64));
    assert_eq!(
        world.logs().last(),
        Some(&log(Deposit { sender: ALICE, owner: ALICE, assets: u(64), shares: u(64) }))
    );
    assert_eq!((world.view(reserveCall {}), world.view(totalSupplyCall {})), (u(0), u(128)));
    assert_eq!(world.balance(ASSET, VAULT), u(128));
}
