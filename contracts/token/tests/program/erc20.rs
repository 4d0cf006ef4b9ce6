//! Balances, transfers, allowances, and the faucet.

use alloy_primitives::{Address, U256};
use weir::abi::{
    IERC20::*,
    IToken::{SupplyOverflow, mintCall},
};

use crate::{
    chain::log,
    world::{ALICE, BOB, CAROL, World, u},
};

/// Alice holds 100.
fn world() -> World {
    let world = World::new();
    world.mint(ALICE, u(100));
    world
}

fn balances(world: &World) -> [U256; 3] {
    [ALICE, BOB, CAROL].map(|account| world.view(balanceOfCall { account }))
}

#[test]
fn anyone_may_mint_to_anyone() {
    let world = world();
    world.ok(CAROL, mintCall { to: BOB, value: u(7) });
    assert_eq!(world.logs(), [log(Transfer { from: Address::ZERO, to: BOB, value: u(7) })]);
    assert_eq!(balances(&world), [u(100), u(7), u(0)]);
    assert_eq!(world.view(totalSupplyCall {}), u(107));
}

#[test]
fn nothing_is_minted_to_nobody_or_beyond_256_bits() {
    let world = world();
    let to_nobody = mintCall { to: Address::ZERO, value: u(1) };
    world.refused(ALICE, to_nobody, ERC20InvalidReceiver { receiver: Address::ZERO });
    let error = SupplyOverflow { supply: u(100), minted: U256::MAX - u(99) };
    world.refused(ALICE, mintCall { to: BOB, value: U256::MAX - u(99) }, error);
    world.ok(ALICE, mintCall { to: BOB, value: U256::MAX - u(100) });
    world.ok(BOB, transferCall { to: ALICE, value: U256::MAX - u(100) });
    assert_eq!(balances(&world), [U256::MAX, u(0), u(0)]);
}

#[test]
fn a_transfer_moves_tokens_and_says_so() {
    let world = world();
    assert!(world.ok(ALICE, transferCall { to: BOB, value: u(30) }));
    assert_eq!(world.logs(), [log(Transfer { from: ALICE, to: BOB, value: u(30) })]);
    assert_eq!(balances(&world), [u(70), u(30), u(0)]);
    assert_eq!(world.view(totalSupplyCall {}), u(100));
}

#[test]
fn a_transfer_to_oneself_or_of_nothing_changes_nothing() {
    let world = world();
    for (sender, to, value) in [(ALICE, ALICE, 100), (ALICE, BOB, 0), (CAROL, BOB, 0), (CAROL, CAROL, 0)] {
        assert!(world.ok(sender, transferCall { to, value: u(value) }));
        assert_eq!(world.logs(), [log(Transfer { from: sender, to, value: u(value) })]);
        assert_eq!(balances(&world), [u(100), u(0), u(0)]);
    }
}

#[test]
fn more_than_the_balance_cannot_be_transferred() {
    let world = world();
    for (to, value) in [(BOB, u(101)), (ALICE, u(101)), (BOB, U256::MAX)] {
        let error = ERC20InsufficientBalance { sender: ALICE, balance: u(100), needed: value };
        world.refused(ALICE, transferCall { to, value }, error);
    }
    assert_eq!(balances(&world), [u(100), u(0), u(0)]);
}

#[test]
fn tokens_never_go_to_nobody_and_nobody_cannot_be_approved() {
    let world = world();
    let receiver = Address::ZERO;
    world.refused(ALICE, transferCall { to: receiver, value: u(1) }, ERC20InvalidReceiver { receiver });
    world.ok(ALICE, approveCall { spender: BOB, value: u(1) });
    let pull = transferFromCall { from: ALICE, to: receiver, value: u(1) };
    world.refused(BOB, pull, ERC20InvalidReceiver { receiver });
    let approve = approveCall { spender: Address::ZERO, value: u(1) };
    world.refused(ALICE, approve, ERC20InvalidSpender { spender: Address::ZERO });
}

#[test]
fn a_spender_moves_what_it_was_allowed_and_the_allowance_shrinks() {
    let world = world();
    assert!(world.ok(ALICE, approveCall { spender: BOB, value: u(50) }));
    assert_eq!(world.logs(), [log(Approval { owner: ALICE, spender: BOB, value: u(50) })]);
    assert!(world.ok(BOB, transferFromCall { from: ALICE, to: CAROL, value: u(20) }));
    assert_eq!(world.logs(), [log(Transfer { from: ALICE, to: CAROL, value: u(20) })]);
    assert_eq!(balances(&world), [u(80), u(0), u(20)]);
    assert_eq!(world.view(allowanceCall { owner: ALICE, spender: BOB }), u(30));
    let error = ERC20InsufficientAllowance { spender: BOB, allowance: u(30), needed: u(31) };
    world.refused(BOB, transferFromCall { from: ALICE, to: CAROL, value: u(31) }, error);
}

#[test]
fn an_unlimited_allowance_is_never_spent_and_replaces_no_balance() {
    let world = world();
    world.ok(ALICE, approveCall { spender: BOB, value: U256::MAX });
    world.ok(BOB, transferFromCall { from: ALICE, to: CAROL, value: u(60) });
    assert_eq!(world.view(allowanceCall { owner: ALICE, spender: BOB }), U256::MAX);
    let error = ERC20InsufficientBalance { sender: ALICE, balance: u(40), needed: u(41) };
    world.refused(BOB, transferFromCall { from: ALICE, to: CAROL, value: u(41) }, error);
}

#[test]
fn an_approval_is_set_not_added_for_one_owner_and_one_spender() {
    let world = world();
    for value in [u(5), U256::MAX, u(7), u(0)] {
        world.ok(ALICE, approveCall { spender: BOB, value });
        assert_eq!(world.view(allowanceCall { owner: ALICE, spender: BOB }), value);
        assert_eq!(world.view(allowanceCall { owner: BOB, spender: ALICE }), u(0));
    }
}
