//! The owner: who it is, how it changes, and how little it can do.

use alloy_primitives::Address;
use weir::abi::IVault::*;

use crate::{
    chain::log,
    world::{ALICE, ASSET, BOB, IConstructors::vaultCall, OWNER, World, settings},
};

fn unauthorized(account: Address) -> OwnableUnauthorizedAccount {
    OwnableUnauthorizedAccount { account }
}

fn owners(world: &World) -> (Address, Address) {
    (world.view(ownerCall {}), world.view(pendingOwnerCall {}))
}

#[test]
fn the_constructor_names_the_owner_and_says_so() {
    let world = World::new();
    let named = OwnershipTransferred { previousOwner: Address::ZERO, newOwner: OWNER };
    assert_eq!(world.logs(), [log(named)]);
    assert_eq!(owners(&world), (OWNER, Address::ZERO));
    let world = World::with(&vaultCall { owner: Address::ZERO, ..settings() });
    assert_eq!(world.logs(), []);
    assert_eq!(owners(&world), (Address::ZERO, Address::ZERO));
}

#[test]
fn ownership_passes_only_when_it_is_accepted() {
    let world = World::new();
    world.ok(OWNER, transferOwnershipCall { newOwner: ALICE });
    assert_eq!(world.logs(), [log(OwnershipTransferStarted { previousOwner: OWNER, newOwner: ALICE })]);
    assert_eq!(owners(&world), (OWNER, ALICE));
    world.refused(BOB, acceptOwnershipCall {}, unauthorized(BOB));
    world.ok(ALICE, acceptOwnershipCall {});
    assert_eq!(world.logs(), [log(OwnershipTransferred { previousOwner: OWNER, newOwner: ALICE })]);
    assert_eq!(owners(&world), (ALICE, Address::ZERO));
    world.refused(OWNER, transferOwnershipCall { newOwner: OWNER }, unauthorized(OWNER));
    world.refused(ALICE, acceptOwnershipCall {}, unauthorized(ALICE));
}

#[test]
fn an_offer_can_be_replaced_and_taken_back() {
    let world = World::new();
    world.ok(OWNER, transferOwnershipCall { newOwner: ALICE });
    world.ok(OWNER, transferOwnershipCall { newOwner: BOB });
    world.refused(ALICE, acceptOwnershipCall {}, unauthorized(ALICE));
    world.ok(OWNER, transferOwnershipCall { newOwner: Address::ZERO });
    world.refused(BOB, acceptOwnershipCall {}, unauthorized(BOB));
    assert_eq!(owners(&world), (OWNER, Address::ZERO));
}

#[test]
fn ownership_that_is_renounced_is_gone_with_every_offer() {
    let world = World::new();
    world.ok(OWNER, transferOwnershipCall { newOwner: ALICE });
    world.ok(OWNER, renounceOwnershipCall {});
    assert_eq!(owners(&world), (Address::ZERO, Address::ZERO));
    world.refused(ALICE, acceptOwnershipCall {}, unauthorized(ALICE));
    world.refused(Address::ZERO, acceptOwnershipCall {}, unauthorized(Address::ZERO));
    world.refused(OWNER, renounceOwnershipCall {}, unauthorized(OWNER));
}

#[test]
fn nobody_else_does_what_the_owner_does() {
    let world = World::new();
    world.refused(ALICE, transferOwnershipCall { newOwner: ALICE }, unauthorized(ALICE));
    world.refused(ALICE, renounceOwnershipCall {}, unauthorized(ALICE));
    let set = setLiquidationPairCall { tokenOut: ASSET, liquidationPair: BOB };
    world.refused(ALICE, set, unauthorized(ALICE));
}

#[test]
fn a_vault_without_an_owner_obeys_nobody_not_even_the_zero_address() {
    let world = World::with(&vaultCall { owner: Address::ZERO, ..settings() });
    for account in [ALICE, Address::ZERO] {
        world.refused(account, acceptOwnershipCall {}, unauthorized(account));
        world.refused(account, transferOwnershipCall { newOwner: ALICE }, unauthorized(account));
        let set = setLiquidationPairCall { tokenOut: ASSET, liquidationPair: BOB };
        world.refused(account, set, unauthorized(account));
    }
}
