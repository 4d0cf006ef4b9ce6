//! The shares as an ERC-20 token: transfers, allowances, and the errors of ERC-6093.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use weir::abi::IVault::{self, *};

use crate::{
    chain::log,
    world::{ALICE, BOB, CAROL, VAULT, World, u},
};

/// Alice holds 100 shares.
fn world() -> World {
    let world = World::new();
    world.stake(ALICE, 100);
    world
}

fn shares(world: &World, account: Address) -> U256 {
    world.view(balanceOfCall { account })
}

#[test]
fn a_transfer_moves_shares_and_says_so() {
    let world = world();
    assert!(world.ok(ALICE, transferCall { to: BOB, value: u(30) }));
    assert_eq!(world.logs(), [log(Transfer { from: ALICE, to: BOB, value: u(30) })]);
    assert_eq!((shares(&world, ALICE), shares(&world, BOB)), (u(70), u(30)));
    assert_eq!(world.view(totalSupplyCall {}), u(100));
}

#[test]
fn all_shares_can_be_transferred_and_not_one_more() {
    let world = world();
    let one_more = transferCall { to: BOB, value: u(101) };
    world.refused(
        ALICE,
        one_more,
        ERC20InsufficientBalance { sender: ALICE, balance: u(100), needed: u(101) },
    );
    let endless = transferCall { to: BOB, value: U256::MAX };
    world.refused(
        ALICE,
        endless,
        ERC20InsufficientBalance { sender: ALICE, balance: u(100), needed: U256::MAX },
    );
    assert!(world.ok(ALICE, transferCall { to: BOB, value: u(100) }));
    assert_eq!((shares(&world, ALICE), shares(&world, BOB)), (u(0), u(100)));
}

#[test]
fn a_transfer_of_nothing_is_a_transfer_whoever_makes_it() {
    let world = world();
    for sender in [ALICE, CAROL] {
        assert!(world.ok(sender, transferCall { to: BOB, value: u(0) }));
        assert_eq!(world.logs(), [log(Transfer { from: sender, to: BOB, value: u(0) })]);
    }
    assert_eq!((shares(&world, ALICE), shares(&world, BOB)), (u(100), u(0)));
}

#[test]
fn a_transfer_to_oneself_changes_nothing_but_needs_the_balance() {
    let world = world();
    assert!(world.ok(ALICE, transferCall { to: ALICE, value: u(100) }));
    assert_eq!(world.logs(), [log(Transfer { from: ALICE, to: ALICE, value: u(100) })]);
    assert_eq!(shares(&world, ALICE), u(100));
    let too_much = transferCall { to: ALICE, value: u(101) };
    world.refused(
        ALICE,
        too_much,
        ERC20InsufficientBalance { sender: ALICE, balance: u(100), needed: u(101) },
    );
}

#[test]
fn shares_never_go_to_nobody_or_to_the_vault_itself() {
    let world = world();
    world.ok(ALICE, approveCall { spender: BOB, value: u(100) });
    for receiver in [Address::ZERO, VAULT] {
        for value in [u(0), u(1), u(101)] {
            world.refused(ALICE, transferCall { to: receiver, value }, ERC20InvalidReceiver { receiver });
        }
        let by_allowance = transferFromCall { from: ALICE, to: receiver, value: u(1) };
        world.refused(BOB, by_allowance, ERC20InvalidReceiver { receiver });
    }
}

#[test]
fn an_approval_is_set_not_added_and_said() {
    let world = world();
    for value in [u(5), U256::MAX, u(7), u(0)] {
        assert!(world.ok(ALICE, approveCall { spender: BOB, value }));
        assert_eq!(world.logs(), [log(Approval { owner: ALICE, spender: BOB, value })]);
        assert_eq!(world.view(allowanceCall { owner: ALICE, spender: BOB }), value);
    }
}

#[test]
fn an_approval_holds_for_one_owner_and_one_spender_only() {
    let world = world();
    world.ok(ALICE, approveCall { spender: BOB, value: u(5) });
    for (owner, spender) in [(BOB, ALICE), (ALICE, CAROL), (CAROL, BOB), (ALICE, ALICE)] {
        assert_eq!(world.view(allowanceCall { owner, spender }), u(0));
    }
}

#[test]
fn nobody_cannot_be_approved() {
    let approve = approveCall { spender: Address::ZERO, value: u(1) };
    world().refused(ALICE, approve, ERC20InvalidSpender { spender: Address::ZERO });
}

#[test]
fn a_spender_moves_what_it_was_allowed_and_the_allowance_shrinks() {
    let world = world();
    world.ok(ALICE, approveCall { spender: BOB, value: u(50) });
    assert!(world.ok(BOB, transferFromCall { from: ALICE, to: CAROL, value: u(20) }));
    assert_eq!(world.logs(), [log(Transfer { from: ALICE, to: CAROL, value: u(20) })]);
    assert_eq!((shares(&world, ALICE), shares(&world, BOB), shares(&world, CAROL)), (u(80), u(0), u(20)));
    assert_eq!(world.view(allowanceCall { owner: ALICE, spender: BOB }), u(30));
    let too_much = transferFromCall { from: ALICE, to: CAROL, value: u(31) };
    world.refused(
        BOB,
        too_much,
        ERC20InsufficientAllowance { spender: BOB, allowance: u(30), needed: u(31) },
    );
    assert!(world.ok(BOB, transferFromCall { from: ALICE, to: CAROL, value: u(30) }));
    assert_eq!(world.view(allowanceCall { owner: ALICE, spender: BOB }), u(0));
}

#[test]
fn an_unlimited_allowance_is_never_spent() {
    let world = world();
    world.ok(ALICE, approveCall { spender: BOB, value: U256::MAX });
    world.ok(BOB, transferFromCall { from: ALICE, to: CAROL, value: u(60) });
    assert_eq!(world.view(allowanceCall { owner: ALICE, spender: BOB }), U256::MAX);
    // One below is a number like any other.
    world.ok(ALICE, approveCall { spender: BOB, value: U256::MAX - u(1) });
    world.ok(BOB, transferFromCall { from: ALICE, to: CAROL, value: u(40) });
    assert_eq!(world.view(allowanceCall { owner: ALICE, spender: BOB }), U256::MAX - u(41));
}

#[test]
fn an_allowance_does_not_replace_a_balance() {
    let world = world();
    world.ok(ALICE, approveCall { spender: BOB, value: u(1000) });
    let too_much = transferFromCall { from: ALICE, to: CAROL, value: u(101) };
    let error = ERC20InsufficientBalance { sender: ALICE, balance: u(100), needed: u(101) };
    world.refused(BOB, too_much, error);
    assert_eq!(world.view(allowanceCall { owner: ALICE, spender: BOB }), u(1000));
}

#[test]
fn the_allowance_is_looked_at_before_receiver_and_balance() {
    let world = world();
    let wrong_in_all = transferFromCall { from: ALICE, to: Address::ZERO, value: u(101) };
    let error = ERC20InsufficientAllowance { spender: BOB, allowance: u(0), needed: u(101) };
    world.refused(BOB, wrong_in_all, error);
}

#[test]
fn the_owner_too_needs_an_allowance_for_transfer_from() {
    let world = world();
    let own = || transferFromCall { from: ALICE, to: BOB, value: u(1) };
    world.refused(ALICE, own(), ERC20InsufficientAllowance { spender: ALICE, allowance: u(0), needed: u(1) });
    world.ok(ALICE, approveCall { spender: ALICE, value: u(1) });
    assert!(world.ok(ALICE, own()));
}

#[test]
fn supply_and_balances_are_those_of_the_stakes() {
    let world = world();
    world.stake(BOB, 11);
    assert_eq!(world.view(totalSupplyCall {}), u(111));
    assert_eq!(world.view(IVault::totalAssetsCall {}), u(111));
    assert_eq!((shares(&world, ALICE), shares(&world, BOB), shares(&world, CAROL)), (u(100), u(11), u(0)));
}

#[test]
fn nobody_can_make_the_vault_log_a_mint_that_was_none() {
    let forged = transferFromCall { from: Address::ZERO, to: BOB, value: u(0) };
    assert!(world().send(CAROL, forged.abi_encode()).is_err());
}
